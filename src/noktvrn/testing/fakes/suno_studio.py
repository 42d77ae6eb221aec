"""A page that behaves like the studio: fields, Create, Download, and the walls a person meets there.

`person` are the deeds of somebody at the page (`sign in`, `answer`, `custom`, `create`, `download`,
`download both`), done by the page itself: what a driver presses is trusted by the browser and is told apart,
in `pressed`. Faults of the dialect on `GET /create`: `login`, `challenge`, `rate` (the walls), `moved` and
`second` (other selectors), `simple` (the page is not switched to Custom). On `POST /api/generate`:
`challenge`, `rate`. On `GET /song/`: `wrong_title`, `not_a_song`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

PAGE = Path(__file__).with_suffix(".html")
WALLS = ("login", "challenge", "rate")
COST = 10
BROKEN = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>" + b" " * 60


class Server(Fake):
    """The studio."""

    name = "suno_studio"

    def __init__(
        self,
        script: Script | None = None,
        port: int = 0,
        *,
        person: Sequence[str] = (),
        pause_ms: int = 50,
        credits_left: int = 500,
    ) -> None:
        super().__init__(script, port)
        self.person = tuple(person)
        self.pause_ms = pause_ms
        self.credits_left = credits_left
        self.may: Callable[[], object] = lambda: True
        """Whether the person may do now what only they may: sign in, answer, switch the page."""
        self.events: list[dict[str, Any]] = []
        """What happened on the page, as it told it."""

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"{self.origin}/create"

    @property
    def pressed(self) -> list[str]:
        """What was pressed by something the browser takes for a hand: the driver, where no person sits."""
        return [str(event.get("id", "")) for event in self.events if event["what"] == "pressed"]

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """The page, its calls, its songs."""
        if path == "/create":
            self._page(exchange, fault.name if fault else "")
        elif path == "/_event":
            self.events.append(body_of(exchange))
            as_json(exchange, {})
        elif path == "/_may":
            as_json(exchange, {"may": bool(self.may())})
        elif path == "/api/generate":
            self._generate(exchange, fault.name if fault else "")
        elif path.startswith("/song/"):
            self._song(exchange, path, fault.name if fault else "")
        else:
            exchange.send(404, b"", "text/plain")
        return None

    def _page(self, exchange: Exchange, fault: str) -> None:
        told = {
            "wall": fault if fault in WALLS else "",
            "places": fault if fault in ("moved", "second") else "fields",
            "custom": fault != "simple",
            "credits": self.credits_left,
            "person": self.person,
            "pause_ms": self.pause_ms,
        }
        page = PAGE.read_text("utf-8").replace("TOLD", json.dumps(told), 1)
        exchange.send(200, page.encode(), "text/html; charset=utf-8", {"cache-control": "no-store"})

    def _generate(self, exchange: Exchange, fault: str) -> None:
        if fault in ("rate", "challenge"):
            as_json(exchange, {}, 429 if fault == "rate" else 403)
            return
        pack = body_of(exchange)
        self.credits_left -= COST
        self.taken(pack, credits=COST)
        order = len(self.submissions)
        urls = [f"/song/{order}/{number}" for number in (1, 2)]
        as_json(exchange, {"songs": [{"url": url, "title": pack.get("title", "")} for url in urls]})

    def _song(self, exchange: Exchange, path: str, fault: str) -> None:
        order, number = (int(part) for part in path.removeprefix("/song/").split("/"))
        title = "Another Song" if fault == "wrong_title" else self.submissions[order - 1].get("title", "song")
        body = BROKEN if fault == "not_a_song" else media.song(32.0, seed=order * 10 + number)
        named = quote(f"{title}.mp3", safe="")
        disposition = f"attachment; filename*=UTF-8''{named}"
        exchange.send(200, body, "audio/mpeg", {"content-disposition": disposition})
