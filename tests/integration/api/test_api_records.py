"""EPs and albums over HTTP: asked for like a single, told with their songs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.integration.label.label_samples import enter_artist

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.label.label import Label
from noktvrn.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(home=tmp_path / "home", _env_file=None), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(tmp_path / 'home')}"
        yield client


def test_a_record_is_asked_for_like_a_single(client: TestClient) -> None:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    place = f"/api/artists/{enter_artist(label).id}/content"
    key = {"Idempotency-Key": "one"}

    begun = client.post(place, json={"content_type": "ep", "songs": 5}, headers=key)
    assert (begun.status_code, begun.json()["state"]) == (202, "queued")
    again = client.post(place, json={"content_type": "ep", "songs": 5}, headers=key)
    assert again.json()["id"] == begun.json()["id"]
    assert len(label.runs.brief(label.runs.get(begun.json()["id"])).songs) == 5

    album = client.post(place, json={"content_type": "album"})
    assert len(label.runs.brief(label.runs.get(album.json()["id"])).songs) == 10
    assert client.get(album.headers["location"]).json()["songs"] == []

    wrong = client.post(place, json={"content_type": "ep", "songs": 9})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "record.bad_count")
