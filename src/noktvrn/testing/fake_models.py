"""A server with an OpenAI-compatible chat interface, on a free port of 127.0.0.1, that fails as scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Author = Callable[[dict[str, Any]], str]
MEGABYTE = b"x" * 1_000_000


class FakeModels:
    """Answers each request with what `author` makes of its body, or with the next fault of `faults`.

    `requests` holds every body that came in, `headers` its headers. The last fault stays in force.
    """

    def __init__(self, author: Author, *faults: str) -> None:
        self.author = author
        self.faults = list(faults)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.arrived = threading.Event()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """Where a client finds it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeModels:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_fault(self) -> str:
        """The fault for the request at hand; empty for none."""
        if len(self.faults) > 1:
            return self.faults.pop(0)
        return self.faults[0] if self.faults else ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    fake: FakeModels

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Keeps no log."""

    def do_POST(self) -> None:
        """Reads a request, notes it, answers by script."""
        fake = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fake.requests.append(body)
        fake.headers.append({name.lower(): value for name, value in self.headers.items()})
        fake.paths.append(self.path)
        fake.arrived.set()
        fault = fake.next_fault()
        self.close_connection = True
        play = getattr(self, f"_fault_{fault}") if fault else self._answer
        play(body)

    def _answer(self, body: dict[str, Any]) -> None:
        self._complete(self.server.fake.author(body))

    def _complete(self, content: Any, finish: str | None = "stop", **more: Any) -> None:
        choice = {
            "index": 0,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": content, **more},
        }
        self._chat([choice])

    def _chat(self, choices: list[Any]) -> None:
        usage = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
        chat = {"id": "c1", "object": "chat.completion", "created": 1, "model": "fake-1"}
        self._json(200, {**chat, "choices": choices, "usage": usage})

    def _json(self, status: int, data: Any, **headers: str) -> None:
        self._send(status, json.dumps(data).encode(), "application/json", **headers)

    def _send(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str, **headers: str) -> None:
        self._json(status, {"error": {"message": "no", "code": code, "type": code}}, **headers)

    def _fault_none(self, body: dict[str, Any]) -> None:
        self._answer(body)

    def _fault_server_error(self, _body: dict[str, Any]) -> None:
        self._error(500, "server_error")

    def _fault_bad_gateway(self, _body: dict[str, Any]) -> None:
        self._send(502, b"<html>bad gateway</html>", "text/html")

    def _fault_quota(self, _body: dict[str, Any]) -> None:
        self._error(429, "insufficient_quota")

    def _fault_busy(self, _body: dict[str, Any]) -> None:
        self._error(503, "overloaded", Retry_After="0")

    def _fault_busy_for_long(self, _body: dict[str, Any]) -> None:
        self._error(429, "rate_limit_exceeded", Retry_After="3600")

    def _fault_key(self, _body: dict[str, Any]) -> None:
        told = self.headers["authorization"]
        self._json(401, {"error": {"message": f"bad key {told}", "code": told, "type": told}})

    def _fault_gone(self, _body: dict[str, Any]) -> None:
        self._error(404, "model_not_found")

    def _fault_html(self, _body: dict[str, Any]) -> None:
        self._send(200, b"<html>Log in</html>", "text/html")

    def _fault_error_in_200(self, _body: dict[str, Any]) -> None:
        self._error(200, "server_error")

    def _fault_no_choices(self, _body: dict[str, Any]) -> None:
        self._chat([])

    def _fault_null(self, _body: dict[str, Any]) -> None:
        self._complete(None)

    def _fault_length(self, body: dict[str, Any]) -> None:
        self._complete(self.server.fake.author(body), finish="length")

    def _fault_filtered(self, body: dict[str, Any]) -> None:
        self._complete(self.server.fake.author(body), finish="content_filter")

    def _fault_refusal(self, _body: dict[str, Any]) -> None:
        self._complete(None, refusal="I will not.")

    def _fault_fenced(self, body: dict[str, Any]) -> None:
        self._complete(f"Of course:\n```json\n{self.server.fake.author(body)}\n```\nAnything else?")

    def _fault_trailing_comma(self, body: dict[str, Any]) -> None:
        self._complete(self.server.fake.author(body).rstrip("}") + ",}")

    def _fault_wrong_type(self, _body: dict[str, Any]) -> None:
        wrong = dict.fromkeys(("titles", "sections", "post", "stage_name"), 7)
        self._complete(json.dumps(wrong))

    def _fault_not_a_number(self, _body: dict[str, Any]) -> None:
        self._complete('{"titles": [NaN], "sections": [[NaN]], "stage_name": NaN, "post": Infinity}')

    def _fault_cut_json(self, body: dict[str, Any]) -> None:
        self._complete(self.server.fake.author(body)[:-20])

    def _fault_surrogate(self, body: dict[str, Any]) -> None:
        self._complete("\ud800\x00" + self.server.fake.author(body))

    def _fault_redirect(self, _body: dict[str, Any]) -> None:
        self._send(307, b"", "text/plain", Location="/elsewhere")

    def _fault_reset(self, _body: dict[str, Any]) -> None:
        self.connection.close()

    def _fault_hang(self, _body: dict[str, Any]) -> None:
        self.server.fake.closing.wait()

    def _fault_drip(self, _body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        while not self.server.fake.closing.wait(0.05):
            self.wfile.write(b" ")

    def _fault_drip_head(self, _body: dict[str, Any]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-a: ")
        while not self.server.fake.closing.wait(0.05):
            self.wfile.write(b"a")

    def _fault_huge(self, _body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        for _ in range(64):
            self.wfile.write(MEGABYTE)

    def _fault_compressed(self, _body: dict[str, Any]) -> None:
        import gzip

        self._send(200, gzip.compress(MEGABYTE), "application/json", Content_Encoding="gzip")

    def _fault_slow(self, body: dict[str, Any]) -> None:
        time.sleep(0.3)
        self._answer(body)
