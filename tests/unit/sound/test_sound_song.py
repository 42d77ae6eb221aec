"""The score and its rendering: determinism, cadence, dynamics, time-line, MIDI, every style."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.effort import looks

from noktvrn.kernel.errors import Fault, NotFound
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.files.midi import TICKS, write_midi
from noktvrn.sound.mixing.render import render
from noktvrn.sound.score import RATE, Score
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style, parse_style, style_ids
from noktvrn.sound.theory import chord

STYLES = style_ids()
HEARD = ("techno", "jazz", "celtic", "soul_ballad")
"""Rendered on every run: a machine, a band, six eighths and twelve; the long suite renders them all."""
RENDERED = [pytest.param(style, marks=() if style in HEARD else pytest.mark.long) for style in STYLES]


def plan(style: str, seed: int = 1, bars: tuple[int, int, int, int] = (2, 4, 4, 2)) -> SongPlan:
    home = load_style(style)
    peak = "drop" if "drop" in home.forms[0] else "chorus"
    return SongPlan(
        genre=style,
        style=style,
        tempo_bpm=float(home.tempo[1]),
        tonic=9,
        mode=home.modes[0],
        meter=home.meter,
        sections=(
            SectionPlan(label="intro", bars=bars[0], energy=0.3),
            SectionPlan(label="verse", bars=bars[1], energy=0.5, syllables=(7, 6, 7, 6), rhyme="ABAB"),
            SectionPlan(label=peak, bars=bars[2], energy=0.9, syllables=(8, 6, 8, 6), rhyme="ABAB"),
            SectionPlan(label="outro", bars=bars[3], energy=0.4),
        ),
        seed=seed,
        tail_s=2.5,
    )


@lru_cache(maxsize=200)
def score(style: str, seed: int = 1) -> Score:
    return compose(plan(style, seed), make_identity(seed, style, moods=["dark"]))


@lru_cache(maxsize=4)
def stems(style: str, seed: int = 1, artist: int = 1) -> dict[str, NDArray[np.float32]]:
    identity = make_identity(artist, style, moods=[])
    made = compose(plan(style, seed), identity)
    return {stem.name: stem.samples for stem in render(made, load_style(style), identity, seed)}


def mixed(style: str, seed: int = 1, artist: int = 1) -> NDArray[np.float32]:
    return np.asarray(sum(stems(style, seed, artist).values()), dtype=np.float32)


def level_db(samples: NDArray[np.float32]) -> float:
    return float(10.0 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-12))


def test_there_are_the_sixteen_styles() -> None:
    wanted = "ambient cinematic dark_electronic dnb folk funk house jazz"
    wanted += " latin lofi pop reggae rock synthwave techno trap"
    assert set(wanted.split()) <= set(STYLES)


@pytest.mark.parametrize("style", RENDERED)
def test_every_style_sounds_finite_stereo_and_ends_in_silence(style: str) -> None:
    mix = mixed(style)
    assert mix.shape == (2, score(style).samples)
    assert np.isfinite(mix).all()
    assert -32.0 < level_db(mix) < -8.0
    assert float(np.abs(mix).max()) < 4.0
    assert float(np.abs(mix.mean(axis=1)).max()) < 3e-4
    assert float(np.abs(mix[:, :8]).max()) < 10 ** (-50 / 20)
    assert not mix[:, -round(0.02 * RATE) :].any()
    assert 0.15 < float(np.asarray(np.corrcoef(mix))[0, 1]) < 0.98


@pytest.mark.parametrize("style", STYLES)
def test_the_song_ends_on_the_tonic(style: str) -> None:
    for seed in range(looks(2, 4)):
        made = score(style, seed)
        tonic = chord("I", 9, load_style(style).modes[0]).root
        assert made.chords[-1].chord.root == tonic
        bass = next(p.name for p in load_style(style).parts if p.line in ("bass", "walk"))
        assert made.parts[bass][-1].pitch % 12 == tonic


@pytest.mark.parametrize("style", STYLES)
def test_the_melody_rests_on_chord_tones(style: str) -> None:
    home = load_style(style)
    names = [part.name for part in home.parts if part.line in ("melody", "hook")]
    made = score(style)
    strong = [
        note.pitch % 12 in chord_at(made.chords, round(note.start)).chord.pitch_classes
        for name in names
        for note in made.parts[name]
        if abs(note.start - round(note.start)) < 0.02 and round(note.start) % 2 == 0
    ]
    assert strong
    assert sum(strong) / len(strong) >= 0.7


def test_one_note_a_syllable_in_every_line() -> None:
    made = score("pop")
    verse, chorus = made.sections[1], made.sections[2]
    lead = made.parts["lead"]
    for section in (verse, chorus):
        sung = [n for n in lead if section.start - 0.1 <= n.start < section.end - 0.1]
        assert len(sung) == sum(section.syllables)


def test_the_hook_returns_note_for_note() -> None:
    base = plan("pop", bars=(2, 4, 4, 2))
    intro, verse, chorus, outro = base.sections
    long = base.model_copy(update={"sections": (intro, verse, chorus, verse, chorus, outro)})
    made = compose(long, make_identity(3, "pop", moods=[]))
    first, second = (s for s in made.sections if s.label == "chorus")
    tunes = [
        [n.pitch for n in made.parts["lead"] if s.start - 0.1 <= n.start < s.end - 0.1]
        for s in (first, second)
    ]
    assert set(tunes[0]) <= set(tunes[1])
    assert len(tunes[1]) >= len(tunes[0]) == sum(chorus.syllables)


@pytest.mark.parametrize("style", ["rock", "house", pytest.param("cinematic", marks=pytest.mark.long)])
def test_the_chorus_is_louder_than_the_verse(style: str) -> None:
    made, mix = score(style), mixed(style)
    verse, peak = made.sections[1], made.sections[2]
    levels = [level_db(mix[:, made.sample(s.start) : made.sample(s.end)]) for s in (verse, peak)]
    assert levels[1] - levels[0] >= 1.0


def test_the_same_seed_gives_the_same_samples_and_another_seed_another_song() -> None:
    stems.cache_clear()
    first = hashlib.sha256(mixed("trap").tobytes()).hexdigest()
    stems.cache_clear()
    assert hashlib.sha256(mixed("trap").tobytes()).hexdigest() == first
    assert hashlib.sha256(mixed("trap", seed=2).tobytes()).hexdigest() != first


def test_two_artists_of_one_style_differ_in_notes_and_in_colour() -> None:
    spectra = []
    for artist in (1, 2):
        mix = mixed("synthwave", artist=artist).mean(axis=0)
        power = np.abs(np.fft.rfft(mix)) ** 2
        edges = np.geomspace(40, 16_000, 13) * mix.size / RATE
        bands = np.array([power[int(a) : int(b)].sum() for a, b in pairwise(edges)])
        spectra.append(10 * np.log10(bands / bands.sum()))
    assert float(np.abs(spectra[0] - spectra[1]).max()) > 1.5
    one, two = (make_identity(seed, "synthwave", moods=[]) for seed in (1, 2))
    assert one != two
    assert compose(plan("synthwave"), one).parts != compose(plan("synthwave"), two).parts


def test_the_time_line_is_where_the_kicks_are() -> None:
    made, drums = score("techno"), stems("techno")["drums"]
    line = timeline(made, plan("techno"))
    section = made.sections[2]
    kicks = [h for h in made.hits if h.voice == "kick" and section.start + 1 <= h.start < section.end - 2]
    beats = np.array(line.beats)
    assert kicks
    for hit in kicks:
        at = made.seconds(hit.start)
        assert np.abs(beats - at).min() < 1e-6
        start = round(at * RATE)
        before, after = drums[:, start - 400 : start], drums[:, start : start + 400]
        assert float(np.abs(after).max()) > max(0.1, 1.3 * float(np.abs(before).max()))
    assert line.duration_s == pytest.approx(drums.shape[1] / RATE)
    assert line.sections[0].start_s == 0.0
    assert line.sections[-1].end_s == line.chords[-1].end_s == line.duration_s
    gaps = [b.start_s - a.end_s for a, b in pairwise(line.chords)]
    assert max(map(abs, gaps)) < 1e-9
    assert len(line.downbeats) == plan("techno").bars


def test_no_two_neighbouring_blocks_are_the_same() -> None:
    base = plan("techno")
    intro, _, peak, outro = base.sections
    long = base.model_copy(update={"sections": (intro, peak.model_copy(update={"bars": 16}), outro)})
    identity = make_identity(1, "techno", moods=[])
    made = compose(long, identity)
    mix = np.sum([s.samples for s in render(made, load_style("techno"), identity, 1)], axis=0)
    start, block = made.sample(made.sections[1].start), round(8 * 4 * made.beat_s * RATE)
    assert not np.array_equal(mix[:, start : start + block], mix[:, start + block : start + 2 * block])


def test_midi_can_be_read_back(tmp_path: Path) -> None:
    made = score("jazz")
    write_midi(tmp_path / "s.mid", made, "Blue Étude")
    tracks = _read_midi((tmp_path / "s.mid").read_bytes())
    names = [track.name for track in tracks]
    assert names == ["Blue Étude", *sorted(made.parts), "drums"]
    assert tracks[0].tempo == round(60_000_000 / made.tempo_bpm)
    for name, track in zip(names[1:-1], tracks[1:-1], strict=True):
        wanted = sorted((max(0, round(n.start * TICKS)), n.pitch) for n in made.parts[name])
        assert sorted(track.on) == wanted
        assert len(track.off) == len(wanted)
    assert len(tracks[-1].on) == len(made.hits)


@dataclass
class Track:
    name: str = ""
    tempo: int = 0
    on: list[tuple[int, int]] = field(default_factory=list)
    off: list[tuple[int, int]] = field(default_factory=list)


def _read_midi(data: bytes) -> list[Track]:
    kind, size, form, count, ticks = struct.unpack(">4sIHHH", data[:14])
    assert (kind, size, form, ticks) == (b"MThd", 6, 1, TICKS)
    place = 14
    tracks: list[Track] = []
    for _ in range(count):
        assert data[place : place + 4] == b"MTrk"
        length = struct.unpack(">I", data[place + 4 : place + 8])[0]
        tracks.append(_read_track(data[place + 8 : place + 8 + length]))
        place += 8 + length
    assert place == len(data)
    return tracks


def _read_track(body: bytes) -> Track:
    place, clock, track = 0, 0, Track()
    while place < len(body):
        delta, place = _variable(body, place)
        clock += delta
        if body[place] != 0xFF:
            (track.on if body[place] & 0xF0 == 0x90 else track.off).append((clock, body[place + 1]))
            place += 3
            continue
        size, start = _variable(body, place + 2)
        text, what = body[start : start + size], body[place + 1]
        if what == 0x03:
            track.name = text.decode()
        if what == 0x51:
            track.tempo = int.from_bytes(text, "big")
        place = start + size
    return track


def _variable(body: bytes, place: int) -> tuple[int, int]:
    number = 0
    while True:
        number = number << 7 | body[place] & 0x7F
        place += 1
        if not body[place - 1] & 0x80:
            return number, place


def test_an_unknown_style_and_a_broken_file_say_what_to_do() -> None:
    with pytest.raises(NotFound) as lost:
        load_style("polka")
    assert "techno" in lost.value.hint
    with pytest.raises(Fault) as broken:
        parse_style("mine", 'name = "Mine"\ntempo = "fast"')
    assert "mine.toml" in broken.value.hint


def test_identities_are_a_function_of_seed_style_and_moods() -> None:
    assert make_identity(5, "jazz", moods=["dark"]) == make_identity(5, "jazz", moods=["dark"])
    assert make_identity(5, "jazz", moods=[]) != make_identity(6, "jazz", moods=[])
    bright = [make_identity(s, "pop", moods=["happy"]).brightness for s in range(30)]
    dark = [make_identity(s, "pop", moods=["dark"]).brightness for s in range(30)]
    assert sum(bright) > sum(dark) + 5
