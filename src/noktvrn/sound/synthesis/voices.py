"""Which engine plays a patch, and how an artist makes the patch his own."""

from __future__ import annotations

import random

from noktvrn.sound.patch import (
    AnalogPatch,
    BarPatch,
    ElectricPianoPatch,
    EnsemblePatch,
    FmPatch,
    ModalPatch,
    OrganPatch,
    Patch,
    PianoPatch,
    PluckedPatch,
    SustainedPatch,
    WavetablePatch,
)
from noktvrn.sound.synthesis import (
    analog,
    bars,
    electric_piano,
    fm,
    modal,
    organ,
    piano,
    plucked,
    sustained,
    wavetable,
)
from noktvrn.sound.synthesis.spectrum import Samples

_Acoustic = (
    SustainedPatch | PluckedPatch | PianoPatch | ElectricPianoPatch | OrganPatch | BarPatch | ModalPatch
)


def play(
    patch: Patch, pitch: int, seconds: float, velocity: float, detune_cents: float, seed: int
) -> Samples:
    """A note of any patch but an ensemble's: (1, n) or (2, n), before drive and equaliser."""
    match patch:
        case WavetablePatch():
            return wavetable.play(patch, pitch, seconds, velocity, detune_cents, seed)
        case AnalogPatch():
            return analog.play(patch, pitch, seconds, velocity, detune_cents, seed)
        case FmPatch():
            return fm.play(patch, pitch, seconds, velocity)
        case EnsemblePatch():
            raise TypeError("an ensemble is read from its table, not played note by note")
        case _:
            return _acoustic(patch, pitch, seconds, velocity, seed)


def _acoustic(patch: _Acoustic, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    match patch:
        case SustainedPatch():
            return sustained.play(patch, pitch, seconds, velocity, seed)
        case PluckedPatch():
            return plucked.play(patch, pitch, seconds, velocity, seed)
        case PianoPatch():
            return piano.play(patch, pitch, seconds, velocity, seed)
        case ElectricPianoPatch():
            return electric_piano.play(patch, pitch, seconds, velocity, seed)
        case OrganPatch():
            return organ.play(patch, pitch, seconds, velocity, seed)
        case BarPatch():
            return bars.play(patch, pitch, seconds, velocity, seed)
        case ModalPatch():
            return modal.play(patch, pitch, seconds, velocity, seed)


def in_time(patch: Patch, beat_s: float) -> Patch:
    """The patch in a song whose beats last `beat_s` seconds: wobbles counted in beats get their rate."""
    if not isinstance(patch, AnalogPatch) or not patch.lfo_beats:
        return patch
    return patch.model_copy(update={"lfo_hz": 1.0 / (patch.lfo_beats * beat_s)})


def own(patch: Patch, brightness: float, luck: random.Random) -> dict[str, object]:
    """The changes an artist makes to an acoustic or analog patch: another instrument of the same kind.

    Args:
        brightness: of the identity, -1 to 1.
        luck: the artist's own for this part.
    """
    bright = 2.0 ** (0.4 * brightness + luck.uniform(-0.25, 0.25))
    pace = 2.0 ** luck.uniform(-0.3, 0.3)
    lean = 0.1 * brightness + luck.uniform(-0.07, 0.07)
    match patch:
        case SustainedPatch():
            return {
                "corner": _within(patch.corner * bright, 60.0, 18_000.0),
                "vibrato": patch.vibrato * luck.uniform(0.6, 1.35),
                "vibrato_hz": patch.vibrato_hz * luck.uniform(0.92, 1.08),
                "breath": _within(patch.breath * luck.uniform(0.6, 1.6), 0.0, 1.0),
                "body_seed": patch.body_seed + 97 * luck.randrange(64),
            }
        case PluckedPatch():
            return {
                "brightness": _within(patch.brightness + lean, 0.0, 1.0),
                "position": _within(patch.position * luck.uniform(0.7, 1.4), 0.04, 0.5),
                "ring": patch.ring * pace,
                "body_seed": patch.body_seed + 97 * luck.randrange(64),
            }
        case PianoPatch():
            return {
                "brightness": _within(patch.brightness + lean, 0.0, 1.0),
                "choir_cents": patch.choir_cents * luck.uniform(0.6, 1.7),
                "haze": _within(patch.haze * luck.uniform(0.5, 1.6), 0.0, 1.0),
                "ring": _within(patch.ring * pace, 0.05, 3.0),
            }
        case ElectricPianoPatch():
            return {
                "bark": _within(patch.bark * bright, 0.1, 2.0),
                "bell": _within(patch.bell * luck.uniform(0.5, 1.7), 0.0, 1.0),
                "ring": patch.ring * pace,
            }
        case OrganPatch():
            return {"drawbars": _pulled(patch.drawbars, luck)}
        case BarPatch():
            return {"hardness": _within(patch.hardness + lean, 0.05, 1.0), "ring": patch.ring * pace}
        case AnalogPatch():
            return {
                "cutoff": _within(patch.cutoff * bright, 60.0, 18_000.0),
                "sweep_decay": patch.sweep_decay * pace,
                "resonance": _within(patch.resonance * luck.uniform(0.7, 1.3), 0.0, 0.9),
                "drift": patch.drift * luck.uniform(0.6, 1.5),
            }
        case _:
            return {}


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _pulled(drawbars: str, luck: random.Random) -> str:
    """The registration with two stops moved by one."""
    stops = [int(stop) for stop in drawbars]
    for place in luck.sample([i for i, stop in enumerate(stops) if stop], 2):
        stops[place] = min(8, max(1, stops[place] + luck.choice((-1, 1))))
    return "".join(str(stop) for stop in stops)
