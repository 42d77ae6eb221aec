"""Players: the notes of a part and the strokes of the kit as sounding takes, before any level is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.mixing.automation import ends_of_phrases
from noktvrn.sound.mixing.levels import Sounding
from noktvrn.sound.score import Hit, Note, Score
from noktvrn.sound.signature import colouring
from noktvrn.sound.style import PartStyle, Style, load_kit
from noktvrn.sound.synthesis.drums import DrumVoice, strike
from noktvrn.sound.synthesis.instrument import Instrument, Wish, in_hands
from noktvrn.sound.synthesis.spectrum import bell, frequencies, high_pass, padded, shaped, shelf, tilt
from noktvrn.sound.synthesis.takes import Take
from noktvrn.sound.synthesis.voices import in_time

_LAYERS = 6
_STROKES = 3
_VARIANTS = {"ensemble": 3, "modal": 1, "fm": 1, "piano": 1, "electric_piano": 1}
"""How many takes of one note an instrument alternates, when not two."""

_APART = 0.7
"""How far left and right a part and its double stand."""

_THROWING = ("melody", "hook")

_TILT_OF_BRIGHTNESS = 0.5
"""dB an octave that an identity's full brightness adds to every note's equaliser."""


@dataclass(frozen=True, slots=True)
class _Played:
    """One stroke of a player: which notes, which take of them, where it stands, and how late it comes."""

    group: tuple[Note, ...]
    variant: int
    pan: float
    late_ms: float = 0.0


def play_part(part: PartStyle, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
    """Every note of a part, on the instrument the artist chose for it."""
    luck = dice(identity.seed, "instrument", part.name)
    patch = in_time(in_hands(style.patch[luck.choice(part.patches)], identity, part.name), score.beat_s)
    air = 0.0 if part.bus == "bass" else style.mix.air
    player = Instrument(part.name, patch, identity, _tilt(style, identity), air)
    variants = max(_VARIANTS.get(patch.engine, 2), 2 if part.double_ms else 1)
    notes = score.parts[part.name]
    chords = groupby(notes, key=lambda note: (note.start, note.length) if patch.power else id(note))
    played = [
        stroke
        for index, (_, group) in enumerate(chords)
        for stroke in _played(part, tuple(group), index, variants)
    ]
    player.expect(_wish(stroke, score) for stroke in played)
    soundings = [_sounding(part, player, score, stroke) for stroke in played]
    return _throwing(part, score, style, soundings) if part.line in _THROWING else soundings


def _throwing(part: PartStyle, score: Score, style: Style, soundings: list[Sounding]) -> list[Sounding]:
    """The tune, some of its phrases' last notes thrown into the echo: the last of a section always."""
    if not style.mix.throws or part.double_ms:
        return soundings
    ends = ends_of_phrases(score.parts[part.name], score)
    return [
        replace(note, thrown=style.mix.throws)
        if index in ends and (index % 3 == 0 or _closes(soundings, index))
        else note
        for index, note in enumerate(soundings)
    ]


def _closes(soundings: list[Sounding], index: int) -> bool:
    return index + 1 == len(soundings) or soundings[index + 1].section != soundings[index].section


def _played(part: PartStyle, group: tuple[Note, ...], index: int, variants: int) -> tuple[_Played, ...]:
    """The note; with `double_ms` twice, as two players would: another take, a little later, other side."""
    if not part.double_ms:
        return (_Played(group, index % variants, part.pan + _keyboard(part, group, index)),)
    side = _APART if part.pan >= 0.0 else -_APART
    later = part.double_ms * (0.8 + 0.1 * (index % 5))
    home = part.pan * (1.0 - _APART)
    return (
        _Played(group, index % variants, home + side),
        _Played(group, (index + 1) % variants, home - side, later),
    )


def _wish(stroke: _Played, score: Score) -> Wish:
    first = stroke.group[0]
    pitches = tuple(note.pitch for note in stroke.group)
    return pitches, first.length * score.beat_s, first.velocity, stroke.variant


def _sounding(part: PartStyle, player: Instrument, score: Score, stroke: _Played) -> Sounding:
    first, take = stroke.group[0], player.take(*_wish(stroke, score))
    left, right = pan_gains(min(1.0, max(-1.0, stroke.pan)), first.velocity**1.3)
    at = score.sample(first.start, first.nudge_ms + stroke.late_ms)
    section = score.section_at(first.start).index
    energy = take.energy * (0.5 if take.stereo else 1.0)
    return Sounding(at, section, take, left, right, energy, part.wet, part.duck)


def _keyboard(part: PartStyle, group: tuple[Note, ...], index: int) -> float:
    """Where a note stands beside its part: low left, high right; plucked figures go from hand to hand."""
    if part.bus == "bass" or part.line not in ("chords", "arp", "hook"):
        return 0.0
    if part.line == "arp":
        return 0.6 * part.width * (1.0 if index % 2 else -1.0)
    centre = (part.low + part.high_pitch) / 2
    reach = max(6.0, (part.high_pitch - part.low) / 2)
    pitch = sum(note.pitch for note in group) / len(group)
    return 0.85 * part.width * min(1.0, max(-1.0, (pitch - centre) / reach))


def play_kit(score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
    """Every stroke of the song on the kit the artist chose and tuned; voices the kit lacks stay silent."""
    voices = load_kit(dice(identity.seed, "kit").choice(style.kits)).voices
    kit = {name: _tuned(DrumVoice.model_validate(f), identity, name) for name, f in voices.items()}
    takes: dict[tuple[str, int, int], Take] = {}
    return [
        _stroke(kit[hit.voice], hit, index, takes, score, style, identity)
        for index, hit in enumerate(score.hits)
        if hit.voice in kit
    ]


def _stroke(
    voice: DrumVoice,
    hit: Hit,
    index: int,
    takes: dict[tuple[str, int, int], Take],
    score: Score,
    style: Style,
    identity: SoundIdentity,
) -> Sounding:
    layer = max(1, round(hit.velocity * _LAYERS))
    key = (hit.voice, layer, index % _STROKES if voice.humour or voice.noise else 0)
    if key not in takes:
        sound = strike(voice, layer / _LAYERS, derive_seed(identity.seed, "stroke", hit.voice, key[2]))
        hertz = frequencies(padded(sound.shape[1]))
        curve = (
            tilt(hertz, _tilt(style, identity)) * shelf(hertz, 9000.0, style.mix.air) * high_pass(hertz, 24.0)
        ) * bell(hertz, *colouring(identity, "drums"))
        takes[key] = Take(*shaped(sound, curve))
    take = takes[key]
    left, right = pan_gains(voice.pan, 10.0 ** (voice.gain / 20.0) * hit.velocity**1.4)
    at = score.sample(hit.start, hit.nudge_ms)
    return Sounding(at, score.section_at(hit.start).index, take, left, right, take.energy, voice.wet, 0.0)


def pan_gains(pan: float, level: float) -> tuple[float, float]:
    """Left and right gains of constant power; both `level` in the middle."""
    angle = (pan + 1.0) * np.pi / 4.0
    return float(level * np.cos(angle) * np.sqrt(2.0)), float(level * np.sin(angle) * np.sqrt(2.0))


def _tilt(style: Style, identity: SoundIdentity) -> float:
    return style.mix.tilt + _TILT_OF_BRIGHTNESS * identity.brightness


def _tuned(voice: DrumVoice, identity: SoundIdentity, name: str) -> DrumVoice:
    """The voice as this artist tuned and damped it."""
    luck = dice(identity.seed, "drum", name)
    changes = {
        "tone_hz": voice.tone_hz * 2.0 ** luck.uniform(-0.16, 0.16),
        "tone_decay": voice.tone_decay * 2.0 ** luck.uniform(-0.35, 0.35),
        "noise_decay": voice.noise_decay * 2.0 ** luck.uniform(-0.4, 0.4),
        "noise_low": voice.noise_low * 2.0 ** luck.uniform(-0.3, 0.3),
        "metal_hz": voice.metal_hz * 2.0 ** luck.uniform(-0.25, 0.25),
        "metal_decay": voice.metal_decay * 2.0 ** luck.uniform(-0.4, 0.4),
        "gain": voice.gain + luck.uniform(-1.2, 1.2),
    }
    return voice.model_copy(update=changes)
