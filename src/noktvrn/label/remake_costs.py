"""What a remake would pay for once more: told, and refused where nobody asked for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label.casting import chains
from noktvrn.label.estimates import EMBEDDED, Estimates, Offer
from noktvrn.label.office import Office
from noktvrn.model.brief import Brief
from noktvrn.model.run import Run, StageName
from noktvrn.providers.registry import Role

PLAYED_BY: dict[StageName, dict[str, Role]] = {
    StageName.TRACK: {"track": "composer", "voice": "singer"},
    StageName.COVER: {"cover": "illustrator"},
}
"""Stages that cannot be made anew without asking their players anew, by part of the estimate and role. Films
are cut anew of the shots they have."""


def refuse_unasked(
    office: Office, run: Run, brief: Brief, anew: Collection[StageName], *, takes: int, titled: bool
) -> None:
    """Passes where what is made anew asks nobody who costs money.

    `takes` shall pass; `titled`: the title is a person's, so nobody is asked for one.

    Raises:
        NotAllowed: somebody is; with what it costs at most.
    """
    dear = [*_players(office, run, brief, anew, takes), *_writers(office, anew, titled=titled)]
    if dear:
        told = "; ".join(dear)
        raise NotAllowed(
            f"That would be paid for once more: {told}.",
            code="remake.costs",
            hint='`--buy` orders it all the same (API: "buy": true).',
        )


def _players(office: Office, run: Run, brief: Brief, anew: Collection[StageName], takes: int) -> list[str]:
    roles = {part: role for name in anew for part, role in PLAYED_BY.get(name, {}).items()}
    cast, paid = chains(office.studio.settings), office.studio.cast.paid
    if not any(paid(name) for role in roles.values() for name in cast[role]):
        return []
    found = Estimates(office).of(run.artist_id, duration_s=brief.duration_s, takes=takes, with_video=False)
    first = {part.part: next(offer for offer in part.offers if offer.ready) for part in found.parts}
    return [
        f"the {part} by {first[part].provider}, {_most(first[part])}"
        for part in roles
        if part in first and first[part].provider != EMBEDDED and paid(first[part].provider)
    ]


def _writers(office: Office, anew: Collection[StageName], *, titled: bool) -> list[str]:
    """Whoever writes the words, where it is a model that costs money."""
    if StageName.LYRICS not in anew or (titled and StageName.TRACK not in anew):
        return []
    from noktvrn.llm.endpoints import endpoints

    asked = endpoints(office.studio.settings)
    return [f"the words by {asked[0].ref}, by the word"] if asked and not asked[0].free else []


def _most(offer: Offer) -> str:
    return f"at most {_sum(offer.charges)}" if offer.charges else offer.note or "its price is not known"


def _sum(charges: Mapping[str, int]) -> str:
    return " and ".join(
        f"{amount / 1_000_000:.2f} USD" if unit == "USD" else f"{amount} {unit}"
        for unit, amount in sorted(charges.items())
    )
