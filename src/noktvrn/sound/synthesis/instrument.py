"""Instruments: a patch in an artist's hands. Each note is rendered once and kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.patch import EnsemblePatch, FmPatch, ModalPatch, Patch, WavetablePatch
from noktvrn.sound.signature import colouring
from noktvrn.sound.synthesis import ensemble, fm, modal, wavetable
from noktvrn.sound.synthesis.envelopes import contour, faded
from noktvrn.sound.synthesis.spectrum import (
    Curve,
    Samples,
    bell,
    frequencies,
    high_pass,
    low_pass,
    padded,
    shaped,
    shelf,
    tilt,
)

VELOCITIES = 4
"""Loudness layers of an instrument."""


@dataclass(frozen=True, slots=True)
class Take:
    """A rendered note (1, n) or (2, n) and its K-weighted energy, summed over its channels."""

    samples: Samples
    energy: float

    @property
    def stereo(self) -> bool:
        """Whether it has two sides."""
        return bool(self.samples.shape[0] == 2)

    def sound(self) -> Samples:
        """The samples."""
        return self.samples


@dataclass(frozen=True, slots=True)
class LoopTake:
    """A note read from a looping table when it is needed: `loudness` has its length."""

    table: ensemble.Table
    place: int
    loudness: Curve
    energy: float

    @property
    def stereo(self) -> bool:
        """Always two sides."""
        return True

    def sound(self) -> Samples:
        """The samples (2, n)."""
        return ensemble.looped(self.table.samples, self.place, self.loudness.size) * self.loudness


@dataclass(slots=True)
class Instrument:
    """A patch tuned by an identity, with `tilt_db` per octave and `air_db` of the mix on its EQ."""

    name: str
    patch: Patch
    identity: SoundIdentity
    tilt_db: float
    air_db: float
    _takes: dict[tuple[object, ...], Take | LoopTake] = field(default_factory=dict)
    _tables: dict[int, ensemble.Table] = field(default_factory=dict)

    def take(
        self, pitches: tuple[int, ...], seconds: float, velocity: float, variant: int
    ) -> Take | LoopTake:
        """The note, or the notes struck together when the patch is a power patch. Lengths are kept to 1/40
        s."""
        layer = max(1, round(velocity * VELOCITIES))
        length = max(1, round(seconds * 40))
        key = (pitches, length, layer, variant)
        if key not in self._takes:
            self._takes[key] = self._made(pitches, length / 40.0, layer / VELOCITIES, variant)
        return self._takes[key]

    def _made(
        self, pitches: tuple[int, ...], seconds: float, velocity: float, variant: int
    ) -> Take | LoopTake:
        if not isinstance(self.patch, EnsemblePatch) or self.patch.drive:
            return self._render(pitches, seconds, velocity, variant)
        place = derive_seed(self.identity.seed, self.name, pitches, variant) % ensemble.SIZE
        found, loudness = self._table(self.patch, pitches[0]), contour(seconds, self.patch.envelope)
        return LoopTake(found, place, loudness, found.power * float(np.dot(loudness, loudness)))

    def _table(self, patch: EnsemblePatch, pitch: int) -> ensemble.Table:
        if pitch not in self._tables:
            seed = derive_seed(self.identity.seed, self.name, pitch)
            self._tables[pitch] = ensemble.table(patch, pitch, self._curve(ensemble.SIZE), seed)
        return self._tables[pitch]

    def _render(self, pitches: tuple[int, ...], seconds: float, velocity: float, variant: int) -> Take:
        voices = [self._voice(pitch, seconds, velocity, variant) for pitch in pitches]
        sound = voices[0] if len(voices) == 1 else np.sum(np.stack(voices), axis=0)
        if self.patch.drive:
            amount = np.float32(self.patch.drive * (0.6 + 0.8 * self.identity.drive))
            sound = np.tanh(sound * (1.0 + amount)) / np.tanh(1.0 + amount) * np.float32(0.6)
        samples, energy = shaped(sound, self._curve(padded(sound.shape[1])))
        return Take(faded(samples), energy)

    def _voice(self, pitch: int, seconds: float, velocity: float, variant: int) -> Samples:
        patch, seed = self.patch, derive_seed(self.identity.seed, self.name, pitch, variant)
        if isinstance(patch, WavetablePatch):
            return wavetable.play(patch, pitch, seconds, velocity, self.identity.detune_cents, seed)
        if isinstance(patch, EnsemblePatch):
            loudness = contour(seconds, patch.envelope)
            return (
                ensemble.looped(self._table(patch, pitch).samples, seed % ensemble.SIZE, loudness.size)
                * loudness
            )
        if isinstance(patch, ModalPatch):
            return modal.play(patch, pitch, seconds, velocity, seed)
        return fm.play(patch, pitch, seconds, velocity)

    def _curve(self, size: int) -> Curve:
        hertz, patch = frequencies(size), self.patch
        curve = high_pass(hertz, patch.low_cut) * low_pass(hertz, patch.high_cut)
        if patch.body:
            curve = curve * bell(hertz, patch.body_hz, patch.body)
        curve = curve * bell(hertz, *colouring(self.identity, self.name))
        if self.tilt_db:
            curve = curve * tilt(hertz, self.tilt_db)
        return curve * shelf(hertz, 9000.0, self.air_db) if self.air_db else curve


def in_hands(patch: Patch, identity: SoundIdentity, part: str) -> Patch:
    """The patch as this artist plays it: brighter or darker, quicker or slower, within a musician's reach."""
    luck = dice(identity.seed, "patch", part)
    bright = 2.0 ** (0.55 * identity.brightness + luck.uniform(-0.35, 0.35))
    pace = 2.0 ** luck.uniform(-0.4, 0.4)
    envelope = patch.envelope.model_copy(
        update={
            "decay": patch.envelope.decay * pace,
            "release": min(6.0, patch.envelope.release * 2.0 ** luck.uniform(-0.3, 0.4)),
        }
    )
    changes: dict[str, object] = {"envelope": envelope}
    if isinstance(patch, WavetablePatch):
        changes |= {
            "cutoff": _hertz(patch.cutoff * bright),
            "sweep_decay": patch.sweep_decay * pace,
            "resonance": min(0.85, patch.resonance * luck.uniform(0.6, 1.5)),
        }
    elif isinstance(patch, EnsemblePatch):
        changes |= {
            "cutoff": _hertz(patch.cutoff * bright),
            "spread": patch.spread * luck.uniform(0.7, 1.5),
            "octave": min(1.0, patch.octave + max(0.0, luck.uniform(-0.2, 0.3))),
        }
    elif isinstance(patch, ModalPatch):
        changes |= {
            "brightness": min(
                1.0, max(0.0, patch.brightness + 0.18 * identity.brightness + luck.uniform(-0.12, 0.12))
            ),
            "position": min(0.5, max(0.04, patch.position * luck.uniform(0.6, 1.6))),
            "ring": patch.ring * pace,
        }
    elif isinstance(patch, FmPatch):
        changes |= {
            "index": patch.index * bright,
            "tine": min(1.0, patch.tine * luck.uniform(0.4, 1.8)),
            "index_decay": patch.index_decay * pace,
        }
    return patch.model_copy(update=changes)


def _hertz(value: float) -> float:
    return min(18_000.0, max(60.0, value))
