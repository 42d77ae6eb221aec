"""The person of the studio session: whenever a song is waited for, they make two and download them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import NotReady
from noktvrn.model.studio import StudioTerms
from noktvrn.providers._kit import Kit
from noktvrn.roles.composer import Composer, CompositionRequest, Recording
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import studio
from noktvrn.testing.fakes import media

SECONDS = 21.0


@dataclass
class Person:
    """Plays Composer with a person at the studio: what is waited for lies in the folder a moment later."""

    composer: Composer
    inbox: Path
    made: int = 0
    name: str = "suno_session"

    def compose(self, request: CompositionRequest) -> Recording:
        """The song, made by hand if it has to be."""
        try:
            return self.composer.compose(request)
        except NotReady as waiting:
            if waiting.code != "studio.waiting":
                raise
        self._download(request.title)
        return self.composer.compose(request)

    def _download(self, title: str) -> None:
        for version in ("", " (1)"):
            self.made += 1
            path = self.inbox / f"{title}{version}.mp3"
            path.write_bytes(media.song(SECONDS, seed=self.made))
            came = time.time() - 10 + self.made / 100
            os.utime(path, (came, came))


@contextmanager
def studio_kit(settings: Settings, kit: Kit) -> Iterator[Kit]:
    """A kit with a ledger in which a person has given their word on the site's terms. Files in the folder are
    dated by the machine, so the session is, too."""
    database = Database(settings)
    now = SystemClock().now()
    word = StudioTerms(kind="site", actor="person:jo", sentence="yes", plan="paid", at=now)
    with database.begin() as connection:
        studio.put_terms(connection, word)
    try:
        yield replace(kit, clock=SystemClock(), database=database)
    finally:
        database.close()
