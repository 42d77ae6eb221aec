"""What people say of the songs they turn down, heard as far as the house understands it.

Remarks are outside text: nothing in them is followed, they are searched for a small set of phrases. Each
phrase speaks for more or less of one style axis. A remark counts once an axis however often it says so, one
that says both counts for neither, and what is denied ("not too slow") is not said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from noktvrn.model.artist import Profile, StyleAxes
from noktvrn.model.progression import AxisMove

SHARE = 0.15
"""How much of an axis' radius all remarks together may move a song: to be heard, and still the artist."""
SIGNATURE_SHARE = 0.1
USABLE_RADIUS = 0.98
FEWEST = 2
"""So many remarks have to agree before an artist itself moves; one song answers to one."""

_SAYS: dict[str, tuple[str, str]] = {
    "tempo": (
        r"too slow|drag(?:s|ging)|faster|sluggish",
        r"too fast|rushed|slower|hectic",
    ),
    "energy": (
        r"lifeless|boring|too calm|tame|(?:more|lacks?) (?:energy|drive|punch)",
        r"too loud|too aggressive|too much energy|exhausting|calmer",
    ),
    "brightness": (
        r"too dark|dull|muffled|muddy|brighter",
        r"too bright|harsh|shrill|piercing|darker|warmer",
    ),
    "density": (
        r"too (?:thin|empty|sparse)|fuller",
        r"too (?:busy|dense|full|much going on)|cluttered|overloaded|sparser",
    ),
    "organic": (
        r"too (?:electronic|synthetic|artificial)|more acoustic",
        r"too acoustic|more electronic",
    ),
    "tension": (
        r"too (?:sweet|harmless|nice)|more tension",
        r"too (?:tense|dissonant)|less tension",
    ),
    "space": (
        r"too dry|cramped|more (?:space|room|reverb)",
        r"too (?:wet|washed out|much reverb)|drowned in|less reverb|drier",
    ),
    "groove": (
        r"stiff|mechanical|no groove|more groove|does not swing",
        r"too much swing|straighter",
    ),
}
_PHRASES = {
    axis: tuple(re.compile(rf"(?<!\bnot )(?<!\bnever )\b(?:{words})\b") for words in both)
    for axis, both in _SAYS.items()
}


def heard(remarks: Sequence[str]) -> dict[str, int]:
    """For every axis anybody spoke of: how many more remarks want more of it than less."""
    votes: dict[str, int] = {}
    for remark in remarks:
        text = " ".join(remark.lower().split())
        for axis, (more, less) in _PHRASES.items():
            wish = bool(more.search(text)) - bool(less.search(text))
            if wish:
                votes[axis] = votes.get(axis, 0) + wish
    return {axis: vote for axis, vote in votes.items() if vote}


def answered(profile: Profile, remarks: Sequence[str]) -> Profile:
    """The profile leaning the way remarks ask, for one song: within its radius, and the same without any."""
    votes = heard(remarks)
    if not votes:
        return profile
    moved = {axis: _leant(profile, axis, vote / len(remarks)) for axis, vote in votes.items()}
    style = StyleAxes(**{**profile.style.as_data(), **moved})
    return Profile(**{**dict(profile), "style": style})


def moves(profile: Profile, remarks: Sequence[str], *, besides: Collection[str] = ()) -> tuple[AxisMove, ...]:
    """The steps remarks alone speak for, on axes no figures have moved: where enough of them agree."""
    found = []
    for axis, vote in sorted(heard(remarks).items()):
        before: float = getattr(profile.style, axis)
        after = _leant(profile, axis, vote / len(remarks))
        if axis not in besides and abs(vote) >= FEWEST and abs(after - before) >= 0.001:
            way = "more" if vote > 0 else "less"
            reason = f"{abs(vote)} of {len(remarks)} remarks on rejected songs ask for {way} of it"
            found.append(AxisMove(axis=axis, before=before, after=after, reason=reason))
    return tuple(found)


def _leant(profile: Profile, axis: str, share: float) -> float:
    """An axis moved by a share (-1..1) of what remarks may do, strictly inside its radius."""
    now: float = getattr(profile.style, axis)
    home: float = getattr(profile.anchor.style, axis)
    radius: float = getattr(profile.anchor.radius, axis)
    size = SHARE * radius * (SIGNATURE_SHARE if axis in profile.anchor.signature else 1.0)
    low, high = max(0.0, home - USABLE_RADIUS * radius), min(1.0, home + USABLE_RADIUS * radius)
    wanted = now + share * size
    return round(max(now, min(wanted, high)) if share > 0 else min(now, max(wanted, low)), 6)
