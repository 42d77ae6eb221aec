"""Impossible briefs: a clear error, or the documented nearest choice; never a crash, never an empty file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.integration.label.label_samples import enter_artist, label_at
from tests.integration.label.shell import Said, noktvrn

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.kernel.errors import Invalid
from noktvrn.label.briefs import make_brief
from noktvrn.settings import Settings


@pytest.fixture
def artist(hired: str) -> str:
    return hired


def assert_told(said: Said, code: int) -> None:
    lines = said.err.splitlines()
    assert (said.code, said.out) == (code, ""), said.err
    assert len(lines) == 2 and lines[0].startswith("noktvrn: ") and lines[1].startswith("  ")
    assert "Traceback" not in said.err and len(lines[0]) < 400


@pytest.mark.parametrize(
    "wishes",
    [
        ("--duration", "3"),
        ("--duration", "0"),
        ("--duration", "-30"),
        ("--duration", "99999999999999999999"),
        ("--duration", "long"),
        ("--takes", "0"),
        ("--takes", "99"),
        ("--tempo", "900"),
    ],
)
def test_a_wish_that_cannot_be_is_told_before_anything_begins(wishes: tuple[str, str], artist: str) -> None:
    assert_told(noktvrn("run", "start", artist, *wishes, "--no-video"), 2)
    assert noktvrn("run", "list", "--json").data == []


@pytest.mark.parametrize(
    "prompt",
    [
        "techno at 900 BPM",
        "techno at 3 bpm",
        "a three second song",
        "Zorblecore from nowhere",
    ],
)
def test_an_odd_sentence_makes_the_nearest_artist_there_is(prompt: str) -> None:
    said = noktvrn("artist", "create", "--prompt", prompt, "--seed", "3", "--json")
    assert said.code in (0, 1), said.err
    tempo = said.data["profile"]["tempo"]
    assert 40 <= tempo["low"] <= tempo["high"] <= 220
    assert said.data["profile"]["genre"]


def test_a_sentence_of_fifty_thousand_characters_is_told() -> None:
    assert_told(noktvrn("artist", "create", "--prompt", "dark " * 10_000), 2)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    home = tmp_path / "home"
    app = create_app(Settings(home=home, _env_file=None), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(home)}"
        yield client


@pytest.mark.parametrize(
    "wish",
    [
        {"duration_s": 3},
        {"duration_s": -1},
        {"duration_s": 10**30},
        {"duration_s": "long"},
        {"tempo_bpm": 900},
        {"genre": "zorblecore"},
        {"takes": 0},
        {"takes": 9},
        {"title": "\U0001f600\U0001f3b9"},
        {"title": "T" * 50_000},
        {"theme": "x" * 50_000},
        {"human_lines": ["x" * 50_000]},
        {"own_track": {"sha256": "0" * 64}},
    ],
)
def test_the_api_tells_what_cannot_be(wish: dict[str, Any], client: TestClient) -> None:
    artist = enter_artist(client.app.state.label)  # type: ignore[attr-defined]
    answer = client.post(f"/api/artists/{artist.id}/content", json=wish)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert client.get(f"/api/artists/{artist.id}/content").json() == []


def test_the_api_takes_a_wish_for_takes(client: TestClient) -> None:
    label = client.app.state.label  # type: ignore[attr-defined]
    artist = enter_artist(label)
    begun = client.post(f"/api/artists/{artist.id}/content", json={"takes": 3})
    assert begun.status_code == 202
    assert label.runs.brief(label.runs.get(begun.json()["id"])).takes == 3
    assert client.get(f"/api/reviews/{begun.json()['id']}/takes").json() == []
    early = client.post(f"/api/reviews/{begun.json()['id']}/choose", json={"by": "a", "take": 1})
    assert (early.status_code, early.json()["code"]) == (409, "take.not_yet")


@pytest.mark.parametrize(
    "wishes", [{"duration_s": 3}, {"duration_s": float("nan")}, {"takes": 0}, {"theme": "\x00\x07"}]
)
def test_a_brief_that_cannot_be_names_the_wish(wishes: dict[str, Any]) -> None:
    from tests.unit.release import release_samples as samples

    with pytest.raises(Invalid) as refused:
        make_brief(samples.artist("Vesper Quill"), "run 1", **wishes)
    assert next(iter(wishes)) in refused.value.message and refused.value.hint


@pytest.mark.parametrize("wish", [{"theme": "love " * 10_000}, {"mood": "x" * 81}])
def test_a_page_is_no_theme(wish: dict[str, str], tmp_path: Path) -> None:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        artist = enter_artist(label)
        with pytest.raises(Invalid, match="characters") as told:
            make_brief(artist, "a page", **wish)
        assert "a phrase" in told.value.hint
