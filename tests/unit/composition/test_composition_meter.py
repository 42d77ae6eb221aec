"""Every meter: bars, tempo, strong places, what the style file may hold, and what files say of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.composition.composition_samples import METERS, small_style, song_of

from noktvrn.kernel.errors import Fault
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.files.midi import write_midi
from noktvrn.sound.score import PRE_ROLL_S
from noktvrn.sound.style import FOLDER, parse_style

FELT = {(6, 8): 1.5, (12, 8): 1.5, (9, 8): 1.5, (3, 8): 1.5}
EACH_METER = pytest.mark.parametrize("meter", METERS)


@EACH_METER
def test_a_song_in_any_meter_has_the_length_asked_for_and_whole_bars(meter: tuple[int, int]) -> None:
    for seed in range(4):
        plan, score = song_of(small_style(meter), seed, seconds=100)
        assert abs(plan.duration_s + plan.tail_s - 100) <= 5
        assert plan.bar_s == pytest.approx(METERS[meter] / 4 / FELT.get(meter, 1.0) * 60 / plan.tempo_bpm)
        assert score.duration_s == pytest.approx(PRE_ROLL_S + plan.duration_s + plan.tail_s)
        assert score.beats == plan.bars * METERS[meter] / 4
        assert (score.meter, sum(score.pulse)) == (meter, METERS[meter])
        for section in score.sections:
            assert section.start % (METERS[meter] / 4) == 0


@EACH_METER
def test_the_time_line_counts_felt_beats(meter: tuple[int, int]) -> None:
    plan, score = song_of(small_style(meter))
    line = timeline(score, plan)
    assert line.tempo_bpm == plan.tempo_bpm
    assert len(line.downbeats) == plan.bars
    assert set(line.downbeats) <= set(line.beats)
    gaps = {round((b - a) * plan.tempo_bpm / 60, 3) for a, b in pairwise(line.beats)}
    assert gaps == ({1.0, 1.5} if meter == (7, 8) else {1.0})


@EACH_METER
def test_every_part_plays_in_every_meter_and_the_tune_has_its_syllables(meter: tuple[int, int]) -> None:
    _, score = song_of(small_style(meter))
    assert all(score.parts.values())
    assert score.hits
    for section in score.sections:
        lead = [n for n in score.parts["lead"] if section.start <= n.start + 1e-6 < section.end]
        if section.syllables and not section.last:
            assert len(lead) == sum(section.syllables)


def test_a_walking_bass_steps_on_the_felt_beats() -> None:
    for meter, wanted in (((3, 4), {0, 4, 8}), ((12, 8), {0, 6, 12, 18}), ((7, 8), {0, 4, 8})):
        _, score = song_of(small_style(meter))
        bar = METERS[meter]
        full = [n for n in score.parts["bass"] if n.velocity > 0.55]
        assert {round(n.start * 4) % bar for n in full} == wanted


def test_strong_places_follow_the_pulse() -> None:
    seven = Meter((4, 4, 6))
    assert [place for place in range(14) if seven.strong(place / 4)] == [0, 4, 8]
    assert [seven.weight(place / 4) for place in range(8, 14)] == [3, 1, 2, 1, 2, 1]
    assert seven.weight(3.5) == 4
    assert seven.weight(0.1) == 0
    assert list(Meter((6, 6)).pulses(3.0, 5.0)) == [(3.0, 1.5), (4.5, 0.5)]


def test_eighths_swing_in_pairs_only() -> None:
    assert Meter((4,) * 3).swung(0.5, 0.5, 8) == pytest.approx(0.75)
    assert Meter((6, 6)).swung(0.5, 0.5, 8) == 0.5
    assert Meter((6, 6)).swung(0.25, 0.5, 16) == pytest.approx(0.375)


def test_a_meter_nobody_can_count_is_refused() -> None:
    text = (FOLDER / "folk.toml").read_text(encoding="utf-8")
    with pytest.raises(Fault, match="4/3 is none"):
        parse_style("odd", "meter = [4, 3]\n" + text)


def test_a_style_may_count_its_bar_its_own_way() -> None:
    assert small_style((5, 4)).groups == (4,) * 5
    style = small_style((5, 4), pulse="pulse = [12, 8]")
    assert style.groups == (12, 8)
    assert song_of(style)[1].pulse == (12, 8)
    with pytest.raises(Fault, match="18 sixteenths are no bar of 20"):
        small_style((5, 4), pulse="pulse = [12, 6]")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('[groove.off]\nbars.kick = "X............."', r"groove off, kick: .* 14 steps, a bar of 3/4 has 12"),
        ('lift = { tamb = "x..." }', "lift, tamb"),
    ],
)
def test_a_pattern_that_is_no_whole_bar_is_named(wrong: str, told: str) -> None:
    with pytest.raises(Fault, match=told):
        small_style((3, 4), more=wrong)


@pytest.mark.parametrize(
    ("meter", "said"),
    [((6, 8), (6, 3, 36, 8)), ((3, 4), (3, 2, 24, 8)), ((7, 8), (7, 3, 24, 8)), ((12, 8), (12, 3, 36, 8))],
)
def test_midi_says_meter_and_tempo_in_quarters(
    meter: tuple[int, int], said: tuple[int, ...], tmp_path: Path
) -> None:
    plan, score = song_of(small_style(meter))
    write_midi(tmp_path / "s.mid", score, "Song")
    data = (tmp_path / "s.mid").read_bytes()
    assert b"\xff\x58\x04" + bytes(said) in data
    tempo = round(60_000_000 / (plan.tempo_bpm * FELT.get(meter, 1.0))).to_bytes(3, "big")
    assert b"\xff\x51\x03" + tempo in data
