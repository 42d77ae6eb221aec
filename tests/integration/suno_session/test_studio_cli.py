"""`noktvrn studio` as a person meets it, and a run that stands still for them and goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.shell import noktvrn
from tests.integration.suno_session.studio_scene import needs_browser, scene_of, song_request

from noktvrn.label import chores
from noktvrn.label.label import open_label
from noktvrn.label.studio_sessions import CONFIRMATION, SENTENCES
from noktvrn.model.run import RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import terms
from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.suno_studio import Server


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    monkeypatch.setenv("NOKTVRN_STUDIO", "manual")
    monkeypatch.setenv("NOKTVRN_STUDIO_INBOX", str(folder))
    return folder


def acknowledge(*more: str, kind: str = "site", plan: str = "paid") -> None:
    words = ["studio", "acknowledge", kind, "--sentence", SENTENCES[kind], *more]  # type: ignore[index]
    said = noktvrn(*words, *(["--plan", plan] if kind == "site" else []), "--json")
    assert said.code == 0, said.err


def drop(folder: Path, title: str) -> Path:
    path = folder / f"{title}.mp3"
    path.write_bytes(media.song(34.0))
    came = time.time() - 10
    os.utime(path, (came, came))
    return path


def test_a_word_on_the_terms_is_the_whole_sentence(inbox: Path) -> None:
    said = noktvrn("studio", "acknowledge", "site", "--plan", "paid", "--sentence", "yes yes", "--json")
    assert said.code == 2
    assert said.problem["code"] == "studio.sentence"
    acknowledge()
    audit = noktvrn("audit", "verify", "--json")
    assert audit.code == 0


def stopped_run(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """A debut that stands still for a person: its run and its session."""
    monkeypatch.setenv("NOKTVRN_COMPOSER", "suno_session")
    acknowledge()
    wish = ("--prompt", "Warm lo-fi beats for late trains", "--seed", "7", "--duration", "30", "--no-video")
    stopped = noktvrn("debut", *wish, "--json")
    assert stopped.code == 4, stopped.err
    (run,) = noktvrn("run", "list", "--json").data
    (session,) = noktvrn("studio", "list", "--json").data
    return run, session


def test_a_run_stands_still_for_a_person(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, session = stopped_run(monkeypatch)
    assert (run["state"], run["exit_code"]) == ("failed", 4)
    assert f"noktvrn studio resume {session['id']}" in run["hint"]
    assert f"noktvrn run resume {run['id']}" in run["hint"]
    shown = noktvrn("studio", "show", session["id"]).out
    assert "WHAT TO PRESS" in shown
    assert session["pack"]["title"] in shown


@pytest.mark.long
def test_a_run_goes_on_when_the_song_is_here(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, session = stopped_run(monkeypatch)
    drop(inbox, session["pack"]["title"])
    collected = noktvrn("studio", "import", "--json")
    assert [len(one["files"]) for one in collected.data] == [1]
    resumed = noktvrn("run", "resume", run["id"], "--json")
    assert resumed.data["state"] == "awaiting_review", resumed.err


def test_what_an_application_made_is_confirmed_by_a_typed_sentence(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOKTVRN_STUDIO", "bas")
    acknowledge()
    acknowledge(kind="bas")
    scene = scene_of(tmp_path, studio="bas")
    session = scene.ordered(song_request(tmp_path / "work"), "bas")
    early = noktvrn("studio", "confirm", session.id, "--sentence", CONFIRMATION, "--json")
    assert (early.code, early.problem["code"]) == (4, "studio.no_song")
    said = noktvrn("studio", "import", session.id, str(drop(inbox, "any name")), "--json")
    assert said.code == 0, said.err
    vague = noktvrn("studio", "confirm", session.id, "--sentence", "ok", "--json")
    assert vague.problem["code"] == "studio.sentence"
    with scene.database.read() as connection:
        assert terms.of_provider(connection, session.id) == ()
    done = noktvrn("studio", "confirm", session.id, "--sentence", CONFIRMATION, "--json")
    assert done.data["confirmed_by"].startswith("person:")
    with scene.database.read() as connection:
        (record,) = terms.of_provider(connection, session.id)
    assert record.dsp_release == "yes"
    made = scene.composer.compose(song_request(tmp_path / "work")).provenance
    assert made.rights.dsp_release == "yes"


def test_a_worker_tells_once_takes_the_song_and_lets_the_run_go_on(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, session = stopped_run(monkeypatch)
    with open_label(Settings(_env_file=None)) as label:
        for _ in range(3):
            chores.once(label)
        told = (label.settings.home / "notices.jsonl").read_text("utf-8")
        assert told.count("waits for you at the studio") == 1
        assert label.runs.get(run["id"]).state is RunState.FAILED
        drop(inbox, session["pack"]["title"])
        chores.once(label)
        assert label.runs.get(run["id"]).state is RunState.PRODUCING
        chores.once(label)


@needs_browser
def test_the_window_by_command(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(person=("create", "download")) as server:
        for name, value in (("STUDIO", "browser"), ("STUDIO_URL", server.url), ("STUDIO_HEADLESS", "1")):
            monkeypatch.setenv(f"NOKTVRN_{name}", value)
        scene = scene_of(tmp_path, studio="browser", studio_url=server.url)
        scene.acknowledge()
        session = scene.ordered(song_request(tmp_path / "work"), "browser")
        foreign = noktvrn("studio", "resume", session.id, "--json")
        assert (foreign.code, foreign.problem["code"]) == (4, "studio.terms")
        assert server.asked == []
        acknowledge()
        checked = noktvrn("studio", "check", "--wait", "20", "--json")
        assert checked.code == 0, checked.err
        done = noktvrn("studio", "resume", session.id, "--linger", "0", "--json")
        assert done.code == 0, done.err
        assert len(done.data["files"]) == 1
        again = noktvrn("studio", "resume", session.id, "--json")
        assert (again.code, again.problem["code"]) == (4, "studio.complete")


def test_bad_words_are_told(inbox: Path) -> None:
    assert noktvrn("studio", "list").out.startswith("No song was ordered")
    assert noktvrn("studio", "show", "stu_0000000000000").code == 3
    assert noktvrn("studio", "show", "nonsense").code == 2
    assert noktvrn("studio", "import", "stu_0000000000000").code == 2
    assert "No song of a session" in noktvrn("studio", "import").out
