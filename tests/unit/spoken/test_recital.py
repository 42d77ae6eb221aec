"""Spoken lines on the tune's clock: where they begin, how long they may be, how often they are paid."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests.outside_kit import lines

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Invalid
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.nouns import Arrived, Delivery
from noktvrn.providers._kit.recital import PEAK, Pace, Recital, Speaker, recited, slots, spoken_text
from noktvrn.roles.singer import SingingRequest
from noktvrn.testing.fakes import media

RATE = 44_100


@dataclass
class Booth:
    """Speaks every line as a steady tone: `seconds` at speed 1, after some silence."""

    folder: Path
    seconds: float = 1.0
    lead_s: float = 0.3
    level: float = 0.4
    asked: list[tuple[str, float]] = field(default_factory=list)

    def said(self, text: str, speed: float) -> Delivery:
        self.asked.append((text, speed))
        path = self.folder / f"{len(self.asked)}.wav"
        time = np.arange(round(self.seconds / speed * RATE)) / RATE
        tone = self.level * np.sin(2 * np.pi * 220 * time)
        lead = np.zeros(round(self.lead_s * RATE))
        soundfile.write(path, np.concatenate([lead, tone, lead]), RATE)
        ticket = f"tkt_{text}_{speed}"
        arrived = Arrived(clip="x", sha256="0" * 64, media_type="audio/wav", size=1, path=path)
        return Delivery(ticket_id=ticket, files=(arrived,))


def recite(booth: Booth, request: SingingRequest) -> tuple[Recital, NDArray[np.float64]]:
    done = recited(request, Speaker(booth.said, Pace(0.7, 1.2), lambda: find_ffmpeg(None)))
    sound, rate = soundfile.read(done.stem.path)
    assert rate == RATE and np.array_equal(sound[:, 0], sound[:, 1])
    return done, sound[:, 0]


def heard(sound: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Where anything sounds, in seconds."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    breaks = np.flatnonzero(np.diff(loud) > 0.04 * RATE)
    firsts, lasts = np.r_[loud[0], loud[breaks + 1]], np.r_[loud[breaks], loud[-1]]
    return [(first / RATE, last / RATE) for first, last in zip(firsts, lasts, strict=True)]


def test_a_line_begins_where_its_first_note_does(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    done, sound = recite(booth, lines(tmp_path, "one two", "three four", gap_s=2.0))
    assert len(sound) == round(4.5 * RATE)
    places = heard(sound)
    assert [round(start, 2) for start, _ in places] == [0.5, 2.5]
    assert [round(end - start, 1) for start, end in places] == [1.0, 1.0]
    assert booth.asked == [("one two", 1.0), ("three four", 1.0)]
    assert done.tickets == ("tkt_one two_1.0", "tkt_three four_1.0") and not done.lossy


def test_the_loudest_line_has_the_house_level_and_silence_stays(tmp_path: Path) -> None:
    _, sound = recite(Booth(tmp_path, level=0.05), lines(tmp_path, "one", "two"))
    assert np.abs(sound).max() == pytest.approx(PEAK, rel=1e-3)
    assert not sound[: round(0.49 * RATE)].any()


def test_many_syllables_are_asked_for_faster_at_once(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    recite(booth, lines(tmp_path, "a b c d e f g h", "next", gap_s=1.56, note_s=0.1))
    assert booth.asked == [("a b c d e f g h", 1.19), ("next", 1.0)]


def test_a_line_that_is_too_long_is_asked_for_once_more_and_faster(tmp_path: Path) -> None:
    booth = Booth(tmp_path, seconds=1.1)
    _, sound = recite(booth, lines(tmp_path, "one", "two", gap_s=1.06))
    assert booth.asked == [("one", 1.0), ("one", 1.14), ("two", 1.0), ("two", 1.08)]
    (_, first), (second, last) = heard(sound)
    assert first <= 1.5 and second == pytest.approx(1.56, abs=0.01) and last <= 2.62


def test_what_is_still_too_long_ends_softly_before_the_next_line(tmp_path: Path) -> None:
    booth = Booth(tmp_path, seconds=5.0)
    _, sound = recite(booth, lines(tmp_path, "one", "two", gap_s=2.0))
    first, second = heard(sound)
    assert first[1] <= 2.5 - 0.06 and second[1] <= 4.5
    fade = np.abs(sound[round(2.36 * RATE) : round(2.44 * RATE)])
    assert fade[: RATE // 100].max() > 4 * fade[-RATE // 100 :].max()
    assert [speed for _, speed in booth.asked] == [1.0, 1.2] * 2


def test_markup_and_lines_without_a_word_are_left_out(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    recite(booth, lines(tmp_path, "<break time='9s'/> [shouts] 7 {love}", "\U0001f327 —", "don't"))
    assert [text for text, _ in booth.asked] == ["break time '9s' shouts 7 love", "don't"]
    assert spoken_text("—") == "" and len(spoken_text("la " * 900)) <= 1000


def test_a_song_without_a_word_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no word"):
        recite(Booth(tmp_path), lines(tmp_path, "\U0001f327"))


def test_a_line_past_the_end_of_the_recording_is_left_out(tmp_path: Path) -> None:
    request = lines(tmp_path, "one", "two", duration_s=3.0)
    assert [slot.text for slot in slots(request)] == ["one"]


def test_lines_are_taken_in_time_whatever_their_order(tmp_path: Path) -> None:
    request = lines(tmp_path, "one", "two")
    turned = request.model_copy(update={"lines": tuple(reversed(request.lines))})
    assert slots(turned) == slots(request)


def test_recorded_at_other_rates_it_is_as_long(tmp_path: Path) -> None:
    place = io.BytesIO()
    soundfile.write(place, 0.3 * np.sin(np.arange(24_000) * 0.1), 24_000, format="WAV")
    path = tmp_path / "line.wav"
    path.write_bytes(place.getvalue())
    arrived = Arrived(clip="x", sha256="0" * 64, media_type="audio/wav", size=1, path=path)
    delivery = Delivery(ticket_id="t", files=(arrived,))
    speaker = Speaker(lambda _text, _speed: delivery, Pace(1, 1), lambda: find_ffmpeg(None))
    done = recited(lines(tmp_path, "one"), speaker)
    sound, _ = soundfile.read(done.stem.path)
    ((start, end),) = heard(sound[:, 0])
    assert end - start == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("letters", [1, 4, 9, 15, 60])
def test_a_spoken_word_comes_through_the_door_however_short(tmp_path: Path, letters: int) -> None:
    path = tmp_path / "word.mp3"
    path.write_bytes(media.speech("x" * letters))
    checked = Door(lambda: find_ffmpeg(None)).check(path, kind="audio")
    assert checked.media_type == "audio/mpeg" and checked.duration_s is not None
