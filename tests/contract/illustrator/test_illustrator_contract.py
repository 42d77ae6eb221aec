"""What every player of the Illustrator role has to keep: the embedded one, and outside ones against fakes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests import outside_kit

from noktvrn.model.picture import PictureKind
from noktvrn.model.provenance import SourceType
from noktvrn.picture.encode import read_mark
from noktvrn.picture.identity import make_look
from noktvrn.providers.registry import open_player
from noktvrn.roles.illustrator import Illustrator, Painting, PictureRequest
from noktvrn.settings import Settings
from noktvrn.testing.fakes import leonardo, openai_images

PLAYERS = ["procedural_art", "leonardo", "leonardo_v2", "openai_images"]
PROVIDERS = frozenset(player.removesuffix("_v2") for player in PLAYERS)
SIZES: list[tuple[PictureKind, int, int]] = [
    ("cover", 300, 300),
    ("avatar", 200, 200),
    ("banner", 420, 180),
    ("thumbnail", 320, 180),
]


@pytest.fixture(params=PLAYERS)
def illustrator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Illustrator]:
    with ExitStack() as stack:
        yield _opened(request.param, outside_kit.home(tmp_path), stack)


def _opened(player: str, home: Path, stack: ExitStack) -> Illustrator:
    told: dict[str, Any] = {}
    if player.startswith("leonardo"):
        fake = stack.enter_context(leonardo.Server())
        told = {"leonardo_api_key": leonardo.KEY, "leonardo_base_url": fake.origin}
        told |= {"leonardo_model": "flux-schnell"} if player.endswith("v2") else {}
    elif player == "openai_images":
        server = stack.enter_context(openai_images.Server())
        told = {"openai_api_key": openai_images.KEY, "openai_base_url": server.origin + "/v1"}
    settings = Settings(home=home, _env_file=None, **told)
    kit, _rows = stack.enter_context(outside_kit.opened(settings))
    opened: Illustrator = open_player("illustrator", player.removesuffix("_v2"), settings, kit)
    return opened


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
    if illustrator.name != "procedural_art" and kind in ("avatar", "thumbnail"):
        pytest.skip("outside players paint every kind in one way; two shapes will do")
    request = _order(tmp_path / "a", kind, width, height)
    painting = illustrator.paint(request)
    assert painting.path.parent == request.folder
    with Image.open(painting.path) as opened:
        assert opened.size == (width, height) == (painting.width, painting.height)
        assert opened.mode == "RGB" and Image.MIME[opened.format or ""] == painting.media_type
    assert read_mark(painting.path) == painting.provenance.source_type.value
    own = painting.provenance.source_type is SourceType.ALGORITHMIC
    wanted = ("Salt Cathedral", "Vesper Line") if own and kind in ("cover", "thumbnail") else ()
    assert tuple(text.casefold() for text in painting.shown_text) == tuple(text.casefold() for text in wanted)


def test_same_request_same_bytes_other_seed_other_bytes(illustrator: Illustrator, tmp_path: Path) -> None:
    first, again, other = (
        _digest(illustrator.paint(_order(tmp_path / name, "cover", 240, 240, seed)))
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == again != other
