"""Composer, played by the embedded engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from noktvrn.kernel import checkpoint
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers.procedural_music.soundfont import SoundfontBand
from noktvrn.providers.procedural_music.words import melody, worded
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.figures import figures
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.files.midi import write_midi
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.mixing.band import Band
from noktvrn.sound.mixing.render import Stem, mix_down, render
from noktvrn.sound.score import RATE, Score
from noktvrn.sound.style import Style, load_style

VERSION = "3"
"""Rises with every change that makes the same request sound different."""


class ProceduralComposer:
    """Composes and renders on this machine, the same bytes for the same request (and the same bank)."""

    name = "procedural_music"

    def __init__(self, bank: SoundfontBand | None = None) -> None:
        self._bank = bank

    def compose(self, request: CompositionRequest) -> Recording:
        """Composes the plan, renders its mix (or its stems, when they are wanted) and writes its score.

        Raises:
            NotFound: the plan's style is none of the embedded engine's.
        """
        plan = worded(request.plan, request.lyrics)
        score = compose(plan, request.identity)
        rendered = render if request.want_stems else _mixed
        style = load_style(plan.style)
        stems = tuple(
            _write(stem, request.folder)
            for stem in rendered(
                score, style, request.identity, request.seed, singer=request.singer, band=self._bank
            )
        )
        midi = request.folder / "score.mid"
        write_midi(midi, score, request.title)
        return Recording(
            stems=stems,
            score=midi,
            timeline=timeline(score, plan),
            melody=melody(score),
            score_figures=figures(score, plan),
            provenance=_provenance(request, self._bank),
        )


def _mixed(
    score: Score, style: Style, identity: SoundIdentity, seed: int, *, singer: bool, band: Band | None
) -> Iterator[Stem]:
    yield Stem("mix", mix_down(score, style, identity, seed, singer=singer, band=band))


def _write(stem: Stem, folder: Path) -> StemFile:
    checkpoint.reached()
    path = folder / f"{stem.name}.wav"
    write_float_wav(path, stem.samples, RATE)
    return StemFile(name=stem.name, path=path)


def _provenance(request: CompositionRequest, bank: SoundfontBand | None) -> Provenance:
    made = Provenance(
        engine="procedural_music",
        engine_version=VERSION,
        source_type=SourceType.ALGORITHMIC,
        seed=request.seed,
    )
    if bank is None:
        return made
    licence = "own work of the label's embedded engine, played on a sound bank of the person's own"
    return made.model_copy(update={"model": bank.name, "rights": Rights(licence=licence)})
