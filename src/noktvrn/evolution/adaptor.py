"""The adaptor: evidence becomes a small step inside the identity, or a reason to stay.

Order of the gates: something new was heard since the last step; enough releases; an axis whose slope is clear
enough. A step is a share of the axis' radius (by evolution speed), less the less sure its direction is; it
ends strictly inside the radius, and is a tenth of that on a signature axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from noktvrn.evolution import reasons, remarks
from noktvrn.evolution.biases import BriefBias, brief_biases
from noktvrn.evolution.evidence import AxisEvidence, Evidence, WordEvidence
from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Conflict
from noktvrn.model.artist import Artist, Profile
from noktvrn.model.progression import AxisMove, Progression

__all__ = ["BriefBias", "adapt", "brief_biases"]

FEWEST_RELEASES = 3
# A slope nearer to zero than this many posterior sd moves nothing (shared measurements of the gate).
GATE_SD = 0.4
# Words are louder than a few hundredths of an axis, so their gate is higher.
WORD_GATE_SD = 1.0
# The largest step as a share of the radius, by evolution speed.
STEP_SHARE = {"slow": 0.1, "medium": 0.2, "fast": 0.35}
# A step shrinks with this power of its sureness: weak evidence, of which there is always some, leaves a trace
# and no more. At 1 the simulated audience that had nothing to gain lost a tenth over forty releases.
SURENESS_POWER = 3
SIGNATURE_SHARE = 0.1
# How much of the radius may ever be used: strictly inside.
USABLE_RADIUS = 0.98
# In safe mode only the clearest axes move at once.
SAFE_AXES = 3
# A smaller step nobody would hear, so it is none.
SMALLEST_STEP = 0.001


def adapt(
    artist: Artist,
    evidence: Evidence,
    *,
    now: datetime,
    moved_at: datetime | None = None,
    said: Sequence[str] = (),
) -> tuple[Profile, Progression]:
    """The profile the evidence asks for, and the entry that says why. A held artist keeps the same profile.

    `moved_at` is when the artist last moved. It stays until a release is heard whose first reported period
    ended after that day, so that the same figures never step twice. `said` are people's remarks on songs they
    turned down since: they speak where the figures are silent.

    Raises:
        Conflict: the evidence is about another artist or another version.
    """
    _check_subject(artist, evidence)
    held = _reason_to_hold(evidence, moved_at)
    moves = () if held else _moves(artist.profile, evidence)
    words = () if held else _promotions(artist.profile, evidence.words)
    spoken = _spoken(artist.profile, said, moves)
    if spoken:
        held, moves = "", (*moves, *spoken)
    if not held and not moves and not words:
        held = _reason_not_to_move(artist.profile, evidence)
    profile = artist.profile if held else _moved(artist.profile, moves, words)
    why = (
        (held,)
        if held
        else (*(f"{_shown(move)}: {move.reason}." for move in moves), *map(reasons.word_reason, words))
    )
    return profile, Progression(
        artist_id=artist.id,
        from_version=artist.version,
        to_version=artist.version if held else artist.version + 1,
        decision="held" if held else "moved",
        moves=moves,
        why=(*why, reasons.left_out(evidence)) if evidence.left_out else why,
        evidence_streams=evidence.streams,
        evidence_releases=evidence.releases,
        distance_from_anchor=distance_from_anchor(profile),
        at=aware(now),
    )


def distance_from_anchor(profile: Profile) -> float:
    """How much of its radius the axis that strayed furthest has used: 0 at home, 1 at the border. An axis
    whose whole radius nobody would hear never moves, so what it used of it says nothing."""
    style, anchor = profile.style.as_data(), profile.anchor
    radius = anchor.radius.as_data()
    home = anchor.style.as_data()
    return max(
        (abs(style[axis] - home[axis]) / radius[axis] for axis in style if radius[axis] >= SMALLEST_STEP),
        default=0.0,
    )


def _check_subject(artist: Artist, evidence: Evidence) -> None:
    if (evidence.artist_id, evidence.artist_version) != (artist.id, artist.version):
        raise Conflict(
            f"The evidence is about version {evidence.artist_version} of {evidence.artist_id},"
            f" not version {artist.version} of {artist.id}.",
            code="artist.stale_evidence",
            hint=f"Read the figures again: `noktvrn artist evolve {artist.id}`.",
        )


def _reason_to_hold(evidence: Evidence, moved_at: datetime | None) -> str:
    if evidence.releases < FEWEST_RELEASES:
        return reasons.too_few_releases(evidence, FEWEST_RELEASES)
    newest = evidence.newest_first_report
    if moved_at and newest and newest <= aware(moved_at).date():
        return f"The artist moved on {aware(moved_at).date()} and no other release has been heard since."
    return ""


def _reason_not_to_move(profile: Profile, evidence: Evidence) -> str:
    clear = [axis for axis in evidence.axes if axis.certainty > GATE_SD]
    if not clear:
        return reasons.nothing_stands_out(evidence, GATE_SD)
    named = ", ".join(axis.axis for axis in clear)
    return (
        f"The figures lean to a step on {named}, but what they and the identity allow is too small to hear."
    )


def _moves(profile: Profile, evidence: Evidence) -> tuple[AxisMove, ...]:
    clear = sorted(evidence.axes, key=lambda axis: (-axis.certainty, axis.axis))
    moves = [
        AxisMove(axis=axis.axis, before=before, after=after, reason=reasons.axis_reason(axis, evidence))
        for axis in clear
        if axis.certainty > GATE_SD
        for before, after in [_step(profile, axis)]
        if abs(after - before) >= SMALLEST_STEP
    ]
    return tuple(moves[:SAFE_AXES] if profile.settings.evolution.safe_mode else moves)


def _spoken(profile: Profile, said: Sequence[str], moves: Sequence[AxisMove]) -> tuple[AxisMove, ...]:
    """What people's remarks move beside the figures, within what may move at once."""
    found = remarks.moves(profile, said, besides={move.axis for move in moves})
    return found[: SAFE_AXES - len(moves)] if profile.settings.evolution.safe_mode else found


def _step(profile: Profile, axis: AxisEvidence) -> tuple[float, float]:
    """The axis before and after: towards the slope, never against it, never out of the usable radius."""
    before: float = getattr(profile.style, axis.axis)
    home: float = getattr(profile.anchor.style, axis.axis)
    radius: float = getattr(profile.anchor.radius, axis.axis)
    share = STEP_SHARE[profile.settings.evolution.evolution_speed]
    share *= SIGNATURE_SHARE if axis.axis in profile.anchor.signature else 1.0
    sureness = math.erf(axis.certainty / math.sqrt(2))
    size = share * radius * sureness**SURENESS_POWER
    if axis.slope > 0:
        return before, round(max(before, min(before + size, home + USABLE_RADIUS * radius, 1.0)), 6)
    return before, round(min(before, max(before - size, home - USABLE_RADIUS * radius, 0.0)), 6)


def _promotions(profile: Profile, words: Sequence[WordEvidence]) -> tuple[WordEvidence, ...]:
    """The best theme and the best mood that are not in front already."""
    best = []
    for kind, own in (("theme", profile.themes), ("mood", profile.moods)):
        clear = [
            word
            for word in words
            if word.kind == kind and word.effect > WORD_GATE_SD * word.sd and word.word in own[1:]
        ]
        best.extend(sorted(clear, key=lambda word: (-word.effect, word.word))[:1])
    return tuple(best)


def _moved(profile: Profile, moves: Sequence[AxisMove], words: Sequence[WordEvidence]) -> Profile:
    style = profile.style.model_copy(update={move.axis: move.after for move in moves})
    changed: dict[str, object] = {"style": style}
    for word in words:
        field = "themes" if word.kind == "theme" else "moods"
        changed[field] = _one_forward(getattr(profile, field), word.word)
    return Profile(**{**dict(profile), **changed})


def _one_forward(words: tuple[str, ...], word: str) -> tuple[str, ...]:
    place = words.index(word)
    return (*words[: place - 1], word, words[place - 1], *words[place + 1 :])


def _shown(move: AxisMove) -> str:
    return f"{move.axis} {move.before:.3f} to {move.after:.3f}"
