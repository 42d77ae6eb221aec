"""Rendering: a score becomes stems, one bus after the other, so that only one whole song of samples is held at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.drums import DrumVoice, strike
from noktvrn.sound.envelopes import ramp
from noktvrn.sound.gestures import sound_of, sweep_low_pass
from noktvrn.sound.instrument import Instrument, in_hands
from noktvrn.sound.mixing import Sounding, ducking, rides, set_level
from noktvrn.sound.score import RATE, Note, Score
from noktvrn.sound.space import add_space, impulse_response
from noktvrn.sound.spectrum import Samples, frequencies, padded, shaped, shelf, tilt
from noktvrn.sound.style import BUSES, Bus, PartStyle, Space, Style, load_kit

_DRY = Space(room=0.0, hall=0.0)
_TILT_OF_BRIGHTNESS = 0.5


@dataclass(frozen=True, slots=True)
class Stem:
    """A bus as it goes to the producer: (2, n) samples at 44.1 kHz with inserts, space and section gains in it."""

    name: Bus
    samples: Samples


def render(score: Score, style: Style, identity: SoundIdentity, seed: int) -> Iterator[Stem]:
    """The stems of the score in the order of `BUSES`, each `score.samples` long. Their sum is the mix.

    Deterministic in all four arguments. A stem is handed over before the next is begun; drop it to save memory.
    """
    desk = _Desk(score, style, identity, seed)
    for bus in BUSES:
        yield Stem(bus, desk.bus(bus))


class _Desk:
    """The mixing desk of one song: every note's take and level, known before a bus is summed."""

    def __init__(self, score: Score, style: Style, identity: SoundIdentity, seed: int) -> None:
        self.score, self.style, self.identity, self.seed = score, style, identity, seed
        tracks: dict[Bus, list[tuple[float, Sounding]]] = {bus: [] for bus in BUSES}
        for part in style.parts:
            notes = self._part(part)
            gain = set_level(notes, score, part.level)
            tracks[part.bus] += [(gain, note) for note in notes]
        kit = self._kit()
        gain = set_level(kit, score, style.mix.drums)
        tracks["drums"] += [(gain, hit) for hit in kit]
        self.tracks = tracks
        self.rides = rides([item for items in tracks.values() for item in items], score, style.mix.contrast)
        self.kicks = [score.sample(hit.start) for hit in score.hits if hit.voice == "kick"]

    def bus(self, bus: Bus) -> Samples:
        """One bus with its space, drive and sweeps."""
        mix, count = self.style.mix, self.score.samples
        out = np.zeros((2, count), dtype=np.float32)
        send = np.zeros(count, dtype=np.float32)
        ducked = any(s.duck for _, s in self.tracks[bus]) and mix.pump > 0
        duck = (
            ducking(self.kicks, count, mix.pump, round(mix.pump_beats * self.score.beat_s * RATE))
            if ducked
            else None
        )
        for gain, sounding in self.tracks[bus]:
            _lay(out, send, sounding, gain * self.rides[sounding.section], duck)
        if bus == "lead":
            self._gestures(out)
        space = mix.space.get(bus, _DRY)
        if send.any() and (space.room or space.hall or space.delay):
            send *= np.float32(0.55 + 0.9 * self.identity.space)
            add_space(
                out,
                send,
                impulse_response(space, self.score.beat_s, derive_seed(self.identity.seed, "space", bus)),
            )
        del send
        if drive := mix.drive.get(bus, 0.0):
            _saturate(out, drive * (0.6 + 0.8 * self.identity.drive))
        self._sweeps(bus, out)
        _fade_out(out, self.score)
        return out

    def _tilt(self) -> float:
        return self.style.mix.tilt + _TILT_OF_BRIGHTNESS * self.identity.brightness

    def _part(self, part: PartStyle) -> list[Sounding]:
        luck = dice(self.identity.seed, "instrument", part.name)
        patch = in_hands(self.style.patch[luck.choice(part.patches)], self.identity, part.name)
        air = self.style.mix.air if part.bus == "lead" else 0.0
        player = Instrument(part.name, patch, self.identity, self._tilt(), air)
        notes = self.score.parts[part.name]
        groups = (
            [tuple(group) for _, group in groupby(notes, key=lambda note: (note.start, note.length))]
            if patch.power
            else [(note,) for note in notes]
        )
        return [self._sounding(part, player, group, index) for index, group in enumerate(groups)]

    def _sounding(self, part: PartStyle, player: Instrument, group: tuple[Note, ...], index: int) -> Sounding:
        first = group[0]
        take = player.take(
            tuple(note.pitch for note in group), first.length * self.score.beat_s, first.velocity, index % 3
        )
        angle = (part.pan + 1.0) * np.pi / 4.0
        loud = first.velocity**1.3
        scale = 0.5 if take.samples.shape[0] == 2 else 1.0
        left, right = loud * np.cos(angle) * np.sqrt(2.0), loud * np.sin(angle) * np.sqrt(2.0)
        energy = take.energy * (0.5 if scale == 0.5 else 1.0)
        at = self.score.sample(first.start, first.nudge_ms)
        section = self.score.section_at(first.start).index
        return Sounding(at, section, take.samples, float(left), float(right), energy, part.wet, part.duck)

    def _kit(self) -> list[Sounding]:
        luck = dice(self.identity.seed, "kit")
        voices = load_kit(luck.choice(self.style.kits)).voices
        kit = {
            name: _tuned(DrumVoice.model_validate(fields), self.identity, name)
            for name, fields in voices.items()
        }
        takes: dict[tuple[str, int, int], tuple[Samples, float]] = {}
        soundings: list[Sounding] = []
        for index, hit in enumerate(self.score.hits):
            voice = kit.get(hit.voice)
            if voice is None:
                continue
            key = (hit.voice, max(1, round(hit.velocity * 6)), index % 3 if voice.noise else 0)
            if key not in takes:
                takes[key] = self._stroke(voice, *key)
            samples, energy = takes[key]
            angle = (voice.pan + 1.0) * np.pi / 4.0
            loud = 10.0 ** (voice.gain / 20.0) * hit.velocity**1.4
            section = self.score.section_at(hit.start).index
            soundings.append(
                Sounding(
                    self.score.sample(hit.start, hit.nudge_ms),
                    section,
                    samples,
                    float(loud * np.cos(angle) * np.sqrt(2.0)),
                    float(loud * np.sin(angle) * np.sqrt(2.0)),
                    energy,
                    voice.wet,
                    0.0,
                )
            )
        return soundings

    def _stroke(self, voice: DrumVoice, name: str, layer: int, variant: int) -> tuple[Samples, float]:
        sound = strike(voice, layer / 6, derive_seed(self.identity.seed, "stroke", name, variant))
        hertz = frequencies(padded(sound.shape[1]))
        return shaped(sound, tilt(hertz, self._tilt()) * shelf(hertz, 9000.0, self.style.mix.air))

    def _gestures(self, out: Samples) -> None:
        for gesture in self.score.gestures:
            seconds = gesture.length * self.score.beat_s + (
                self.score.tail_s if gesture.kind == "texture" else 0.0
            )
            sound = sound_of(gesture, seconds, self.seed)
            start = self.score.sample(gesture.start)
            stop = min(out.shape[1], start + sound.shape[1])
            out[:, start:stop] += sound[:, : stop - start]

    def _sweeps(self, bus: Bus, out: Samples) -> None:
        """Intros and breakdowns open, outros close; the kick keeps its weight, so drums are left alone."""
        amount = self.style.mix.sweep
        if not amount or bus in ("drums", "bass"):
            return
        dark = 9000.0 * (0.08**amount)
        for section in self.score.sections:
            start, stop = self.score.sample(section.start), self.score.sample(section.end)
            if section.label in ("intro", "breakdown"):
                sweep_low_pass(out, 0 if section.index == 0 else start, stop, dark, 16_000.0)


def _tuned(voice: DrumVoice, identity: SoundIdentity, name: str) -> DrumVoice:
    luck = dice(identity.seed, "drum", name)
    return voice.model_copy(
        update={
            "tone_hz": voice.tone_hz * 2.0 ** luck.uniform(-0.16, 0.16),
            "tone_decay": voice.tone_decay * 2.0 ** luck.uniform(-0.35, 0.35),
            "noise_decay": voice.noise_decay * 2.0 ** luck.uniform(-0.4, 0.4),
            "noise_low": voice.noise_low * 2.0 ** luck.uniform(-0.3, 0.3),
            "metal_hz": voice.metal_hz * 2.0 ** luck.uniform(-0.25, 0.25),
            "metal_decay": voice.metal_decay * 2.0 ** luck.uniform(-0.4, 0.4),
            "gain": voice.gain + luck.uniform(-1.2, 1.2),
        }
    )


def _lay(out: Samples, send: Samples, s: Sounding, gain: float, duck: Samples | None) -> None:
    stop = min(out.shape[1], s.at + s.samples.shape[1])
    sound = s.samples[:, : stop - s.at]
    if duck is not None and s.duck:
        sound = sound * (1.0 - np.float32(s.duck) * (1.0 - duck[s.at : stop]))
    out[0, s.at : stop] += sound[0] * np.float32(gain * s.left)
    out[1, s.at : stop] += sound[-1] * np.float32(gain * s.right)
    if s.wet:
        heard = sound[0] if sound.shape[0] == 1 else (sound[0] + sound[1]) * np.float32(0.6)
        send[s.at : stop] += heard * np.float32(gain * s.wet * 0.5 * (s.left + s.right))


def _saturate(out: Samples, drive: float) -> None:
    """tanh at the same loudness: quiet parts untouched, peaks rounded."""
    amount = np.float32(1.0 + drive)
    out *= amount
    np.tanh(out, out=out)
    out /= amount


def _fade_out(out: Samples, score: Score) -> None:
    """The tail fades over its second half to 50 ms of true silence."""
    silent = round(0.05 * RATE)
    length = round(0.5 * score.tail_s * RATE)
    out[:, -silent:] = 0.0
    out[:, -silent - length : -silent] *= ramp(length)[::-1] ** 1.5
