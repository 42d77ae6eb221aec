"""The report of a sound file: in a terminal of any width, and as a sheet; and files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from tests.unit.analysis.analysis_rhythms import GROOVES, RATE, band

from noktvrn.cli.analysis_report import BLOCKS, PLAIN, curve, lines
from noktvrn.kernel.errors import Invalid, LabelError, NotAllowed, NotFound
from noktvrn.kernel.ids import ArtistId, RunId, TrackId
from noktvrn.label import tracks
from noktvrn.model.analysis import KnownTrack, TrackReport
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.sound import SectionSpan
from noktvrn.visuals.track_sheet import Sheet, draw_sheet


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "glass meridian.wav"
    audio, _ = band(GROOVES["backbeat"], 110.0, seconds=24.0, lift_from=0.5)
    soundfile.write(path, audio.T, RATE)
    return path


@pytest.fixture(scope="module")
def report(song: Path) -> TrackReport:
    return tracks.analyse(song)


@pytest.mark.parametrize("width", [20, 44, 80, 200])
@pytest.mark.parametrize("blocks", [True, False])
def test_the_report_fits_any_terminal(report: TrackReport, width: int, blocks: bool) -> None:
    text = list(lines(report, width=width, blocks=blocks))
    assert max(map(len, text)) <= min(120, max(44, width))
    assert "".join(text).isascii() is not blocks
    told = " ".join(" ".join(text).split())
    for word in ("110.0 BPM in 4/4", "A minor", "LUFS", "dBTP", "SECTION", "presence"):
        assert word in told


def test_a_curve_keeps_its_peaks_at_any_width() -> None:
    assert curve([0.0, 1.0, 0.0, 0.5], 4, BLOCKS, highest=1.0) == " █ ▄"
    assert curve([0.0, 1.0, 0.0, 0.5], 2, PLAIN, highest=1.0) == "@="
    assert curve([0.0, 1.0], 4, PLAIN) == "  @@"
    assert curve([], 9, BLOCKS) == "" and curve([0.0], 3, BLOCKS) == "   "


def test_what_the_critic_said_is_shown(report: TrackReport) -> None:
    finding = Finding(rule="audio.tilt", severity=Severity.WARNING, message="It is dull.")
    known = KnownTrack(
        track_id=TrackId("trk_1"),
        run_id=RunId("run_1"),
        artist_id=ArtistId("art_1"),
        title="Glass",
        take=2,
        report=Report(subject="track", checked=31, findings=(finding,)),
    )
    text = list(lines(report.model_copy(update={"known": known}), width=80, blocks=True))
    assert "This is 'Glass', take 2 of run_1." in text
    assert "The critic checked 31 rules and found 1." in text
    assert any("warning" in line and "It is dull." in line for line in text)


@pytest.fixture
def composed(report: TrackReport) -> TrackReport:
    names = ("intro", "verse", "pre-chorus", "chorus")
    known = KnownTrack(
        track_id=TrackId("trk_1"),
        run_id=RunId("run_1"),
        artist_id=ArtistId("art_1"),
        title="Glass",
        take=1,
        tempo_bpm=55.5,
        meter=(6, 8),
        key="D dorian",
        sections=tuple(
            SectionSpan(label=name, start_s=6.0 * place, end_s=6.0 * place + 6.0, energy=0.25 * place)
            for place, name in enumerate(names)
        ),
    )
    return report.model_copy(update={"known": known})


@pytest.mark.parametrize("width", [44, 80])
def test_what_was_composed_is_shown_instead_of_what_was_heard(composed: TrackReport, width: int) -> None:
    text = list(lines(composed, width=width, blocks=False))
    assert max(map(len, text)) <= width
    told = "\n".join(text)
    assert "55.5 BPM in 6/8, as composed" in told and "D dorian, as composed" in told
    rows = [line.split()[:3] for line in text[text.index(next(t for t in text if "SECTION" in t)) + 1 :][:4]]
    assert rows == [
        ["intro", "0:00", "0:06"],
        ["verse", "0:06", "0:12"],
        ["pre-chorus", "0:12", "0:18"],
        ["chorus", "0:18", "0:24"],
    ]
    assert composed.analysis.sections[0].label == "A"


def test_the_sheet_has_the_composed_seams(report: TrackReport, composed: TrackReport) -> None:
    quiet = np.full((2, 24 * RATE), 1e-4, np.float32)
    heard, written = (
        np.asarray(draw_sheet(Sheet("Glass", "0:24", report.analysis, quiet, RATE, known))).astype(int)
        for known in (None, composed.known)
    )
    sheet = Sheet("Glass", "0:24", report.analysis, quiet, RATE)
    for seconds in (6.0, 18.0):
        column = round(sheet.x(seconds))
        assert np.abs(
            written[660:1100, column - 2 : column + 3] - heard[660:1100, column - 2 : column + 3]
        ).any()


def test_the_sheet_shows_a_tone_where_it_lies(report: TrackReport) -> None:
    time = np.arange(6 * RATE) / RATE
    wave = np.where(time < 3, 0.5 * np.sin(2 * np.pi * 1000 * time), 0).astype(np.float32)
    sheet = Sheet("Tone \N{SNOWMAN}", "0:06", report.analysis, np.stack((wave, wave)), RATE)
    light = np.asarray(draw_sheet(sheet)).sum(axis=2)
    assert light.shape == (1600, 2400)
    column = light[640:1120, 700]
    assert abs(int(np.argmax(column)) - 480 * np.log(18000 / 1000) / np.log(18000 / 30)) < 12


def test_the_sheet_goes_to_a_file_or_into_a_folder(song: Path, tmp_path: Path) -> None:
    tracks.analyse(song, png=tmp_path)
    with Image.open(tmp_path / "glass meridian.png") as image:
        assert image.size == (2400, 1600)
    with pytest.raises(NotAllowed):
        tracks.analyse(song, png=tmp_path / "no" / "x.png")
    assert [path.name for path in tmp_path.iterdir()] == ["glass meridian.png"]


def write(path: Path, seconds: float, *, rate: int = RATE, channels: int = 2, gain: float = 0.1) -> Path:
    noise = np.random.Generator(np.random.PCG64(1)).normal(0, 1, (round(seconds * rate), channels))
    soundfile.write(path, gain * noise, rate)
    return path


def test_files_that_are_no_songs_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("la la la")
    (tmp_path / "head.flac").write_bytes(b"fLaC" + bytes(64))
    cases: list[tuple[Path, type[LabelError], str]] = [
        (tmp_path / "nowhere.wav", NotFound, "audio.not_found"),
        (tmp_path, NotFound, "audio.not_found"),
        (tmp_path / "empty.wav", Invalid, "audio.empty"),
        (tmp_path / "text.wav", Invalid, "audio.unreadable"),
        (tmp_path / "head.flac", Invalid, "audio.unreadable"),
        (write(tmp_path / "blink.wav", 0.1), Invalid, "audio.too_short"),
        (write(tmp_path / "silent.wav", 4, gain=0), Invalid, "audio.silent"),
        (write(tmp_path / "quad.wav", 4, channels=4), Invalid, "audio.not_stereo"),
        (write(tmp_path / "low.wav", 4, rate=4_000), Invalid, "audio.bad_rate"),
        (write(tmp_path / "hours.wav", 1_201, rate=8_000, channels=1), Invalid, "audio.too_long"),
    ]
    for path, kind, code in cases:
        with pytest.raises(kind) as refused:
            tracks.analyse(path)
        assert refused.value.code == code, path.name
        assert refused.value.hint


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3", "aiff"])
def test_what_soundfile_reads_is_heard(song: Path, tmp_path: Path, suffix: str) -> None:
    audio, rate = soundfile.read(song)
    soundfile.write(tmp_path / f"song.{suffix}", audio, rate)
    found = tracks.analyse(tmp_path / f"song.{suffix}").analysis
    assert found.tempo is not None and found.key is not None
    assert (round(found.tempo.bpm), found.key.name) == (110, "A minor")


def test_a_file_that_breaks_off_is_heard_as_far_as_it_goes(song: Path, tmp_path: Path) -> None:
    audio, rate = soundfile.read(song)
    whole = tmp_path / "whole.flac"
    soundfile.write(whole, audio, rate)
    content = whole.read_bytes()
    (tmp_path / "half.flac").write_bytes(content[: len(content) // 2])
    assert 8 < tracks.analyse(tmp_path / "half.flac").analysis.figures.duration_s < 16
