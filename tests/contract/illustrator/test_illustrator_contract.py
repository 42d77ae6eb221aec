"""What every player of the Illustrator role has to keep, run against the embedded one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from noktvrn.kernel.clock import SystemClock
from noktvrn.model.picture import PictureKind
from noktvrn.picture.encode import read_mark
from noktvrn.picture.identity import make_look
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.illustrator import Illustrator, Painting, PictureRequest
from noktvrn.settings import Settings

PLAYERS = ["procedural_art"]
SIZES: list[tuple[PictureKind, int, int]] = [
    ("cover", 300, 300),
    ("avatar", 200, 200),
    ("banner", 420, 180),
    ("thumbnail", 320, 180),
]


@pytest.fixture(params=PLAYERS)
def illustrator(request: pytest.FixtureRequest, tmp_path: Path) -> Illustrator:
    player: Illustrator = open_player(
        "illustrator", request.param, Settings(home=tmp_path), Kit(SystemClock(), tmp_path)
    )
    return player


def _order(folder: Path, kind: PictureKind, width: int, height: int, seed: int = 3) -> PictureRequest:
    folder.mkdir(exist_ok=True)
    return PictureRequest(
        kind=kind,
        look=make_look(5, moods=["dark"], looks=["fog"], stage_name="Vesper Line"),
        artist_name="Vesper Line",
        title="Salt Cathedral",
        width=width,
        height=height,
        seed=seed,
        folder=folder,
    )


def _digest(painting: Painting) -> str:
    return hashlib.sha256(painting.path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("kind", "width", "height"), SIZES)
def test_a_picture_is_what_was_asked(
    illustrator: Illustrator, tmp_path: Path, kind: PictureKind, width: int, height: int
) -> None:
    request = _order(tmp_path / "a", kind, width, height)
    painting = illustrator.paint(request)
    assert painting.path.parent == request.folder
    with Image.open(painting.path) as opened:
        assert opened.size == (width, height) == (painting.width, painting.height)
        assert opened.mode == "RGB" and Image.MIME[opened.format or ""] == painting.media_type
    assert read_mark(painting.path) == painting.provenance.source_type.value
    wanted = ("Salt Cathedral", "Vesper Line") if kind in ("cover", "thumbnail") else ()
    assert tuple(text.casefold() for text in painting.shown_text) == tuple(text.casefold() for text in wanted)


def test_same_request_same_bytes_other_seed_other_bytes(illustrator: Illustrator, tmp_path: Path) -> None:
    first, again, other = (
        _digest(illustrator.paint(_order(tmp_path / name, "cover", 240, 240, seed)))
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == again != other
