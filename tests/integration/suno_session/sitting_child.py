"""A sitting in a process of its own that kills itself (SIGKILL) at one event: crash tests start it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.integration.suno_session.studio_scene import QUICK, scene_of

from noktvrn.model.studio import StudioSession
from noktvrn.providers.suno_session import sitting
from noktvrn.providers.suno_session.books import Books
from noktvrn.providers.suno_session.drivers import driver_for
from noktvrn.providers.suno_session.sitting import News, Sitting

Taken = tuple[StudioSession, dict[Path, str]]


def _killed_at_the_first_song(_books: Books, session: StudioSession, paths: list[Path]) -> Taken:
    if paths:
        os.kill(os.getpid(), signal.SIGKILL)
    return session, {}


def main() -> None:
    """Arguments: folder, address of the studio, session, event to die at."""
    folder, url, session_id, last = sys.argv[1:]
    scene = scene_of(Path(folder), studio="browser", studio_url=url)
    books = scene.books

    def told(news: News) -> None:
        if news.event == last:
            os.kill(os.getpid(), signal.SIGKILL)

    if last == "downloaded":
        # Between the song on disk and its import, where nothing is told.
        setattr(sitting, "take", _killed_at_the_first_song)  # noqa: B010 - the name is not its own
    driver = driver_for(books.held(session_id), books, scene.settings)
    Sitting(books, driver, told, QUICK).hold(session_id)


if __name__ == "__main__":
    main()
