"""`noktvrn artist`: create, list, show, report, evolve, and what `artist_profile` adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from noktvrn.cli.commands import artist_profile as profiles
from noktvrn.cli.commands import artist_state
from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, pairs, table, with_output
from noktvrn.kernel.errors import NotFound

if TYPE_CHECKING:
    from noktvrn.model.artist import Authorship, CollisionCheck


EMBEDDED = ("embedded", "procedural_writer")
"""Names of the embedded writer in the books."""
AGAINST = {
    "known_acts": "names of known acts",
    "roster": "names of the label's artists",
    "personas": "personas of the label's artists",
}
"""What a report calls those that a new artist was held against."""


@click.group()
def artist() -> None:
    """Artists of the label."""


@artist.command()
@click.option("--prompt", required=True, metavar="TEXT", help="The sentence the artist is made from.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="The same sentence and seed make the same.")
@click.option("--language", default="", metavar="TAG", help="What it sings in: en, es (others need a model).")
@with_output
def create(prompt: str, seed: int | None, language: str, out: Output) -> None:
    """A sentence becomes an artist."""
    with the_label() as label:
        made = label.artists.create(prompt, seed=seed, language=language, actor=actor())
        report = label.artists.report(made.id)
        data = made.as_data() | {"report": report.as_data() if report else None}

        def people() -> None:
            click.echo(f"{made.profile.stage_name} joined the label as {made.id}.")
            for notice in report.notices if report else ():
                click.echo(f"  note: {notice}", err=True)
            click.echo(f"  noktvrn artist show {made.id}\n  noktvrn artist report {made.id}")
            click.echo(f"  noktvrn run start {made.id}")

        out.one(data, people)


@artist.command("list")
@with_output
def list_(out: Output) -> None:
    """All artists."""
    with the_label() as label:
        found = label.artists.every()
        rows = [(a.id, a.profile.stage_name, a.profile.genre, a.state.value, f"v{a.version}") for a in found]
        out.many(
            [a.as_data() for a in found],
            lambda: (
                table(("id", "name", "genre", "state", "version"), rows)
                if rows
                else click.echo('No artists yet. `noktvrn debut --prompt "..."` makes one.')
            ),
        )


@artist.command()
@click.argument("artist_id")
@click.option("--summary", is_flag=True, help="Let a model tell the story so far; paid once for each state.")
@with_output
def show(artist_id: str, summary: bool, out: Output) -> None:
    """One artist's whole profile, and its story so far."""
    with the_label() as label:
        found = label.artists.get(artist_id)
        so_far = label.artists.so_far(found.id, ask=summary)
        profile = found.profile

        def people() -> None:
            click.echo(f"{profile.stage_name}\n")
            pairs(
                [
                    ("id", f"{found.id}  version {found.version}, {found.state.value}"),
                    ("genre", f"{profile.genre}, {', '.join(profile.subgenres)}"),
                    ("moods", ", ".join(profile.moods)),
                    ("tempo", f"{profile.tempo.low}-{profile.tempo.high} bpm"),
                    ("themes", ", ".join(profile.themes)),
                    ("language", profile.language),
                    ("voice", f"{profile.voice.type}; {profile.voice.delivery}"),
                    ("persona", f"{', '.join(profile.persona.traits)}; an AI persona, and says so"),
                    ("look", f"{profile.look.motif}, {' '.join(profile.look.ramp)}"),
                    ("anchor", profile.anchor.statement),
                    ("avatar", label.artists.picture(found, "avatar") or "-"),
                    ("banner", label.artists.picture(found, "banner") or "-"),
                    ("voice sample", label.artists.voice_sample(found) or "-"),
                    ("handles", ", ".join(profile.social.handles) or "-"),
                    ("prompt", found.prompt),
                ]
            )
            click.echo(f"\nSo far: {so_far.text}\n\n{profile.biography}")
            for entry in label.artists.progression(found.id):
                click.echo(f"\n{entry.at:%Y-%m-%d}  {entry.decision}: {'; '.join(entry.why)}")

        out.one(found.as_data() | {"so_far": so_far.as_data()}, people)


@artist.command()
@click.argument("artist_id")
@with_output
def report(artist_id: str, out: Output) -> None:
    """How an artist came to be: asked, guessed, changed, checked, by whom and at what cost."""
    with the_label() as label:
        found = label.artists.report(artist_id)
    if found is None:
        raise NotFound(
            f"{artist_id} has no creation report.",
            code="artist.no_report",
            hint="Only its versions are known.",
        )
    told = found

    def people() -> None:
        unknown = "" if all(author.cost_known for author in told.authors) else " at most"
        pairs(
            [
                ("made from", f"{told.origin}: {told.prompt}"),
                ("drafts", f"{told.rounds}, {told.rules_checked} rules checked"),
                ("cost", f"{told.cost_micros / 1e6:.4f} USD{unknown}"),
                *(("written by", _author(author)) for author in told.authors),
                *(("guessed", guess) for guess in _guessed(told.guessed)),
                *(("changed", change) for change in told.changed),
                *(("held against", _held(check)) for check in told.collisions),
                *(("file", f"{asset.name}, {asset.size:,} bytes") for asset in told.assets),
            ]
        )

    out.one(told.as_data() | {"cost_micros": told.cost_micros}, people)


def _guessed(told: Sequence[str]) -> tuple[str, ...]:
    """Sentences one by one, names of fields in one line."""
    fields = [one for one in told if " " not in one]
    return (*(one for one in told if " " in one), *([", ".join(fields)] if fields else []))


def _author(author: Authorship) -> str:
    who = " ".join(part for part in (author.provider or author.writer, author.model) if part)
    who = "the embedded writer" if who in EMBEDDED else who
    return f"{who}, prompt {author.prompt}, session {author.session_id}" if author.session_id else who


def _held(check: CollisionCheck) -> str:
    if not check.compared:
        return f"no {AGAINST[check.against]} yet"
    nearest = f", {check.nearest}," if check.nearest else ""
    return f"{check.compared} {AGAINST[check.against]}; the nearest{nearest} is {check.likeness:.0%} alike"


@artist.command()
@click.argument("artist_id")
@with_output
def evolve(artist_id: str, out: Output) -> None:
    """Reads the figures and lets the artist change inside its identity, or says why not."""
    with the_label() as label:
        found, progression = label.artists.evolve(artist_id, actor=actor())

        def people() -> None:
            word = (
                f"moved to version {found.version}" if progression.decision == "moved" else "stays as it is"
            )
            click.echo(f"{found.profile.stage_name} {word}.")
            for move in progression.moves:
                click.echo(f"  {move.axis:<11} {move.before:.3f} -> {move.after:.3f}  {move.reason}")
            for reason in progression.why:
                click.echo(f"  {reason}")

        out.one({"artist": found.as_data(), "progression": progression.as_data()}, people)


for _command in (
    profiles.edit,
    profiles.diff,
    profiles.versions,
    profiles.rollback,
    profiles.import_,
    profiles.export,
    artist_state.state,
):
    artist.add_command(_command)
