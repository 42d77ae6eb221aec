"""`noktvrn voice`: consent add, list, revoke."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.model.consent import VoiceConsent

USES = ("recording", "speech", "clone")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def voice() -> None:
    """People's voices. None of them enters a mix without a consent on record."""


@voice.group()
def consent() -> None:
    """Consents of people to the use of their voices."""


@consent.command()
@click.argument("artist_id")
@click.option("--voice", "name", required=True, help="What the house calls the voice, such as jo-doe.")
@click.option("--person", required=True, help="First and last name of whose voice it is.")
@click.option("--use", "uses", required=True, multiple=True, type=click.Choice(USES), help="What it is for.")
@click.option(
    "--evidence", required=True, type=click.Path(path_type=Path), help="The signed paper or a recording."
)
@click.option("--given-on", required=True, type=DAY, help="The day it was given, as 2026-11-21.")
@click.option("--expires-on", type=DAY, help="The last day it holds; without it, until it is revoked.")
@with_output
def add(
    artist_id: str,
    name: str,
    person: str,
    uses: tuple[str, ...],
    evidence: Path,
    given_on: datetime,
    expires_on: datetime | None,
    out: Output,
) -> None:
    """Records a consent and keeps its evidence in the vault."""
    with the_label() as label:
        made = label.voices.consent(
            artist_id,
            voice=name,
            person=person,
            uses=uses,  # type: ignore[arg-type]
            given_on=given_on.date(),
            evidence=evidence,
            expires_on=expires_on.date() if expires_on else None,
            actor=actor(),
        )
        label.house.seal_audit()
    out.one(made.as_data(), lambda: _show(made))


@consent.command("list")
@click.option("--artist", "artist_id", help="Only this artist's.")
@with_output
def list_(artist_id: str | None, out: Output) -> None:
    """Every consent, oldest first, with where it stands."""
    with the_label() as label:
        found = label.voices.consents(artist_id)
        today = label.office.studio.clock.now().date()
    rows = [(c.id, c.voice, c.person, ", ".join(c.uses), _state(c, today)) for c in found]
    out.many(
        [one.as_data() for one in found],
        lambda: (
            table(("consent", "voice", "person", "for", "state"), rows)
            if rows
            else click.echo("There is no consent on record.")
        ),
    )


@consent.command()
@click.argument("consent_id")
@click.option("--reason", required=True, help="Why it ends; kept in the books.")
@with_output
def revoke(consent_id: str, reason: str, out: Output) -> None:
    """Ends a consent at once. What is released already wants a takedown of its own."""
    with the_label() as label:
        ended = label.voices.revoke(consent_id, reason=reason, actor=actor())
        label.house.seal_audit()
    out.one(ended.as_data(), lambda: click.echo(f"The consent {ended.id} is revoked: {reason}"))


def _state(one: VoiceConsent, today: date) -> str:
    if one.revoked_at is not None:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    if one.expires_on is not None and one.expires_on < today:
        return f"expired {one.expires_on}"
    return f"valid until {one.expires_on}" if one.expires_on else "valid"


def _show(one: VoiceConsent) -> None:
    pairs(
        [
            ("consent", one.id),
            ("voice", f"{one.voice}, of {one.person}"),
            ("for", f"{', '.join(one.uses)} by {one.artist_id}"),
            ("holds", f"from {one.given_on} to {one.expires_on or 'its revocation'}"),
            ("evidence", f"{one.evidence.name}, SHA-256 {one.evidence.sha256}"),
        ]
    )
