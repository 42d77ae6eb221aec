"""The vocal bus: a dry voice is evened out, cleared, doubled where the song opens, and given a space.

Two steps, because the producer has the instrumental in hand only at the end: `place_voice` makes a stereo
stem of the dry voice, `sit_voice` sets it by loudness into the instrumental and makes room for it there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis import loudness
from noktvrn.sound.gain import apply_gain
from noktvrn.sound.mixing.dynamics import BLOCK, compress, levels, saturate
from noktvrn.sound.mixing.filters import split
from noktvrn.sound.mixing.space import heard, impulse_response
from noktvrn.sound.score import RATE
from noktvrn.sound.style import Space
from noktvrn.sound.synthesis.spectrum import Curve, Samples, bell, high_pass, low_pass, shelf
from noktvrn.sound.synthesis.takes import add_doubled, halved, mono

Figures = NDArray[np.float64]

SPACE = Space(room=0.35, hall=0.4, hall_s=1.9, delay=0.22, delay_beats=0.5, feedback=0.3, tone=7500.0)
"""A plate, a short room and a quiet echo in eighths."""

_DOUBLED = {"chorus": 0.34, "drop": 0.34, "bridge": 0.2, "prechorus": 0.14}
_SENT = {"chorus": 0.22, "drop": 0.22, "bridge": 0.28, "breakdown": 0.4, "outro": 0.35}
_USUALLY_SENT, _THROWN = 0.16, 0.3
_DOUBLE_MS, _DRIFT_MS, _DRIFT_HZ = (17.0, 24.0), 1.6, 0.37
_SILENT_DB, _REST_S, _TAIL_S = -34.0, 0.5, 0.6
_SMOOTH_S = 0.35
_SIBILANT_DB, _MOST_DE_ESSED_DB = -9.0, 8.0
_EVEN_SHARE, _MOST_EVENED_DB = 0.6, 6.0
_DRIVE = 0.15
_PIECE = RATE // 10
_CHUNK = 1 << 14
_MOST_RIDDEN = 10.0 ** (4.0 / 20.0)
"""How far, 4 dB, a section is ridden so that it stands to the others as it did without the voice."""

_UNDER_THE_SONG = 0.6
"""How much of a section's lift the voice goes along with."""


def place_voice(
    voice: Samples, sections: Sequence[SectionSpan], beat_s: float, seed: int, space: Space = SPACE
) -> Samples:
    """The vocal stem (2, n) of a dry `voice` ((n,), (1, n) or (2, n), 44.1 kHz) on the clock of `sections`.

    Equaliser, de-esser, compression and a little warmth in the middle; a double on either side in choruses;
    room, plate and echo, into which the ends of phrases are thrown. About as loud as it came.
    """
    dry = mono(np.atleast_2d(voice)).astype(np.float32)
    if not dry.any():
        return np.zeros((2, dry.size), np.float32)
    clear = _cleared(dry)
    level = levels(clear[None, :])
    apply_gain(clear[None, :], _evening(level), BLOCK)
    compress(clear[None, :], 0.8, 0.0)
    saturate(clear[None, :], _DRIVE)
    out = np.stack([clear, clear])
    _double(out, clear, sections, seed)
    sent = clear.copy()
    apply_gain(sent[None, :], _by_section(sections, _SENT, _USUALLY_SENT, level.size) + _throws(level), BLOCK)
    wet = heard([(halved(sent), impulse_response(space, beat_s, derive_seed(seed, "vocal")))], dry.size // 2)
    for side in range(2):
        add_doubled(out[side], wet[side])
    return out


def sit_voice(
    mix: Samples,
    voice: Samples,
    sections: Sequence[SectionSpan],
    *,
    over_lu: float = 0.5,
    duck_db: float = 1.5,
) -> float:
    """Adds a placed `voice` (2, n) to the instrumental `mix` (2, n), in place, and gives back its gain.

    Where it sings it is `over_lu` louder than the instrumental beside it, which gives way by `duck_db`;
    in louder sections it rises by a part of what they do. Sections stand apart as the instrumental's did: a
    verse with words does not outgrow a chorus without.
    """
    sung, played = loudness.powers_of(voice, RATE), loudness.powers_of(mix, RATE)
    singing = sung > max(float(sung.max(initial=0.0)), 1e-12) * 10.0 ** (_SILENT_DB / 10.0)
    if not singing.any():
        return 1.0
    beside, own = float(played[singing].mean()), float(sung[singing].mean())
    gain = float(np.sqrt(max(beside, 1e-9) / own) * 10.0 ** (over_lu / 20.0))
    smooth = _smoothed(singing.astype(np.float64), round(_SMOOTH_S * 10))
    apply_gain(mix, _nodes(10.0 ** (-duck_db / 20.0 * smooth), mix.shape[1]), _PIECE)
    apply_gain(voice, _nodes(gain * _lifts(played, singing, sections), mix.shape[1]), _PIECE)
    mix += voice
    ride = _nodes(_kept_apart(played, loudness.powers_of(mix, RATE), sections), mix.shape[1])
    apply_gain(mix, ride, _PIECE)
    apply_gain(voice, ride, _PIECE)
    return gain


def _kept_apart(before: Figures, after: Figures, sections: Sequence[SectionSpan]) -> Figures:
    """The gain in each 100 ms that takes back what the voice added to a section beyond the average."""
    count = min(before.size, after.size)
    added = float(np.sum(after[:count])) / max(float(np.sum(before[:count])), 1e-12)
    ride = np.ones(after.size)
    for span in sections:
        here = slice(round(span.start_s * 10), min(count, round(span.end_s * 10)))
        was, now = float(np.sum(before[here])), float(np.sum(after[here]))
        if was > 0.0 and now > 0.0:
            ride[here] = np.clip(np.sqrt(added * was / now), 1.0 / _MOST_RIDDEN, _MOST_RIDDEN)
    return _smoothed(ride, 5)


def _lifts(played: Figures, singing: NDArray[np.bool_], sections: Sequence[SectionSpan]) -> Figures:
    """The voice's gain in each 100 ms: up where the instrumental is louder than on average beside it."""
    lifts = np.ones(played.size)
    mean = max(float(played[singing].mean()), 1e-9)
    for span in sections:
        here = slice(round(span.start_s * 10), round(span.end_s * 10))
        if singing[here].any():
            lifts[here] = (max(float(played[here].mean()), 1e-9) / mean) ** (0.5 * _UNDER_THE_SONG)
    return _smoothed(lifts, 5)


def _nodes(pieces: Figures, count: int) -> Figures:
    """Values of 100 ms as the nodes of straight lines over `count` samples."""
    edges = np.concatenate([pieces[:1], (pieces[1:] + pieces[:-1]) / 2.0, pieces[-1:]])
    return np.pad(edges, (0, max(0, -(-count // _PIECE) + 1 - edges.size)), mode="edge")


def _smoothed(curve: Figures, width: int) -> Figures:
    width |= 1
    sums = np.cumsum(np.pad(curve, (width // 2 + 1, width // 2), mode="edge"))
    return np.asarray((sums[width:] - sums[:-width]) / width)


def _cleared(dry: Curve) -> Curve:
    """Without rumble and boxiness, with presence and air, its s-sounds held down (5 to 10 kHz)."""

    def tone(hertz: Curve) -> Curve:
        warm = high_pass(hertz, 90.0, 3) * bell(hertz, 320.0, -2.5, 0.8)
        return np.asarray(warm * bell(hertz, 3600.0, 2.0, 0.9) * shelf(hertz, 10_000.0, 2.5))

    def hiss(hertz: Curve) -> Curve:
        return np.asarray(tone(hertz) * high_pass(hertz, 5200.0, 4) * low_pass(hertz, 11_000.0, 2))

    clear, sharp = split(dry, (tone, hiss))
    over = levels(sharp[None, :]) - levels(clear[None, :]) - _SIBILANT_DB
    down = np.clip(_smoothed(np.clip(over, 0.0, _MOST_DE_ESSED_DB), 3), 0.0, None)
    # What is taken away is the band itself, in its own phase.
    apply_gain(sharp[None, :], _edges(1.0 - 10.0 ** (-down / 20.0)), BLOCK)
    clear -= sharp
    return clear


def _evening(level: Figures) -> Figures:
    """The nodes of a fader that brings loud and soft phrases towards each other."""
    power = 10.0 ** (level / 10.0)
    sings = level > float(level.max()) + _SILENT_DB
    width = round(1.2 * RATE / BLOCK)
    near = _smoothed(power * sings, width) / np.maximum(_smoothed(sings.astype(np.float64), width), 1e-3)
    home = float(power[sings].mean())
    ride = -_EVEN_SHARE * 10.0 * np.log10(np.maximum(near, 1e-9) / home)
    return _edges(10.0 ** (np.clip(ride, -_MOST_EVENED_DB, _MOST_EVENED_DB) * (near > 1e-9) / 20.0))


def _edges(blocks: Figures) -> Figures:
    return np.concatenate([blocks[:1], (blocks[1:] + blocks[:-1]) / 2.0, blocks[-1:]])


def _by_section(
    sections: Sequence[SectionSpan], table: dict[str, float], usual: float, blocks: int
) -> Figures:
    """A value a section, at the edges of blocks, turning within a tenth of a second."""
    curve = np.full(blocks, usual)
    for span in sections:
        start, stop = round(span.start_s * RATE / BLOCK), round(span.end_s * RATE / BLOCK)
        curve[start:stop] = table.get(span.label, usual)
    return _edges(_smoothed(curve, round(0.1 * RATE / BLOCK)))


def _throws(level: Figures) -> Figures:
    """More is sent in the last moments before half a second of rest."""
    sings = level > float(level.max()) + _SILENT_DB
    rest, tail = round(_REST_S * RATE / BLOCK), round(_TAIL_S * RATE / BLOCK)
    thrown = np.zeros(level.size)
    stops = np.flatnonzero(sings[:-1] & ~sings[1:])
    for stop in stops:
        if not sings[stop + 1 : stop + 1 + rest].any():
            thrown[max(0, stop - tail) : stop + 1] = _THROWN
    return _edges(_smoothed(thrown, round(0.08 * RATE / BLOCK)))


def _double(out: Samples, voice: Curve, sections: Sequence[SectionSpan], seed: int) -> None:
    """Adds two more takes, late and never quite in tune, left and right, in the sections that open."""
    for span in sections:
        share = _DOUBLED.get(span.label, 0.0)
        start, stop = round(span.start_s * RATE), min(voice.size, round(span.end_s * RATE))
        if not share or stop - start < RATE or not voice[start:stop].any():
            continue
        for here in range(start, stop, _CHUNK):
            place = np.arange(here, min(stop, here + _CHUNK), dtype=np.float64)
            fade = np.clip(np.minimum(place - start, stop - 1 - place) / (0.05 * RATE), 0.0, 1.0) * share
            for side, late in enumerate(_DOUBLE_MS):
                rate = 2.0 * np.pi * _DRIFT_HZ * (1.0 + 0.3 * side) / RATE
                turn = (rate * place + (2.0 * np.pi * (seed % 97) / 97.0 + side)).astype(np.float32)
                delay = (late + _DRIFT_MS * np.sin(turn)) * (RATE / 1000.0)
                double = _read(voice, place - delay)
                out[side, here : here + place.size] += double * fade.astype(np.float32)


def _read(voice: Curve, place: Figures) -> Curve:
    """`voice` between its samples, by straight lines; before its start it is silent."""
    place = np.clip(place, 0.0, voice.size - 2.0)
    below = place.astype(np.int64)
    share = (place - below).astype(np.float32)
    low = voice[below]
    return np.asarray(low + share * (voice[below + 1] - low))
