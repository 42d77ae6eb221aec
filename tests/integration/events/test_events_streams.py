"""Streams of the API: resumed without a gap, bounded in number and time, never in anybody's way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.integration.events.events_samples import Message, messages, served, tell, until
from tests.integration.label.label_samples import enter_artist, lay_on_desk

from noktvrn.api import feed
from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.label.label import Label
from noktvrn.model.run import RunState, StageName, StageRecord
from noktvrn.settings import Settings
from noktvrn.storage.ledger import events, runs


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    made = create_app(Settings(home=tmp_path / "home", _env_file=None), work=False)
    made.state.feed.limits = feed.Limits(life_s=0.4, heartbeat_s=0.15)
    return made


@pytest.fixture
def headers(tmp_path: Path) -> dict[str, str]:
    return {"Authorization": f"Bearer {home_token(tmp_path / 'home')}"}


@pytest.fixture
def client(app: FastAPI, headers: dict[str, str]) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost", headers=headers) as client:
        yield client


def label_of(client: TestClient) -> Label:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    return label


def heard(client: TestClient, path: str = "/api/events", **more: Any) -> list[Message]:
    answer = client.get(path, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return messages(answer.text)


def test_a_stream_goes_on_behind_any_id(client: TestClient) -> None:
    for number in range(5):
        tell(label_of(client), str(number))
    whole = heard(client, params={"after": 0})
    assert [one.data["subject"] for one in whole] == list("01234")
    assert [one.id for one in whole] == [one.data["number"] for one in whole]
    for place, one in list(enumerate(whole))[::2]:
        rest = heard(client, headers={"Last-Event-ID": str(one.id)}, params={"after": 0})
        assert [other.id for other in rest] == [other.id for other in whole[place + 1 :]]
    assert heard(client) == []  # who names no place hears what happens from now on


def test_a_stream_says_that_it_lives_and_ends(client: TestClient) -> None:
    started = time.monotonic()
    text = client.get("/api/events").text
    assert time.monotonic() - started < 5
    assert text.startswith("retry: 1000\n")
    assert ": still here\n\n" in text and text.endswith(": come again\n\n")


def test_pages_follow_each_other_without_a_gap(
    client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 3)
    app.state.feed.limits.life_s = 1.5
    for number in range(10):
        tell(label_of(client), str(number))
    assert [one.data["subject"] for one in heard(client, params={"after": 0})] == list("0123456789")


def test_a_runs_stream_begins_with_the_run_and_tells_of_no_other(client: TestClient) -> None:
    label = label_of(client)
    artist = enter_artist(label)
    run, other = lay_on_desk(label, artist, 1), lay_on_desk(label, artist, 2)
    told = heard(client, f"/api/runs/{run.id}/events")
    kinds = [one.data["kind"] for one in told]
    assert kinds == ["run.awaiting_review", "stage.done", "review.opened"]
    assert {one.data["run_id"] for one in told} == {run.id} != {other.id}
    whole = heard(client, params={"after": 0, "artist_id": artist.id})
    assert [one.data["kind"] for one in whole] == [f"artist.{artist.state.value}", *kinds, *kinds]


def test_progress_comes_without_an_id_and_leaves_no_event(client: TestClient) -> None:
    label = label_of(client)
    run = lay_on_desk(label, enter_artist(label))
    database, now = label.office.studio.database, label.office.studio.clock.now()
    record = StageRecord(stage=StageName.TRACK, attempt=1, seed=1, state="started", started_at=now)
    with database.begin() as connection:
        moved = runs.move(connection, run.id, RunState.PRODUCING, now)
        runs.put_stage(connection, moved, record)
        runs.put_progress(connection, moved, StageName.TRACK, 1, 0.25)
    before = label.events.last()
    told = [one for one in heard(client, f"/api/runs/{run.id}/events") if one.event == "progress"]
    share = {"run_id": run.id, "artist_id": run.artist_id, "stage": "track", "attempt": 1, "share": 0.25}
    assert told == [Message(None, "progress", share)]
    assert label.events.last() == before
    assert heard(client, "/api/events", params={"artist_id": enter_artist(label, "Other").id}) == []


@pytest.mark.parametrize("bad", ["x", "-1", "1.0", "9" * 40, str(2**63), "²"])
def test_a_wrong_id_is_told(client: TestClient, bad: str) -> None:
    answer = client.get("/api/events", headers={b"Last-Event-ID": bad.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "events.bad_id")


def test_a_wrong_place_is_told(client: TestClient) -> None:
    for bad in ("x", "-1", str(2**63)):
        assert client.get("/api/events", params={"after": bad}).status_code == 422


def test_nobody_watches_unasked(client: TestClient, app: FastAPI) -> None:
    stranger = TestClient(app, base_url="http://localhost")
    for path in ("/api/events", "/api/runs/run_0000000000000/events"):
        assert stranger.get(path).status_code == 401
        assert client.get(path, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    assert client.get("/api/runs/run_0000000000000/events").status_code == 404
    assert client.get("/api/events", params={"artist_id": "art_0000000000000"}).status_code == 404


def test_streams_are_bounded_and_their_places_come_back(app: FastAPI, headers: dict[str, str]) -> None:
    app.state.feed.limits = feed.Limits(streams=2, life_s=60)
    with served(app) as (url, _server), httpx2.Client(base_url=url, headers=headers) as client:
        with client.stream("GET", "/api/events") as first, client.stream("GET", "/api/events"):
            lines = first.iter_lines()  # kept: who lets go of it lets go of the stream
            assert next(lines) == "retry: 1000"
            full = client.get("/api/events")
            assert (full.status_code, full.json()["code"]) == (503, "events.full")
            assert full.headers["retry-after"] == "60"
        until(lambda: app.state.feed.open == 0, "both places free")
        with client.stream("GET", "/api/events") as third:
            assert third.status_code == 200


def test_events_arrive_promptly_and_an_open_stream_does_not_hold_the_end(
    app: FastAPI, headers: dict[str, str]
) -> None:
    app.state.feed.limits = feed.Limits(life_s=60)
    late = []
    with (
        served(app) as (url, server),
        httpx2.Client(base_url=url, headers=headers) as client,
        client.stream("GET", "/api/events") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == "retry: 1000"
        time.sleep(0.3)
        for number in range(5):
            started = time.monotonic()
            tell(app.state.label, str(number))
            while not next(lines).startswith("data"):
                pass
            late.append(time.monotonic() - started)
        server.should_exit = True
        assert any(line == ": come again" for line in lines)
    assert sorted(late)[2] < 0.5, late


def test_a_client_that_does_not_read_holds_one_page_and_nobody_else(
    app: FastAPI, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 5)
    app.state.feed.limits = feed.Limits(life_s=60)
    told = "x" * 60_000
    read: list[int] = []
    with served(app) as (url, _server), httpx2.Client(base_url=url, headers=headers) as client:
        label: Label = app.state.label
        after = label.events.after

        def counted(number: int, **more: Any) -> Any:
            read.append(number)
            return after(number, **more)

        monkeypatch.setattr(label.events, "after", counted)
        with label.office.studio.database.begin() as connection:
            now = label.office.studio.clock.now()
            for number in range(400):
                events.add(connection, kind="x", subject=str(number), detail={"x": told}, at=now)
        with client.stream("GET", "/api/events", params={"after": 0}) as slow:
            taken = slow.iter_lines()  # kept: who lets go of it lets go of the stream
            assert next(taken) == "retry: 1000"
            time.sleep(1.0)
            pages = len(read)
            assert pages < 40  # the rest waits in the ledger: 24 MB were told
            with client.stream("GET", "/api/events") as quick:
                lines = quick.iter_lines()
                next(lines)
                time.sleep(0.3)
                tell(label, "now")
                assert any('"now"' in line for line in lines if line.startswith("data"))


def test_a_client_that_takes_nothing_keeps_no_place(client: TestClient, app: FastAPI) -> None:
    token = client.headers["Authorization"].encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/events",
        "query_string": b"after=0",
        "headers": [(b"host", b"localhost"), (b"authorization", token)],
    }
    taken: list[object] = []
    app.state.feed.limits.grace_s = 0.1

    async def never() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: MutableMapping[str, Any]) -> None:
        taken.append(message.get("status", "body"))
        if taken == [200, "body"]:
            await never()

    async def asked() -> int:
        asking = asyncio.ensure_future(app(scope, never, send))
        while not taken:
            await asyncio.sleep(0.01)
        places: int = app.state.feed.open
        await asyncio.sleep(1.0)
        asking.cancel()
        return places

    assert client.portal is not None
    assert client.portal.call(asked) == 1
    assert taken == [200, "body"]
    assert app.state.feed.open == 0
