"""The desk while somebody works: what is produced comes by itself, and what is approved is released."""

from __future__ import annotations

from pathlib import Path

from tests.integration.console.review_samples import Hands, at_the_desk
from tests.integration.durability.durability_samples import enter_artist, opened, until_state, working

from noktvrn.model.run import RunState
from noktvrn.settings import Settings


def test_what_is_produced_comes_to_the_desk_and_leaves_it_released(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=None, _env_file=None)
    with opened(settings.model_copy(update={"undo_s": 60})) as label, working(label):
        artist = enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.until(lambda: "Nothing waits for a verdict." in hands.screen, "an empty desk")
            run = label.runs.start(artist.id, name="one")
            await hands.sees(run)
            assert "1 waiting" in hands.screen
            await hands.press("a")
            await hands.hears("Approved")
            assert label.runs.get(run.id).state is RunState.APPROVED
            await hands.press("u")
            await hands.sees(run)
            other = label.runs.start(artist.id, name="two")
            await hands.until(lambda: "2 waiting" in hands.screen, "the second entry")
            assert hands.place.sheet is not None
            assert hands.place.sheet.item.run_id == run.id  # news move nobody's cursor
            label.desk.reject(other.id, by="person:Bob", door="cli", reason="")
            await hands.hears("was rejected by Bob (cli)")

        at_the_desk(label, play)


def test_without_a_grace_the_release_begins_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=None, _env_file=None)
    with opened(settings) as label, working(label):
        run = label.runs.start(enter_artist(label).id, name="one")

        async def play(hands: Hands) -> None:
            await hands.sees(run)
            await hands.press("a")
            await hands.hears("Approved")
            assert "takes" not in hands.told

        at_the_desk(label, play)
        until_state(label, run, RunState.COMPLETED)
