"""The desk through the API, and Telegram's updates coming to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.integration.api.test_api_routes import assert_problem, label_of
from tests.integration.label.label_samples import enter_artist, lay_on_desk
from tests.integration.label.phone_samples import ADA, GROUP, MALLORY, with_phone

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.model.run import RunState
from noktvrn.settings import Settings
from noktvrn.testing.fakes import telegram

SECRET = "a-secret-of-the-webhook"
HOOK = "/hooks/telegram"


@pytest.fixture
def chats() -> Iterator[telegram.Server]:
    with telegram.Server() as server:
        yield server


@pytest.fixture
def client(tmp_path: Path, chats: telegram.Server) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path / "home", undo_s=60, _env_file=None)
    app = create_app(with_phone(settings, chats, telegram_webhook_secret=SECRET), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(settings.home)}"
        yield client


def said(number: int, text: str, *, by: int = ADA) -> dict[str, object]:
    person = {"id": by, "first_name": "Ada"}
    message = {"message_id": 1, "from": person, "chat": {"id": GROUP}, "date": int(time.time())}
    return {"update_id": number, "message": {**message, "text": text}}


def test_a_verdict_is_given_seen_and_taken_back(client: TestClient) -> None:
    label = label_of(client)
    run = lay_on_desk(label, enter_artist(label))
    place = f"/api/reviews/{run.id}"
    seen = client.get(place).json()
    assert (seen["review"]["run_id"], seen["verdict"]) == (run.id, None)
    shown = seen["review"]["approval_hash"]
    other = client.post(f"{place}/reject", json={"by": "Ada", "reason": "x", "approval_hash": "0" * 64})
    assert_problem(other, 409, "review.changed")
    approved = client.post(f"{place}/approve", json={"by": "Ada", "approval_hash": shown})
    assert approved.json()["by"] == "person:Ada"
    assert client.get(place).json()["verdict"]["decision"] == "approved"
    assert client.post(f"{place}/undo", json={"by": "Ada"}).json()["state"] == "awaiting_review"
    assert_problem(client.post(f"{place}/undo", json={"by": "Ada"}), 409, "review.undecided")


def test_autopilot_is_switched_for_the_label(client: TestClient) -> None:
    caps = {"releases": 0, "most_releases": 20, "micros": 0, "most_micros": None}
    assert client.get("/api/reviews/autopilot").json() == {"on": True, **caps}
    assert client.put("/api/reviews/autopilot", json={"by": "Ada", "on": False}).json() == {
        "on": False,
        **caps,
    }
    assert not label_of(client).desk.may_autopilot()


def test_a_preview_hands_out_its_own_files_and_no_others(client: TestClient) -> None:
    label = label_of(client)
    run = lay_on_desk(label, enter_artist(label))
    place = f"/api/reviews/{run.id}/preview"
    assert_problem(client.get(f"{place}/index.html"), 409, "review.no_preview")
    folder = label.settings.home / "previews" / run.id
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<h1>it</h1>")
    assert client.get(f"{place}/index.html").text == "<h1>it</h1>"
    for path in ("nothing.mp3", "..%2f..%2fapi_token", "%2fetc%2fpasswd"):
        assert client.get(f"{place}/{path}").status_code == 404


def test_updates_count_only_with_the_secret_and_only_from_people_on_the_list(client: TestClient) -> None:
    del client.headers["Authorization"]
    label = label_of(client)
    for forged in ({}, {telegram_header: "wrong"}, {telegram_header: SECRET + "x"}):
        answer = client.post(HOOK, json=said(1, "/stop"), headers=forged)
        assert_problem(answer, 403, "hook.unsigned")
    true = {telegram_header: SECRET}
    assert client.post(HOOK, json=said(2, "/stop", by=MALLORY), headers=true).status_code == 200
    assert label.switch.state() is None
    for _ in range(2):
        assert client.post(HOOK, json=said(3, "/stop"), headers=true).json() == {"heard": True}
    assert label.switch.state() is not None
    assert label.phone.listen() == 0  # where they come by themselves nobody fetches them


telegram_header = "X-Telegram-Bot-Api-Secret-Token"


def test_an_update_is_short_and_an_object(client: TestClient) -> None:
    true = {telegram_header: SECRET}
    assert_problem(client.post(HOOK, content=b" " * 65_537, headers=true), 413, "api.body")
    for body in (b"", b"[]", b"{"):
        assert_problem(client.post(HOOK, content=body, headers=true), 422, "request.invalid")
    assert client.post(HOOK, json={"message": "no number"}, headers=true).status_code == 200


def test_a_button_pressed_by_webhook_gives_a_verdict(client: TestClient, chats: telegram.Server) -> None:
    label = label_of(client)
    run = lay_on_desk(label, enter_artist(label))
    label.phone.show()
    number, data = chats.buttons(GROUP)["Approve"]
    query = {"id": "q", "from": {"id": ADA, "first_name": "Ada"}, "data": data}
    query["message"] = {"message_id": number, "chat": {"id": GROUP}}
    update = {"update_id": 9, "callback_query": query}
    for _ in range(2):
        assert client.post(HOOK, json=update, headers={telegram_header: SECRET}).status_code == 200
    assert label.runs.get(run.id).state is RunState.APPROVED
    assert [one["text"] for one in chats.answers] == ["Approved."]
