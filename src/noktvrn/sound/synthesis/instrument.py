"""Instruments: a patch in an artist's hands. Each note is rendered once and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.patch import (
    AnalogPatch,
    BarPatch,
    ElectricPianoPatch,
    EnsemblePatch,
    Envelope,
    FmPatch,
    ModalPatch,
    OrganPatch,
    Patch,
    PianoPatch,
    PluckedPatch,
    SustainedPatch,
    WavetablePatch,
)
from noktvrn.sound.score import RATE
from noktvrn.sound.signature import colouring
from noktvrn.sound.synthesis import amplifier, ensemble, voices
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
    shaped_together,
    shelf,
    tilt,
)
from noktvrn.sound.synthesis.takes import HeldTake, LoopTake, Sound, Take, around, made_endless

VELOCITIES = 4
"""Loudness layers of an instrument."""

_LENGTHS = 40
"""Lengths of short notes are kept to this part of a second."""

_STRUCK = (ModalPatch, PluckedPatch, PianoPatch, ElectricPianoPatch, BarPatch)
"""Engines whose notes die by themselves: their envelope never sustains."""

_SHARING = (*_STRUCK, WavetablePatch, FmPatch, SustainedPatch, OrganPatch, AnalogPatch)
"""Engines whose notes of all lengths begin alike: the longest is played, the others are cut from it."""

_LONGEST_S, _LOOP_S, _BLEND_S = 4.6, 2.0, 0.7
"""Many voices at once are played no longer than that; then they go round, as in a sampler."""

_OPEN = Envelope(attack=0.0, decay=0.0, sustain=1.0, release=0.0)

_ROWS = 4
"""Channels equalised at once: the transform works on four rows at a time."""

_Key = tuple[int, int, int]
"""A body: pitch, layer, variant."""

Wish = tuple[tuple[int, ...], float, float, int]
"""What a part wants played: pitches struck together, seconds, velocity, variant."""


@dataclass(frozen=True, slots=True)
class _Body:
    """An unshaped note, its power per sample, and how much of that the K-weighting keeps."""

    take: Take
    power: Curve
    kept: float


def _body(samples: Samples, energy: float, endless: bool) -> _Body:
    loop = None
    if endless:
        # The last samples have faded out already.
        samples = samples[:, : (samples.shape[1] - 256) & ~1]
        loop = round(_LOOP_S * RATE) & ~1
        made_endless(samples, loop, round(_BLEND_S * RATE))
    power = np.asarray(np.einsum("ij,ij->j", samples, samples))
    kept = energy / max(float(power.sum(dtype=np.float64)), 1e-12)
    return _Body(Take(samples, energy, loop), power, kept)


@dataclass(slots=True)
class Instrument:
    """A patch tuned by an identity, with `tilt_db` per octave and `air_db` of the mix on its EQ."""

    name: str
    patch: Patch
    identity: SoundIdentity
    tilt_db: float
    air_db: float
    _takes: dict[tuple[object, ...], Sound] = field(default_factory=dict)
    _tables: dict[int, ensemble.Table] = field(default_factory=dict)
    _bodies: dict[_Key, _Body] = field(default_factory=dict)
    _longest: dict[_Key, int] = field(default_factory=dict)
    _curves: dict[int, Curve] = field(default_factory=dict)
    _notes: dict[tuple[int, float, float, int], Samples] = field(default_factory=dict)

    def expect(self, wishes: Iterable[Wish]) -> None:
        """Tells what will be asked for, so that a note is played once at its longest. Not needed, but saves
        time."""
        for pitches, seconds, velocity, variant in wishes:
            key = self._key(pitches[0], velocity, variant)
            self._longest[key] = max(self._longest.get(key, 0), _length(seconds))

    def take(self, pitches: tuple[int, ...], seconds: float, velocity: float, variant: int) -> Sound:
        """The note, or the notes struck together when the patch is a power patch. Lengths are kept to 1/40
        s."""
        _, layer, variant = self._key(pitches[0], velocity, variant)
        length = _length(seconds)
        key = (pitches, length, layer, variant)
        if key not in self._takes:
            self._takes[key] = self._made(pitches, length, layer, variant)
        return self._takes[key]

    def _key(self, pitch: int, velocity: float, variant: int) -> _Key:
        """Which body a note is cut from. Many voices at once never sound the same twice: half the layers
        and one variant do for them."""
        layer = max(1, round(velocity * VELOCITIES))
        return (pitch, layer + layer % 2, 0) if _many(self.patch) else (pitch, layer, variant)

    def _made(self, pitches: tuple[int, ...], length: int, layer: int, variant: int) -> Sound:
        seconds, patch = length / _LENGTHS, self.patch
        if isinstance(patch, EnsemblePatch) and not patch.drive:
            place = derive_seed(self.identity.seed, self.name, pitches, variant) % ensemble.SIZE & ~1
            found, loudness = self._table(patch, pitches[0]), contour(seconds, patch.envelope)
            return LoopTake(found.take, place, loudness, found.power * float(np.dot(loudness, loudness)))
        if isinstance(patch, _SHARING) and len(pitches) == 1 and not _ends_its_own_way(patch):
            return self._cut(pitches[0], length, layer, variant)
        return self._render(pitches, seconds, layer / VELOCITIES, variant)

    def _cut(self, pitch: int, length: int, layer: int, variant: int) -> HeldTake:
        """A note as the beginning of the longest of its kind, under an envelope of its own."""
        shape = self.patch.envelope
        if isinstance(self.patch, _STRUCK):
            shape = shape.model_copy(update={"sustain": 1.0})
        loudness = contour(length / _LENGTHS, shape)
        key = (pitch, layer, variant)
        body = self._bodies.get(key)
        if body is None or (body.take.loop is None and body.power.size < loudness.size):
            self._longest[key] = max(length, self._longest.get(key, 0))
            self._play_bodies(key, shape.release)
            body = self._bodies[key]
        power = around(body.power[None, :], 0, loudness.size, body.take.loop or 0)[0]
        return HeldTake(body.take, loudness, body.kept * float(np.dot(power, loudness * loudness)))

    def _play_bodies(self, key: _Key, release: float) -> None:
        """Plays a body, and of those that will be wanted as many of its size as are equalised at once."""
        sounds = {key: self._unshaped(key, release)}
        channels, count = sounds[key].shape
        for other in self._longest:
            if len(sounds) * channels >= _ROWS:
                break
            if other not in self._bodies and other not in sounds and self._size(other, release)[0] == count:
                sounds[other] = self._unshaped(other, release)
        together = shaped_together(list(sounds.values()), self._curve(padded(count)))
        for played, (samples, energy) in zip(sounds, together, strict=True):
            self._bodies[played] = _body(samples, energy, self._size(played, release)[1])

    def _unshaped(self, key: _Key, release: float) -> Samples:
        pitch, layer, variant = key
        seconds = self._size(key, release)[0] / RATE
        return self._voice(pitch, seconds, layer / VELOCITIES, variant, _OPEN)

    def _size(self, key: _Key, release: float) -> tuple[int, bool]:
        """How many samples a body is played, and whether it goes round behind them."""
        seconds = self._longest[key] / _LENGTHS + release + 0.01
        endless = _many(self.patch) and seconds > _LONGEST_S and not _slow(self.patch)
        return round((_LONGEST_S if endless else seconds) * RATE), endless

    def _table(self, patch: EnsemblePatch, pitch: int) -> ensemble.Table:
        if pitch not in self._tables:
            seed = derive_seed(self.identity.seed, self.name, pitch)
            self._tables[pitch] = ensemble.table(patch, pitch, self._curve(ensemble.SIZE), seed)
        return self._tables[pitch]

    def _render(self, pitches: tuple[int, ...], seconds: float, velocity: float, variant: int) -> Take:
        notes = [self._note(pitch, seconds, velocity, variant) for pitch in pitches]
        sound = notes[0] if len(notes) == 1 else np.sum(np.stack(notes), axis=0)
        if self.patch.amp != "none":
            sound = amplifier.through(sound, self.patch.amp, self.patch.drive * (0.7 + self.identity.drive))
        elif self.patch.drive:
            amount = np.float32(self.patch.drive * (0.6 + 0.8 * self.identity.drive))
            sound = np.tanh(sound * (1.0 + amount)) / np.tanh(1.0 + amount) * np.float32(0.6)
        samples, energy = shaped(sound, self._curve(padded(sound.shape[1])))
        return Take(faded(samples), energy)

    def _note(self, pitch: int, seconds: float, velocity: float, variant: int) -> Samples:
        """A note before its drive: chords on one amplifier have notes in common."""
        key = (pitch, seconds, velocity, variant)
        if key not in self._notes:
            self._notes[key] = self._voice(pitch, seconds, velocity, variant)
        return self._notes[key]

    def _voice(
        self, pitch: int, seconds: float, velocity: float, variant: int, envelope: Envelope | None = None
    ) -> Samples:
        patch, seed = self.patch, derive_seed(self.identity.seed, self.name, pitch, variant)
        if envelope is not None:
            patch = patch.model_copy(update={"envelope": envelope})
        if isinstance(patch, EnsemblePatch):
            loudness = contour(seconds, patch.envelope)
            return (
                around(self._table(patch, pitch).take.samples, seed % ensemble.SIZE, loudness.size) * loudness
            )
        return voices.play(patch, pitch, seconds, velocity, self.identity.detune_cents, seed)

    def _curve(self, size: int) -> Curve:
        if size not in self._curves:
            self._curves[size] = self._equaliser(size)
        return self._curves[size]

    def _equaliser(self, size: int) -> Curve:
        hertz, patch = frequencies(size), self.patch
        curve = high_pass(hertz, patch.low_cut) * low_pass(hertz, patch.high_cut)
        if patch.body:
            curve = curve * bell(hertz, patch.body_hz, patch.body)
        curve = curve * bell(hertz, *colouring(self.identity, self.name))
        if self.tilt_db:
            curve = curve * tilt(hertz, self.tilt_db)
        return curve * shelf(hertz, 9000.0, self.air_db) if self.air_db else curve


def _ends_its_own_way(patch: Patch) -> bool:
    """Whether a note's end is more than a fade: an overdriven stage, a finger or a damper that is heard."""
    noisy = isinstance(patch, PluckedPatch) and patch.release_noise > 0.0
    noisy = noisy or (isinstance(patch, PianoPatch) and patch.damper > 0.0)
    return bool(patch.drive) or patch.amp != "none" or noisy


def _many(patch: Patch) -> bool:
    """Whether several voices sound in one note for as long as it is held."""
    if isinstance(patch, SustainedPatch):
        return patch.players > 2
    if isinstance(patch, AnalogPatch):
        return patch.voices * len(patch.stack) > 2
    return isinstance(patch, WavetablePatch) and patch.voices > 2


def _slow(patch: Patch) -> bool:
    """Whether a note is still on its way when others go round."""
    return isinstance(patch, AnalogPatch) and patch.opens and patch.sweep_decay > 1.2


def _length(seconds: float) -> int:
    """The length in parts of `_LENGTHS`: those over 0.8 s to within 3 %, so that notes share takes."""
    steps = max(1, round(seconds * _LENGTHS))
    coarse = 1 << max(0, steps.bit_length() - 5)
    return max(1, round(steps / coarse)) * coarse


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
    else:
        changes |= voices.own(patch, identity.brightness, luck)
    return patch.model_copy(update=changes)


def _hertz(value: float) -> float:
    return min(18_000.0, max(60.0, value))
