"""The time-line of a recording nobody here composed: tempo, beats, key and sections, as they are heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.sound.analysis.whole import analyse
from noktvrn.sound.theory import MODES, key_name

Samples = NDArray[np.float32]

SLOWEST, USUAL_BPM, FASTEST = 40.0, 120.0, 220.0


def timeline_of(
    audio: Samples,
    rate: int,
    *,
    usual_bpm: float = USUAL_BPM,
    usual_key: str = "C major",
    meter: tuple[int, int] = (4, 4),
) -> Timeline:
    """What is heard in `audio` (2, n) at `rate` Hz.

    Where no pulse or no key is heard, `usual_bpm` and `usual_key` stand in; `meter` is believed as told.

    Raises:
        Invalid: as `analyse`.
    """
    heard = analyse(audio, rate)
    seconds = audio.shape[1] / rate
    told = heard.tempo.bpm if heard.tempo else usual_bpm
    bpm = round(min(FASTEST, max(SLOWEST, told)), 2)
    beat_s = 60.0 / bpm
    return Timeline(
        duration_s=seconds,
        tempo_bpm=bpm,
        key=_known_key(heard.key.name if heard.key else usual_key),
        meter=meter,
        beats=heard.beats or _grid(seconds, beat_s),
        downbeats=heard.downbeats or _grid(seconds, meter[0] * beat_s),
        sections=named(heard.sections),
        chords=(),
    )


def tonic_and_mode(key: str) -> tuple[int, str]:
    """Pitch class and mode of a key by its name; C major where the name is none."""
    known = {key_name(tonic, mode): (tonic, mode) for tonic in range(12) for mode in MODES}
    return known.get(key, (0, "major"))


def _known_key(key: str) -> str:
    return key_name(*tonic_and_mode(key))


def _grid(seconds: float, step_s: float) -> tuple[float, ...]:
    return tuple(round(n * step_s, 4) for n in range(int(seconds / step_s) + 1))


def named(heard: tuple[SectionSpan, ...]) -> tuple[SectionSpan, ...]:
    """The sections by the names films and checks know. Nobody can hear which one is a chorus: the loudest of
    those that come back is taken for it, the others for verses."""
    letters = [span.label for span in heard]
    back = {letter for letter in letters if letters.count(letter) > 1} or set(letters)
    force = {letter: max(span.energy for span in heard if span.label == letter) for letter in back}
    peak = max(sorted(force), key=lambda letter: force[letter])
    return tuple(
        span.model_copy(update={"label": "chorus" if span.label == peak else "verse"}) for span in heard
    )
