"""What every player of the Singer role has to keep: the embedded ones, and those that speak from outside
against their service's fake through a real desk."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests import outside_kit

from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote, SoundIdentity
from noktvrn.music.vocals import align
from noktvrn.providers.registry import manifest_of, open_player, rights_of
from noktvrn.roles.singer import Singer, SingingRequest, SungStem
from noktvrn.settings import Settings
from noktvrn.testing.fakes import elevenlabs, openai_speech
from noktvrn.words.division import sung_count

RATE = 44100
NO_ESPEAK = "espeak-ng is not installed here; `apt install espeak-ng` brings it and this test runs"
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason=NO_ESPEAK)
SINGERS = ["formant_singer", pytest.param("espeak_singer", marks=needs_espeak)]
SPEAKERS = ["elevenlabs_voice", "openai_speech"]
PERSONS = ["file_singer"]
PROVIDERS = frozenset({"formant_singer", "espeak_singer", *SPEAKERS, *PERSONS})
SECRET = "planted-secret-5f2c"
LINES = {
    "en": ("Hold me under silver rain", "A beautiful and wandering light"),
    "de": ("Halt mich unter dem Regen", "Wir gingen durch die Nacht"),
    "es": ("Abrázame bajo la lluvia", "Caminamos por la noche"),
    "uk": ("Тримай мене під дощем", "Ми йшли крізь ніч"),
}


@contextmanager
def _opened(name: str, tmp_path: Path) -> Iterator[Singer]:
    with ExitStack() as stack:
        told = _asked(name, stack, tmp_path)
        settings = Settings(home=outside_kit.home(tmp_path), _env_file=None, **told)
        kit, _ = stack.enter_context(outside_kit.opened(settings))
        yield open_player("singer", name, settings, kit)


def _asked(name: str, stack: ExitStack, tmp_path: Path) -> dict[str, Any]:
    """The settings of a player, its service started where it has one."""
    if name == "elevenlabs_voice":
        voices = stack.enter_context(elevenlabs.Server())
        voices.key = SECRET
        return {"elevenlabs_api_key": SECRET, "elevenlabs_base_url": voices.origin}
    if name == "openai_speech":
        speech = stack.enter_context(openai_speech.Server())
        speech.key = SECRET
        return {"openai_api_key": SECRET, "openai_speech_base_url": f"{speech.origin}/v1"}
    if name == "file_singer":
        return {"voice_file": _recorded(tmp_path / "jo.wav"), "voice_name": "jo-doe"}
    return {}


def _recorded(path: Path) -> Path:
    """A person's stem of two seconds, one channel."""
    hum = 0.3 * np.sin(2 * np.pi * 220 * np.arange(2 * RATE) / RATE)
    soundfile.write(path, hum, RATE, subtype="FLOAT")
    return path


@pytest.fixture(params=[*SINGERS, *SPEAKERS, *PERSONS])
def anyone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Singer]:
    with _opened(request.param, tmp_path) as player:
        yield player


@pytest.fixture(params=[*SINGERS, *SPEAKERS])
def singer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Singer]:
    with _opened(request.param, tmp_path) as player:
        yield player


@pytest.fixture(params=SINGERS)
def in_tune(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Singer]:
    with _opened(request.param, tmp_path) as player:
        yield player


@pytest.fixture(params=SPEAKERS)
def speaker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Singer]:
    with _opened(request.param, tmp_path) as player:
        yield player


def _tune(lines: tuple[str, ...], language: str) -> tuple[tuple[MelodyNote, ...], float]:
    rng = np.random.Generator(np.random.PCG64(5))
    notes, at, rung = [], 0.8, 3
    for number, line in enumerate(lines):
        count = sung_count(line, language)
        for syllable in range(count):
            length = 1.2 if syllable == count - 1 else (0.3, 0.45, 0.6)[int(rng.integers(3))]
            rung = int(np.clip(rung + rng.integers(-2, 3), 0, 7))
            pitch = 60 + (0, 2, 4, 5, 7, 9, 11, 12)[rung]
            place = {"section": 0, "line": number, "syllable": syllable}
            notes.append(MelodyNote(start_s=at, end_s=at + 0.92 * length, pitch=pitch, **place))
            at += length
        at += 0.7
    return tuple(notes), at + 0.5


def _request(
    folder: Path,
    *,
    language: str = "en",
    seed: int = 3,
    artist: int = 5,
    lines: tuple[str, ...] | None = None,
) -> SingingRequest:
    texts = lines or LINES[language]
    melody, length = _tune(texts, language)
    lyrics = Lyrics(
        title="x", language=language, hook="", sections=(LyricSection(label="verse", lines=texts),)
    )
    counts = tuple(sung_count(line, language) for line in texts)
    sections = (
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=counts),
        SectionPlan(label="outro", bars=2, energy=0.3),
    )
    plan = SongPlan(genre="pop", style="pop", tempo_bpm=100, tonic=0, mode="major", seed=1, sections=sections)
    folder.mkdir(exist_ok=True)
    return SingingRequest(
        lines=align(lyrics, melody, plan),
        language=language,
        identity=SoundIdentity(seed=artist, style="pop"),
        duration_s=length,
        seed=seed,
        folder=folder,
    )


def _heard(stem: SungStem) -> NDArray[np.float64]:
    samples, rate = soundfile.read(stem.stem.path)
    assert rate == RATE
    return np.asarray(samples, np.float64)


def _digest(stem: SungStem) -> str:
    return hashlib.sha256(stem.stem.path.read_bytes()).hexdigest()


def test_the_stem_has_the_form_every_stem_has(anyone: Singer, tmp_path: Path) -> None:
    request = _request(tmp_path / "a")
    stem = anyone.sing(request)
    facts = soundfile.info(stem.stem.path)
    assert (facts.samplerate, facts.channels, facts.subtype) == (RATE, 2, "FLOAT")
    assert facts.frames == round(request.duration_s * RATE)
    assert stem.stem.path.parent == request.folder
    assert (stem.words == "spoken") is (anyone.name in SPEAKERS)
    maker = stem.voice if anyone.name in PERSONS else anyone.name
    assert maker and stem.provenance.engine == stem.provenance.made_by == maker
    assert stem.provenance.licence_class == manifest_of(anyone.name).licence_class
    sound = _heard(stem)
    assert np.isfinite(sound).all() and 0.1 < np.abs(sound).max() < 1.0
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_equal_requests_are_equal_bytes_and_artists_differ(anyone: Singer, tmp_path: Path) -> None:
    first, again, other = (
        _digest(anyone.sing(_request(tmp_path / name, artist=artist)))
        for name, artist in (("a", 5), ("b", 5), ("c", 9))
    )
    assert first == again
    assert (other == first) is (anyone.name in PERSONS)  # a person has one voice


@pytest.mark.parametrize("language", list(LINES))
def test_every_note_is_sung_in_tune(in_tune: Singer, tmp_path: Path, language: str) -> None:
    request = _request(tmp_path / "a", language=language)
    sound = _heard(in_tune.sing(request))[:, 0]
    notes = [note for line in request.lines for one in line.syllables for note in one.notes]
    errors = np.array([_cents_off(sound, note) for note in notes])
    assert np.median(np.abs(errors)) <= 10, errors
    assert np.sort(np.abs(errors))[-2] <= 20, errors


def _cents_off(sound: NDArray[np.float64], note: MelodyNote) -> float:
    """The median error over the middle of a note, octaves apart (a singer chooses the octave)."""
    length = note.end_s - note.start_s
    found = []
    for at in np.arange(note.start_s + 0.35 * length, note.start_s + 0.85 * length, 0.01):
        piece = sound[round((at - 0.024) * RATE) : round((at + 0.024) * RATE)]
        found.append(_period(piece))
    away = 12 * np.log2(RATE / np.median(found) / 440) + 69 - note.pitch
    return float(100 * (away - 12 * round(away / 12)))


def _period(piece: NDArray[np.float64]) -> float:
    window = np.hanning(piece.size)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 8192)) ** 2)[: piece.size]
    curve = np.fft.irfft(np.abs(np.fft.rfft((piece - piece.mean()) * window, 8192)) ** 2)[: piece.size]
    curve = curve[: RATE // 75] / own[: RATE // 75]
    first = RATE // 900
    peak = curve[first:].max()
    best = first + int(np.flatnonzero(curve[first:] > 0.9 * peak)[0])
    while best + 1 < curve.size - 1 and curve[best + 1] > curve[best]:
        best += 1
    left, middle, right = curve[best - 1 : best + 2]
    return float(best + 0.5 * (left - right) / (left - 2 * middle + right))


def test_nobody_sings_before_the_first_or_after_the_last_line(singer: Singer, tmp_path: Path) -> None:
    request = _request(tmp_path / "a")
    sound = np.abs(_heard(singer.sing(request))[:, 0])
    notes = [note for line in request.lines for one in line.syllables for note in one.notes]
    assert sound[: round((notes[0].start_s - 0.75) * RATE)].max(initial=0.0) < 0.01
    assert sound[round((notes[-1].end_s + 0.35) * RATE) :].max(initial=0.0) < 0.01


@pytest.mark.parametrize("line", ["shh hmm", "7 <b>love</b> & [[x]]", "don't — 🌧 rain'"])
def test_odd_words_are_sung_or_left_out_but_never_break(singer: Singer, tmp_path: Path, line: str) -> None:
    sound = _heard(singer.sing(_request(tmp_path / "a", lines=(line,))))
    assert np.isfinite(sound).all() and np.abs(sound).max() > 0.02


@pytest.mark.parametrize("language", list(LINES))
def test_every_line_is_spoken_where_its_first_note_is(speaker: Singer, tmp_path: Path, language: str) -> None:
    request = _request(tmp_path / "a", language=language)
    stem = speaker.sing(request)
    sound = np.abs(_heard(stem)[:, 0])
    for line in request.lines:
        at = round(line.syllables[0].notes[0].start_s * RATE)
        assert sound[at : at + RATE // 2].max() > 0.1
        assert sound[at - RATE // 20 : at].max() < 0.01
    assert stem.stock and stem.voice == ""


def test_what_is_spoken_outside_tells_its_ticket_and_its_rights(speaker: Singer, tmp_path: Path) -> None:
    told = speaker.sing(_request(tmp_path / "a")).provenance
    assert told.ticket.startswith("tkt_") and told.model and told.prompt.startswith("voice ")
    assert told.rights == rights_of(speaker.name) and told.rights.terms_on and told.rights.terms_url


def test_no_secret_is_written_anywhere(speaker: Singer, tmp_path: Path) -> None:
    speaker.sing(_request(tmp_path / "a"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and not [path for path in files if SECRET.encode() in path.read_bytes()]
