"""A sitting: one session at the studio, step by step, from where it stands to the song in the vault.

What is done is in the books before the next step begins; a sitting that is killed is gone on with by the
next one. Filling in is never done twice by itself: whoever was killed may have pressed Create before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.errors import NotReady
from noktvrn.model.studio import StudioSession, StudioStep
from noktvrn.providers.suno_session.books import SONGS, Books
from noktvrn.providers.suno_session.driver import Driver, Sight, Trouble
from noktvrn.providers.suno_session.intake import take, waiting
from noktvrn.providers.suno_session.journal import Journal
from noktvrn.providers.suno_session.pack import as_text
from noktvrn.providers.suno_session.seat import seated

NEEDS_HUMAN = "studio.needs_human"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: how long a person may take in one sitting, how long a second song is waited for after the
    first, and how long one look takes."""

    person_s: float = 1800.0
    linger_s: float = 30.0
    look_s: float = 1.0


@dataclass(frozen=True, slots=True)
class News:
    """What is told while a session goes on; `person`: nothing goes on without one."""

    session: StudioSession
    event: str
    text: str
    hint: str = ""
    picture: Path | None = None
    person: bool = False


Tell = Callable[[News], None]


class Sitting:
    """A person and a driver at the studio."""

    def __init__(
        self, books: Books, driver: Driver, tell: Tell, patience: Patience, *, again: bool = False
    ) -> None:
        self._books = books
        self._driver = driver
        self._tell = tell
        self._patience = patience
        self._again = again
        self._trouble: Trouble | None = None
        self._credits: int | None = None
        self._until = 0.0

    def hold(self, session_id: str) -> StudioSession:
        """Works until every song that is wanted is here.

        Raises:
            NotReady: the person needs more time (`studio.waiting`) or has to mend something
                (`studio.needs_human`). Conflict: another session works at the studio.
        """
        with seated(self._books.home, session_id):
            session = self._left_behind(self._books.held(session_id))
            if session.complete:
                return self._closed(session)
            self._journal = Journal(self._books.folder(session.id), self._books.clock)
            try:
                session = self._await(self._prepare(session))
            finally:
                self._driver.close()
            return self._closed(session)

    def _left_behind(self, session: StudioSession) -> StudioSession:
        """Takes what an earlier sitting downloaded and had no time to import."""
        folder = downloads(self._books, session.id)
        return take(self._books, session, whole(folder))[0]

    def _prepare(self, session: StudioSession) -> StudioSession:
        sight = self._driver.open()
        self._begin_patience()
        session = self._clear(session, sight)
        self._step(session, StudioStep.OPENED, "The studio is open.")
        if session.done(StudioStep.PREFILLED) and not self._again:
            told = "It was filled in before. Look whether the song is there already, before you press Create."
            self._say(session, "filled before", told, "`--again` fills the page in once more.")
            return session
        if self._driver.hands_over:
            self._step(session, StudioStep.PREFILLED, "The song is handed over.")
            return self._clear(session, self._driver.prefill(session.pack))
        session = self._clear(session, self._driver.prefill(session.pack))
        self._step(session, StudioStep.PREFILLED, as_text(session.pack))
        return session

    def _await(self, session: StudioSession) -> StudioSession:
        self._step(session, StudioStep.WAITING, "Now it is your turn; the song is taken home by itself.")
        self._begin_patience()
        came = time.monotonic()
        while True:
            sight = self._driver.look(self._patience.look_s)
            before = len(session.files)
            session = self._seen(session, sight)
            now = time.monotonic()
            came = now if len(session.files) > before else came
            lingered = now - came > self._patience.linger_s
            if session.complete and (len(session.files) >= SONGS or lingered or sight.gone):
                return session
            if not session.complete and (sight.gone or now > self._until):
                raise self._unfinished(session, sight)

    def _begin_patience(self) -> None:
        self._until = time.monotonic() + self._patience.person_s

    def _clear(self, session: StudioSession, sight: Sight) -> StudioSession:
        """Waits until the person has mended what stands in the way."""
        while True:
            session = self._seen(session, sight)
            if sight.gone or (sight.trouble and time.monotonic() > self._until):
                raise self._unfinished(session, sight)
            if sight.trouble is None:
                return session
            sight = self._driver.look(self._patience.look_s)

    def _seen(self, session: StudioSession, sight: Sight) -> StudioSession:
        """Takes what a look brought, and tells what is new in it."""
        if sight.credits is not None and sight.credits != self._credits:
            self._credits = sight.credits
            self._say(
                session, "credits", f"The site says {sight.credits} credits are left.", count=sight.credits
            )
        for passed in sight.news:
            self._troubled(session, passed)
        self._standing(session, sight.trouble)
        for path in sight.files:
            session, refused = take(self._books, session, [path])
            if path in refused:
                self._troubled(session, Trouble("file", f"{path.name}: {refused[path]}"))
            else:
                self._say(
                    session, "imported", f"{path.name} is in the vault ({len(session.files)} of {SONGS})."
                )
        return session

    def _standing(self, session: StudioSession, trouble: Trouble | None) -> None:
        if trouble == self._trouble:
            return
        if trouble is None:
            self._books.mended(session.id)
            self._say(session, "mended", "Thank you; it goes on.")
        else:
            self._troubled(session, trouble)
        self._trouble = trouble

    def _troubled(self, session: StudioSession, trouble: Trouble) -> None:
        place = self._journal.picture_place(trouble.kind)
        picture = self._driver.picture(place) if place is not None else None
        named = picture.name if picture is not None else ""
        self._books.trouble(session.id, trouble.kind, detail=trouble.detail, picture=named)
        self._journal.note("needs_human", trouble=trouble.kind, detail=trouble.detail, picture=named)
        self._tell(News(session, "needs_human", trouble.text, trouble.hint, picture, person=True))

    def _step(self, session: StudioSession, step: StudioStep, text: str) -> None:
        self._books.step(session.id, step)
        self._say(session, step.value, text)

    def _say(self, session: StudioSession, event: str, text: str, hint: str = "", **detail: object) -> None:
        self._journal.note(event, **detail)
        self._tell(News(session, event, text, hint))

    def _unfinished(self, session: StudioSession, sight: Sight) -> NotReady:
        again = f"`noktvrn studio resume {session.id}` goes on."
        trouble = Trouble("gone") if sight.gone else sight.trouble
        if trouble is None:
            return waiting(session, None)
        if sight.gone:
            self._troubled(session, trouble)
        return NotReady(trouble.text, code=NEEDS_HUMAN, hint=f"{trouble.hint} Then: {again}")

    def _closed(self, session: StudioSession) -> StudioSession:
        return self._books.step(session.id, StudioStep.CLOSED)


def downloads(books: Books, session_id: str) -> Path:
    """Where a session's own downloads lie until they are imported, and after."""
    folder = books.folder(session_id) / "downloads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def whole(folder: Path) -> list[Path]:
    """The downloads that are whole: one under way is called `.part`."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".part")
