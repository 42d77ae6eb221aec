"""Profiles over time through the HTTP face."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.integration.label.label_samples import enter_artist

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(home=tmp_path / "home", _env_file=None), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(tmp_path / 'home')}"
        yield client


@pytest.fixture
def artist(client: TestClient) -> Artist:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    profile = ProceduralWriter(load(label.settings)).profile(ProfileRequest(prompt="slow dub", seed=3))
    made = enter_artist(label).model_copy(update={"profile": profile, "version": 2})
    with label.office.studio.database.begin() as connection:
        artists.save(connection, made, reason="a real profile")
    return made


def test_a_patch_is_a_version_that_can_be_compared_and_rolled_back(
    client: TestClient, artist: Artist
) -> None:
    place = f"/api/artists/{artist.id}"
    done = client.patch(place, json={"fields": {"themes": ["rain", "salt"]}, "version": 2})
    assert done.status_code == 200, done.text
    assert done.json()["artist"]["version"] == 3
    assert [change["field"] for change in done.json()["changes"]] == ["themes"]
    assert [row["version"] for row in client.get(f"{place}/versions").json()] == [1, 2, 3]
    assert client.get(f"{place}/diff").json() == done.json()["changes"]
    assert client.get(f"{place}/diff", params={"before": 3, "after": 3}).json() == []
    back = client.post(f"{place}/rollback", json={"version": 2})
    assert back.json()["artist"]["profile"] == artist.profile.as_data()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"fields": {"genre": "house"}}, 403, "artist.fixed_field"),
        ({"fields": {"themse": "x"}}, 422, "artist.no_field"),
        ({"fields": {"themes": ["x"]}, "version": 1}, 409, "artist.stale"),
        ({"fields": {}}, 422, "request.invalid"),
        ({"fields": {"style": {"energy": [[[[]]]]}}}, 422, "artist.bad_value"),
    ],
)
def test_a_bad_patch_is_a_problem_with_a_hint(
    body: dict[str, object], status: int, code: str, client: TestClient, artist: Artist
) -> None:
    answer = client.patch(f"/api/artists/{artist.id}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert client.get(f"/api/artists/{artist.id}").json()["version"] == 2


def test_versions_of_nobody_are_not_found(client: TestClient) -> None:
    assert client.get("/api/artists/art_0000000000000/versions").status_code == 404
    assert client.post("/api/artists/art_0000000000000/rollback", json={"version": 1}).status_code == 404
