"""The fake models keep honest books, keep connections, and run as a process of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from noktvrn.testing.fake_models import FakeModels

ASK = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def author(_body: dict[str, Any]) -> str:
    return "one two three four"


def client() -> httpx2.Client:
    return httpx2.Client(trust_env=False, timeout=10)


@pytest.mark.parametrize("path", ["/chat/completions", "/messages"])
def test_a_connection_is_kept_and_every_answer_is_billed_once(path: str) -> None:
    with FakeModels(author, usage=(10, 5), rates=(3, 7)) as fake, client() as http:
        for _ in range(3):
            answer = http.post(fake.base_url + path, json=ASK).json()
        assert (fake.count, fake.connections) == (3, 1)
        assert (fake.bill_nano, fake.told_nano) == (3 * 65, 3 * 65)
        assert "one two three four" in json.dumps(answer)
        assert [served.model for served in fake.served] == ["m"] * 3


@pytest.mark.parametrize("path", ["/chat/completions", "/messages"])
def test_a_stream_says_what_the_whole_answer_says(path: str) -> None:
    with FakeModels(author) as fake, client() as http:
        text = http.post(fake.base_url + path, json={**ASK, "stream": True}).text
        assert fake.told_nano == fake.bill_nano
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    if path == "/messages":
        said = [event["delta"]["text"] for event in events if event["type"] == "content_block_delta"]
    else:
        said = [event["choices"][0]["delta"].get("content", "") for event in events if event["choices"]]
        assert text.endswith("data: [DONE]\n\n")
    assert "".join(said) == "one two three four"
    assert len([piece for piece in said if piece]) > 1


def test_what_did_not_arrive_or_was_told_wrong_is_billed_but_not_as_told() -> None:
    with FakeModels(author, "usage_missing", "usage_absurd", "cut", "server_error", "none") as fake:
        for _ in range(5):
            with client() as http:
                try:
                    http.post(f"{fake.base_url}/chat/completions", json=ASK)
                except httpx2.RemoteProtocolError:
                    assert fake.count == 3
        assert [served.fault for served in fake.served] == ["usage_missing", "usage_absurd", "cut", "none"]
        assert fake.told_nano * 4 == fake.bill_nano


def test_faults_are_chosen_by_number_and_body() -> None:
    def chosen(number: int, body: dict[str, Any]) -> str:
        return "server_error" if number == 1 or body["model"] == "bad" else ""

    with FakeModels(author, chosen=chosen) as fake, client() as http:
        names = ["m", "m", "bad", "m"]
        statuses = [
            http.post(f"{fake.base_url}/chat/completions", json={**ASK, "model": name}).status_code
            for name in names
        ]
    assert statuses == [200, 500, 500, 200]


def test_an_author_that_fails_breaks_its_own_connection_only() -> None:
    def picky(body: dict[str, Any]) -> str:
        return "fine" if body["model"] == "m" else str(1 / 0)

    with FakeModels(picky) as fake:
        with client() as http, pytest.raises(httpx2.NetworkError):
            http.post(f"{fake.base_url}/chat/completions", json={**ASK, "model": "bad"})
        with client() as http:
            assert http.post(f"{fake.base_url}/chat/completions", json=ASK).status_code == 200


def test_who_follows_a_redirect_is_counted() -> None:
    with FakeModels(author, "redirect_away") as fake, httpx2.Client(follow_redirects=True) as http:
        http.post(f"{fake.base_url}/chat/completions", json=ASK)
        assert fake.elsewhere == 1


def test_a_process_of_its_own_prints_its_address_and_tells_its_books() -> None:
    command = [
        sys.executable,
        "-m",
        "noktvrn.testing.fake_models",
        "--answer",
        "hi",
        "--faults",
        "server_error",
    ]
    with subprocess.Popen(
        [*command, "--share", "0.5", "--seed", "7"], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        base_url = child.stdout.readline().strip()
        with client() as http:
            statuses = [http.post(f"{base_url}/chat/completions", json=ASK).status_code for _ in range(20)]
            books = http.get(base_url.removesuffix("/v1") + "/books").json()
        child.send_signal(signal.SIGTERM)
    assert {200, 500} == set(statuses)
    assert books == {"requests": 20, "bill_nano": statuses.count(200) * 125_000, "connections": 1}


def test_it_can_be_closed_as_soon_as_it_is_open() -> None:
    for _ in range(100):
        with FakeModels(author):
            pass
