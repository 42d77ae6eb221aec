"""What a new artist was held against, for its report."""

from __future__ import annotations

from collections.abc import Collection

from noktvrn.model.artist import CollisionCheck, Profile
from noktvrn.words.names import known_acts, roster_of
from noktvrn.words.similarity import containment


def collisions(
    profile: Profile, names: Collection[str], texts: Collection[str]
) -> tuple[CollisionCheck, ...]:
    """The nearest name outside (its likeness only), in the roster, and the nearest text of the roster."""
    known = known_acts()
    roster = roster_of(tuple(sorted(names)))
    outside, inside = known.closest(profile.stage_name, 1), roster.closest(profile.stage_name, 1)
    own = (profile.biography, profile.persona.description)
    told = max((containment(one, other) for one in own for other in texts), default=0.0)
    return (
        CollisionCheck(against="known_acts", compared=len(known), likeness=outside[0].score),
        CollisionCheck(
            against="roster",
            compared=len(roster),
            nearest=inside[0].name if inside else "",
            likeness=inside[0].score if inside else 0.0,
        ),
        CollisionCheck(against="personas", compared=len(texts), likeness=round(told, 3)),
    )
