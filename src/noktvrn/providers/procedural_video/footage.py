"""Shots that were handed in: which can be cut, which were seen, and whose film it is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from noktvrn import __version__
from noktvrn.film.clips import Clip, examine
from noktvrn.film.cutting import Cut
from noktvrn.kernel.errors import Outside
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Provenance, Rights, SourceType, mixed, narrowest
from noktvrn.roles.camera import Shot
from noktvrn.roles.filmmaker import FilmRequest

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
            kept.append((shot, examine(ffmpeg, shot.path)))
        except Outside as error:
            findings.append(_left_out(error))
    return Reviewed(tuple(shot for shot, _ in kept), tuple(clip for _, clip in kept), tuple(findings))


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
