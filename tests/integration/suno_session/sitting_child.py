"""A sitting in a process of its own that kills itself (SIGKILL) at one event: crash tests start it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.integration.suno_session.studio_scene import QUICK, scene_of

from noktvrn.providers.suno_session import sitting
from noktvrn.providers.suno_session.drivers import driver_for
from noktvrn.providers.suno_session.sitting import News, Sitting


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
        sitting.take = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        # What an earlier sitting left is taken first; a first sitting left nothing.
        Sitting._left_behind = lambda _self, session: session  # type: ignore[method-assign]
    driver = driver_for(books.held(session_id), books, scene.settings)
    Sitting(books, driver, told, QUICK).hold(session_id)


if __name__ == "__main__":
    main()
