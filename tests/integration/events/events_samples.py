"""Labels to watch: events told at will, streams read to their end, an app on a real port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI

from noktvrn.label.label import Label
from noktvrn.storage.ledger import events


@dataclass
class Message:
    """One message of a stream."""

    id: int | None = None
    event: str = "message"
    data: dict[str, Any] = field(default_factory=dict)


def messages(text: str) -> list[Message]:
    """What a stream said, without its comments."""
    found = []
    for block in text.split("\n\n"):
        told = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "data" in told:
            number = int(told["id"]) if "id" in told else None
            found.append(Message(number, told.get("event", "message"), json.loads(told["data"])))
    return found


def tell(label: Label, subject: str, *, run_id: str = "", artist_id: str = "") -> None:
    studio = label.office.studio
    with studio.database.begin() as connection:
        events.add(
            connection,
            kind="run.queued",
            subject=subject,
            run_id=run_id,
            artist_id=artist_id,
            at=studio.clock.now(),
        )


def until(look: Callable[[], object], what: str, patience_s: float = 20.0) -> None:
    deadline = time.monotonic() + patience_s
    while not look():
        assert time.monotonic() < deadline, f"never seen: {what}"
        time.sleep(0.01)


@contextmanager
def served(app: FastAPI) -> Iterator[tuple[str, uvicorn.Server]]:
    """The app on a port of loopback, as `noktvrn serve` runs it."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    app.state.feed.leaving = lambda: server.should_exit
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
