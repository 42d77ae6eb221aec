"""Files: the source mark is in them, readable by others; fingerprints find copies and only copies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image, JpegImagePlugin

from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import SourceType
from noktvrn.picture.encode import mark_file, read_mark, write_jpeg, write_png
from noktvrn.picture.fingerprint import fingerprint, likeness, palette
from noktvrn.picture.meters import sharpness, spread, type_contrast

IPTC_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def _picture(seed: int, side: int = 128) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    small = np.random.Generator(np.random.PCG64(seed)).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC))


def test_jpeg_carries_a_well_formed_packet(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    write_jpeg(_picture(1), path, SourceType.ALGORITHMIC, description='By an "AI" <artist> & co')
    with Image.open(path) as opened:
        packet = opened.info["xmp"]
        assert opened.mode == "RGB"
        assert JpegImagePlugin.get_sampling(opened) == 0
    root = etree.fromstring(packet.split(b"?>", 1)[1].rsplit(b"<?xpacket", 1)[0])
    marks = [value for node in root.iter() for key, value in node.attrib.items() if key == IPTC_EXT]
    assert marks == [SourceType.ALGORITHMIC.value]
    assert 'By an "AI" <artist> & co' in "".join(str(part) for part in root.itertext())


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_marks_are_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    (write_jpeg if suffix == ".jpg" else write_png)(_picture(2), path, SourceType.TRAINED)
    assert read_mark(path) == SourceType.TRAINED.value


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_marking_a_file_leaves_its_pixels_alone(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(_picture(3)).save(path)
    with Image.open(path) as opened:
        before = np.asarray(opened)
    assert read_mark(path) is None
    mark_file(path, SourceType.COMPOSITE)
    with Image.open(path) as opened:
        assert np.array_equal(before, np.asarray(opened))
    assert read_mark(path) == SourceType.COMPOSITE.value


def test_other_files_are_not_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    Image.fromarray(_picture(3)).save(path)
    with pytest.raises(Invalid):
        mark_file(path, SourceType.HUMAN)


def test_a_recoded_smaller_copy_is_found(tmp_path: Path) -> None:
    original = _picture(4, 400)
    path = tmp_path / "a.jpg"
    Image.fromarray(original).resize((150, 150)).save(path, quality=60)
    with Image.open(path) as opened:
        copy = np.asarray(opened)
    assert likeness(fingerprint(original), fingerprint(copy)).copies
    assert not likeness(fingerprint(original), fingerprint(_picture(5, 400))).copies


def test_the_same_form_in_other_colours_is_no_copy() -> None:
    original = _picture(6)
    assert not likeness(fingerprint(original), fingerprint(original[..., ::-1].copy())).copies


@pytest.mark.parametrize("text", ["", "np1:zz:", "np1:00:!!", "other"])
def test_a_broken_fingerprint_is_a_mistake(text: str) -> None:
    with pytest.raises(Invalid):
        likeness(text, fingerprint(_picture(1)))


def test_palette_names_the_colours_most_frequent_first() -> None:
    picture = np.zeros((60, 60, 3), dtype=np.uint8)
    picture[:40] = (200, 30, 30)
    colours = palette(picture, 2)
    assert colours[0] == "#c81e1e" and colours[1] == "#000000"


def test_meters_tell_sharp_from_blurred_and_blank() -> None:
    fine = np.random.Generator(np.random.PCG64(1)).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    assert sharpness(fine) > 1000 > 3 > sharpness(_picture(1, 3000))
    assert spread(np.full((200, 200, 3), 90, dtype=np.uint8)) == 0


def test_type_contrast_reads_black_on_white() -> None:
    page = np.full((100, 300, 3), 255, dtype=np.uint8)
    page[30:70, 40:80] = 0
    assert type_contrast(page, (0, 0, 300, 100)) == pytest.approx(21, abs=0.1)
    assert type_contrast(np.full((50, 50, 3), 80, dtype=np.uint8), (0, 0, 50, 50)) == 1.0
