"""The faults every fake has, seen from outside, and the books they leave."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Caller, Reply
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.testing.fakes.__main__ import fake_of, names
from noktvrn.testing.fakes.fake import Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange


class Counting(Fake):
    """Takes every job it is sent, and bills it."""

    name = "counting"

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> None:
        if exchange.method == "POST":
            self.taken({"asked": body_of(exchange)}, credits=10)
        as_json(exchange, {"path": path, "query": query, "fault": fault and fault.name, "filler": "x" * 500})


def post(fake: Fake, **more: float) -> Reply:
    return Caller(fake.origin, named="it", **{"deadline_s": 0.4, **more}).post("/v1/jobs", {"a": 1})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "billed"),
    [
        ({"fault": "reset"}, False),
        ({"fault": "hang"}, False),
        ({"fault": "huge"}, False),
        ({"fault": "reset_after"}, True),
        ({"fault": "hang_after"}, True),
        ({"fault": "truncated"}, True),
        ({"fault": "drip", "s": 0.05}, True),
        ({"fault": "slow", "s": 5.0}, True),
    ],
)
def test_without_a_whole_answer_only_the_books_know(rule: dict[str, object], billed: bool) -> None:
    with Counting(Script([{**rule, "nth": 1}])) as fake:
        with pytest.raises(LabelError) as caught:
            post(fake)
        assert outcome_unknown(caught.value)
        assert len(fake.submissions) == fake.bill["credits"] / 10 == (1 if billed else 0)
        assert post(fake).json()["path"] == "/v1/jobs"


@pytest.mark.parametrize(
    ("rule", "status", "body", "billed"),
    [
        ({"fault": "status", "status": 429, "retry_after": 3}, 429, b'{"error"', False),
        ({"fault": "status", "status": 500, "body": "broken"}, 500, b"broken", False),
        ({"fault": "status_after", "status": 504, "body": "gateway"}, 504, b"gateway", True),
        ({"fault": "redirect", "to": "http://169.254.169.254/"}, 302, b"", False),
        ({"fault": "html"}, 200, b"<!doctype html>", False),
        ({"fault": "body", "text": "", "kind": "audio/mpeg"}, 200, b"", False),
        ({"fault": "cut", "kept": 0.1}, 200, b'{"path"', True),
        ({"fault": "renamed", "kind": "audio/mpeg"}, 200, b'{"path"', True),
        ({"fault": "slow", "s": 0.01}, 200, b'{"path"', True),
        ({"fault": "of_the_dialect"}, 200, b'{"path"', True),
    ],
)
def test_a_whole_answer_is_what_the_rule_says(
    rule: dict[str, object], status: int, body: bytes, billed: bool
) -> None:
    with Counting(Script([rule])) as fake:
        reply = post(fake)
        assert (reply.status, len(fake.submissions)) == (status, int(billed))
    assert reply.body.startswith(body)
    if rule["fault"] == "status" and status == 429:
        assert reply.headers["retry-after"] == "3"
    if rule["fault"] == "cut":
        assert len(reply.body) < 100
    if "kind" in rule:
        assert reply.media_type == rule["kind"]


def test_the_dialects_own_fault_is_handed_to_it() -> None:
    with Counting(Script([{"fault": "of_the_dialect"}])) as fake:
        assert post(fake).json()["fault"] == "of_the_dialect"


def test_the_books_can_be_asked_for_and_are_not_counted() -> None:
    with Counting() as fake:
        post(fake)
        books = Caller(fake.origin, named="it").get("/_books").json()
        assert books == {
            "asked": 1,
            "submissions": 1,
            "jobs": [{"asked": {"a": 1}}],
            "bill": {"credits": 10},
        }
        assert fake.asked == ["POST /v1/jobs"]
        assert fake.headers[0]["content-type"] == "application/json"


def test_a_hanging_client_is_let_go_when_it_hangs_up() -> None:
    with Counting(Script([{"fault": "hang"}])) as fake:
        started = time.monotonic()
        with pytest.raises(LabelError):
            post(fake, deadline_s=0.1)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", names())
def test_every_fake_there_is_serves_and_keeps_books(name: str) -> None:
    server = fake_of(name)
    if not issubclass(server, Fake):
        pytest.skip("it speaks no HTTP")
    with server() as fake:
        caller = Caller(fake.origin, named=name)
        assert caller.get("/_books").json()["submissions"] == 0
        assert caller.get("/no/such/path").status < 600
        assert fake.asked == ["GET /no/such/path"]


def test_parts_are_no_fakes() -> None:
    import noktvrn.testing.fakes as shelf

    folder = Path(shelf.__file__).parent
    assert set(names()) < {path.stem for path in folder.glob("*.py")}
    assert not {"fake", "media", "script", "__main__"} & set(names())
