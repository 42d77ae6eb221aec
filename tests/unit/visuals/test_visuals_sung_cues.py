"""Captions of what is sung stand when it is sung."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from noktvrn.film.captions import LINE_CHARS
from noktvrn.model.sound import TimedLine, TimedWord
from noktvrn.visuals.cues import sung_cues


def line(text: str, start: float, length: float) -> TimedLine:
    words = text.split()
    step = length / len(words)
    timed = (
        TimedWord(text=word, start_s=start + n * step, end_s=start + (n + 1) * step)
        for n, word in enumerate(words)
    )
    return TimedLine(section="verse", words=tuple(timed))


def test_a_line_stands_from_its_first_word_until_it_could_be_read() -> None:
    (cue,) = sung_cues([line("Hold me under silver rain", 10.0, 3.0)], start_s=0.0, first_s=2.0, last_s=60.0)
    assert (cue.start_s, cue.end_s, cue.text) == (10.0, 13.0, "Hold me under silver rain")
    (short,) = sung_cues([line("Hold me", 10.0, 0.4)], start_s=4.0, first_s=2.0, last_s=60.0)
    assert short.start_s == 6.0 and short.end_s == 7.8


def test_lines_too_quick_to_read_share_a_caption() -> None:
    song = [line("Hold me", 10.0, 0.5), line("Hold me now", 10.6, 0.6), line("Let it rain", 14.0, 1.0)]
    cues = sung_cues(song, start_s=0.0, first_s=0.0, last_s=60.0)
    assert [cue.text for cue in cues] == ["Hold me Hold me now", "Let it rain"]


def test_lines_outside_the_film_are_left_out() -> None:
    song = [line("Before", 1.0, 2.0), line("Within it", 12.0, 2.0), line("After", 29.5, 3.0)]
    assert [c.text for c in sung_cues(song, start_s=10.0, first_s=0.8, last_s=19.8)] == ["Within it"]
    assert sung_cues((), start_s=0.0, first_s=0.0, last_s=9.0) == ()


@given(
    rests=st.lists(st.floats(0.05, 6.0), min_size=1, max_size=30),
    length=st.floats(0.2, 5.0),
    start=st.floats(0.0, 40.0),
)
def test_captions_follow_each_other_inside_the_film(rests: list[float], length: float, start: float) -> None:
    at, song = 0.0, []
    for rest in rests:
        at += rest
        song.append(line("some words that are sung here", at, length))
        at += length
    cues = sung_cues(song, start_s=start, first_s=0.5, last_s=30.0)
    assert all(one.end_s <= two.start_s for one, two in pairwise(cues))
    for cue in cues:
        assert 0.5 <= cue.start_s < cue.end_s <= 30.0
        assert max(len(row) for row in cue.text.split("\n")) <= LINE_CHARS
