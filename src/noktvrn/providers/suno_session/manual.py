"""Without any browser of ours: the pack lies in a file, the songs come into a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from noktvrn.kernel.errors import NotReady
from noktvrn.model.studio import DriverName, StudioPack
from noktvrn.providers.suno_session.driver import CLEAR, Sight
from noktvrn.providers.suno_session.inbox import songs_in


class Watch:
    """The person's folder, looked at again and again: each song is told once."""

    def __init__(
        self, inbox: Path, title: str, opened_at: datetime, known: Callable[[], Collection[str]]
    ) -> None:
        self._inbox = inbox
        self._title = title
        self._opened_at = opened_at
        self._known = known
        self._told: set[Path] = set()

    def fresh(self) -> tuple[Path, ...]:
        """Songs that came since the last look. Raises NotReady where the folder is gone."""
        found = songs_in(self._inbox, self._title, self._opened_at, known=self._known())
        new = tuple(path for path in found if path not in self._told)
        self._told.update(new)
        return new

    def rest(self, within_s: float) -> None:
        """Lets time pass for whoever has nothing else to wait for."""
        time.sleep(within_s)


class Manual:
    """Everything is the person's."""

    name: DriverName = "manual"
    hands_over = False

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def open(self) -> Sight:
        """Looks whether the folder is there. Raises NotReady where it is not."""
        return Sight(files=self._watch.fresh())

    def prefill(self, pack: StudioPack) -> Sight:
        """The pack lies in the session's folder already; who holds the session shows it."""
        return CLEAR

    def look(self, within_s: float) -> Sight:
        """New songs in the folder, after a while."""
        self._watch.rest(within_s)
        return Sight(files=self._watch.fresh())

    def picture(self, into: Path) -> Path | None:
        """None: nothing of what the person sees is seen here."""
        return None

    def close(self) -> None:
        """Nothing was opened."""


def inbox_of(setting: Path | None) -> Path:
    """The person's folder. Raises NotReady where none is set: none is ever guessed."""
    if setting is None:
        raise NotReady(
            "No folder for songs from the studio is set.",
            code="studio.no_inbox",
            hint="Set NOKTVRN_STUDIO_INBOX to the folder you download to.",
        )
    return setting
