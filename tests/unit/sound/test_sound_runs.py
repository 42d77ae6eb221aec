"""Runs in eighths, power chords, and parts that come later."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from noktvrn.model.artist import TempoRange
from noktvrn.music.planner import plan_song
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.form import lay_out, plays
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.run import run
from noktvrn.sound.composition.transitions import lifted
from noktvrn.sound.score import Note, Score
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style


def composed(style: str, seconds: int = 60, seed: int = 5) -> Score:
    home = load_style(style)
    plan = plan_song(
        genre=style,
        style=style,
        tempo=TempoRange(low=home.tempo[0], high=home.tempo[1]),
        modes=home.modes,
        mood="",
        duration_s=seconds,
        seed=seed,
    )
    return compose(plan, make_identity(seed, style, moods=[]))


@pytest.mark.parametrize("groups", [(6, 6), (4, 4, 4, 4), (4, 4, 6)])
def test_a_run_is_of_eighths_and_stops_where_it_rests(groups: tuple[int, ...]) -> None:
    meter = Meter(groups)
    steps = 2 * meter.steps
    places, heights = run(random.Random(1), meter, steps, steps - groups[-1])
    assert len(places) == len(heights)
    assert all(place % 2 == 0 for place in places)
    assert places[-1] == steps - groups[-1]
    assert len(places) >= 0.7 * steps / 2 - groups[-1] / 2


def test_a_run_does_not_stray() -> None:
    for seed in range(40):
        _, heights = run(random.Random(seed), Meter((6, 6)), 96, 96)
        assert max(heights) - min(heights) <= 18
        assert len(set(heights)) > 3


def test_a_jig_runs_mostly_by_step() -> None:
    score = composed("celtic")
    strain = score.parts["strain"]
    first = next(s for s in score.sections if s.label == "verse")
    notes = sorted((n for n in strain if first.start <= n.start < first.end - 1), key=lambda n: n.start)
    assert len(notes) >= 4 * first.bars
    moves = [abs(b.pitch - a.pitch) for a, b in pairwise(notes)]
    assert sum(move <= 4 for move in moves) / len(moves) >= 0.7


def test_power_chords_have_no_thirds() -> None:
    score = composed("punk")
    for name in ("guitar left", "guitar right"):
        for note in score.parts[name]:
            chord = next(
                c.chord for c in reversed(score.chords) if c.start <= round(note.start * 4) / 4 + 1e-6
            )
            assert (note.pitch - chord.root) % 12 in (0, 6, 7)


def test_some_hands_leave_the_end_of_eight_bars_to_the_fill() -> None:
    home = load_style("pop")
    meter, section = Meter((4, 4, 4, 4)), composed("pop").sections[0]
    part = next(p for p in home.parts if p.line == "chords")
    struck = [Note(section.start + i / 2, 0.45, 60, 0.7) for i in range(round(2 * section.bars * meter.bar))]
    kept = [len(lifted(part, struck, section, meter, seed, final=False)) for seed in range(20)]
    seams = -(-section.bars // 8)
    assert set(kept) == {len(struck), len(struck) - 2 * seams}
    assert lifted(part, struck, section, meter, kept.index(min(kept)), final=True) == struck


def test_a_part_that_comes_later_plays_in_the_outro() -> None:
    home = load_style("pop")
    part = home.parts[0].model_copy(update={"later": True, "play": ("verse", "outro")})
    plan = plan_song(
        genre="pop",
        style="pop",
        tempo=TempoRange(low=100, high=110),
        modes=home.modes,
        mood="",
        duration_s=180,
        seed=2,
    )
    found = {(s.label, s.turn): plays(part, s) for s in lay_out(plan)}
    assert found["outro", 0]
    assert not found["verse", 0]
    assert found["verse", 1]
