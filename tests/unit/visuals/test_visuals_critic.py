"""The picture critic passes a real cover and finds every fault planted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from noktvrn.kernel.errors import Refused
from noktvrn.model.finding import Report
from noktvrn.model.look import VisualIdentity
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.picture.encode import mark_file, read_mark, write_jpeg
from noktvrn.picture.fingerprint import fingerprint
from noktvrn.picture.identity import make_look
from noktvrn.providers.procedural_art.illustrator import ProceduralArt
from noktvrn.roles.illustrator import Painting, PictureRequest
from noktvrn.visuals.cover import paint_cover
from noktvrn.visuals.critic import CHECKS, examine_picture

TEXT = ("Afterglow", "Vesper Line")
LOOK = make_look(5, moods=["dark"], looks=["monolith"], stage_name="Vesper Line").model_copy(
    update={"motif": "glass", "ramp": ("#0a0626", "#2a1a7a", "#5040d0", "#8fa0ff", "#e6ecff")}
)


@pytest.fixture(scope="module")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Painting:
    return _order(ProceduralArt(), tmp_path_factory.mktemp("cover"))


@pytest.fixture(scope="module")
def pixels(cover: Painting) -> NDArray[np.uint8]:
    with Image.open(cover.path) as opened:
        return np.asarray(opened)


def _order(illustrator: ProceduralArt | _Outsider, folder: Path, title: str = "Afterglow") -> Painting:
    return paint_cover(
        illustrator,
        look=LOOK,
        artist_name="Vesper Line",
        title=title,
        mood="dark",
        energy=(0.2, 0.6, 0.9, 0.4),
        seed=3,
        folder=folder,
    )


def _examine(
    painting: Painting,
    *,
    look: VisualIdentity = LOOK,
    text: tuple[str, ...] = TEXT,
    catalogue: Iterable[tuple[str, str]] = (),
) -> Report:
    return examine_picture(painting, kind="cover", expected_text=text, look=look, catalogue=catalogue)


def _rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def _saved(cover: Painting, path: Path, picture: Image.Image, exif: Image.Exif | None = None) -> Painting:
    picture.save(path, quality=85, exif=exif or Image.Exif())
    mark_file(path, cover.provenance.source_type)
    return cover.model_copy(update={"path": path, "width": picture.width, "height": picture.height})


def test_a_real_cover_passes_every_check(cover: Painting) -> None:
    report = _examine(cover)
    assert report.findings == () and report.passed
    assert report.checked == len(CHECKS)
    assert (cover.width, cover.height, cover.shown_text) == (3000, 3000, ("Afterglow", "Vesper Line"))


def _smaller(picture: Image.Image) -> Image.Image:
    return picture.resize((1400, 1400))


def _cut(picture: Image.Image) -> Image.Image:
    return picture.crop((0, 0, 3000, 2900))


def _enlarged(picture: Image.Image) -> Image.Image:
    return picture.resize((400, 400), Image.Resampling.BOX).resize((3000, 3000), Image.Resampling.BICUBIC)


def _blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.BoxBlur(9))


def _blank(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size, (90, 60, 120))


def _printed(picture: Image.Image) -> Image.Image:
    return picture.convert("CMYK")


def _grey(picture: Image.Image) -> Image.Image:
    return picture.convert("L")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_smaller, "picture.size"),
        (_cut, "picture.shape"),
        (_enlarged, "picture.blurred"),
        (_blurred, "picture.blurred"),
        (_blank, "picture.blank"),
        (_printed, "picture.mode"),
        (_grey, "picture.mode"),
    ],
)
def test_planted_faults_of_the_picture_are_found(
    cover: Painting,
    pixels: NDArray[np.uint8],
    tmp_path: Path,
    change: Callable[[Image.Image], Image.Image],
    rule: str,
) -> None:
    report = _examine(_saved(cover, tmp_path / "cover.jpg", change(Image.fromarray(pixels))))
    assert rule in _rules(report) and not report.passed


def test_a_png_with_alpha_is_no_cover(cover: Painting, pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    Image.fromarray(pixels[::3, ::3]).convert("RGBA").save(path, compress_level=1)
    found = _rules(_examine(cover.model_copy(update={"path": path})))
    assert {"picture.format", "picture.mode", "picture.mark", "picture.size"} <= found


def test_a_place_in_the_exif_data_is_found(
    cover: Painting, pixels: NDArray[np.uint8], tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    report = _examine(_saved(cover, tmp_path / "cover.jpg", Image.fromarray(pixels), exif=exif))
    assert _rules(report) == {"picture.gps"}


def test_a_missing_or_false_mark_is_found(cover: Painting, pixels: NDArray[np.uint8], tmp_path: Path) -> None:
    bare = tmp_path / "bare.jpg"
    Image.fromarray(pixels).save(bare, quality=85)
    assert _rules(_examine(cover.model_copy(update={"path": bare}))) == {"picture.mark"}
    false = tmp_path / "false.jpg"
    write_jpeg(pixels, false, SourceType.HUMAN)
    assert _rules(_examine(cover.model_copy(update={"path": false}))) == {"picture.mark"}


def test_a_broken_file_is_one_finding(cover: Painting, tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(cover.path.read_bytes()[:5000])
    report = _examine(cover.model_copy(update={"path": path}))
    assert _rules(report) == {"picture.unreadable"} and not report.passed


def test_a_suffix_that_lies_is_found(cover: Painting, tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(cover.path.read_bytes())
    assert "picture.suffix" in _rules(_examine(cover.model_copy(update={"path": path})))


@pytest.mark.parametrize("shown", ["Someone Else", "Afterglow - Out Now"])
def test_other_words_are_found(cover: Painting, shown: str) -> None:
    report = _examine(cover.model_copy(update={"shown_text": (shown, "Vesper Line")}))
    assert "picture.text" in _rules(report) and not report.passed


@pytest.mark.parametrize("title", ["listen on vesper.com", "@vesper", "only $5", "Spotify Exclusive"])
def test_advertising_is_found(cover: Painting, title: str) -> None:
    report = _examine(
        cover.model_copy(update={"shown_text": (title, "Vesper Line")}), text=(title, "Vesper Line")
    )
    assert _rules(report) == {"picture.forbidden_text"}


def test_a_missing_title_blocks_unless_the_painter_says_why(cover: Painting) -> None:
    bare = cover.model_copy(update={"shown_text": ("Vesper Line",)})
    assert not _examine(bare).passed
    told = bare.model_copy(update={"notes": ("title: no bundled face draws it",)})
    report = _examine(told)
    assert report.passed and _rules(report) == {"picture.missing_text"}


def test_a_title_that_cannot_be_read_is_found(cover: Painting) -> None:
    assert cover.title_box is not None
    x, _y, width, height = cover.title_box
    elsewhere = cover.model_copy(update={"title_box": (x, 2990 - height, width, height)})
    assert "picture.contrast" in _rules(_examine(elsewhere))
    assert "picture.contrast" in _rules(_examine(cover.model_copy(update={"title_contrast": 3.9})))


def test_another_artists_colours_are_found(cover: Painting) -> None:
    warm = ("#2a0500", "#7a2000", "#d05a00", "#ffa040", "#ffe9c8")
    stranger = LOOK.model_copy(
        update={"ramp": warm, "paper": "#fff4e0", "ink": "#2a0500", "accent": "#ff7a00"}
    )
    assert "picture.palette" in _rules(_examine(cover, look=stranger))


def test_a_near_copy_in_the_catalogue_is_found(cover: Painting, pixels: NDArray[np.uint8]) -> None:
    lighter = np.clip(pixels[::4, ::4].astype(int) + 6, 0, 255).astype(np.uint8)
    report = _examine(cover, catalogue=[("Old Song", fingerprint(lighter)), ("Lost", "nonsense")])
    assert _rules(report) == {"picture.duplicate", "picture.catalogue"}
    assert "Old Song" in report.findings[0].message


class _Outsider:
    """An illustrator from outside: a wordless, unmarked PNG."""

    name = "outsider"

    def __init__(self, content: bytes | None = None) -> None:
        self.content = content

    def paint(self, request: PictureRequest) -> Painting:
        path = request.folder / "raw.png"
        rng = np.random.Generator(np.random.PCG64(1))
        grain = rng.integers(0, 30, (900, 900, 3), dtype=np.uint8)
        Image.fromarray(grain).save(path)
        if self.content is not None:
            path.write_bytes(self.content)
        return Painting(
            path=path,
            width=900,
            height=900,
            media_type="image/png",
            provenance=Provenance(engine="outsider", engine_version="1", source_type=SourceType.TRAINED),
        )


def test_a_wordless_painting_is_lettered_in_the_artists_type(tmp_path: Path) -> None:
    painting = _order(_Outsider(), tmp_path, "Ночь")
    assert painting.shown_text[0].casefold() == "ночь"
    assert painting.media_type == "image/jpeg" and painting.title_box is not None
    assert read_mark(painting.path) == SourceType.TRAINED.value
    assert (painting.title_contrast or 0) >= 4.5


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        _order(_Outsider(b"<html>busy</html>"), tmp_path)
