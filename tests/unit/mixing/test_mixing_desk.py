"""The desk: one mix or stems, takes cut from one another, filters, dynamics and spaces by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.sound.test_sound_song import plan

from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.mixing.automation import ends_of_phrases, openings
from noktvrn.sound.mixing.dynamics import compress
from noktvrn.sound.mixing.filters import split, sweep_low_pass
from noktvrn.sound.mixing.render import mix_down, render
from noktvrn.sound.mixing.space import heard
from noktvrn.sound.score import RATE, Note
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style
from noktvrn.sound.synthesis.takes import HeldTake, LoopTake, Take, add_doubled, halved, made_endless

Samples = NDArray[np.float32]


def noise(count: int, channels: int = 2) -> Samples:
    rng = np.random.Generator(np.random.PCG64(5))
    return (0.2 * rng.standard_normal((channels, count))).astype(np.float32)


def level_db(samples: Samples) -> float:
    return float(10.0 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-20))


@pytest.mark.parametrize("style", ["synthwave", pytest.param("jazz", marks=pytest.mark.long)])
def test_the_mix_is_the_sum_of_the_stems_and_the_same_twice(style: str) -> None:
    identity, home = make_identity(1, style, moods=[]), load_style(style)
    score = compose(plan(style, bars=(2, 2, 4, 2)), identity)
    mix = mix_down(score, home, identity, 7)
    stems = [stem.samples for stem in render(score, home, identity, 7)]
    assert len(stems) == 4
    assert np.allclose(mix, np.sum(stems, axis=0), atol=2e-6)
    assert np.array_equal(mix, mix_down(score, home, identity, 7))
    assert not np.array_equal(mix, mix_down(score, home, identity, 8))


def test_filters_open_through_verses_and_stay_open_in_choruses() -> None:
    identity, home = make_identity(1, "synthwave", moods=[]), load_style("synthwave")
    score = compose(plan("synthwave"), identity)
    moves = {start: (first, last) for start, _, first, last in openings(score, home)}
    verse, chorus = score.sections[1], score.sections[2]
    assert moves[0][0] < moves[0][1]
    assert moves[score.sample(verse.start)][0] < moves[score.sample(verse.start)][1]
    assert score.sample(chorus.start) not in moves


def test_a_sweep_lets_through_more_and_more_and_leaves_the_rest_alone() -> None:
    bus = noise(4 * RATE)
    before = bus.copy()
    sweep_low_pass(bus, RATE, 3 * RATE, 300.0, 12_000.0)
    assert np.array_equal(bus[:, :RATE], before[:, :RATE])
    assert np.array_equal(bus[:, 3 * RATE :], before[:, 3 * RATE :])
    early, late = bus[:, RATE : 2 * RATE - 5000], bus[:, 3 * RATE - 20_000 : 3 * RATE]
    assert level_db(early) < level_db(late) - 6.0
    assert level_db(late) > level_db(before) - 6.0


def test_a_flat_curve_gives_back_what_came() -> None:
    sound = noise(50_001, 1)[0]
    flat, half = split(sound, (np.ones_like, lambda hertz: np.full_like(hertz, 0.5)))
    assert np.allclose(flat, sound, atol=1e-5)
    assert np.allclose(half, 0.5 * sound, atol=1e-5)


def test_parallel_compression_lifts_what_is_soft_and_keeps_what_is_loud() -> None:
    clock = np.arange(8 * RATE) / RATE
    hits = np.where(clock % 0.5 < 0.05, 1.0, 0.05)
    bus = noise(8 * RATE) * hits.astype(np.float32)
    before, loud = bus.copy(), clock % 0.5 < 0.04
    soft = (clock % 0.5 > 0.3) & (clock > 2.0)
    compress(bus, 0.0, 0.5)
    gain = [level_db(bus[:, part]) - level_db(before[:, part]) for part in (soft, loud & (clock > 2.0))]
    assert gain[0] - gain[1] > 2.0
    assert level_db(bus) == pytest.approx(level_db(before), abs=2.0)


def test_half_the_rate_and_back_is_the_same_sound() -> None:
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(20_000) / RATE).astype(np.float32)
    back = np.zeros_like(tone)
    add_doubled(back, halved(tone))
    assert level_db((back - tone)[200:-200]) < level_db(tone) - 45.0


def test_a_space_answers_with_its_response_wherever_it_is_called() -> None:
    response = np.stack([np.array([1.0, 0.5, 0.0, 0.25]), np.array([0.0, -1.0, 0.0, 0.0])]).astype(np.float32)
    send = np.zeros(600_000, np.float32)
    send[[0, 262_143, 599_990]] = (1.0, 2.0, -1.0)
    wet = heard([(send, response)], send.size)
    for place, level in ((0, 1.0), (262_143, 2.0), (599_990, -1.0)):
        assert np.allclose(wet[:, place : place + 4], level * response, atol=1e-5)
    assert np.count_nonzero(np.abs(wet) > 1e-4) == 3 * 4


def test_pieces_of_a_take_are_the_take() -> None:
    body = Take(noise(9000), 1.0)
    loudness = np.linspace(1.0, 0.0, 8000, dtype=np.float32)
    for take in (HeldTake(body, loudness, 1.0), LoopTake(Take(noise(2000), 1.0), 500, loudness, 1.0)):
        whole = take.sound()
        assert whole.shape == (2, take.size) == (2, 8000)
        assert np.array_equal(take.piece(1234, 5678), whole[:, 1234:5678])
        assert np.allclose(take.low(100, 3000), take.low(0, 4000)[100:3000])


def test_an_endless_take_has_no_seam() -> None:
    clock = np.arange(60_000) / RATE
    tone = np.stack([np.sin(2 * np.pi * 441.0 * clock), np.sin(2 * np.pi * 882.0 * clock)])
    take = Take(made_endless(tone.astype(np.float32), 20_000, 8000), 1.0, loop=20_000)
    around = take.piece(55_000, 155_000)
    assert around.shape == (2, 100_000)
    assert float(np.abs(np.diff(around[0])).max()) < 0.1
    assert np.array_equal(take.piece(60_000, 60_100), take.samples[:, 20_000:20_100])


def test_phrases_end_before_rests_and_sections() -> None:
    identity = make_identity(1, "pop", moods=[])
    score = compose(plan("pop"), identity)
    edge = score.sections[2].start
    notes = (
        Note(edge - 6.0, 1.0, 60, 0.8),
        Note(edge - 5.0, 1.0, 62, 0.8),
        Note(edge - 2.0, 2.0, 64, 0.8),
        Note(edge, 1.0, 65, 0.8),
        Note(edge + 1.0, 1.0, 67, 0.8),
    )
    assert ends_of_phrases(notes, score) == {1, 2, 4}
