"""kill -9 between any two steps: the next sitting goes on, and nothing is filled in or pressed twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.suno_session.studio_scene import needs_browser, scene_of, song_request

from noktvrn.testing.fakes.suno_studio import Server

pytestmark = needs_browser
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("last", "person_after", "submissions"),
    [
        pytest.param("opened", ("create", "download"), 1, marks=pytest.mark.long),
        pytest.param("prefilled", (), 0, marks=pytest.mark.long),
        ("downloaded", (), 1),
        pytest.param("imported", (), 1, marks=pytest.mark.long),
    ],
)
def test_a_killed_sitting_is_gone_on_with(
    last: str, person_after: tuple[str, ...], submissions: int, tmp_path: Path
) -> None:
    with Server(person=("create", "download"), pause_ms=300) as server:
        scene = scene_of(tmp_path, studio="browser", studio_url=server.url)
        scene.acknowledge()
        session = scene.ordered(song_request(tmp_path / "work"), "browser")
        words = [sys.executable, "-m", "tests.integration.suno_session.sitting_child"]
        child = subprocess.run(
            [*words, str(tmp_path), server.url, session.id, last],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=120,
            capture_output=True,
        )
        assert child.returncode == -signal.SIGKILL, child.stderr.decode()
        story = scene.story(session)
        assert "closed" not in story
        if last == "prefilled":
            return _goes_on_by_hand(server, tmp_path, session.id)
        server.person = person_after
        done = scene.sit(scene.books.held(session.id))
    assert len(done.files) == 1
    assert len(server.submissions) == submissions
    assert scene.story(session).count("imported") == 1
    return None


def _goes_on_by_hand(server: Server, tmp_path: Path, session_id: str) -> None:
    """Killed right after filling in, Create may have been pressed: the page is not filled in by itself."""
    server.person = ()
    scene = scene_of(tmp_path, studio="browser", studio_url=server.url)
    scene.sit_until(scene.books.held(session_id), lambda: any("before" in news.text for news in scene.told))
    assert scene.story(scene.books.held(session_id)).count("prefilled") == 1
