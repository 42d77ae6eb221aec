"""The HTTP face: the original's routes, a problem for every refusal, keys, hosts, bodies, repeats."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.integration.label.label_samples import enter_artist, lay_on_desk

from noktvrn.api.app import create_app
from noktvrn.api.security import MAX_BODY, home_token
from noktvrn.kernel.errors import NotAllowed
from noktvrn.label.label import Label
from noktvrn.settings import Settings

ORIGINAL = {
    ("post", "/api/artists"),
    ("get", "/api/artists/{artist_id}"),
    ("post", "/api/artists/{artist_id}/content"),
    ("get", "/api/artists/{artist_id}/content"),
    ("post", "/api/artists/{artist_id}/plan"),
    ("get", "/api/artists/{artist_id}/plan"),
    ("post", "/api/artists/{artist_id}/evolve"),
}
NOBODY = "art_0000000000000"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    app = create_app(Settings(home=home, _env_file=None), work=False)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {home_token(home)}"
        yield client


def label_of(client: TestClient) -> Label:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    return label


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:noktvrn:error:{code}"
    assert body["title"] and body["detail"]


def test_the_originals_seven_routes_work_as_they_are_written(client: TestClient) -> None:
    born = client.post("/api/artists", json={"prompt": "Quiet piano for snowy streets", "seed": 3})
    assert born.status_code == 201
    place = born.headers["location"]
    assert place == f"/api/artists/{born.json()['id']}"
    assert client.get(place).json() == born.json()
    assert (
        client.post("/api/artists", json={"prompt": "Quiet piano for snowy streets", "seed": 3}).json()
        == born.json()
    )
    begun = client.post(f"{place}/content", json={"content_type": "track", "with_video": False})
    assert (begun.status_code, begun.json()["state"]) == (202, "queued")
    assert client.get(f"{place}/content").json() == [begun.json()]
    assert client.get(begun.headers["location"]).json()["run"] == begun.json()
    plan = client.post(f"{place}/plan", json={"duration": 30})
    assert (plan.status_code, plan.json()["days"]) == (201, 30)
    assert client.get(f"{place}/plan").json() == [plan.json()]
    evolved = client.post(f"{place}/evolve")
    assert evolved.status_code == 200
    assert evolved.json()["progression"]["decision"] == "held"
    assert evolved.json()["progression"]["why"]


def test_the_document_names_every_operation_and_its_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations.keys() >= ORIGINAL
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(ids) == len(set(ids))
    assert {"Problem", "Artist", "Run", "ContentPlan"} <= document["components"]["schemas"].keys()
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for (_, path), operation in operations.items():
        assert operation["summary"]
        problems = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        for answer in problems.values():
            assert list(answer["content"]) == ["application/problem+json"]
            assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
        if path.startswith("/api/"):
            assert operation["security"] == [{"HTTPBearer": []}]
            assert problems.keys() >= {"401", "403", "404", "409", "413", "422", "500"}


def test_every_refusal_is_a_problem(client: TestClient) -> None:
    for header in ("", "Bearer", "Bearer ", "Bearer nok_wrong", "Basic bm9rOnR2cm4="):
        refused = client.get("/api/artists", headers={"Authorization": header})
        assert_problem(refused, 401, "api.token")
        assert refused.headers["www-authenticate"] == "Bearer"
    for name in ("evil.example", "localhost.evil.example", "[::1", ""):
        assert_problem(client.get("/api/artists", headers={"Host": name}), 403, "api.host")
    for origin in ("https://evil.example", "null", "http://[x", "http://127.0.0.1.evil.example"):
        assert_problem(client.get("/api/artists", headers={"Origin": origin}), 403, "api.origin")
    assert client.get("/api/artists", headers={"Origin": "http://localhost:3000"}).status_code == 200
    assert_problem(client.get("/api/nowhere"), 404, "http.404")
    assert_problem(client.get(f"/api/artists/{NOBODY}"), 404, "artist.not_found")
    assert_problem(client.get("/api/artists/Rosewood"), 422, "artist.bad_id")
    refused = client.delete("/api/artists")
    assert_problem(refused, 405, "http.405")
    assert refused.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "request.invalid"),
        (b"{", "request.invalid"),
        (b"[]", "request.invalid"),
        (b'{"prompt": 7}', "request.invalid"),
        (b'{"prompt": "\\ud800"}', "request.invalid"),
        (b'{"prompt": "house", "seed": -1}', "request.invalid"),
        (b'{"prompt": "house", "wings": 2}', "request.invalid"),
        (b'{"prompt": "\\u0000 \\u0007"}', "prompt.empty"),
        (b'{"prompt": "\\ud83d\\ude00"}', "prompt.empty"),
        (b'{"prompt": "' + b"very " * 4_000 + b'dark"}', "prompt.too_long"),
    ],
)
def test_bad_bodies_are_named(client: TestClient, body: bytes, code: str) -> None:
    refused = client.post("/api/artists", content=body, headers={"Content-Type": "application/json"})
    assert_problem(refused, 422, code)
    assert refused.json()["hint"]
    assert label_of(client).artists.every() == ()


def test_bodies_have_an_end_named_or_in_pieces(client: TestClient) -> None:
    kind = {"Content-Type": "application/json"}
    assert_problem(client.post("/api/artists", content=b" " * (MAX_BODY + 1), headers=kind), 413, "api.body")
    pieces = (b" " * 65_536 for _ in range(20))
    assert_problem(client.post("/api/artists", content=pieces, headers=kind), 413, "api.body")
    place = f"/api/artists/{enter_artist(label_of(client)).id}/plan"
    whole = client.post(place, content=iter([b'{"dura', b'tion": 30}']), headers=kind)
    assert (whole.status_code, whole.json()["days"]) == (201, 30)


def test_verdicts_are_given_once_and_only_on_what_was_seen(client: TestClient) -> None:
    run = lay_on_desk(label_of(client), enter_artist(label_of(client)))
    item = client.get("/api/reviews").json()[0]
    assert item["run_id"] == run.id
    wish = {"by": "kim", "approval_hash": item["approval_hash"]}
    unseen = client.post(f"/api/reviews/{run.id}/approve", json=wish | {"approval_hash": "0" * 64})
    assert_problem(unseen, 409, "review.changed")
    nobody = client.post(f"/api/reviews/{run.id}/approve", json=wish | {"by": "a\x00b"})
    assert nobody.status_code == 422
    given = client.post(f"/api/reviews/{run.id}/approve", json=wish)
    assert (given.status_code, given.json()["by"], given.json()["door"]) == (200, "person:kim", "api")
    assert_problem(client.post(f"/api/reviews/{run.id}/approve", json=wish), 409, "review.decided")
    late = client.post(f"/api/reviews/{run.id}/reject", json={"by": "lee", "reason": "thin"})
    assert_problem(late, 409, "review.decided")


def test_the_same_idempotency_key_is_the_same_run(client: TestClient) -> None:
    place = f"/api/artists/{enter_artist(label_of(client)).id}/content"
    keyed = [client.post(place, json={}, headers={"Idempotency-Key": "k1"}).json()["id"] for _ in range(3)]
    other = client.post(place, json={}, headers={"Idempotency-Key": "k2"}).json()["id"]
    unkeyed = [client.post(place, json={}).json()["id"] for _ in range(2)]
    assert len(set(keyed)) == 1
    assert len({keyed[0], other, *unkeyed}) == 4
    assert len(client.get(place).json()) == 4


def test_our_own_fault_is_a_problem_that_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_() -> None:
        raise ZeroDivisionError("the secret is nought")

    monkeypatch.setattr(label_of(client).artists, "every", break_)
    broken = client.get("/api/artists")
    assert_problem(broken, 500, "fault")
    assert "nought" not in broken.text


def test_machines_ask_without_a_key_whether_it_lives_and_with_one_how_it_does(client: TestClient) -> None:
    enter_artist(label_of(client))
    lay_on_desk(label_of(client), label_of(client).artists.every()[0])
    client.request("BREW", "/api/artists")
    del client.headers["Authorization"]
    assert client.get("/healthz").json() == client.get("/readyz").json() == {"status": "ok"}
    assert_problem(client.get("/metrics"), 401, "api.token")
    client.headers["Authorization"] = f"Bearer {home_token(label_of(client).settings.home)}"
    page = client.get("/metrics").text
    assert 'noktvrn_runs{state="awaiting_review"} 1.0' in page
    assert "noktvrn_reviews_waiting 1.0" in page
    assert "BREW" not in page
    assert "art_" not in page


def test_a_label_that_cannot_work_is_not_ready(client: TestClient) -> None:
    with label_of(client).office.studio.database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    assert_problem(client.get("/readyz"), 503, "house.not_ready")


def test_no_answer_invites_another_origin(client: TestClient) -> None:
    asked = {"Origin": "http://localhost", "Access-Control-Request-Method": "POST"}
    for answer in (client.get("/api/artists"), client.options("/api/artists", headers=asked)):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_token_lies_in_a_file_of_the_owners_own(home: Path) -> None:
    home.mkdir()
    token = home_token(home)
    path = home / "api_token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert home_token(home) == token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for broken in (b"", b"\n", b"short", b"\xff" * 40):
        path.write_bytes(broken)
        with pytest.raises(NotAllowed) as refused:
            home_token(home)
        assert refused.value.code == "api.bad_token_file"


def test_keys_of_the_settings_open_the_hosts_of_the_settings(home: Path) -> None:
    settings = Settings(home=home, api_keys=("a-key-of-mine",), api_hosts=("label.example",), _env_file=None)
    with TestClient(create_app(settings, work=False), base_url="http://label.example") as client:
        assert client.get("/api/artists", headers={"Authorization": "Bearer a-key-of-mine"}).json() == []
        assert client.get("/api/artists").status_code == 401
