"""The session's books on both databases: written once, never backwards, one for all who write at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.integration.suno_session.studio_scene import Scene, song_request

from noktvrn.kernel.errors import NotFound
from noktvrn.model.studio import StudioStep
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import studio
from noktvrn.testing.fakes import media


@pytest.fixture
def scene(settings: Settings) -> Iterator[Scene]:
    database = Database(settings)
    migrate.upgrade(database)
    made = Scene(settings.model_copy(update={"studio": "manual"}), database)
    made.acknowledge()
    yield made
    database.close()


@pytest.mark.both
def test_many_who_order_and_bring_at_once_are_one(scene: Scene, tmp_path: Path) -> None:
    request = song_request(tmp_path / "work")
    song = tmp_path / "song.mp3"
    song.write_bytes(media.song(32.0))
    books = scene.books
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _: scene.ordered(request, "manual").id, range(6)))
    (session_id,) = found
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: books.bring(session_id, song), range(4)))
    session = books.held(session_id)
    assert len(session.files) == 1
    assert scene.story(session) == ["asked", "imported"]
    with scene.database.read() as connection:
        numbers = [one.number for one in studio.story(connection, session)]
    assert numbers == [1, 2]


def test_a_session_never_goes_back_and_its_trouble_ends_with_the_next_step(
    scene: Scene, tmp_path: Path
) -> None:
    session = scene.ordered(song_request(tmp_path / "work"), "manual")
    books = scene.books
    books.step(session.id, StudioStep.WAITING)
    assert books.trouble(session.id, "login").trouble == "login"
    again = books.step(session.id, StudioStep.OPENED)
    assert (again.step, again.trouble) == (StudioStep.WAITING, "")
    with pytest.raises(NotFound):
        books.held("stu_0000000000000")
    with pytest.raises(NotFound):
        books.step("stu_0000000000000", StudioStep.OPENED)


def test_the_newest_word_of_a_person_holds_and_the_old_one_stays(scene: Scene) -> None:
    scene.acknowledge("free")
    with scene.database.read() as connection:
        newest = studio.terms_of(connection, "site", "person:jo")
        assert newest is not None
        assert newest.plan == "free"
        assert studio.terms_of(connection, "site", "person:other") is None
        assert studio.terms_of(connection, "bas") is None
