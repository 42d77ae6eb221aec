"""Moods show: dark artists get the night, bright ones the day; a release's mood only leans."""

from __future__ import annotations

import numpy as np
import pytest
from tests.effort import looks

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import hex_of, linear_of, to_oklch
from noktvrn.picture.compose import Commission, compose, scene_of, view_of
from noktvrn.picture.identity import make_look
from noktvrn.picture.motifs import MOTIFS
from noktvrn.picture.motifs.facade import _Block
from noktvrn.picture.palette import MAX_SHIFT, palette_of

DARK = (["dark", "nocturnal"], ["mysterious", "atmospheric"], ["nocturnal", "lonely"], ["brooding", "cold"])
BRIGHT = (["joyful", "groovy"], ["sunny", "laid-back"], ["playful", "warm"], ["uplifting", "hopeful"])
LOOKS: tuple[list[str], ...] = (["monolith", "street"], ["halftone"], ["fog"], ["botanical", "polaroid"], [])
LUMA = np.array([0.2126, 0.7152, 0.0722])


def _luminance(look: VisualIdentity, seed: int) -> float:
    """The mean luma of a cover, 0..1."""
    pixels = compose(Commission("cover", look, 90, 90, seed, "Vesper Line", "Afterglow")).pixels
    return float((pixels @ LUMA).mean() / 255)


def _covers(moods: tuple[list[str], ...]) -> list[float]:
    made = [
        make_look(seed, moods=moods[seed % len(moods)], looks=LOOKS[seed % len(LOOKS)], stage_name="N")
        for seed in range(looks(20, 40))
    ]
    return [_luminance(look, seed) for seed, look in enumerate(made)]


def test_dark_artists_are_dark() -> None:
    assert np.mean(np.array(_covers(DARK)) < 0.35) >= 0.9


def test_bright_artists_are_bright() -> None:
    assert np.mean(np.array(_covers(BRIGHT)) > 0.45) >= 0.9


def test_where_moods_do_not_say_both_grounds_occur() -> None:
    grounds = {make_look(seed, moods=["intimate"], looks=[], stage_name="N").ground for seed in range(20)}
    assert grounds == {"night", "day"}


@pytest.mark.parametrize("mood", ["sunny", "cold", "dark"])
def test_a_release_leans_to_its_mood_within_the_identity(mood: str) -> None:
    look = make_look(4, moods=["wistful"], looks=[], stage_name="N")
    for seed in range(12):
        job = Commission("cover", look, 64, 64, seed, mood=mood)
        ramp = scene_of(job, view_of(job)).palette.ramp
        for stop, was in zip(ramp[1:4], look.ramp[1:4], strict=True):
            (light, _, hue), (old_light, _, old_hue) = to_oklch(stop), to_oklch(linear_of(was))
            assert abs((hue - old_hue + 180) % 360 - 180) <= MAX_SHIFT + 4
            assert abs(light / old_light - 1) <= 0.06


def test_mood_moves_the_middle_of_the_ramp_only() -> None:
    look = make_look(4, moods=["wistful"], looks=[], stage_name="N")
    plain, bright = palette_of(look).ramp, palette_of(look, lift=1.0).ramp
    assert to_oklch(bright[2])[0] > to_oklch(plain[2])[0]
    assert [hex_of(bright[end]) for end in (0, 4)] == [hex_of(plain[end]) for end in (0, 4)]


@pytest.mark.parametrize("seed", range(12))
def test_a_facade_has_whole_windows_only(seed: int) -> None:
    look = make_look(seed, moods=["dark"], looks=[], stage_name="N").model_copy(update={"motif": "facade"})
    job = Commission("cover", look, 200, 200, seed)
    block = _Block(scene_of(job, view_of(job)))
    columns, rows = block.cells
    for row, column in np.argwhere(block.whole > 0):
        x = np.linspace(column + 0.35, column + 0.65, 25, dtype=np.float32) * 0.72 / columns - 0.36
        top = np.full_like(x, (row + 0.4) / rows - 0.5)
        assert block._outline(x, top).max() < 0
    assert block.whole.sum() > 10


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_every_family_is_dark_at_night(name: str) -> None:
    look = make_look(11, moods=["dark", "nocturnal"], looks=[], stage_name="N")
    assert _luminance(look.model_copy(update={"motif": name}), 3) < 0.42
