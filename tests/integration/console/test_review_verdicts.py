"""Verdicts at the console reach the ledger once, on exactly what was seen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.integration.console.review_samples import (
    Hands,
    Media,
    at_the_desk,
    console,
    desk,
    lay,
    lay_anew,
    media,
)
from tests.integration.label.label_samples import enter_artist, times_enqueued

from noktvrn.console.screens import review_browsing
from noktvrn.console.screens.place import Place
from noktvrn.console.widgets.reason import Reason
from noktvrn.label.desk import LONGEST_REASON
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return media(tmp_path_factory.mktemp("media"))


def lying(label: Label) -> list[str]:
    return [item.run_id for item in label.desk.queue()]


def decided(label: Label, run: Run) -> tuple[str, str, str, str]:
    verdict = label.desk.show(run.id)[1]
    assert verdict is not None
    return verdict.decision, verdict.door, verdict.by, verdict.approval_hash


def test_a_verdict_is_given_and_taken_back(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path, undo_s=60) as label:
        artist = enter_artist(label)
        first, second, third = (lay(label, artist, made, number) for number in range(3))
        seen = label.desk.show(first.id)[0].approval_hash

        async def play(hands: Hands) -> None:
            await hands.sees(first)
            await hands.press("a")
            await hands.sees(second)
            await hands.hears('Approved "Glass Hours 0".   u takes "Glass Hours 0" back, 60 s')
            assert decided(label, first) == ("approved", "console", "person:Ada", seen)
            assert times_enqueued(label, "release", first.id) == 1
            await hands.press("u")
            await hands.sees(first)
            assert lying(label) == [first.id, second.id, third.id]
            await hands.press("u")
            await hands.hears("no verdict to take back")
            await hands.press("j")
            await hands.sees(second)
            await hands.press("x")
            await hands.press("enter")
            assert isinstance(hands.app.screen, Reason)
            await hands.write("too slow")
            await hands.press("ctrl+j")
            await hands.write("muddy")
            await hands.press("enter")
            await hands.sees(third)
            await hands.hears('Rejected "Glass Hours 1".')

        at_the_desk(label, play)
        assert decided(label, second)[:3] == ("rejected", "console", "person:Ada")
        assert [remark.reason for remark in label.desk.remarks(artist.id)] == ["too slow\nmuddy"]
        assert lying(label) == [first.id, third.id]
        assert label.house.verify_audit().passed


def test_what_has_changed_since_it_was_seen_is_not_decided(
    tmp_path: Path, made: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "on_happened", lambda self, message: None)  # the news is slower than the hand
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        run = lay(label, artist, made)

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            now = lay_anew(label, run, artist, made, "Glass Days")
            await hands.press("a")
            await hands.hears("not what was previewed")
            assert label.desk.show(run.id)[1] is None
            await hands.until(lambda: hands.place.sheet and hands.place.sheet.approval_hash == now, "new")
            await hands.press("x")
            await hands.write("thin")
            again = lay_anew(label, run, artist, made, "Glass Weeks", attempt=3)
            await hands.press("enter")
            await hands.until(lambda: hands.place.sheet and hands.place.sheet.approval_hash == again, "new")
            assert label.desk.show(run.id)[1] is None
            await hands.press("a")
            await hands.until(lambda: label.desk.show(run.id)[1], "a verdict")
            assert decided(label, run)[3] == again

        at_the_desk(label, play)


def test_what_is_decided_elsewhere_disappears_and_who_did_it_is_told(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        first, second, third = (lay(label, artist, made, number) for number in range(3))

        async def play(hands: Hands) -> None:
            await hands.sees(first)
            label.desk.approve(first.id, by="person:Bob", door="telegram")
            await hands.hears('"Glass Hours 0" was approved by Bob (telegram).')
            await hands.sees(second)
            await hands.press("x")
            await hands.write("too")
            label.desk.reject(second.id, by="person:Bob", door="api", reason="mine")
            await hands.until(lambda: not isinstance(hands.app.screen, Reason), "the end of the question")
            await hands.hears('"Glass Hours 1" was rejected by Bob (api).')
            await hands.sees(third)
            label.runs.cancel(third.id)
            await hands.hears("The run was cancelled.")
            await hands.until(lambda: "Nothing waits for a verdict." in hands.screen, "an empty desk")
            await hands.press("a", "x", "t", "space", "p", "o", "y")

        at_the_desk(label, play)
        assert decided(label, second)[2] == "person:Bob"


def test_marks_are_approved_each_as_it_was_seen(
    tmp_path: Path, made: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as label:
        artist = enter_artist(label)
        first, second, third, fourth = (lay(label, artist, made, number) for number in range(4))

        async def play(hands: Hands) -> None:
            await hands.sees(first)
            await hands.press("space")
            await hands.sees(second)
            await hands.press("space")
            await hands.sees(third)
            monkeypatch.setattr(review_browsing, "LOOK_AFTER_S", 999.0)
            await hands.press("j", "space")
            await hands.hears("look first")
            monkeypatch.undo()
            await hands.press("k", "j")
            await hands.sees(fourth)
            await hands.press("space")
            await hands.until(lambda: "3 marked" in hands.screen, "marks")
            lay_anew(label, second, artist, made, "Glass Days")
            await hands.hears('"Glass Hours 1" has changed since it was marked.')
            await hands.press("a")
            await hands.hears("Approved 2.")
            await hands.until(lambda: hands.listed == [second.id, third.id], "the others")

        at_the_desk(label, play)
        assert lying(label) == [second.id, third.id]
        assert decided(label, first)[1] == decided(label, fourth)[1] == "console"


def test_of_two_consoles_that_approve_at_once_exactly_one_does(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        run = lay(label, enter_artist(label), made)

        async def go() -> None:
            async with console(label, "person:Ada") as ada, console(label, "person:Bob") as bob:
                await asyncio.gather(ada.sees(run), bob.sees(run))
                await asyncio.gather(ada.press("a"), bob.press("a"))
                first, second = ada, bob
                await ada.until(lambda: label.desk.show(run.id)[1], "a verdict")
                if decided(label, run)[2] == "person:Bob":
                    first, second = bob, ada
                await first.hears("Approved")
                await second.hears(f"approved by {decided(label, run)[2].removeprefix('person:')}")

        asyncio.run(go())
        assert times_enqueued(label, "release", run.id) == 1
        assert label.runs.get(run.id).state is RunState.APPROVED


def test_a_console_that_only_looks_decides_nothing(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path, undo_s=60) as label:
        run = lay(label, enter_artist(label), made)

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            await hands.press("a", "x", "u", "t")
            await hands.hears("This console only looks.")
            assert not isinstance(hands.app.screen, Reason)

        at_the_desk(label, play, read_only=True)
        assert lying(label) == [run.id]


def test_where_verdicts_stand_the_key_says_so(tmp_path: Path, made: Media) -> None:
    with desk(tmp_path) as label:
        run = lay(label, enter_artist(label), made)

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            await hands.press("u")
            await hands.hears("NOKTVRN_UNDO_S is 0")
            await hands.press("x")
            reason = hands.app.screen
            assert isinstance(reason, Reason)
            reason.query_one("TextArea").load_text("x" * (LONGEST_REASON + 3))  # type: ignore[attr-defined]
            await hands.press("enter")
            await hands.until(lambda: "Too long by 3" in hands.screen, "a reason that is too long")
            await hands.press("escape")
            assert lying(label) == [run.id]

        at_the_desk(label, play)
