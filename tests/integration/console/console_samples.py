"""Runs in every state entered straight into a ledger, and a person at the console who looks at them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.integration.label.label_samples import NOW, label_at
from textual.pilot import Pilot

from noktvrn.console.app import Console
from noktvrn.kernel.ids import RunId, derive
from noktvrn.label.briefs import make_brief
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs, works

WHO = "person:ada"
NARROW, WIDE = (80, 24), (140, 40)
PATIENCE_S = 20.0


@contextmanager
def label_in(home: Path, **more: Any) -> Iterator[Label]:
    with label_at(Settings(home=home, database_url=None, _env_file=None).model_copy(update=more)) as label:
        yield label


def enter_run(
    label: Label,
    artist: Artist,
    number: int,
    state: RunState,
    *,
    title: str = "",
    done: int = 0,
    then: str = "",
    share: float = 0.0,
    **more: Any,
) -> Run:
    """A run with `done` stages and, as `then` says, one that is started or failed; `title` is its words'."""
    at = NOW + timedelta(minutes=number)
    brief = make_brief(artist, f"run {number}")
    key = RunId(derive("run", artist.id, number))
    told = {"id": key, "artist_id": artist.id, "brief_id": brief.id, "state": state}
    run = Run(**told, created_at=at, updated_at=at, **more)
    with label.office.studio.database.begin() as connection:
        runs.add_brief(connection, brief, at)
        runs.add(connection, run)
        if title:
            works.put(
                connection, artist_id=artist.id, run_id=run.id, kind="lyrics", title=title, mark=str(number)
            )
        for place, name in enumerate(tuple(StageName)[: done + bool(then)]):
            begun = at + timedelta(seconds=place)
            record = StageRecord(
                stage=name,
                attempt=1,
                seed=7,
                state=then if place == done else "done",
                started_at=begun,
                ended_at=None if then == "started" and place == done else begun,
            )
            runs.put_stage(connection, run, record)
            if record.state == "started":
                runs.put_progress(connection, run, name, 1, share)
    return run


def text_of(app: Console) -> str:
    """What the terminal shows."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@dataclass
class Hands:
    """A person at the console."""

    app: Console
    pilot: Pilot[None]

    @property
    def screen(self) -> str:
        return text_of(self.app)

    @property
    def notes(self) -> str:
        return "\n".join(f"{one.title} {one.message}" for one in self.app._notifications)

    async def sees(self, *words: str) -> None:
        """Waits until all of it stands on the screen."""
        await self.until(lambda: all(word in self.screen for word in words), f"{words} in\n{self.screen}")

    async def is_told(self, words: str) -> None:
        """Waits until it is said."""
        await self.until(lambda: words in self.notes, f"{words!r} in {self.notes!r}")

    async def until(self, look: Callable[[], object], what: str) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while not look():
            assert loop.time() < deadline, f"never seen: {what}"
            await self.pilot.pause(0.05)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, words: str) -> None:
        await self.pilot.press(*("space" if letter == " " else letter for letter in words))


Play = Callable[[Hands], Awaitable[None]]


def at_console(label: Label, play: Play, *, size: tuple[int, int] = NARROW, read_only: bool = False) -> None:
    """Opens the console, lets a person play, and closes it."""

    async def go() -> None:
        app = Console(label, WHO, read_only)
        async with app.run_test(size=size, notifications=True) as pilot:
            await play(Hands(app, pilot))

    asyncio.run(go())
