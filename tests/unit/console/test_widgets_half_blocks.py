"""Pictures in cells: any size and any form fits its room, and no file of any kind does harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from rich.color import Color
from textual.strip import Strip

from noktvrn.console.widgets import half_blocks
from noktvrn.console.widgets.half_blocks import UPPER, draw, fitted
from noktvrn.kernel.errors import Invalid

SUFFIX = {"CMYK": "jpg", "I;16": "png", "F": "tiff", "PA": "tiff", "YCbCr": "jpg"}
sizes = st.integers(1, 90)


def text_of(strips: list[Strip]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in strips]


def colours_of(strip: Strip) -> list[tuple[int, ...]]:
    found = []
    for segment in strip:
        assert segment.style is not None
        for colour in (segment.style.color, segment.style.bgcolor):
            assert isinstance(colour, Color)
            found.append(tuple(colour.get_truecolor()))
    return found


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "I;16", "I", "F", "PA"]),
    width=sizes,
    height=sizes,
    room=st.tuples(st.integers(0, 60), st.integers(0, 30)),
    coloured=st.booleans(),
)
def test_every_picture_fits_its_room(
    tmp_path: Path, mode: str, width: int, height: int, room: tuple[int, int], coloured: bool
) -> None:
    path = tmp_path / f"picture.{SUFFIX.get(mode, 'tiff' if mode == 'I' else 'png')}"
    Image.new(mode, (width, height)).save(path)
    strips = draw(path, room, coloured=coloured)
    if min(room) < 1:
        assert strips == []
        return
    columns, rows = fitted((width, height), room)
    assert 1 <= columns <= room[0]
    assert 1 <= rows <= room[1]
    assert [strip.cell_length for strip in strips] == [columns] * rows
    assert [len(line) for line in text_of(strips)] == [columns] * rows
    assert draw(path, room, coloured=coloured) == strips


@given(size=st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), room=st.tuples(sizes, sizes))
def test_a_picture_keeps_its_form_and_touches_its_room(size: tuple[int, int], room: tuple[int, int]) -> None:
    columns, rows = fitted(size, room)
    assert columns == room[0] or rows == room[1]
    ideal = min(room[0] / size[0], room[1] * 2 / size[1])
    assert abs(columns - max(1, ideal * size[0])) <= 1
    assert abs(rows - max(1, ideal * size[1] / 2)) <= 1


def test_the_upper_pixel_is_the_ink_and_the_lower_one_the_ground(tmp_path: Path) -> None:
    picture = Image.new("RGB", (2, 2), "#ff0000")
    picture.paste((0, 0, 255), (0, 1, 2, 2))
    picture.save(tmp_path / "flag.png")
    (row,) = draw(tmp_path / "flag.png", (2, 1))
    assert text_of([row]) == [UPPER * 2]
    assert colours_of(row) == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize(
    ("mode", "ink", "seen"),
    [
        ("RGBA", (255, 0, 0, 0), half_blocks.BEHIND),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("LA", (0, 0), half_blocks.BEHIND),
        ("I;16", 257 * 100, (100, 100, 100)),
        ("L", 30, (30, 30, 30)),
    ],
)
def test_the_colours_are_those_of_the_picture(
    tmp_path: Path, mode: str, ink: object, seen: tuple[int, ...]
) -> None:
    Image.new(mode, (8, 8), ink).save(tmp_path / "picture.png")  # type: ignore[arg-type]
    assert colours_of(draw(tmp_path / "picture.png", (4, 2))[0]) == [seen, seen]


def test_printing_colours_are_turned_into_those_of_a_screen(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "print.jpg", quality=95)
    red, green, blue = colours_of(draw(tmp_path / "print.jpg", (4, 2))[0])[0]
    assert red > 240
    assert max(green, blue) < 15


def test_without_colours_light_is_dots_and_dark_is_none(tmp_path: Path) -> None:
    picture = Image.new("L", (16, 16), 0)
    picture.paste(255, (0, 0, 8, 16))
    picture.save(tmp_path / "half.png")
    strips = draw(tmp_path / "half.png", (8, 4), coloured=False)
    assert all(line[0] == "⣿" and line[-1] == "⠀" for line in text_of(strips))
    on_paper = draw(tmp_path / "half.png", (8, 4), coloured=False, on_dark=False)
    assert all(line[0] == "⠀" and line[-1] == "⣿" for line in text_of(on_paper))


def test_what_is_no_picture_is_told_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.effect_noise((64, 64), 50).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    broken = {"empty": b"", "text": b"no picture", "half": whole[: len(whole) // 2], "torn": whole[:40]}
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid) as told:
            draw(tmp_path / name, (10, 5))
        assert told.value.code == "picture.unreadable"
    with pytest.raises(Invalid):
        draw(tmp_path / "nowhere", (10, 5))
    monkeypatch.setattr(half_blocks, "MOST_PIXELS", 1000)
    with pytest.raises(Invalid):
        draw(tmp_path / "whole.png", (10, 5))
