"""A song made wholly by hand: ordered, waited for without a worker, found in the folder, taken home."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import soundfile
from tests.integration.suno_session.studio_scene import HASTY, Scene, scene_of, song_request

from noktvrn.kernel.errors import NotReady
from noktvrn.model.studio import StudioStep
from noktvrn.providers.registry import health
from noktvrn.storage.vault import file_sha256
from noktvrn.testing.fakes import media


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = scene_of(tmp_path, studio="manual")
    made.acknowledge()
    return made


def drop(scene: Scene, name: str, content: bytes, age_s: float = 10.0) -> Path:
    """A download of the person's, finished some seconds ago."""
    assert scene.settings.studio_inbox is not None
    path = scene.settings.studio_inbox / name
    path.write_bytes(content)
    came = time.time() - age_s
    os.utime(path, (came, came))
    return path


def waits(scene: Scene, folder: Path, attempt: int = 1) -> NotReady:
    with pytest.raises(NotReady) as waiting:
        scene.composer.compose(song_request(folder, attempt))
    return waiting.value


def test_without_a_word_on_the_terms_nothing_is_ordered(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, studio="manual")
    refused = waits(scene, tmp_path / "work")
    assert refused.code == "studio.terms"
    assert "noktvrn studio acknowledge site" in refused.hint


def test_a_worker_never_waits_for_a_person(scene: Scene, tmp_path: Path) -> None:
    began = time.monotonic()
    waiting = waits(scene, tmp_path / "work")
    assert time.monotonic() - began < 5
    assert waiting.code == "studio.waiting"
    assert "noktvrn studio resume stu_" in waiting.hint
    assert "noktvrn run resume run_1" in waiting.hint
    again = waits(scene, tmp_path / "work")
    assert again.hint == waiting.hint


def test_the_song_in_the_folder_becomes_the_recording(scene: Scene, tmp_path: Path) -> None:
    waits(scene, tmp_path / "work")
    came = drop(scene, "Night Bus.mp3", media.song(32.0))
    before = (came.stat().st_mtime_ns, file_sha256(came))
    recording = scene.composer.compose(song_request(tmp_path / "work"))
    facts = soundfile.info(str(recording.stems[0].path))
    assert (facts.samplerate, facts.channels, facts.subtype) == (44_100, 2, "FLOAT")
    assert recording.stems[0].name == "mix"
    assert recording.sung
    assert 31 < recording.timeline.duration_s < 33
    made = recording.provenance
    assert (made.engine, made.provider, made.lossy_source) == ("suno", "suno_session", True)
    assert (made.rights.dsp_release, made.rights.plan_tier) == ("yes", "paid")
    assert "Last stop" in made.prompt
    assert (came.stat().st_mtime_ns, file_sha256(came)) == before


def test_both_songs_of_an_order_serve_two_takes(scene: Scene, tmp_path: Path) -> None:
    waits(scene, tmp_path / "work")
    drop(scene, "Night Bus.mp3", media.song(32.0, seed=1), age_s=20)
    drop(scene, "Night Bus (1).wav", media.song(30.0, "WAV", seed=2), age_s=10)
    first = scene.composer.compose(song_request(tmp_path / "one"))
    second = scene.composer.compose(song_request(tmp_path / "two", attempt=2))
    assert (first.provenance.lossy_source, second.provenance.lossy_source) == (True, False)
    assert first.timeline.duration_s > second.timeline.duration_s
    third = waits(scene, tmp_path / "three", attempt=3)
    assert third.code == "studio.waiting"
    with scene.database.read() as connection:
        from noktvrn.storage.ledger import studio

        assert len(studio.every(connection)) == 2


def test_a_second_song_may_come_days_later(scene: Scene, tmp_path: Path) -> None:
    waits(scene, tmp_path / "work")
    drop(scene, "Night Bus.mp3", media.song(32.0, seed=1))
    scene.composer.compose(song_request(tmp_path / "one"))
    waiting = waits(scene, tmp_path / "two", attempt=2)
    assert "a second song" in waiting.message
    drop(scene, "Night Bus (1).mp3", media.song(32.0, seed=2))
    assert scene.composer.compose(song_request(tmp_path / "two", attempt=2)).stems


def test_what_is_no_song_is_told_and_passed(scene: Scene, tmp_path: Path) -> None:
    waits(scene, tmp_path / "work")
    drop(scene, "Night Bus.mp3", b"<html>Sign in</html>" * 50)
    assert waits(scene, tmp_path / "work").code == "studio.waiting"
    with scene.database.read() as connection:
        from noktvrn.storage.ledger import studio

        (session,) = studio.every(connection)
    assert session.trouble == "file"
    assert session.files == ()


def test_a_sitting_by_hand_shows_the_pack_and_takes_the_song(scene: Scene, tmp_path: Path) -> None:
    session = scene.ordered(song_request(tmp_path / "work"), "manual")
    papers = scene.books.folder(session.id)
    assert "[Verse]\nRain on the glass" in (papers / "pack.txt").read_text("utf-8")
    assert (papers / "pack.json").is_file()
    assert papers.stat().st_mode & 0o077 == 0
    with pytest.raises(NotReady) as waiting:
        scene.sit(session, HASTY)
    assert waiting.value.code == "studio.waiting"
    assert any("WHAT TO PRESS" in news.text for news in scene.told)
    drop(scene, "Night Bus.mp3", media.song(32.0))
    done = scene.sit(session)
    assert done.step is StudioStep.CLOSED
    assert len(done.files) == 1
    story = scene.story(session)
    assert story[:4] == ["asked", "opened", "prefilled", "waiting"]
    assert story.count("prefilled") == 1
    assert story[-1] == "closed"
    assert (papers / "log.jsonl").stat().st_mode & 0o077 == 0


def test_a_free_plan_never_becomes_commercial(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, studio="manual")
    scene.acknowledge("free")
    waits(scene, tmp_path / "work")
    scene.acknowledge("paid")
    drop(scene, "Night Bus.mp3", media.song(32.0))
    rights = scene.composer.compose(song_request(tmp_path / "work")).provenance.rights
    assert (rights.commercial, rights.dsp_release, rights.plan_tier) == (False, "no", "free")


def test_its_health_says_what_is_missing(tmp_path: Path) -> None:
    bare = scene_of(tmp_path, studio="manual")
    asked = health("suno_session", bare.settings, bare.kit)
    assert asked is not None
    assert (asked.well, "noktvrn studio acknowledge site" in asked.said) == (False, True)
    bare.acknowledge()
    ready = health("suno_session", bare.settings, bare.kit)
    assert ready is not None
    assert ready.well
    lost = scene_of(tmp_path, studio="browser", chromium=tmp_path / "gone")
    found = health("suno_session", lost.settings, lost.kit)
    assert found is not None
    assert not found.well


def test_without_its_folder_a_run_still_waits(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, studio="manual", studio_inbox=tmp_path / "unmounted")
    scene.acknowledge()
    assert waits(scene, tmp_path / "work").code == "studio.waiting"
    with pytest.raises(NotReady, match="no folder"):
        scene.sit(scene.ordered(song_request(tmp_path / "work"), "manual"), HASTY)
