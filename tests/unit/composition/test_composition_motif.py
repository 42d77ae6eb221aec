"""The motif a song is asked for: songs of one record begin in the same way, each in its own development."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.unit.release.release_samples import profile

from noktvrn.model.record import Role
from noktvrn.music.planner import plan_song
from noktvrn.planning.record_arc import developed
from noktvrn.sound.composition.motif import invent
from noktvrn.sound.style import load_style

MOTIF = (2, -1, 2)


@pytest.mark.parametrize("role", ["opener", "turn", "peak", "path"])
@pytest.mark.parametrize("seed", [1, 7])
def test_the_hook_begins_as_the_plan_asks_and_in_its_rhythm(role: Role, seed: int) -> None:
    sound = profile().sound
    plan = plan_song(
        genre="dark_electronic",
        style=sound.style,
        tempo=profile().tempo,
        modes=("minor",),
        mood="brooding",
        duration_s=60,
        seed=seed,
    )
    style = load_style(sound.style)
    asked = developed(MOTIF, role, 3)
    cell = style.cells[-1]
    song = invent(plan.model_copy(update={"opening": asked, "cell": cell}), style, sound)

    moves = tuple(after - before for before, after in pairwise(song.hook))
    assert moves[: len(asked)] == asked
    assert song.cells[0] == cell
    assert len(set(song.cells)) == len(song.cells)


def test_a_plan_that_asks_for_nothing_is_played_as_ever() -> None:
    sound = profile().sound
    plan = plan_song(
        genre="dark_electronic",
        style=sound.style,
        tempo=profile().tempo,
        modes=("minor",),
        mood="brooding",
        duration_s=60,
        seed=3,
    )
    asked = plan.model_copy(update={"opening": (), "cell": ""})

    assert "opening" not in plan.as_data()
    assert invent(asked, load_style(sound.style), sound) == invent(plan, load_style(sound.style), sound)
