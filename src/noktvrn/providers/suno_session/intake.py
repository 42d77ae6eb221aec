"""Songs come home: out of the person's folder or a session's own, through the door, into the vault."""

from __future__ import annotations

from pathlib import Path

from noktvrn.kernel.errors import NotReady, Outside
from noktvrn.model.studio import StudioSession, StudioStep
from noktvrn.providers.suno_session.books import Books
from noktvrn.providers.suno_session.inbox import songs_in

WAITING = "studio.waiting"
"""The code of an order that lies with a person. It may take days: nothing waits in a worker meanwhile."""

NotTaken = dict[Path, str]
"""Files that are no songs, and why."""


def look_in(books: Books, inbox: Path | None, session: StudioSession) -> StudioSession:
    """Takes what lies in the inbox for this session; a folder that is not there brings nothing."""
    if inbox is None or not inbox.is_dir():
        return session
    found = songs_in(inbox, session.pack.title, session.opened_at, known=books.known())
    return take(books, session, list(found))[0]


def take(books: Books, session: StudioSession, paths: list[Path]) -> tuple[StudioSession, NotTaken]:
    """Brings files that were downloaded, as many as the session still takes; what is no song is told."""
    refused: NotTaken = {}
    for path in paths:
        books.step(session.id, StudioStep.DOWNLOADED, name=path.name[:200])
        try:
            session = books.bring(session.id, path)
        except Outside as error:
            refused[path] = error.message
            session = books.trouble(session.id, "file", name=path.name[:200], why=error.message)
    return session, refused


def waiting(session: StudioSession, inbox: Path | None) -> NotReady:
    """The error of an order that waits for a person, with what they do next."""
    which = "a second song of" if session.files else ""
    message = f"The studio waits for a person to make {which} {session.pack.title!r}.".replace("  ", " ")
    by_hand = f"`noktvrn studio resume {session.id}` shows what to do"
    folder = f" (songs are taken from {inbox})" if inbox is not None else ""
    then = f"then `noktvrn run resume {session.run_id}`" if session.run_id else "then ask again"
    return NotReady(message, code=WAITING, hint=f"{by_hand}{folder}; {then}.")
