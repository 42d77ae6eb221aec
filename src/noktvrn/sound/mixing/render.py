"""Rendering: a score becomes one mix, or stems whose sum is that mix, one bus after the other, so that only
one or two whole songs of samples are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel import checkpoint
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.gain import apply_gain
from noktvrn.sound.mixing.automation import Automation, follows_filter, openings, swell, wet_buses
from noktvrn.sound.mixing.band import Band, HouseBand
from noktvrn.sound.mixing.dynamics import compress, saturate
from noktvrn.sound.mixing.filters import sweep_low_pass
from noktvrn.sound.mixing.gestures import add_texture, sound_of
from noktvrn.sound.mixing.levels import TRIM_STEP, Sounding, rides, set_level, trim
from noktvrn.sound.mixing.scenes import widen
from noktvrn.sound.mixing.space import LOW_RATE, Send, heard, impulse_response, loudness_of
from noktvrn.sound.mixing.strips import Laid, Strip
from noktvrn.sound.score import PRE_ROLL_S, RATE, Score
from noktvrn.sound.signature import fader_db, stage_width
from noktvrn.sound.style import BUSES, Bus, PartStyle, Space, Style
from noktvrn.sound.synthesis.envelopes import ramp
from noktvrn.sound.synthesis.spectrum import Curve, Samples
from noktvrn.sound.synthesis.takes import add_doubled

_CENTRE = 8192
_CHUNK = 1 << 15
_DRY = Space(room=0.0, hall=0.0)
_BEHIND_DB = 9.0
"""How far the instrument that plays the tune steps back behind a singer: it only holds the pitch."""

_SPACE_WIDTH = 0.75
"""The sides of a space have nothing in common; at the widest scene they stand as far apart as they are."""

_ECHO = Space(room=0.0, hall=0.25, hall_s=2.4, delay=0.9, delay_beats=0.75, feedback=0.5, tone=4200.0)
"""What a thrown note falls into, where the lead's own space has no echo to take its time from."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A bus (or the mix) as it goes to the producer: (2, n) samples at 44.1 kHz with inserts, space and
    section gains in it."""

    name: Bus | Literal["mix"]
    samples: Samples


def mix_down(
    score: Score,
    style: Style,
    identity: SoundIdentity,
    seed: int,
    *,
    singer: bool = False,
    band: Band | None = None,
) -> Samples:
    """The whole song as one mix, (2, `score.samples`), not mastered. Deterministic in all its arguments.
    Where a `singer` will take the tune, the instruments that play it step back. The house's own band plays
    unless another `band` is named.

    The sum of `render` to within rounding, in half the time: all spaces come back at once.
    """
    desk = _Desk(score, style, identity, seed, singer, band or HouseBand())
    mix = _summed(desk)
    return desk.finished(mix, trim(mix, score, style.mix))


def render(
    score: Score,
    style: Style,
    identity: SoundIdentity,
    seed: int,
    *,
    singer: bool = False,
    band: Band | None = None,
) -> Iterator[Stem]:
    """The stems of the score in the order of `BUSES`, each `score.samples` long. Their sum is the mix.

    Deterministic in all its arguments. A stem is handed over before the next is begun; drop it to save
    memory.
    """
    desk = _Desk(score, style, identity, seed, singer, band or HouseBand())
    desk.twice = True
    last_ride = trim(_summed(desk), score, style.mix)
    for bus in BUSES:
        out = desk.dry(bus, np.zeros((2, score.samples), dtype=np.float32))
        desk.add_spaces(out, desk.sends(bus))
        yield Stem(bus, desk.finished(out, last_ride))


def _summed(desk: _Desk) -> Samples:
    """All buses and their spaces, before the last ride."""
    mix, out = (np.zeros((2, desk.score.samples), dtype=np.float32) for _ in range(2))
    desk.dry(BUSES[0], mix)
    for bus in BUSES[1:]:
        _pour(desk.dry(bus, out), mix)
    del out
    desk.add_spaces(mix, [send for bus in BUSES for send in desk.sends(bus)])
    return mix


class _Desk:
    """The mixing desk of one song: every note's take and level, known before a bus is summed."""

    def __init__(
        self, score: Score, style: Style, identity: SoundIdentity, seed: int, singer: bool, band: Band
    ) -> None:
        self.score, self.style, self.identity, self.seed = score, style, identity, seed
        tracks: list[tuple[PartStyle | None, float, list[Sounding]]] = []
        for part in style.parts:
            notes = band.part(part, score, style, identity)
            level = (
                part.level + fader_db(identity, part.name) - _BEHIND_DB * (singer and part.line == "melody")
            )
            tracks.append((part, set_level(notes, score, level), notes))
        kit = band.kit(score, style, identity)
        tracks.append((None, set_level(kit, score, style.mix.drums + fader_db(identity, "drums")), kit))
        self.twice = False
        """Whether buses will be asked for again; else each is forgotten once it is laid."""
        self._swell = [swell(score, style, section.index) for section in score.sections]
        self._automation, self._wet = Automation(score, style), wet_buses(style)
        self._space = 0.55 + 0.9 * identity.space
        heard_from = [
            (gain * self._with_space(part.bus if part else "drums", note), note)
            for part, gain, notes in tracks
            for note in notes
        ]
        self._rides = rides(heard_from, score, style.mix)
        self._strips: dict[Bus, list[Strip]] = {bus: [] for bus in BUSES}
        for strip_of, gain, notes in tracks:
            self._strips[strip_of.bus if strip_of else "drums"].append(self._strip(strip_of, gain, notes))
        self._sent: dict[Bus, tuple[Curve, Curve]] = {}

    def _strip(self, part: PartStyle | None, gain: float, notes: Sequence[Sounding]) -> Strip:
        space = self._space * ((part.bus if part else "drums") in self._wet)
        laid = [self._laid(note, gain * self._rides[note.section], space) for note in notes]
        laid.sort(key=lambda one: one.note.at)
        if part is None:
            return Strip(tuple(laid), None, False)
        return Strip(tuple(laid), self._automation.curve(part), follows_filter(part))

    def _with_space(self, bus: Bus, note: Sounding) -> float:
        """How much louder a note is with what comes back from its space."""
        if bus not in self._wet:
            return 1.0
        sent = note.wet * self._space * self._swell[note.section]
        return float(np.sqrt(1.0 + sent * sent * loudness_of(self.style.mix.space[bus])))

    def _laid(self, note: Sounding, gain: float, space: float) -> Laid:
        centre = 0.5 * gain * (note.left + note.right)
        send = centre * note.wet * space * self._swell[note.section]
        return Laid(note, gain * note.left, gain * note.right, send, centre * note.thrown)

    def dry(self, bus: Bus, out: Samples) -> Samples:
        """One bus with its gestures, filters, dynamics and width, without its space, laid onto the empty
        `out` (2, n)."""
        mix = self.style.mix
        space, echo = (np.zeros((out.shape[1] + 1) // 2, dtype=np.float32) for _ in range(2))
        strips = self._strips[bus] if self.twice else self._strips.pop(bus)
        for swept in (True, False):
            for strip in strips:
                if strip.swept is swept:
                    checkpoint.reached()
                    strip.lay(out, space, echo)
            if swept and any(strip.swept for strip in strips):
                self._sweep(out, space)
        self._sent[bus] = space, echo
        if bus == "lead":
            self._gestures(out)
        compress(out, mix.glue.get(bus, 0.0), mix.parallel.get(bus, 0.0))
        if drive := mix.drive.get(bus, 0.0):
            saturate(out, drive * (0.6 + 0.8 * self.identity.drive))
        if bus != "bass":
            width = self.style.mix.width * stage_width(self.identity)
            widen(out, self.score, width if bus == "harmony" else 0.5 * (1.0 + width))
        return out

    def sends(self, bus: Bus) -> list[Send]:
        """What the bus sends and where to: its space, and the echo that phrases are thrown into."""
        space, echo = self._sent.pop(bus)
        sound, seed = self.style.mix.space.get(bus, _DRY), derive_seed(self.identity.seed, "space", bus)
        beat_s = self.score.beat_s
        found = [(space, impulse_response(sound, beat_s, seed))] if bus in self._wet and space.any() else []
        if echo.any():
            thrown = sound.model_copy(update={"room": 0.0, "hall": 0.25, "delay": 0.9})
            found.append((echo, impulse_response(thrown if sound.delay else _ECHO, beat_s, seed)))
        return found

    def add_spaces(self, out: Samples, sends: Sequence[Send]) -> None:
        """Adds what comes back from the spaces, in place."""
        if sends:
            checkpoint.reached()
            wet = heard(sends, (self.score.samples + 1) // 2)
            widen(wet, self.score, _SPACE_WIDTH, LOW_RATE)
            for side in range(2):
                add_doubled(out[side], wet[side])

    def finished(self, out: Samples, ride: NDArray[np.float64]) -> Samples:
        """`out` with the last ride of the faders, centred and faded, in place."""
        apply_gain(out, ride, TRIM_STEP)
        _centre(out)
        _fade(out, self.score)
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

    def _sweep(self, out: Samples, space: Curve) -> None:
        for start, stop, first_hz, last_hz in openings(self.score, self.style):
            if out[:, start:stop].any():
                sweep_low_pass(out, start, stop, first_hz, last_hz)
                sweep_low_pass(space[None, :], start // 2, stop // 2, first_hz, last_hz, LOW_RATE)


def _pour(out: Samples, mix: Samples) -> None:
    """Adds `out` to `mix` and empties it, in pieces that stay in the cache."""
    for start in range(0, out.shape[1], _CHUNK):
        piece = out[:, start : start + _CHUNK]
        mix[:, start : start + _CHUNK] += piece
        piece[:] = 0.0


def _centre(out: Samples) -> None:
    """Subtracts the slow mean (blocks of 0.19 s, joined by lines), in place: a high-pass at about 3 Hz."""
    rise = np.linspace(0.0, 1.0, _CENTRE, endpoint=False, dtype=np.float32)
    for side in out:
        blocks = side[: side.size // _CENTRE * _CENTRE].reshape(-1, _CENTRE)
        means = blocks.mean(axis=1)
        edges = np.concatenate([[0.0], (means[1:] + means[:-1]) / 2, [0.0]]).astype(np.float32)
        for place in np.flatnonzero((edges[1:] != 0.0) | (edges[:-1] != 0.0)):
            blocks[place] -= edges[place] + (edges[place + 1] - edges[place]) * rise


def _fade(out: Samples, score: Score) -> None:
    """Up before the first note; the tail fades from shortly before its start to 50 ms of true silence."""
    lead = round(0.8 * PRE_ROLL_S * RATE)
    out[:, :lead] *= ramp(lead)
    silent = round(0.05 * RATE)
    length = round((0.8 * score.tail_s + 0.25 * score.beats_per_bar * score.beat_s) * RATE)
    out[:, -silent:] = 0.0
    out[:, -silent - length : -silent] *= ramp(length)[::-1] ** 1.5
