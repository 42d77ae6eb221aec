"""The browser driver on a page that behaves like the studio: it fills in and looks; the person presses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.integration.suno_session.studio_scene import (
    HASTY,
    QUICK,
    Scene,
    needs_browser,
    scene_of,
    song_request,
)

from noktvrn.kernel.errors import NotReady
from noktvrn.model.studio import StudioPack, StudioSession, StudioStep
from noktvrn.providers.suno_session.browser import Browser
from noktvrn.providers.suno_session.self_check import check_page
from noktvrn.testing.fakes.script import Script
from noktvrn.testing.fakes.suno_studio import Server

pytestmark = needs_browser

FIELDS = ("lyrics", "style", "exclude", "title")
PACK = StudioPack(title="Night Bus", style="pop", lyrics="[Verse]\nRain")


def at(server: Server, tmp_path: Path, **more: Any) -> tuple[Scene, StudioSession]:
    scene = scene_of(tmp_path, studio="browser", studio_url=server.url, **more)
    scene.acknowledge()
    return scene, scene.ordered(song_request(tmp_path / "work"), "browser")


def test_it_fills_in_the_person_presses_both_songs_come_home(tmp_path: Path) -> None:
    with Server(person=("create", "download both")) as server:
        scene, session = at(server, tmp_path)
        done = scene.sit(session, replace(QUICK, linger_s=60))
    assert done.step is StudioStep.CLOSED
    assert len({file.asset.sha256 for file in done.files}) == 2
    assert server.pressed == []
    (pack,) = server.submissions
    assert pack == {name: getattr(session.pack, name) for name in FIELDS}
    story = scene.story(session)
    assert story == ["asked", "opened", "prefilled", "waiting", *["downloaded", "imported"] * 2, "closed"]
    assert "The site says 500 credits are left." in [news.text for news in scene.told]
    assert scene.troubles() == []
    one = scene.composer.compose(song_request(tmp_path / "one"))
    two = scene.composer.compose(song_request(tmp_path / "two", attempt=2))
    assert one.stems[0].path.read_bytes() != two.stems[0].path.read_bytes()
    assert (scene.settings.home / "studio" / "profile").stat().st_mode & 0o077 == 0
    lines = (scene.books.folder(session.id) / "log.jsonl").read_text("utf-8").splitlines()
    log = [json.loads(line)["event"] for line in lines]
    assert [event for event in log if event in story] == ["opened", "prefilled", "waiting", *["imported"] * 2]


def test_what_only_a_person_does_is_told_and_waited_for(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [
        {"on": "GET /create", "fault": "login"},
        {"on": "POST /api/generate", "nth": 1, "fault": "challenge"},
    ]
    person = ("sign in", "create", "answer", "create", "download")
    with Server(Script(rules), person=person) as server:
        scene, session = at(server, tmp_path)
        server.may = lambda: scene.books.held(session.id).trouble
        done = scene.sit(session)
    assert len(done.files) == 1
    assert server.pressed == []
    assert [text.split(".")[0] for text in scene.troubles()] == [
        "The studio wants you to sign in",
        "The studio asks whether you are a person",
    ]
    story = [
        event for event in scene.story(session) if event in ("needs_human", "mended", "prefilled", "imported")
    ]
    assert story == ["needs_human", "mended", "prefilled", "needs_human", "mended", "imported"]


@pytest.mark.long
def test_a_page_that_is_not_switched_is_waited_for(tmp_path: Path) -> None:
    rule = {"on": "GET /create", "fault": "simple"}
    with Server(Script([rule]), person=("custom", "create", "download")) as server:
        scene, session = at(server, tmp_path)
        server.may = lambda: scene.books.held(session.id).trouble
        assert scene.sit(session).files
    assert ["Switch it to Custom" in news.hint for news in scene.told if news.person] == [True]


def test_a_wall_nobody_mends_stops_the_session_and_nothing_is_dodged(tmp_path: Path) -> None:
    with Server(Script([{"on": "GET /create", "fault": "challenge"}])) as server:
        scene, session = at(server, tmp_path)
        with pytest.raises(NotReady) as stopped:
            scene.sit(session, HASTY)
    assert stopped.value.code == "studio.needs_human"
    assert f"noktvrn studio resume {session.id}" in stopped.value.hint
    assert (server.pressed, server.submissions, server.asked.count("GET /create")) == ([], [], 1)
    assert scene.books.held(session.id).trouble == "challenge"
    (picture,) = [news.picture for news in scene.told if news.person]
    assert picture is not None
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_mode & 0o077 == 0


def test_a_rate_notice_after_create_is_told_and_not_pressed_against(tmp_path: Path) -> None:
    rule = {"on": "POST /api/generate", "fault": "rate"}
    with Server(Script([rule]), person=("create",)) as server:
        scene, session = at(server, tmp_path)
        scene.sit_until(session, scene.troubles)
    held = scene.books.held(session.id)
    assert (held.trouble, held.step) == ("rate", StudioStep.WAITING)
    assert server.asked.count("POST /api/generate") == 1
    assert server.pressed == []


def test_a_persons_own_selectors_mend_a_changed_page(tmp_path: Path) -> None:
    with Server(Script([{"on": "GET /create", "fault": "moved"}])) as server:
        scene, session = at(server, tmp_path)
        with pytest.raises(NotReady) as stopped:
            scene.sit(session, HASTY)
        assert stopped.value.code == "studio.needs_human"
        assert "Missing: lyrics, style, title." in stopped.value.message
        assert server.submissions == []
        own = tmp_path / "own.toml"
        places = {"lyrics": ".q7x", "style": ".p2k", "title": ".t1"}
        own.write_text("\n".join(f'[fields.{n}]\nany = ["{s}"]' for n, s in places.items()), "utf-8")
        server.person = ("create", "download")
        mended = scene_of(tmp_path, studio="browser", studio_url=server.url, studio_selectors=own)
        assert mended.sit(session).files
    assert scene.books.held(session.id).trouble == ""


def test_a_wrong_title_and_a_broken_song_are_told_and_the_right_one_is_taken(tmp_path: Path) -> None:
    rules = [
        {"on": "GET /song/", "nth": 1, "fault": "wrong_title"},
        {"on": "GET /song/", "nth": 2, "fault": "not_a_song"},
    ]
    with Server(Script(rules), person=("create", "download", "download", "download")) as server:
        scene, session = at(server, tmp_path)
        done = scene.sit(session)
    assert len(done.files) == 1
    assert [text.split(":")[0].split(".")[0] for text in scene.troubles()] == [
        "A download has another title than this song",
        "A download is no song that plays",
    ]
    (aside,) = (scene.books.folder(session.id) / "aside").iterdir()
    assert aside.name == "Another Song.mp3"
    assert aside.stat().st_size > 100_000


@pytest.mark.long
def test_a_page_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    with Server() as server:
        scene, session = at(server, tmp_path)
    with pytest.raises(NotReady) as stopped:
        scene.sit(session, HASTY)
    assert stopped.value.code == "studio.needs_human"
    assert any("did not come up" in text for text in scene.troubles())


def test_the_check_finds_all_and_presses_nothing(tmp_path: Path) -> None:
    with Server() as server:
        scene, _ = at(server, tmp_path)
        report = check_page(scene.settings, 20.0)
    assert report.passed
    assert {found.rule for found in report.findings} >= {"studio.field.lyrics", "studio.mark.create"}
    assert (server.pressed, server.submissions) == ([], [])


def test_a_look_tells_what_stands_in_the_way(tmp_path: Path) -> None:
    gone = {"lyrics", "style", "title"}
    expected: dict[str, tuple[str | None, set[str]]] = {
        "login": ("login", {*gone, "create"}),
        "challenge": ("challenge", set()),
        "rate": ("rate", set()),
        "moved": ("fields", gone),
        "simple": ("fields", gone),
        "second": (None, set()),
    }
    seen = {}
    with Server() as server:
        scene, _ = at(server, tmp_path)
        browser = Browser(scene.settings, tmp_path, "Night Bus", PACK)
        assert browser.open().trouble is None
        for fault in expected:
            server.script = Script([{"on": "GET /create", "fault": fault}])
            sight = browser.open_page()
            missing = {one.name for one in browser.check() if one.selector is None and not one.optional}
            seen[fault] = (sight.trouble.kind if sight.trouble else None, missing)
        browser.close()
    assert seen == expected
