"""Work laid on the desk with a real cover and a real sound in the vault, and a console to look at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.integration.label.label_samples import NOW, item_of, label_at
from tests.unit.release import release_samples as samples
from textual.pilot import Pilot
from textual.widgets import Static

from noktvrn.console.app import Console
from noktvrn.console.screens.review import ReviewPlace
from noktvrn.console.screens.review_queue import Waiting
from noktvrn.kernel.ids import RunId, derive
from noktvrn.label.briefs import make_brief
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.noun import Noun
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.model.song import Lyrics
from noktvrn.production.results import Words
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.settings import Settings
from noktvrn.storage.ledger import reviews, runs

WIDE, NARROW = (140, 45), (80, 24)
PATIENCE_S = 20.0
FOUND = Finding(rule="audio.crest", severity=Severity.WARNING, message="A little flat.", hint="Leave it.")


@dataclass(frozen=True)
class Media:
    """Real media on disk, and the dossier whose parts they are."""

    dossier: Dossier
    sources: dict[str, Path]


def media(folder: Path) -> Media:
    folder.mkdir(parents=True, exist_ok=True)
    made = samples.vault(folder, sung=True, film=False)
    return Media(made.dossier, made.sources)


@contextmanager
def desk(home: Path, **more: Any) -> Iterator[Label]:
    """A label with an own clock that stands still."""
    settings = Settings(home=home, database_url=None, _env_file=None).model_copy(update=more)
    with label_at(settings) as label:
        yield label


def lay(
    label: Label, artist: Artist, made: Media, number: int = 0, *, title: str = "", found: bool = True
) -> Run:
    """A run that was produced and waits, with everything a person looks at."""
    at = NOW + timedelta(minutes=number)
    brief = make_brief(artist, f"sample {number}")
    run = Run(
        id=RunId(derive("run", artist.id, number)),
        artist_id=artist.id,
        brief_id=brief.id,
        state=RunState.AWAITING_REVIEW,
        created_at=at,
        updated_at=at,
    )
    for path, source in made.sources.items():
        label.office.studio.vault.put(source, artist_id=artist.id, media_type="", name=path)
    with label.office.studio.database.begin() as connection:
        runs.add_brief(connection, brief, at)
        runs.add(connection, run)
        work = enter_work(connection, run, artist, made, title or f"Glass Hours {number}", found=found)
        reviews.open_(connection, item_of(work, at))
    return run


def enter_work(
    connection: Any,
    run: Run,
    artist: Artist,
    made: Media,
    title: str,
    *,
    found: bool = True,
    attempt: int = 1,
) -> Any:
    """The stage records of a piece of work; returns its draft."""
    track = made.dossier.track.model_copy(update={"title": title, "artist_id": artist.id})
    dossier = made.dossier.model_copy(update={"run_id": run.id, "artist": artist, "track": track})
    lyrics = dossier.lyrics
    assert isinstance(lyrics, Lyrics)
    work = draft_of(dossier)
    words = Words(title=title, lyrics=lyrics, captions=dossier.captions)
    findings = (FOUND,) if found else ()
    for stage, noun in (
        (StageName.LYRICS, words),
        (StageName.TRACK, track),
        (StageName.COVER, dossier.cover),
        (StageName.VALIDATE, work),
    ):
        told = findings if stage is StageName.VALIDATE else ()
        runs.put_stage(connection, run, record(run, stage, noun, attempt, told))
    return work


def lay_anew(label: Label, run: Run, artist: Artist, made: Media, title: str, *, attempt: int = 2) -> str:
    """Other work of the same run lies there in place of what lay there; returns its approval hash."""
    with label.office.studio.database.begin() as connection:
        work = enter_work(connection, run, artist, made, title, attempt=attempt)
        reviews.open_(connection, item_of(work, run.created_at))
    return str(work.approval_hash())


def enter_takes(label: Label, run: Run, made: Media) -> None:
    """Two more takes of a run: the last holds, the first passes, the second does not."""
    track = made.dossier.track.model_copy(update={"artist_id": run.artist_id})
    with label.office.studio.database.begin() as connection:
        for take in (2, 3):
            noun = track.model_copy(update={"take": take, "title": "Glass Hours"})
            runs.put_stage(connection, run, record(run, StageName.TRACK, noun, take, ()))
        for take in (1, 2, 3):
            bad = (FOUND.model_copy(update={"severity": Severity.ERROR}),) if take == 2 else ()
            heard = Report(subject="track", checked=1, findings=bad)
            runs.put_stage(connection, run, record(run, StageName.CRITIC, heard, take, bad))


def record(run: Run, stage: StageName, noun: Noun, attempt: int, found: tuple[Finding, ...]) -> StageRecord:
    return StageRecord(
        stage=stage,
        attempt=attempt,
        seed=7,
        state="done",
        started_at=run.created_at,
        ended_at=run.created_at,
        result=noun.as_data(),
        findings=found,
    )


@dataclass
class Hands:
    """A person at the console's review place."""

    app: Console
    pilot: Pilot[None]

    @property
    def place(self) -> ReviewPlace:
        place = self.app.place()
        assert isinstance(place, ReviewPlace)
        return place

    @property
    def told(self) -> str:
        """The line of what happened."""
        return str(self.place.query_one("#told", Static).content)

    @property
    def notes(self) -> str:
        return "\n".join(f"{one.title} {one.message}" for one in self.app._notifications)

    @property
    def screen(self) -> str:
        """What the terminal shows."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def listed(self) -> list[str]:
        return [str(one.id) for one in self.place.query_one(Waiting).options]

    async def until(self, look: Callable[[], object], what: str) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while not look():
            assert loop.time() < deadline, f"never seen: {what} in\n{self.screen}\n{self.notes}"
            await self.pilot.pause(0.05)

    async def sees(self, run: Run) -> None:
        """Waits until the sheet of an entry is shown."""
        await self.until(lambda: self.place.sheet and self.place.sheet.item.run_id == run.id, run.id)

    async def hears(self, words: str) -> None:
        """Waits until it is told, in the line or in a note."""
        await self.until(lambda: words in self.told or words in self.notes, words)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, words: str) -> None:
        await self.pilot.press(*("space" if sign == " " else sign for sign in words))


Play = Callable[[Hands], Awaitable[None]]


@asynccontextmanager
async def console(
    label: Label, who: str = "person:Ada", *, size: tuple[int, int] = NARROW, read_only: bool = False
) -> AsyncIterator[Hands]:
    """A console at its review place."""
    app = Console(label, who, read_only)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("3")
        hands = Hands(app, pilot)
        await hands.until(lambda: isinstance(app.place(), ReviewPlace), "the review place")
        yield hands


def at_the_desk(label: Label, play: Play, **how: Any) -> None:
    """Opens the console at its review place, lets a person play, and closes it."""

    async def go() -> None:
        async with console(label, **how) as hands:
            await play(hands)

    asyncio.run(go())
