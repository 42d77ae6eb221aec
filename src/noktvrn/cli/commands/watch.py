"""`noktvrn watch`: what happens in the label, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import Output, with_output

if TYPE_CHECKING:
    from noktvrn.model.event import Event


@click.command()
@click.option("--artist", "artist_id", help="Only this artist's.")
@click.option("--after", type=click.IntRange(min=0), metavar="NUMBER", help="Begin behind this event.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop watching after this long."
)
@with_output
def watch(artist_id: str | None, after: int | None, timeout: float | None, out: Output) -> None:
    """Shows every change of state in the label until stopped."""
    with the_label() as label:
        if artist_id is not None:
            label.artists.get(artist_id)
        for event in label.events.follow(after, artist_id=artist_id, timeout_s=timeout):
            if out.for_people:
                click.echo(_line(event))
            else:
                Output(as_json=False, as_lines=True).one(event.as_data(), lambda: None)


def _line(event: Event) -> str:
    more = " ".join(f"{name}={value}" for name, value in event.detail.items())
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind:<20} {event.subject:<18} {more}".rstrip()
