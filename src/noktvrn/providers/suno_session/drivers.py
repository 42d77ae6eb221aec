"""Which driver works for a session, and what each of them needs."""

from __future__ import annotations

from noktvrn.model.studio import StudioSession, StudioStep
from noktvrn.providers.suno_session.books import Books
from noktvrn.providers.suno_session.driver import Driver
from noktvrn.providers.suno_session.manual import Manual, Watch, inbox_of
from noktvrn.providers.suno_session.sitting import downloads
from noktvrn.settings import Settings


def driver_for(session: StudioSession, books: Books, settings: Settings, *, again: bool = False) -> Driver:
    """The session's driver, not opened yet.

    Raises:
        NotReady: a folder it needs is not set. Invalid: the person's selectors cannot be read.
    """
    filled = session.done(StudioStep.PREFILLED) and not again
    if session.driver == "browser":
        from noktvrn.providers.suno_session.browser import Browser

        pack = None if filled else session.pack
        return Browser(settings, downloads(books, session.id), session.pack.title, pack)
    inbox = inbox_of(settings.studio_inbox)
    watch = Watch(inbox, session.pack.title, session.opened_at, books.known)
    if session.driver == "bas":
        from noktvrn.providers.suno_session.bas import Bas

        return Bas(settings, inbox, watch, handed=filled)
    return Manual(watch)
