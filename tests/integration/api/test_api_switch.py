"""The switch by HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    home = tmp_path / "home"
    app = create_app(Settings(home=home, _env_file=None), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(home)}"
        yield client


def test_the_label_is_stopped_and_started(client: TestClient) -> None:
    assert client.get("/api/switch").json()["stopped"] is False
    stopped = client.post("/api/stop", json={"by": "ann", "reason": "a wrong cover"}).json()
    assert (stopped["stopped"], stopped["by"], stopped["reason"]) == (True, "person:ann", "a wrong cover")
    assert client.get("/api/switch").json() == stopped
    assert client.post("/api/start", json={"by": "bob"}).json() == {
        "stopped": False,
        "by": "",
        "reason": "",
        "at": None,
        "runs": 0,
    }
    assert client.get("/api/switch").json()["stopped"] is False


def test_who_does_not_say_who_they_are_stops_nothing(client: TestClient) -> None:
    assert client.post("/api/stop", json={}).status_code == 422
    assert client.post("/api/stop", json={"by": "a\x00b"}).status_code == 422
    assert client.post(
        "/api/stop", json={"by": "ann"}, headers={"Authorization": "Bearer no"}
    ).status_code in (
        401,
        403,
    )
    assert client.get("/api/switch").json()["stopped"] is False
