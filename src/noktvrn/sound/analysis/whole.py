"""The whole analysis of a recording: everything the pieces of this room hear, put together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.analysis import LoudnessCurves, TempoHeard, TrackAnalysis
from noktvrn.model.sound import Timeline
from noktvrn.sound.analysis import fingerprint, loudness, meters
from noktvrn.sound.analysis.bands import spectral_figures
from noktvrn.sound.analysis.beats import Beats, beats
from noktvrn.sound.analysis.chroma import CHROMA_RATE, turns
from noktvrn.sound.analysis.key import key
from noktvrn.sound.analysis.listening import Heard, listen
from noktvrn.sound.analysis.meter import Bars, bars
from noktvrn.sound.analysis.onsets import ONSET_RATE
from noktvrn.sound.analysis.sections import sections
from noktvrn.sound.analysis.tempo import tempo
from noktvrn.sound.analysis.textures import Material

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

CURVE_STEP_S = 0.1


def analyse(audio: Samples, rate: int, timeline: Timeline | None = None) -> TrackAnalysis:
    """Everything heard in `audio` (2, n) at `rate` Hz, 8,000 to 192,000.

    `timeline`, where somebody composed it, only tells which sections the contrast is measured between.

    Raises:
        Invalid: not two channels, shorter than 3 s, or values that are no numbers.
    """
    survey = meters.surveyed(audio, rate)
    heard = listen(audio, rate)
    found = key(heard.pitches)
    pulse, marks, grouped = count(heard)
    figures = meters.measure(audio, rate, timeline, survey=survey).model_copy(
        update={
            "tempo_bpm": pulse.bpm if pulse else None,
            "key": found.name if found else None,
            "fingerprint": fingerprint.spell(heard),
        }
    )
    downbeats = grouped.downbeats if grouped else np.empty(0)
    material = Material(heard.onsets, heard.pitches.tuned, loudness.to_lufs(survey.powers))
    return TrackAnalysis(
        figures=figures,
        tempo=pulse,
        meter=grouped.meter if grouped else None,
        key=found,
        beats=_rounded(grouped.beats if grouped else marks.seconds),
        downbeats=_rounded(downbeats),
        sections=sections(material, downbeats, figures.duration_s),
        spectral=spectral_figures(survey, heard.onsets.bands),
        loudness=_curves(survey.powers),
    )


def count(heard: Heard) -> tuple[TempoHeard | None, Beats, Bars | None]:
    """The tempo, the beats at it, and the bars they make; None and no beats where there is no pulse."""
    pulse = tempo(heard.onsets)
    if pulse is None:
        return None, Beats(np.empty(0), steady=False), None
    chroma = heard.pitches.tuned
    frames = np.arange(heard.onsets.full.size) * (CHROMA_RATE / ONSET_RATE)
    turning = np.interp(frames, np.arange(chroma.shape[0]), turns(chroma))
    marks = beats(heard.onsets, turning, pulse.bpm)
    if marks.bpm is not None:
        # The grid over the whole song is the finer measure.
        pulse = pulse.model_copy(update={"bpm": round(marks.bpm, 2)})
    return pulse, marks, bars(heard.onsets, chroma, marks)


def _rounded(seconds: Figures) -> tuple[float, ...]:
    return tuple(np.round(seconds, 3).tolist())


def _curves(powers: Figures) -> LoudnessCurves:
    return LoudnessCurves(
        step_s=CURVE_STEP_S,
        momentary_lufs=tuple(np.round(loudness.momentary(powers), 2).tolist()),
        short_term_lufs=tuple(np.round(loudness.short_term(powers), 2).tolist()),
    )
