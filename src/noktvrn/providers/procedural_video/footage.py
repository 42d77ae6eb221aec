"""Shots that were handed in: which can be cut, which were seen, and whose film it is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from noktvrn import __version__
from noktvrn.film.clips import Clip, examine
from noktvrn.film.cutting import Cut
from noktvrn.film.stills import still
from noktvrn.kernel.errors import Outside, Refused
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Provenance, Rights, SourceType, mixed, narrowest
from noktvrn.picture.lettering import find_lettering
from noktvrn.roles.camera import Shot
from noktvrn.roles.filmmaker import FilmRequest

MIDDLE, BESIDE = 0.5, (0.2, 0.8)
"""Where a clip is looked at for lettering, in parts of its length."""
Box = tuple[int, int, int, int]
_CLASSES = ("human", "procedural", "licensed", "open_weights", "disputed")
"""From the one with the fewest questions to the one with the most; a film has the most of its parts. It is
never "human": the house has cut and lit it."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The shots that can be cut, each with its clip, and why others cannot."""

    shots: tuple[Shot, ...]
    clips: tuple[Clip, ...]
    findings: tuple[Finding, ...]

    def seen(self, cuts: Sequence[Cut]) -> tuple[Shot, ...]:
        """The shots a cutting list shows, in their order."""
        places = {cut.clip for cut in cuts}
        return tuple(shot for place, shot in enumerate(self.shots) if place in places)


def review(ffmpeg: Path, shots: Sequence[Shot]) -> Reviewed:
    """Watches every shot; one that cannot be cut is left out with a finding."""
    kept: list[tuple[Shot, Clip]] = []
    findings: list[Finding] = []
    for shot in shots:
        try:
            clip = examine(ffmpeg, shot.path)
            _check_lettering(ffmpeg, clip)
            kept.append((shot, clip))
        except Outside as error:
            findings.append(_left_out(error))
    return Reviewed(tuple(shot for shot, _ in kept), tuple(clip for _, clip in kept), tuple(findings))


def _check_lettering(ffmpeg: Path, clip: Clip) -> None:
    """Raises Refused for a clip with lettering that stays: a watermark or a caption.

    The middle of it is looked at, and only where there seems to be some, two more moments: what looks like
    lettering by chance does not do so again at the same place.
    """
    found = _lettered_at(ffmpeg, clip, MIDDLE)
    if found and any(_meet(found, _lettered_at(ffmpeg, clip, share)) for share in BESIDE):
        raise Refused(
            f"{clip.path.name} is not cut into the film: there is lettering in it.",
            code="film.lettering",
            hint="It is left out of the film; use another clip.",
        )


def _lettered_at(ffmpeg: Path, clip: Clip, share: float) -> list[Box]:
    pixels = still(ffmpeg, clip.path, share * clip.duration_s, (clip.width, clip.height))
    return [] if pixels is None else [place.box for place in find_lettering(pixels)]


def _meet(some: Sequence[Box], others: Sequence[Box]) -> bool:
    """Whether two boxes (left, top, right, bottom) lie over one another."""
    return any(
        max(one[0], other[0]) < min(one[2], other[2]) and max(one[1], other[1]) < min(one[3], other[3])
        for one in some
        for other in others
    )


def _left_out(error: Outside) -> Finding:
    return Finding(
        rule="film.shot_left_out", severity=Severity.WARNING, message=error.message, hint=error.hint
    )


def provenance_of(engine: str, request: FilmRequest, used: Sequence[Shot]) -> Provenance:
    """Of the film: mixed from the house's own work and the shots seen in it; its rights are the narrowest."""
    parts = [shot.provenance for shot in used]
    if not parts:
        return Provenance(engine=engine, engine_version=__version__, seed=request.seed)
    classes: list[str] = ["procedural", *(part.licence_class for part in parts)]
    engines = dict.fromkeys(part.engine for part in parts)
    return Provenance.model_validate(
        {
            "engine": engine,
            "engine_version": __version__,
            "licence_class": max(classes, key=_CLASSES.index),
            "source_type": mixed([SourceType.ALGORITHMIC, *(part.source_type for part in parts)]),
            "model": f"footage: {', '.join(engines)}"[:400],
            "seed": request.seed,
            "rights": narrowest([Rights(), *(part.rights for part in parts)]),
            "people": any(part.source_type is SourceType.HUMAN for part in parts),
        }
    )
