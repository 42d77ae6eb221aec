"""Remakes over HTTP: the same verb, the same refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.integration.durability import song_samples
from tests.integration.label.label_samples import enter_artist, lay_on_desk

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


def test_a_part_is_made_anew_over_http_once(client: TestClient) -> None:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    run = lay_on_desk(label, enter_artist(label))
    place = f"/api/runs/{run.id}/remake"
    for wrong in ({"only": "cover"}, {"by": "ana", "only": "hat"}, {"by": "ana", "only": "cover", "more": 1}):
        assert client.post(place, json=wrong).status_code == 422
    unclear = client.post(place, json={"by": "ana"})
    assert (unclear.status_code, unclear.json()["code"]) == (422, "remake.unclear")
    done = client.post(place, json={"by": "ana", "from": "cover", "reason": "Too dark."})
    assert (done.status_code, done.json()["state"]) == (200, "producing")
    assert [(made.by, made.reason) for made in label.remakes.of(run.id)] == [("person:ana", "Too dark.")]
    again = client.post(place, json={"by": "ben", "only": "take"})
    assert (again.status_code, again.json()["code"]) == (409, "remake.not_yet")


def test_a_song_of_a_record_is_made_anew_over_http_and_its_record_goes_on(client: TestClient) -> None:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    record = song_samples.lay_on_desk(label)
    songs = client.get(f"/api/runs/{record.id}").json()["songs"]
    places = [f"/api/runs/{song['run_id']}/remake" for song in songs]
    wrong = client.post(places[0], json={"by": "ana", "only": "cover"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "remake.song")
    done = client.post(places[0], json={"by": "ana", "only": "title", "title": "Low Water"})
    assert (done.status_code, done.json()["id"], done.json()["state"]) == (200, record.id, "producing")
    seen = client.get(f"/api/runs/{record.id}").json()["songs"]
    assert [(song["title"], song["state"]) for song in seen[:2]] == [
        ("Low Water", "queued"),
        ("Song 2", "completed"),
    ]
    again = client.post(places[1], json={"by": "ben", "only": "take"})
    assert (again.status_code, again.json()["code"]) == (409, "remake.not_yet")
