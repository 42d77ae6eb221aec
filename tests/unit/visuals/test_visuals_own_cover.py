"""A person's own cover: opened within limits, brought to the stores' form, its taste left alone."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from noktvrn.kernel.errors import Invalid
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import SourceType
from noktvrn.picture.encode import read_mark
from noktvrn.visuals.own_cover import SIDE, for_a_person, prepare


def picture(path: Path, width: int = SIDE, height: int = SIDE, mode: str = "RGB", **how: Any) -> Path:
    drawn = Image.linear_gradient("L").resize((width, height))  # noise would be what takes the time
    drawn.convert(mode).save(path, **{"compress_level": 1, **how})
    return path


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "RGB"), ("a.png", "RGBA"), ("a.jpg", "CMYK"), ("a.tif", "L"), ("a.webp", "RGB")],
)
def test_every_usual_form_becomes_what_stores_take(name: str, mode: str, tmp_path: Path) -> None:
    painting = prepare(picture(tmp_path / name, mode=mode), tmp_path, by="Jo Doe")
    with Image.open(painting.path) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (SIDE, SIDE))
    assert read_mark(painting.path) == SourceType.HUMAN.value == painting.provenance.source_type.value
    assert (painting.provenance.engine, painting.provenance.licence_class) == ("Jo Doe", "human")


def test_a_larger_one_is_made_smaller_and_keeps_its_look(tmp_path: Path) -> None:
    grey = Image.fromarray(np.tile(np.linspace(0, 255, 3600, dtype=np.uint8), (3600, 1)))
    grey.save(tmp_path / "a.png")
    painting = prepare(tmp_path / "a.png", tmp_path, by="Jo Doe")
    with Image.open(painting.path) as made:
        row = np.asarray(made)[1500, :, 0].astype(int)
    assert row[100] < row[1500] < row[2900]


def test_where_it_was_taken_is_not_told(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 0.0, 0.0)}
    exif[0x010F] = "a camera"
    painting = prepare(picture(tmp_path / "a.jpg", exif=exif), tmp_path, by="Jo Doe")
    with Image.open(painting.path) as made:
        assert dict(made.getexif()) == {}


@pytest.mark.parametrize(
    ("width", "height", "told"),
    [(2999, 2999, "3000 are needed"), (3000, 3001, "not square"), (64, 64, "64 pixels")],
)
def test_a_picture_stores_refuse_is_told(width: int, height: int, told: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        prepare(picture(tmp_path / "a.png", width, height), tmp_path, by="Jo Doe")
    assert refused.value.hint


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it has `side` x `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(999)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bomb(11_000), "11000 x 11000"),
        (bomb(60_000), "cannot be read|60000"),
        (bomb(3_000), "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "cannot be read"),
        (b"GIF89a" + bytes(99), "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 3000 3000\n", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='3000' height='3000'/>", "cannot be read"),
    ],
)
def test_a_bomb_or_a_broken_file_is_told(data: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(Invalid, match=told):
        prepare(tmp_path / "a.png", tmp_path, by="Jo Doe")


def test_taste_is_a_warning_and_the_rest_still_blocks() -> None:
    def found(rule: str) -> Finding:
        return Finding(rule=rule, severity=Severity.ERROR, message="x")

    assert for_a_person(Report(subject="cover", checked=2, findings=(found("picture.palette"),))).passed
    assert not for_a_person(Report(subject="cover", checked=2, findings=(found("picture.duplicate"),))).passed
