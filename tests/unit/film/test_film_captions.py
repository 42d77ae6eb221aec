"""Caption layout and the SubRip and WebVTT files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.film.captions import CHARS_PER_S, LINE_CHARS, broken, read_srt, read_vtt, reading_s, srt, vtt
from noktvrn.model.film import Cue

TEXT = st.text(
    alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), include_characters=" "),
    min_size=1,
    max_size=90,
).filter(lambda text: text.strip() and "-->" not in text)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    cues, moment = [], 0
    for text in draw(st.lists(TEXT, min_size=1, max_size=6)):
        start = moment + draw(st.integers(0, 5_000_000))
        moment = start + draw(st.integers(1, 9_000))
        cues.append(Cue(start_s=start / 1000, end_s=moment / 1000, text=broken(text)))
    return cues


@given(cue_lists())
def test_both_files_give_back_every_cue(cues: list[Cue]) -> None:
    assert read_srt(srt(cues)) == tuple(cues)
    assert read_vtt(vtt(cues)) == tuple(cues)


@given(st.text(max_size=400))
def test_a_caption_is_at_most_two_lines_of_42(text: str) -> None:
    lines = broken(text).split("\n")
    assert len(lines) <= 2
    assert all(len(line) <= LINE_CHARS for line in lines)


@given(TEXT)
def test_no_word_is_lost_where_it_fits(text: str) -> None:
    shown = broken(text)
    if not shown.endswith("…"):
        assert shown.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_lines_are_broken_near_the_middle() -> None:
    assert broken("hold the light until it burns and the morning forgets us both") == (
        "hold the light until it burns\nand the morning forgets us both"
    )


def test_reading_time_follows_the_length() -> None:
    assert reading_s("x" * 75) == pytest.approx(75 / CHARS_PER_S)
    assert reading_s("go") == pytest.approx(1.2)


def test_text_cannot_end_its_block_or_forge_a_time_line() -> None:
    cue = Cue(start_s=0, end_s=2, text="one\n\n00:00:01,000 --> 00:00:09,000\n<b>&")
    assert len(read_srt(srt([cue]))) == 1
    assert read_vtt(vtt([cue]))[0].text.endswith("<b>&")
    assert "<b>" not in vtt([cue])
