"""A server that plays language models on 127.0.0.1, on OpenAI's wire and Anthropic's, and fails as scripted.

Also a process of its own, as a quick peer for figures: `python -m noktvrn.testing.fake_models --port 0`
prints its base URL and serves until it is ended; `GET /books` there tells requests and bill.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any

from noktvrn.testing.chat_faults import FAULTS
from noktvrn.testing.chat_scene import Scene, Served
from noktvrn.testing.loopback import Exchange, Loopback

Author = Callable[[dict[str, Any]], str]


class FakeModels:
    """Answers each request with what `author` makes of its body, or with the next fault of `faults`.

    The last fault stays in force; `chosen`, where given, names the fault for a request by its number (from 0)
    and its body instead. An author must not block: every request is served on one thread.

    `requests` holds every body that came in, `headers` its headers, `served` what was worked on (all three
    stay empty without `keep`). Each answer is billed at `rates` (nano-USD for a token in, a token out) with
    `usage` tokens: `bill_nano` in all, `told_nano` for answers that went out whole with their true tokens.
    `elsewhere` counts who followed a redirect to another origin. `tells_usage`: streams of OpenAI's wire tell
    their tokens unasked, as some services do.
    """

    def __init__(
        self,
        author: Author,
        *faults: str,
        chosen: Callable[[int, dict[str, Any]], str] | None = None,
        usage: tuple[int, int] = (100, 50),
        rates: tuple[int, int] = (250, 2000),
        models: Iterable[str] = ("model-1",),
        port: int = 0,
        delay_s: float = 0.0,
        keep: bool = True,
    ) -> None:
        self.author = author
        self.faults = list(faults)
        self.usage, self.rates, self.models, self.delay_s = usage, rates, tuple(models), delay_s
        self.other_model = "gpt-5.4-pro"
        self.tells_usage = False
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.served: list[Served] = []
        self.count = self.elsewhere = self.bill_nano = self.told_nano = 0
        self._keep = keep
        self.arrived = threading.Event()
        self._chosen = chosen
        self._server = Loopback(self._play, port)
        self._other = Loopback(self._elsewhere)

    @property
    def base_url(self) -> str:
        """Where a client of OpenAI's wire finds it; one of Anthropic's leaves `/v1` out (`origin`)."""
        return f"{self.origin}/v1"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def elsewhere_url(self) -> str:
        """Another origin, which nobody should be led to."""
        return f"http://127.0.0.1:{self._other.port}/v1/chat/completions"

    @property
    def connections(self) -> int:
        """How many connections were opened."""
        return self._server.connections

    @property
    def open_connections(self) -> int:
        """How many are open now."""
        return len(self._server.lines)

    def enter(self, served: Served) -> None:
        """Writes an answer into the books: on the bill, and on `told_nano` where its tokens were told."""
        self.bill_nano += served.nano
        self.told_nano += served.nano if served.told else 0
        if self._keep:
            self.served.append(served)

    def __enter__(self) -> FakeModels:
        self._server.start()
        self._other.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._other.close()

    def next_fault(self, body: dict[str, Any]) -> str:
        """The fault for the request at hand; empty or `none` for none."""
        if self._chosen is not None:
            return self._chosen(self.count - 1, body)
        if len(self.faults) > 1:
            return self.faults.pop(0)
        return self.faults[0] if self.faults else ""

    def _play(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        if exchange.method == "GET":
            return self._told(exchange)
        body = json.loads(exchange.body)
        self.count += 1
        if self._keep:
            self.requests.append(body)
            self.headers.append(exchange.headers)
            self.paths.append(exchange.path)
        self.arrived.set()
        fault = self.next_fault(body)
        scene = Scene(self, exchange, body, fault)
        play = FAULTS[fault] if fault not in ("", "none") else _good
        return _later(self.delay_s, play, scene) if self.delay_s else play(scene)

    def _told(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """The list of models, or the books."""
        if exchange.path == "/books":
            data: dict[str, Any] = {"requests": self.count, "bill_nano": self.bill_nano}
            data["connections"] = self.connections
        else:
            fault = self.faults[0] if self.faults else ""
            if fault in FAULTS:
                return FAULTS[fault](Scene(self, exchange, {}, fault))
            rows = [{"id": model, "object": "model", "type": "model"} for model in self.models]
            data = {"object": "list", "data": rows, "has_more": False}
        exchange.send(200, json.dumps(data).encode())
        return None

    def _elsewhere(self, exchange: Exchange) -> None:
        self.elsewhere += 1
        exchange.send(200, b"{}")


def _good(scene: Scene) -> None:
    scene.say(scene.good())


async def _later(seconds: float, play: Callable[[Scene], Any], scene: Scene) -> None:
    await asyncio.sleep(seconds)
    going = play(scene)
    if going is not None:
        await going


def main() -> None:
    """Serves until the process is ended."""
    parser = argparse.ArgumentParser(description="Plays language models on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--answer", default='{"titles": ["Slow Light on Glass"]}', help="the text of every answer"
    )
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--faults", default="", help="names of faults, separated by commas")
    parser.add_argument("--share", type=float, default=1.0, help="the share of requests that get a fault")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    dice, faults = random.Random(given.seed), [name for name in given.faults.split(",") if name]  # noqa: S311

    def chosen(_number: int, _body: dict[str, Any]) -> str:
        return dice.choice(faults) if faults and dice.random() < given.share else ""

    with FakeModels(
        lambda _body: given.answer, chosen=chosen, port=given.port, delay_s=given.delay, keep=False
    ) as fake:
        sys.stdout.write(fake.base_url + "\n")
        sys.stdout.flush()
        signal.sigwait([signal.SIGINT, signal.SIGTERM])


if __name__ == "__main__":
    main()
