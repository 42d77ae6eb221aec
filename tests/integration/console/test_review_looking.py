"""What a person sees and hears of what lies on the desk, whatever has become of its files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.integration.console.review_samples import (
    NARROW,
    WIDE,
    Hands,
    Media,
    at_the_desk,
    desk,
    enter_takes,
    lay,
    media,
)
from tests.integration.label.label_samples import enter_artist

from noktvrn.console.screens.review_sheet import read_sheet
from noktvrn.console.screens.review_takes import TakeChoice
from noktvrn.console.widgets.cover import Cover
from noktvrn.console.widgets.waveform import Waveform
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState

HOSTILE = "[bold red]Glass[/] \x1b[31m\u202eHours\u2066 [@click=app.quit]x[/] \U0001f600 " + "日本語" * 40

SAID = (
    "-14.0 LUFS",
    "glass hours over me",
    "! warning",
    "A little flat.",
    "The artist is an AI persona",
    "procedural_writer",
    "contains AI: All",
    "may go to stores",
    "single 7 d",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return media(tmp_path_factory.mktemp("media"))


def file_of(label: Label, run: Run, kind: str) -> Path:
    """The vault's file of a part."""
    draft = read_sheet(label, run.id).draft
    assert draft is not None
    part = next(part for part in draft.parts if part.asset.media_type.startswith(kind))
    return label.office.studio.vault.path(part.asset, artist_id=run.artist_id)


def test_everything_is_shown_at_any_size(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        run = lay(label, enter_artist(label), made)

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            cover, wave = hands.place.query_one(Cover), hands.place.query_one(Waveform)
            await hands.until(lambda: cover.drawn == 18, "the cover")
            await hands.until(lambda: wave.loudness and wave.loudness.measured, "the waveform")
            for words in SAID:
                await hands.until(lambda words=words: words in hands.screen, words)  # type: ignore[misc]
            await hands.pilot.resize_terminal(*NARROW)
            await hands.until(lambda: cover.drawn == 10, "a smaller cover")
            lines = hands.screen.splitlines()
            assert len(lines) == NARROW[1]
            assert {len(line) for line in lines} == {NARROW[0]}
            assert "Glass Hours 0" in hands.screen
            assert "approve" in lines[-1]
            assert "quit" in lines[-1]
            await hands.press("pagedown", "pagedown")
            await hands.until(lambda: "Credits" in hands.screen, "what stands below")
            await hands.press("pageup", "pageup")
            await hands.until(lambda: "sung (en)" in hands.screen, "what stands above")

        at_the_desk(label, play, size=WIDE)


def test_words_of_others_are_data(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        run = lay(label, artist, made, title=HOSTILE)
        lay(label, artist, made, 1, title=HOSTILE * 50)

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            await hands.until(lambda: "[bold red]Glass[/] [31mHours" in hands.screen, "the title as it is")
            assert "…" in hands.screen
            assert not set(hands.screen) & set("\x1b\u202e\u2066")
            await hands.press("x")
            await hands.until(lambda: "Why is" in hands.screen, "the question")
            assert "[bold red]" in hands.screen
            await hands.write("[b]no[/b]")
            await hands.press("enter")
            await hands.hears("Rejected")
            assert "[bold red]" in hands.told

        at_the_desk(label, play, size=WIDE)


def test_what_is_gone_or_broken_is_told_and_the_rest_is_shown(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        gone = lay(label, artist, made)
        broken = lay(label, enter_artist(label, "Second Quill"), made, 1)
        file_of(label, gone, "image/").unlink()
        file_of(label, gone, "audio/").unlink()
        for kind in ("image/", "audio/"):
            path = file_of(label, broken, kind)
            path.unlink()
            path.write_bytes(b"torn" * 100)

        async def play(hands: Hands) -> None:
            cover, wave = hands.place.query_one(Cover), hands.place.query_one(Waveform)
            await hands.sees(gone)
            await hands.until(lambda: "cover.jpg is missing" in cover.told, "why there is no cover")
            await hands.until(
                lambda: "master.flac is missing from the" in hands.screen, "why there is no sound"
            )
            assert wave.loudness is not None
            assert not wave.loudness.measured
            assert "glass hours over me" in hands.screen
            await hands.press("p", "o")
            await hands.hears("has no preview yet")
            await hands.press("j")
            await hands.sees(broken)
            await hands.until(lambda: "cannot be read as a picture" in cover.told, "a broken cover")
            await hands.until(lambda: "cannot be read as sound" in hands.screen, "a broken sound")
            await hands.press("a")
            await hands.until(lambda: label.desk.show(broken.id)[1], "a verdict all the same")

        at_the_desk(label, play, size=WIDE)


def test_another_take_is_chosen_or_recorded(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        first, second = lay(label, artist, made), lay(label, artist, made, 1)
        enter_takes(label, first, made)
        enter_takes(label, second, made)

        async def play(hands: Hands) -> None:
            await hands.sees(first)
            await hands.until(lambda: "take 2" in str(hands.screen), "the takes")
            await hands.press("t")
            await hands.until(lambda: isinstance(hands.app.screen, TakeChoice), "the question")
            assert "does not pass" in hands.screen
            await hands.press("escape", "t")
            await hands.until(lambda: isinstance(hands.app.screen, TakeChoice), "the question")
            await hands.press("home", "enter")
            await hands.hears('Take 1 of "Glass Hours 0" is being made ready')
            await hands.sees(second)
            await hands.press("t")
            await hands.until(lambda: isinstance(hands.app.screen, TakeChoice), "the question")
            await hands.press("end", "enter")
            await hands.hears('Another take of "Glass Hours 1"')

        at_the_desk(label, play, size=WIDE)
        (choice,) = label.takes.choices(first.id)
        assert (choice.take, choice.by) == (1, "person:Ada")
        (remake,) = label.remakes.of(second.id)
        assert (remake.part, remake.by) == ("take", "person:Ada")
        assert label.runs.get(first.id).state in (RunState.PRODUCING, RunState.QUEUED)


def test_it_is_played_and_ends_with_the_console(
    tmp_path: Path, made: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    player = programs / "mpv"
    noted = tmp_path / "noted"
    player.write_text(
        f"#!{sys.executable}\nimport os, sys, time\n"
        f"open({str(noted)!r}, 'a').write(f'{{os.getpid()}} {{sys.argv[-1]}}\\n')\ntime.sleep(60)\n"
    )
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        first, second = lay(label, artist, made), lay(label, artist, made, 1)
        page = label.office.studio.previews / first.id / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("page")

        def begun() -> list[str]:
            return noted.read_text().splitlines() if noted.exists() else []

        async def play(hands: Hands) -> None:
            await hands.sees(first)
            await hands.press("p")
            await hands.until(begun, "the player")
            assert begun()[0].endswith(str(file_of(label, first, "audio/")))
            await hands.press("p")
            await hands.until(lambda: not is_alive(begun()[0]), "silence")
            await hands.press("p")
            await hands.until(lambda: len(begun()) == 2, "the player")
            await hands.press("j")
            await hands.sees(second)
            await hands.until(lambda: not is_alive(begun()[1]), "silence on the next entry")
            await hands.press("p")
            await hands.until(lambda: len(begun()) == 3, "the player")
            monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
            await hands.press("k")
            await hands.sees(first)
            await hands.until(lambda: not is_alive(begun()[2]), "silence")
            await hands.press("p")
            await hands.hears("Over SSH")
            assert hands.app.clipboard == str(file_of(label, first, "audio/"))
            await hands.press("o")
            await hands.hears("The page, copied")
            assert hands.app.clipboard == str(page)
            await hands.press("y")
            await hands.until(lambda: hands.app.clipboard == f"noktvrn review show {first.id}", "the command")
            monkeypatch.delenv("SSH_CONNECTION")
            await hands.press("p")
            await hands.until(lambda: len(begun()) == 4, "the player")

        at_the_desk(label, play)
        assert not is_alive(begun()[3])


def is_alive(line: str) -> bool:
    try:
        os.kill(int(line.split()[0]), 0)
    except ProcessLookupError:
        return False
    return True
