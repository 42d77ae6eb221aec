"""Rendering: a score becomes stems, one bus after the other, so that only one whole song of samples is
held at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.mixing.gestures import add_texture, sound_of, sweep_low_pass
from noktvrn.sound.mixing.levels import Sounding, ducking, rides, set_level
from noktvrn.sound.mixing.players import play_kit, play_part
from noktvrn.sound.mixing.scenes import widen
from noktvrn.sound.mixing.space import add_space, impulse_response
from noktvrn.sound.score import RATE, Score
from noktvrn.sound.signature import fader_db, stage_width
from noktvrn.sound.style import BUSES, Bus, Space, Style
from noktvrn.sound.synthesis.envelopes import ramp
from noktvrn.sound.synthesis.spectrum import Samples

_CENTRE = 8192
_DRY = Space(room=0.0, hall=0.0)
_VEILED = {"intro": 1.0, "breakdown": 1.0, "verse": 0.45, "bridge": 0.3}
"""How far the filter is closed where a section begins, in parts of the style's sweep."""

_SUNG = ("verse", "bridge")


@dataclass(frozen=True, slots=True)
class Stem:
    """A bus as it goes to the producer: (2, n) samples at 44.1 kHz with inserts, space and section gains
    in it."""

    name: Bus
    samples: Samples


def render(score: Score, style: Style, identity: SoundIdentity, seed: int) -> Iterator[Stem]:
    """The stems of the score in the order of `BUSES`, each `score.samples` long. Their sum is the mix.

    Deterministic in all four arguments. A stem is handed over before the next is begun; drop it to save
    memory.
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
            notes = play_part(part, score, style, identity)
            gain = set_level(notes, score, part.level + fader_db(identity, part.name))
            tracks[part.bus] += [(gain, note) for note in notes]
        kit = play_kit(score, style, identity)
        gain = set_level(kit, score, style.mix.drums + fader_db(identity, "drums"))
        tracks["drums"] += [(gain, hit) for hit in kit]
        self.tracks = tracks
        self.rides = rides([item for items in tracks.values() for item in items], score, style.mix)
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
        for gain, sounding in self.tracks.pop(bus):
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
        if bus != "bass":
            width = mix.width * stage_width(self.identity)
            widen(out, self.score, width if bus != "drums" else 0.5 * (1.0 + width))
        _centre(out)
        _fade_out(out, self.score)
        return out

    def _gestures(self, out: Samples) -> None:
        for gesture in self.score.gestures:
            if gesture.kind == "texture":
                add_texture(out, gesture.level, self.seed)
                continue
            sound = sound_of(gesture, gesture.length * self.score.beat_s, self.seed)
            start = self.score.sample(gesture.start)
            stop = min(out.shape[1], start + sound.shape[1])
            out[:, start:stop] += sound[:, : stop - start]

    def _sweeps(self, bus: Bus, out: Samples) -> None:
        """Intros and breakdowns open from far away, the chords of verses a little, outros close; the kick
        keeps its weight, so drums are left alone."""
        amount = self.style.mix.sweep
        if not amount or bus in ("drums", "bass"):
            return
        for section in self.score.sections:
            start, stop = self.score.sample(section.start), self.score.sample(section.end)
            share = _VEILED.get(section.label, 0.0) * (bus == "harmony" or section.label not in _SUNG)
            if share:
                dark = 9000.0 * (0.08 ** (share * amount))
                sweep_low_pass(out, 0 if section.index == 0 else start, stop, dark, 16_000.0)


def _lay(out: Samples, send: Samples, s: Sounding, gain: float, duck: Samples | None) -> None:
    sound = s.take.sound()
    stop = min(out.shape[1], s.at + sound.shape[1])
    sound = sound[:, : stop - s.at]
    if duck is not None and s.duck:
        sound = sound * (1.0 - np.float32(s.duck) * (1.0 - duck[s.at : stop]))
    scratch = sound[0] * np.float32(gain * s.left)
    out[0, s.at : stop] += scratch
    out[1, s.at : stop] += np.multiply(sound[-1], np.float32(gain * s.right), out=scratch)
    if s.wet:
        share = np.float32(gain * s.wet * 0.5 * (s.left + s.right))
        if s.take.stereo:
            send[s.at : stop] += np.multiply(sound[0], np.float32(0.6) * share, out=scratch)
            send[s.at : stop] += np.multiply(sound[1], np.float32(0.6) * share, out=scratch)
        else:
            send[s.at : stop] += np.multiply(sound[0], share, out=scratch)


def _saturate(out: Samples, drive: float) -> None:
    """tanh at the same loudness: peaks rounded."""
    amount = np.float32(1.0 + drive)
    out *= amount
    np.tanh(out, out=out)
    out /= amount


def _centre(out: Samples) -> None:
    """Subtracts the slow mean (blocks of 0.19 s, joined by lines), in place: a high-pass at about 3 Hz."""
    rise = np.linspace(0.0, 1.0, _CENTRE, endpoint=False, dtype=np.float32)
    for side in out:
        blocks = side[: side.size // _CENTRE * _CENTRE].reshape(-1, _CENTRE)
        means = blocks.mean(axis=1)
        edges = np.concatenate([[0.0], (means[1:] + means[:-1]) / 2, [0.0]]).astype(np.float32)
        for place, (first, last) in enumerate(pairwise(edges)):
            if first or last:
                blocks[place] -= first + (last - first) * rise


def _fade_out(out: Samples, score: Score) -> None:
    """The tail fades from shortly before its start to 50 ms of true silence."""
    silent = round(0.05 * RATE)
    length = round((0.8 * score.tail_s + 0.25 * score.beats_per_bar * score.beat_s) * RATE)
    out[:, -silent:] = 0.0
    out[:, -silent - length : -silent] *= ramp(length)[::-1] ** 1.5
