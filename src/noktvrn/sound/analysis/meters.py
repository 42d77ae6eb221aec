"""The meters: everything that can be read off a finished song without knowing what it is.

In: stereo samples, a sample rate and, where somebody composed it, the time-line. Out: `AudioFigures` without
tempo, key and fingerprint (those are `analysis` and `fingerprint`).
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.bands import band_shares, energy_curve, tilt
from noktvrn.sound.analysis.loudness import FLOOR_DB, Survey, decibels, power_decibels
from noktvrn.sound.analysis.true_peak import BLOCK, sample_peaks, true_peak

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

SILENCE_DBFS = -60.0
LIFTED = frozenset({"chorus", "drop"})
LAID_BACK = frozenset({"verse", "breakdown", "interlude"})

_FULL_SCALE = 32767 / 32768
_FLAT_RUN = 6
_CLIP_RUN = 3
_CHUNK = 1 << 18


def surveyed(audio: Samples, rate: int) -> Survey:
    """The survey of `audio` (2, n), which is looked over first.

    Raises:
        Invalid: not two channels, shorter than 3 s, or values that are no numbers.
    """
    _check(audio, rate)
    return loudness.survey(audio, rate)


def measure(
    audio: Samples, rate: int, timeline: Timeline | None = None, *, survey: Survey | None = None
) -> AudioFigures:
    """Reads every meter over `audio` (2, n); `survey` is that of `surveyed`, where it was made already.

    Raises:
        Invalid: as `surveyed`.
    """
    survey = survey or surveyed(audio, rate)
    peaks = sample_peaks(audio)
    sums = _sums(audio)
    mean_left, mean_right, left, right, cross = sums
    mid, side = (left + right + 2 * cross) / 4, (left + right - 2 * cross) / 4
    silence = _silences(peaks, rate)
    return AudioFigures(
        duration_s=audio.shape[1] / rate,
        sample_rate=rate,
        channels=audio.shape[0],
        integrated_lufs=loudness.integrated(survey.powers),
        loudness_range_lu=loudness.loudness_range(survey.powers),
        true_peak_dbtp=decibels(true_peak(audio)),
        crest_db=decibels(float(peaks.max())) - power_decibels((left + right) / 2),
        dc_offset=max(abs(mean_left), abs(mean_right)),
        correlation=cross / float(np.sqrt(left * right)) if left * right > 0 else 0.0,
        side_mid_db=power_decibels(side) - power_decibels(mid),
        balance_db=abs(power_decibels(left) - power_decibels(right)),
        low_side_db=_low_side(survey),
        tilt_db_per_octave=tilt(survey),
        section_contrast_lu=section_contrast(survey.powers, timeline),
        leading_silence_s=silence[0],
        trailing_silence_s=silence[1],
        longest_inner_silence_s=silence[2],
        clipped_runs=clipped_runs(audio, float(peaks.max())),
        edge_peak_dbfs=decibels(_edge_peak(audio, rate)),
        band_shares_db=band_shares(survey),
        energy_curve=energy_curve(survey.powers),
    )


def _check(audio: Samples, rate: int) -> None:
    if audio.ndim != 2 or audio.shape[0] != 2:
        raise Invalid("The meters read stereo only.", code="audio.not_stereo", hint="Deliver two channels.")
    if audio.shape[1] < 3 * rate:
        raise Invalid(
            "There is less than three seconds of sound.", code="audio.too_short", hint="Deliver a song."
        )
    if not np.isfinite(audio.sum(axis=1, dtype=np.float64)).all():
        raise Invalid(
            "The sound holds values that are no numbers.", code="audio.not_finite", hint="Render again."
        )


def _sums(audio: Samples) -> tuple[float, float, float, float, float]:
    """Mean of left and right, mean square of left and right, mean product."""
    totals = np.zeros(5)
    for start in range(0, audio.shape[1], _CHUNK):
        left, right = audio[:, start : start + _CHUNK]
        sums = (left, right, left * left, right * right, left * right)
        totals += [part.sum(dtype=np.float64) for part in sums]
    mean_left, mean_right, left_square, right_square, cross = (totals / audio.shape[1]).tolist()
    return mean_left, mean_right, left_square, right_square, cross


def _low_side(survey: Survey) -> float:
    """Side below 120 Hz against mid in dB; the floor for a song with next to nothing down there."""
    low = slice(1, int(120 / survey.bin_hz) + 1)
    mid, side = float(survey.mid[low].sum()), float(survey.side[low].sum())
    if mid + side <= 1e-5 * float(survey.mid.sum() + survey.side.sum()):
        return FLOOR_DB
    return power_decibels(side) - power_decibels(mid)


def section_contrast(powers: Figures, timeline: Timeline | None) -> float:
    """How many LU the lifted sections (chorus, drop) stand over the laid-back ones (verse, breakdown).

    Without such sections, or without a time-line: loudest third of the 3 s windows over the quietest.
    """
    sections = timeline.sections if timeline else ()
    high = _level([s for s in sections if s.label in LIFTED], powers)
    low = _level([s for s in sections if s.label in LAID_BACK], powers)
    if high is not None and low is not None:
        return high - low
    levels = np.sort(loudness.short_term(powers))
    levels = levels[levels > -70.0]
    third = levels.size // 3
    return float(levels[-third:].mean() - levels[:third].mean()) if third else 0.0


def _level(spans: list[SectionSpan], powers: Figures) -> float | None:
    pieces = [powers[round(s.start_s * 10) : round(s.end_s * 10)] for s in spans]
    heard = np.concatenate(pieces) if pieces else np.empty(0)
    return float(loudness.to_lufs(heard.mean())) if heard.size else None


def _silences(peaks: Samples, rate: int) -> tuple[float, float, float]:
    """Leading, trailing and longest inner stretch below `SILENCE_DBFS`, in seconds, to one block."""
    heard = np.flatnonzero(peaks >= 10 ** (SILENCE_DBFS / 20))
    seconds = BLOCK / rate
    if heard.size == 0:
        return (peaks.size * seconds,) * 3
    gaps = np.diff(heard) - 1
    inner = float(gaps.max()) * seconds if gaps.size else 0.0
    return float(heard[0]) * seconds, float(peaks.size - 1 - heard[-1]) * seconds, inner


def clipped_runs(audio: Samples, peak: float) -> int:
    """Runs of three or more samples at full scale, and flat tops: six or more equal samples in a row
    within 1 dB of the file's highest."""
    near = max(peak * 0.9, 1e-3)
    found = 0
    for channel in audio:
        for start in range(0, channel.size, _CHUNK):
            piece = channel[start : start + _CHUNK + _FLAT_RUN]
            if max(float(piece.max()), -float(piece.min())) >= near:
                found += _flat_tops(piece, near)
    return found


def _flat_tops(piece: Samples, near: float) -> int:
    level = np.abs(piece)
    flat = (np.diff(piece) == 0) & (level[1:] >= near)
    return _runs(level >= _FULL_SCALE, _CLIP_RUN) + _runs(flat & (level[1:] < _FULL_SCALE), _FLAT_RUN - 1)


def _runs(mask: NDArray[np.bool_], length: int) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.view(np.int8), [0]))))
    return int(np.count_nonzero(edges[1::2] - edges[::2] >= length))


def _edge_peak(audio: Samples, rate: int) -> float:
    end = audio[:, -max(1, round(0.02 * rate)) :]
    return float(max(np.abs(audio[:, :8]).max(), np.abs(end).max()))


def true_peak_after_mp3(audio: Samples, rate: int, seconds: float = 12.0) -> float:
    """True peak in dBTP of the highest `seconds` of `audio` after a journey through a lossy codec
    (MP3 at about 200 kbit/s)."""
    centre = int(np.argmax(sample_peaks(audio))) * BLOCK
    half = round(seconds * rate / 2)
    excerpt = audio[:, max(0, centre - half) : centre + half]
    carried = io.BytesIO()
    with soundfile.SoundFile(carried, "w", rate, 2, format="MP3", compression_level=0.0) as out:
        for start in range(0, excerpt.shape[1], rate):
            out.write(excerpt[:, start : start + rate].T)
    carried.seek(0)
    back, _ = soundfile.read(carried, dtype="float32")
    return decibels(true_peak(np.ascontiguousarray(back.T)))
