"""Type in its place: fitted, inside the frame, inside the safe zone of vertical films."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.film.credits import SAFE, Slot, Typography
from noktvrn.film.lettering import LINE_BOX, Face, fitted_size, stacked, title_lines
from noktvrn.film.styles.base import Palette
from noktvrn.film.yuv import Bytes, Frame
from noktvrn.model.film import Cue

TALL, WIDE = (540, 960), (960, 540)
PALETTE = Palette(
    ramp=((0, 0, 0), (0.2, 0, 0.2), (0.5, 0, 0.5), (0.8, 0.4, 0.8), (1, 0.9, 1)),
    paper=(0.96, 0.95, 0.9),
    ink=(0.1, 0.1, 0.15),
    accent=(1, 0, 0),
    light_angle=60,
    grain=0.02,
)
TITLES = st.text("abc dé", min_size=1, max_size=70)


def blocks(text: str, face: Face, size: float, tracking: float) -> Bytes:
    """A typesetter whose letters are boxes of half an em."""
    width = max(2, round(len(text) * size * (0.5 + tracking)))
    mask = np.zeros((int(np.ceil(LINE_BOX * size)), width), dtype=np.uint8)
    mask[round(0.25 * size) : round(0.95 * size)] = 255
    return mask


def typography(size: tuple[int, int]) -> Typography:
    return Typography(blocks, PALETTE, size, tracking=0.2, uppercase=False)


def ink(slot: Slot) -> tuple[int, int, int, int]:
    """Left, right, top, bottom of a slot's letters in the frame."""
    rows, columns = np.nonzero(slot.lettering.cover)
    x, y = slot.lettering.x, slot.lettering.y
    return x + int(columns.min()), x + int(columns.max()), y + int(rows.min()), y + int(rows.max())


@settings(max_examples=30, deadline=None)
@given(TITLES, TITLES)
def test_everything_on_a_tall_film_is_inside_the_safe_zone(title: str, line: str) -> None:
    setter = typography(TALL)
    cue = Cue(start_s=0, end_s=2, text=line)
    for slot in [*setter.heading("Vesper Line", title, end_s=9), *setter.captions([cue])]:
        left, right, top, bottom = ink(slot)
        assert left >= SAFE[0] * TALL[0] - 2
        assert right <= SAFE[1] * TALL[0] + 2
        assert top >= SAFE[2] * TALL[1] - 2
        assert bottom <= SAFE[3] * TALL[1] + 2


@settings(max_examples=30, deadline=None)
@given(TITLES)
def test_the_title_card_leaves_the_right_side_to_the_subject(title: str) -> None:
    name, block = reversed(typography(WIDE).title_card("Vesper Line", title, end_s=4))
    assert ink(block)[1] < 0.6 * WIDE[0]
    assert ink(name)[3] < ink(block)[2], "the name touches the title"


def test_captions_do_not_touch_one_another() -> None:
    slot = typography(WIDE).captions([Cue(start_s=0, end_s=2, text="word " * 14)])[0]
    filled = slot.lettering.cover.max(axis=1) > 0
    assert np.count_nonzero(np.diff(filled.astype(int)) == 1) == 2, "two lines with air between them"


def test_type_fades_in_and_out_in_its_time_only() -> None:
    slot = typography(WIDE).captions([Cue(start_s=1, end_s=3, text="hello")])[0]
    brightness = []
    for moment in (0.9, 1.1, 2.0, 2.95, 3.1):
        frame = Frame(*WIDE)
        frame.y[...] = 60
        slot.show(frame, moment)
        brightness.append(int(frame.y.max()))
    assert brightness[0] == brightness[4] == 60
    assert 60 < brightness[1] < brightness[2]
    assert 60 < brightness[3] < brightness[2]
    assert brightness[2] > 200


@given(st.floats(10, 400), st.integers(1, 60))
def test_a_fitted_line_is_never_too_wide(width: float, letters: int) -> None:
    size = fitted_size(blocks, "x" * letters, "text", tracking=0.0, width=width, most=30)
    assert size <= 30
    assert letters * size * 0.5 <= width + 1


def test_titles_break_into_lines_of_like_length() -> None:
    ways = title_lines("Every Door Is a Slow Machine for Leaving")
    assert len(ways) == 3
    assert ways[1] == ("Every Door Is a Slow", "Machine for Leaving")
    assert title_lines("") == (("",),)


@pytest.mark.parametrize(("align", "start"), [(0.0, 0), (0.5, 10), (1.0, 20)])
def test_stacked_lines_keep_their_side(align: float, start: int) -> None:
    wide, narrow = np.full((5, 40), 255, np.uint8), np.full((5, 20), 255, np.uint8)
    block = stacked([wide, narrow], pitch=8, align=align)
    assert block.shape == (13, 40)
    assert int(np.nonzero(block[10])[0].min()) == start
