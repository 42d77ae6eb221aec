"""A label whose person works at the studio: settings, books, a song to make, and what was told."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.clock import SystemClock
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.model.studio import DriverName, StudioSession, StudioTerms
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.providers.suno_session.books import Books, books_of
from noktvrn.providers.suno_session.composer import SunoSession
from noktvrn.providers.suno_session.driver import Sight
from noktvrn.providers.suno_session.drivers import driver_for
from noktvrn.providers.suno_session.sitting import News, Patience, Sitting
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import studio

QUICK = Patience(person_s=60.0, linger_s=0.5, look_s=0.2)
HASTY = Patience(person_s=0.6, linger_s=0.2, look_s=0.1)
STEADY = Patience(person_s=3.0, linger_s=0.2, look_s=0.1)
"""Time for an application to answer on a busy machine."""


class Enough(Exception):
    """A test has seen what it wanted to see of a sitting."""


needs_browser = pytest.mark.skipif(
    shutil.which("chromium") is None or importlib.util.find_spec("playwright") is None,
    reason="the browser driver needs Chromium on PATH and the extra `studio` (Playwright)",
)
needs_websockets = pytest.mark.skipif(
    importlib.util.find_spec("websockets") is None,
    reason="the BAS driver needs the extra `studio` (websockets)",
)


@dataclass
class Scene:
    """One label on SQLite; `told` is all that was told to the person."""

    settings: Settings
    database: Database
    told: list[News] = field(default_factory=list)

    @property
    def kit(self) -> Kit:
        """What the provider is opened with."""
        return Kit(SystemClock(), self.settings.home / "scratch", database=self.database)

    @property
    def books(self) -> Books:
        """The session's books."""
        return books_of(self.settings, self.kit)

    @property
    def composer(self) -> SunoSession:
        """The player."""
        player: SunoSession = open_player("composer", "suno_session", self.settings, self.kit)
        return player

    def acknowledge(self, plan: str | None = "paid", kind: str = "site") -> None:
        """Somebody's word on the terms."""
        word = {
            "kind": kind,
            "actor": "person:jo",
            "sentence": "yes",
            "plan": plan,
            "at": self.kit.clock.now(),
        }
        with self.database.begin() as connection:
            studio.put_terms(connection, StudioTerms.model_validate(word))

    def ordered(self, request: CompositionRequest, driver: DriverName) -> StudioSession:
        """The session of a request, without any song yet."""
        from noktvrn.providers.suno_session.pack import pack_of

        return self.books.ordered(request.errand, pack_of(request), driver)

    def sit(
        self, session: StudioSession, patience: Patience = QUICK, *, again: bool = False
    ) -> StudioSession:
        """One sitting, as `noktvrn studio resume` holds it."""
        books = self.books
        driver = driver_for(books.held(session.id), books, self.settings, again=again)
        return Sitting(books, driver, self.told.append, patience, again=again).hold(session.id)

    def sit_until(self, session: StudioSession, seen: Callable[[], object]) -> None:
        """A sitting that is broken off once `seen` holds."""
        books = self.books
        driver = driver_for(books.held(session.id), books, self.settings)
        look = driver.look

        def watched(within_s: float) -> Sight:
            if seen():
                raise Enough
            return look(within_s)

        driver.look = watched  # type: ignore[method-assign]
        with pytest.raises(Enough):
            Sitting(books, driver, self.told.append, QUICK).hold(session.id)

    def story(self, session: StudioSession) -> list[str]:
        """The events of a session, in order."""
        with self.database.read() as connection:
            return [one.event for one in studio.story(connection, session)]

    def troubles(self) -> list[str]:
        """What was told to need a person, by its first words."""
        return [news.text for news in self.told if news.person]


def scene_of(tmp_path: Path, **more: Any) -> Scene:
    """A fresh label with an inbox."""
    inbox = tmp_path / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    told = {"home": tmp_path / "home", "studio_inbox": inbox, "studio_headless": True, **more}
    settings = Settings(**told, _env_file=None)
    database = Database(settings)
    migrate.upgrade(database)
    return Scene(settings, database)


def song_request(folder: Path, attempt: int = 1, title: str = "Night Bus", **more: Any) -> CompositionRequest:
    """A short song with words."""
    verse = SectionPlan(label="verse", bars=8, energy=0.5, syllables=(4,))
    chorus = SectionPlan(label="chorus", bars=8, energy=0.9, syllables=(4,))
    plan = SongPlan(
        genre="pop", style="pop", tempo_bpm=120, tonic=0, mode="minor", sections=(verse, chorus), seed=1
    )
    words = Lyrics(
        title=title,
        hook="Last stop",
        sections=(
            LyricSection(label="verse", lines=("Rain on the glass",)),
            LyricSection(label="chorus", lines=("Last stop, last stop",)),
        ),
    )
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "plan": plan,
        "identity": SoundIdentity(seed=1, style="pop"),
        "lyrics": words,
        "title": title,
        "prompt": "warm pads",
        "seed": 1,
        "folder": folder,
        "errand": Errand(artist_id="art_1", run_id="run_1", stage="track", attempt=attempt),
    }
    return CompositionRequest.model_validate({**told, **more})
