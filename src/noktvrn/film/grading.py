"""The colourist: shots of many sources in one light, the artist's.

Exposure is brought to one range, each clip's own cast is half taken back, colour is calmed, and shadows and
lights lean towards the ends of the artist's ramp (a split tone). Every step is a table over 8 bits, applied
by `bytes.translate`, which costs a millisecond a frame where an index into an array costs ten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noktvrn.film.clips import Clip
from noktvrn.film.styles.base import Palette, ramp_colour
from noktvrn.film.yuv import BLACK, WHITE, Bytes, Floats, Frame, tone

STEPS = 12
DARK, LIGHT = 0.045, 0.60
"""Where usual shadows and lights come to lie (0..1), the latter in a silent song: dark enough that type and
light stand out."""
BREATH = 0.045
"""How much brighter a full bass makes the picture: too little for anything like a flash."""
SATURATION = 0.72
CAST = 0.55
"""The share of a clip's own cast that is taken back."""
LEAN = 0.46
"""How far shadows and lights lean to the artist's colours."""
_CHROMA, _TINT = 54, 46
"""Limits of a clip's own chroma and of the tint: their sum stays within a byte."""
_GAIN = (0.75, 1.4)
"""How far a clip's contrast may be changed before its noise or its flatness shows."""


@dataclass(frozen=True, slots=True)
class Tables:
    """One clip's grade: `lumas` by brightness step (output is light above black), `u`, `v` for its chroma,
    and the tints by luma, signed."""

    lumas: tuple[bytes, ...]
    u: bytes
    v: bytes
    tint_u: bytes
    tint_v: bytes


def grade_clip(clip: Clip, palette: Palette, energy: float) -> Tables:
    """The tables that bring a clip into the artist's light at this energy of the song."""
    curve = _curve(clip, energy)
    tints = _tints(palette, curve)
    saturation = SATURATION * (0.85 + 0.3 * energy)
    return Tables(
        lumas=tuple(_brighter(curve, 1.0 + BREATH * step / (STEPS - 1)) for step in range(STEPS)),
        u=_chroma(clip.u, saturation),
        v=_chroma(clip.v, saturation),
        tint_u=tints[0],
        tint_v=tints[1],
    )


def lay_graded(frame: Frame, tables: Tables, level: float) -> Bytes:
    """Grades the frame's chroma in place; its luma comes back as light above black, 0..219, (H, W).

    `level` 0..1 is how far the picture breathes in.
    """
    step = min(STEPS - 1, int(level * STEPS))
    small = np.ascontiguousarray(frame.y[::2, ::2])
    for plane, own, tint in ((frame.u, tables.u, tables.tint_u), (frame.v, tables.v, tables.tint_v)):
        np.add(_through(plane, own), _through(small, tint), out=plane)
    return _through(frame.y, tables.lumas[step])


def _through(plane: Bytes, table: bytes) -> Bytes:
    return np.frombuffer(plane.tobytes().translate(table), np.uint8).reshape(plane.shape)


def _curve(clip: Clip, energy: float) -> Floats:
    """Luma 0..255 as the file has it to light 0..1: the clip's own range laid into the house's."""
    dark, light = DARK, LIGHT + 0.16 * energy
    low, high = clip.low / 255.0, max(clip.high, clip.low + 24.0) / 255.0
    gain = float(np.clip((light - dark) / (high - low), *_GAIN))
    # Where a clip cannot be stretched so far, a dark one keeps its shadows and a bright one its middle tones.
    shadows, middle = dark - gain * low, (dark + light) / 2 - gain * (low + high) / 2
    share = 0.7 if low + high < dark + light else 0.3
    x = (np.arange(256, dtype=np.float32) - BLACK) / (WHITE - BLACK)
    y = gain * x + share * shadows + (1.0 - share) * middle
    return _shouldered(np.asarray(y, dtype=np.float32))


def _shouldered(y: Floats) -> Floats:
    """A soft toe over lifted blacks and a soft shoulder, so that nothing clips hard."""
    toe = np.where(y < 0.08, 0.08 * np.exp(np.minimum(y / 0.08 - 1.0, 0.0)), y)
    bent = np.where(toe > 0.72, 0.72 + 0.26 * (1 - np.exp(-(toe - 0.72) / 0.26)), toe)
    return np.asarray(bent, dtype=np.float32)


def _brighter(curve: Floats, gain: float) -> bytes:
    light = np.clip(curve * gain * (WHITE - BLACK) + 0.5, 0, WHITE - BLACK)
    return bytes(light.astype(np.uint8))


def _chroma(cast: float, saturation: float) -> bytes:
    offset = (np.arange(256, dtype=np.float32) - 128.0 - CAST * cast) * saturation
    soft = _CHROMA * np.tanh(offset / _CHROMA)
    return (soft + 128.5).astype(np.uint8).tobytes()


def _tints(palette: Palette, curve: Floats) -> tuple[bytes, bytes]:
    """Signed tints (two's complement) by the file's luma: shadows from the low end of the ramp, lights from
    its high end, least in the middle, where skin lies."""
    stops = np.linspace(0.12, 0.88, 17)
    tones = [tone(ramp_colour(palette, float(stop))) for stop in stops]
    weight = LEAN * (0.55 + 0.45 * np.abs(2 * curve - 1)) * np.clip(curve / 0.06, 0.25, 1.0)
    rows = []
    for values in ([one.u - 128 for one in tones], [one.v - 128 for one in tones]):
        tint = np.interp(curve, stops, np.asarray(values, dtype=np.float64)) * weight
        rows.append(np.clip(np.round(tint), -_TINT, _TINT).astype(np.int8).tobytes())
    return rows[0], rows[1]
