"""`noktvrn run`: start, list, show, diagnose, watch, resume, remake, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.label import Label
    from noktvrn.label.runs import Sight
    from noktvrn.model.record import RecordKind
    from noktvrn.model.run import Run


@click.group()
def run() -> None:
    """Productions: a brief on its way to a release."""


@run.command()
@click.argument("artist_id")
@click.option("--brief", "brief_id", help="Produce this entry of the artist's plan, and nothing else.")
@click.option("--title", help="A title of your own.")
@click.option("--theme", help="What it is about.")
@click.option("--mood", help="How it feels.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="TEXT",
    help="A line of your own, sung letter by letter; repeat it.",
)
@click.option("--duration", type=click.IntRange(30, 720), metavar="SECONDS", help="Length of the song.")
@click.option(
    "--ep",
    type=click.IntRange(3, 6),
    is_flag=False,
    flag_value=4,
    metavar="[SONGS]",
    help="An EP of 3 to 6 songs (4).",
)
@click.option(
    "--album",
    type=click.IntRange(7, 14),
    is_flag=False,
    flag_value=10,
    metavar="[SONGS]",
    help="An album of 7 to 14 songs (10).",
)
@click.option("--no-video", is_flag=True, help="No music video and no teaser.")
@click.option("--stems", is_flag=True, help="Keep the stems beside the master.")
@click.option("--instrumental", is_flag=True, help="Master the song without its singer as well.")
@click.option("--takes", type=click.IntRange(1, 8), help="Record so many takes; the best is laid out.")
@click.option("--autopilot", is_flag=True, help="The label's capped autopilot gives the verdict.")
@click.option("--no-wait", is_flag=True, help="Leave the work to a running worker.")
@click.option("--estimate", is_flag=True, help="Only tell what it may cost; nobody is asked.")
@with_output
@click.pass_context
def start(
    context: click.Context,
    artist_id: str,
    brief_id: str | None,
    title: str | None,
    theme: str | None,
    mood: str | None,
    lines: tuple[str, ...],
    duration: int | None,
    ep: int | None,
    album: int | None,
    no_video: bool,
    stems: bool,
    instrumental: bool,
    takes: int | None,
    autopilot: bool,
    no_wait: bool,
    estimate: bool,
    out: Output,
) -> None:
    """Starts a production for an artist: a single, an EP or an album."""
    record = _record(ep, album, brief_id)
    with the_label() as label:
        if estimate:
            size = {"duration_s": duration, "takes": takes, "with_video": not no_video}
            _estimate(label, artist_id, brief_id, size | {"songs": record[1] if record else 1}, out)
            return
        wishes: dict[str, Any] = {
            "title": title,
            "theme": theme,
            "mood": mood,
            "human_lines": lines,
            "duration_s": duration,
            "with_video": not no_video,
            "takes": takes,
            "stems": stems,
            "instrumental": instrumental,
        }
        if brief_id is not None:
            begun = label.runs.start_planned(artist_id, brief_id, autopilot=autopilot, actor=actor())
        elif record is not None:
            begun = _start_record(label, artist_id, record, wishes, autopilot=autopilot)
        else:
            begun = label.runs.start(artist_id, autopilot=autopilot, actor=actor(), **wishes)
        _go_on(context, label, begun.id, wait=not no_wait, out=out)


def _record(ep: int | None, album: int | None, brief_id: str | None) -> tuple[RecordKind, int] | None:
    """The kind of record asked for and how many songs; None for a single."""
    if sum(wish is not None for wish in (ep, album, brief_id)) > 1:
        raise click.UsageError("--ep, --album and --brief ask for different things: choose one.")
    if ep is not None:
        return "ep", ep
    return ("album", album) if album is not None else None


def _start_record(
    label: Label, artist_id: str, record: tuple[RecordKind, int], wishes: dict[str, Any], *, autopilot: bool
) -> Run:
    from noktvrn.label.records import Records

    kind, count = record
    return Records(label.office).start(artist_id, kind, count, autopilot=autopilot, actor=actor(), **wishes)


def _estimate(
    label: Label, artist_id: str, brief_id: str | None, wishes: dict[str, Any], out: Output
) -> None:
    from noktvrn.cli.estimate_report import tell
    from noktvrn.label.estimates import Estimates

    if brief_id is not None:
        brief = label.runs.planned(artist_id, brief_id)
        wishes |= {name: getattr(brief, name) for name in ("duration_s", "takes", "with_video")}
    tell(Estimates(label.office).of(artist_id, **wishes), out)


produce = start
"""The same verb by the name of what it does: `noktvrn produce ARTIST`."""


@run.command("list")
@click.option("--artist", "artist_id", help="Only this artist's.")
@with_output
def list_(artist_id: str | None, out: Output) -> None:
    """Runs, newest first."""
    with the_label() as label:
        found = label.runs.every(artist_id=artist_id)
        rows = [
            (r.id, r.artist_id, r.state.value, f"{r.created_at:%Y-%m-%d %H:%M}")
            for r in found
            if r.parent is None  # the songs of a record are shown with it
        ]
        out.many(
            [r.as_data() for r in found],
            lambda: (
                table(("id", "artist", "state", "begun (UTC)"), rows) if rows else click.echo("No runs yet.")
            ),
        )


@run.command()
@click.argument("run_id")
@with_output
def show(run_id: str, out: Output) -> None:
    """One run, stage by stage, with everything that was found."""
    with the_label() as label:
        sight = label.runs.look(run_id)
        out.one(_data(sight), lambda: _show(sight))


@run.command()
@click.argument("run_id")
@with_output
def diagnose(run_id: str, out: Output) -> None:
    """Explains why a run failed, and what to do next."""
    from noktvrn.label.diagnoses import diagnose as explain

    with the_label() as label:
        found = explain(label.office, run_id)
    again = f"noktvrn run resume {found.run_id}"
    then = "" if again in found.next_step else f"\n  Then: {again}"
    out.one(found.as_data(), lambda: click.echo(f"{found.cause}\n  {found.next_step}{then}"))


@run.command()
@click.argument("run_id")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Stop watching after this long (exit 8).",
)
@with_output
@click.pass_context
def watch(context: click.Context, run_id: str, timeout: float | None, out: Output) -> None:
    """Watches a run until it waits for a person or has ended."""
    from noktvrn.cli.progress import Progress
    from noktvrn.label.runs import exit_code

    with the_label() as label:
        progress = Progress()
        for sight in label.runs.watch(run_id, timeout_s=timeout):
            progress(sight)
        out.one(_data(sight), lambda: _next(label, sight))
        context.exit(exit_code(sight))


@run.command()
@click.argument("run_id")
@click.option("--no-wait", is_flag=True, help="Leave the work to a running worker.")
@with_output
@click.pass_context
def resume(context: click.Context, run_id: str, no_wait: bool, out: Output) -> None:
    """Lets a run go on from where it stands; nothing that is done is done again."""
    with the_label() as label:
        label.runs.resume(run_id, actor=actor())
        _go_on(context, label, run_id, wait=not no_wait, out=out)


@run.command()
@click.argument("run_id")
@click.option(
    "--only",
    type=click.Choice(["cover", "title", "lyrics", "take", "teaser"]),
    help="Make this part anew, and what shows it.",
)
@click.option("--from", "stage", metavar="STAGE", help="Make this stage anew, and every later one.")
@click.option("--title", metavar="TEXT", help="A title of your own, used exactly.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is kept.")
@click.option("--buy", is_flag=True, help="Order from paid services once more.")
@click.option("--no-wait", is_flag=True, help="Leave the work to a running worker.")
@with_output
@click.pass_context
def remake(
    context: click.Context,
    run_id: str,
    only: str | None,
    stage: str | None,
    title: str | None,
    reason: str,
    buy: bool,
    no_wait: bool,
    out: Output,
) -> None:
    """Makes a part of a run anew; everything else is kept, and a verdict falls. The run of a song of an EP or
    album makes that song anew, and the record goes on with it."""
    with the_label() as label:
        begun = label.remakes.remake(
            run_id, by=actor(), only=only, stage=stage, title=title, reason=reason, buy=buy
        )
        _go_on(context, label, begun.id, wait=not no_wait, out=out)


@run.command()
@click.argument("run_id")
@with_output
def cancel(run_id: str, out: Output) -> None:
    """Stops a run before its next stage."""
    with the_label() as label:
        cancelled = label.runs.cancel(run_id, actor=actor())
        out.one(
            cancelled.as_data(),
            lambda: click.echo(f"Run {run_id} is cancelled. `noktvrn run resume {run_id}` goes on."),
        )


def _go_on(context: click.Context, label: Label, run_id: str, *, wait: bool, out: Output) -> None:
    from noktvrn.cli.progress import Progress
    from noktvrn.label.runs import exit_code
    from noktvrn.label.work import see_through

    if wait:
        with label.working():
            see_through(label, run_id, Progress())
        label.house.seal_audit()
    sight = label.runs.look(run_id)
    out.one(_data(sight), lambda: _next(label, sight))
    context.exit(exit_code(sight))


def _next(label: Label, sight: Sight) -> None:
    found = sight.run
    click.echo(f"Run {found.id} is {found.state.value.replace('_', ' ')}. {found.error}".rstrip())
    if found.hint:
        note(f"  {found.hint}")
    if found.state.value == "awaiting_review":
        from noktvrn.label.previews import preview_page

        click.echo(f"  Hear and see it:  {preview_page(label, found)}")
        click.echo(f"  Then:             noktvrn review approve {found.id}")
    for release in label.releases.every(artist_id=found.artist_id):
        if release.draft.run_id == found.id:
            click.echo(f"  noktvrn open {release.draft.id}")


def _show(sight: Sight) -> None:
    found = sight.run
    pairs(
        [
            ("run", found.id),
            ("artist", found.artist_id),
            ("state", found.state.value),
            ("begun", f"{found.created_at:%Y-%m-%d %H:%M:%S} UTC"),
            *([("error", found.error), ("hint", found.hint)] if found.error else []),
        ]
    )
    if sight.songs:
        click.echo()
        _songs(sight)
    click.echo()
    rows = []
    for record in sight.stages:
        seconds = (record.ended_at - record.started_at).total_seconds() if record.ended_at else None
        took = f"{seconds:.1f} s" if seconds is not None else "-"
        rows.append((record.stage.value, record.attempt, record.state, took, len(record.findings)))
    table(("stage", "attempt", "state", "took", "findings"), rows)
    for record in sight.stages:
        for finding in record.findings:
            click.echo(
                f"\n{record.stage.value}: {finding.severity.value}: {finding.message} [{finding.rule}]"
            )
            if finding.hint:
                click.echo(f"  {finding.hint}")


def _songs(sight: Sight) -> None:
    """The songs of a record: their numbers, titles, roles, where they stand, and their runs."""
    rows = []
    for song in sight.songs:
        length = f"{int(song.duration_s) // 60}:{int(song.duration_s) % 60:02d}" if song.duration_s else "-"
        stands = song.run.state.value if song.run.state.value != "producing" else song.stage or "producing"
        rows.append((song.number, song.title, song.role, length, stands, song.run.id))
    table(("song", "title", "role", "length", "state", "run"), rows)


def _data(sight: Sight) -> dict[str, Any]:
    data = sight.run.as_data() | {"stages": [_stage(record.as_data()) for record in sight.stages]}
    return data | ({"songs": [song.as_data() for song in sight.songs]} if sight.songs else {})


def _stage(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "result"}
