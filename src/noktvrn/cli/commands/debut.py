"""`noktvrn debut`: the whole label in one command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, note, pairs, with_output

if TYPE_CHECKING:
    from noktvrn.label.debut import Debut
    from noktvrn.label.label import Label
    from noktvrn.model.run import Run


@click.command()
@click.option("--prompt", required=True, metavar="TEXT", help="The sentence the artist is made from.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="The same sentence and seed make the same.")
@click.option("--language", default="", metavar="TAG", help="What it sings in: en, es (others need a model).")
@click.option("--duration", type=click.IntRange(30, 720), metavar="SECONDS", help="Length of the song.")
@click.option("--no-video", is_flag=True, help="No music video and no teaser.")
@click.option("--takes", type=click.IntRange(1, 8), help="Record so many takes; the best is laid out.")
@click.option("--autopilot", is_flag=True, help="The label's capped autopilot gives the verdict.")
@click.option("--estimate", is_flag=True, help="Only tell what it may cost; nobody is asked.")
@with_output
@click.pass_context
def debut(
    context: click.Context,
    prompt: str,
    seed: int | None,
    language: str,
    duration: int | None,
    no_video: bool,
    takes: int | None,
    autopilot: bool,
    estimate: bool,
    out: Output,
) -> None:
    """A sentence becomes an artist with a mastered song, a cover, films and a validated release."""
    if estimate:
        _estimate(prompt, duration, takes, with_video=not no_video, out=out)
        return
    from noktvrn.cli.progress import Progress
    from noktvrn.label.debut import debut as make_debut

    with the_label() as label:
        note("Making an artist out of one sentence.")
        result = make_debut(
            label,
            prompt,
            seed=seed,
            language=language,
            duration_s=duration,
            with_video=not no_video,
            takes=takes,
            autopilot=autopilot,
            watcher=Progress(),
            judge=_ask if out.for_people and sys.stdin.isatty() else None,
            actor=actor(),
        )
        out.one(_data(label, result), lambda: _show(label, result))
        context.exit(_code(label, result))


def _estimate(prompt: str, duration: int | None, takes: int | None, *, with_video: bool, out: Output) -> None:
    from noktvrn.cli.estimate_report import tell
    from noktvrn.label.estimates import Estimates

    with the_label() as label:
        found = Estimates(label.office).of(
            prompt=prompt, duration_s=duration, takes=takes, with_video=with_video
        )
    tell(found, out)


def _ask(label: Label, run: Run) -> None:
    from noktvrn.label.previews import preview_page

    note(f"\nHear and see it: {preview_page(label, run)}")
    if click.confirm("Release it?", err=True):
        label.desk.approve(run.id, by=actor(), door="cli")
        return
    reason = click.prompt("What is wrong with it?", err=True, default="", show_default=False)
    label.desk.reject(run.id, by=actor(), door="cli", reason=reason)


def _data(label: Label, result: Debut) -> dict[str, object]:
    data: dict[str, object] = {
        "artist_id": result.artist.id,
        "run_id": result.run.id,
        "release_id": None,
        "state": result.run.state.value,
        "error": result.run.error or None,
        "hint": result.run.hint or None,
        "existed": result.existed,
        "notices": list(result.notices),
        "artist": result.artist.profile.stage_name,
        "title": None,
        "package": None,
        "track": None,
        "cover": None,
        "video": None,
        "teaser": None,
        "page": None,
    }
    if result.release is not None:
        shelf = label.releases.shelf(result.release)
        data |= {"release_id": result.release.draft.id, "title": result.release.draft.title}
        for name in ("package", "track", "cover", "video", "teaser", "page"):
            path = getattr(shelf, name)
            data[name] = str(path) if path else None
    return data


def _show(label: Label, result: Debut) -> None:
    for notice in result.notices:
        note(f"  note: {notice}")
    if result.release is None:
        _show_unreleased(label, result)
        return
    draft, shelf = result.release.draft, label.releases.shelf(result.release)
    click.echo(f'\n{draft.artist_name} - "{draft.title}" {_stands(result)}.\n')
    if result.run.error:
        note(f"noktvrn: {result.run.error}\n  {result.run.hint}".rstrip() + "\n")
    rows: list[tuple[str, object]] = [
        ("artist", f"{result.artist.id}  {draft.genre}"),
        ("release", f"{draft.id}  out on {result.release.release_on.isoformat()}"),
        ("page", shelf.page),
        ("track", shelf.track),
        ("cover", shelf.cover),
    ]
    rows += [(name, path) for name, path in (("video", shelf.video), ("teaser", shelf.teaser)) if path]
    rows.append(("package", shelf.package))
    pairs(rows)
    click.echo("\nHear and see it:  open the page in a browser, or:")
    pairs([("", f"noktvrn open {draft.id}")])
    click.echo("What next:")
    pairs(
        [
            ("", f"noktvrn plan make {result.artist.id}      a calendar for the weeks to come"),
            ("", f"noktvrn run start {result.artist.id}      another single"),
            ("", "noktvrn figures import FILE.csv          what listeners did, then"),
            ("", f"noktvrn artist evolve {result.artist.id}"),
        ]
    )


def _stands(result: Debut) -> str:
    if result.existed:
        return "is already there"
    return "is sealed, not delivered" if result.run.error else "is released"


def _show_unreleased(label: Label, result: Debut) -> None:
    from noktvrn.label.previews import preview_page

    run = result.run
    name = result.artist.profile.stage_name
    if run.state.value == "awaiting_review":
        click.echo(f"\n{name} ({result.artist.id}) waits for a verdict on run {run.id}.")
        click.echo(f"  Hear and see it:  {preview_page(label, run)}")
        click.echo(f"  Then:             noktvrn review approve {run.id}")
        if result.note:
            note(f"  {result.note}")
        return
    state = run.state.value.replace("_", " ")
    click.echo(f"\n{name} ({result.artist.id}): run {run.id} is {state}. {run.error}".rstrip())
    if run.hint:
        note(f"  {run.hint}")


def _code(label: Label, result: Debut) -> int:
    from noktvrn.label.runs import exit_code

    return exit_code(label.runs.look(result.run.id)) or (FINDINGS if result.note else 0)
