"""What every player of the Filmmaker role has to keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.film.film_samples import request as order

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import probe
from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Unavailable
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import manifest_of, open_player
from noktvrn.roles.filmmaker import Filmmaker, Footage
from noktvrn.settings import Settings

PROVIDERS = frozenset({"procedural_video"})
Opened = Callable[..., Filmmaker]


@pytest.fixture(params=sorted(PROVIDERS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    def player(**told: object) -> Filmmaker:
        settings = Settings(home=tmp_path, _env_file=None, **told)  # type: ignore[arg-type]
        found: Filmmaker = open_player("filmmaker", request.param, settings, Kit(SystemClock(), tmp_path))
        return found

    return player


def test_a_film_is_what_was_asked_and_tells_who_made_it(opened: Opened, tmp_path: Path) -> None:
    shares: list[float] = []
    filmmaker, wanted = opened(), order(tmp_path, seconds=2.0)
    footage = filmmaker.film(wanted, shares.append)
    assert footage.path.parent == wanted.folder
    facts = probe(find_ffmpeg(), footage.path)
    assert (facts.width, facts.height, facts.fps) == (wanted.width, wanted.height, wanted.fps)
    assert (footage.width, footage.height, footage.fps) == (wanted.width, wanted.height, wanted.fps)
    assert facts.duration_s == pytest.approx(2.0, abs=0.1) and facts.audio_codec
    assert facts.tags["title"] == wanted.title and wanted.comment in facts.tags["comment"]
    assert footage.provenance.source_type.value in facts.tags["comment"]
    assert shares == sorted(shares) and shares[-1] == 1.0
    told = footage.provenance
    assert told.made_by == filmmaker.name and told.seed == wanted.seed
    assert told.licence_class == manifest_of(filmmaker.name).licence_class


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_film(
    opened: Opened, tmp_path: Path
) -> None:
    def film(seed: int = 3) -> Footage:
        return opened().film(order(tmp_path, seed=seed), lambda share: None)

    one, two, other = film().path.read_bytes(), film().path.read_bytes(), film(8).path.read_bytes()
    assert one == two
    assert one != other


def test_no_ffmpeg_is_unavailable_not_a_crash(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        opened(ffmpeg=tmp_path / "absent").film(order(tmp_path), lambda share: None)
