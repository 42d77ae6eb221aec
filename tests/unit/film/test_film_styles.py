"""Every visualiser style on small frames: in range, repeatable, moved by the song, at home in any framing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from noktvrn.film.montage import Shot
from noktvrn.film.spectrum import BANDS
from noktvrn.film.staging import TALL, WIDE, grade_of, stage_of
from noktvrn.film.styles import STYLES
from noktvrn.film.styles.base import Palette, Pulse, Stage
from noktvrn.film.yuv import Frame

PALETTE = Palette(
    ramp=((0.05, 0.02, 0.1), (0.25, 0.05, 0.4), (0.7, 0.1, 0.6), (0.98, 0.5, 0.5), (1.0, 0.9, 0.8)),
    paper=(0.96, 0.95, 0.9),
    ink=(0.1, 0.1, 0.15),
    accent=(1.0, 0.1, 0.0),
    light_angle=60.0,
    grain=0.02,
)
LABELS = sorted(WIDE | TALL)
SIZES = [(192, 108), (108, 192)]


def shot(label: str = "chorus", take: int = 0) -> Shot:
    return Shot(first=0, last=90, label=label, energy=0.8, take=take, seed=5)


def pulse(time_s: float = 1.0, level: float = 0.7) -> Pulse:
    bands = np.linspace(level, level / 3, BANDS, dtype=np.float32)
    return Pulse(time_s, bands, level, level, level, beat=level, bar=0.3, shot=0.4, presence=1.0)


def drawn(
    style: str, stage: Stage, pulses: list[Pulse], *, ground: tuple[int, int, int] = (40, 128, 128)
) -> Frame:
    act, frame = STYLES[style](stage), Frame(stage.width, stage.height)
    for each in pulses:
        frame.y[...], frame.u[...], frame.v[...] = ground
        act.draw(frame, each)
    return frame


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_it_shows_in_every_framing_and_stays_in_range(style: str, size: tuple[int, int]) -> None:
    for label in LABELS:
        for take in range(3):
            frame = drawn(
                style, stage_of(shot(label, take), *size, PALETTE), [pulse(t / 10) for t in range(4)]
            )
            assert frame.y.min() >= 16
            assert frame.y.max() <= 235
            assert (frame.y != 40).mean() > 0.01, (label, take)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_the_same_seed_draws_the_same_frame(style: str) -> None:
    stage = stage_of(shot(), 192, 108, PALETTE)
    times = [pulse(t / 30) for t in range(5)]
    assert bytes(drawn(style, stage, times).view) == bytes(drawn(style, stage, times).view)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_loud_moment_looks_different_from_a_quiet_one(style: str) -> None:
    stage = stage_of(shot(), 192, 108, PALETTE)
    loud = drawn(style, stage, [pulse(t / 30, 0.95) for t in range(60)])
    quiet = drawn(style, stage, [pulse(t / 30, 0.05) for t in range(60)])
    assert np.abs(loud.y.astype(int) - quiet.y.astype(int)).mean() > 0.7


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("chroma", [60, 196])
def test_chroma_never_wraps_on_the_most_coloured_ground(style: str, chroma: int) -> None:
    """A wrapped sum would jump to the other end of the range."""
    stage = stage_of(shot(), 192, 108, PALETTE)
    frame = drawn(style, stage, [pulse(t / 30, 1.0) for t in range(10)], ground=(40, chroma, chroma))
    for plane in (frame.u, frame.v):
        assert plane.min() >= 2
        assert plane.max() <= 254


@pytest.mark.parametrize("style", sorted(set(STYLES) - {"press"}))
def test_light_styles_leave_the_far_corners_to_the_backdrop(style: str) -> None:
    frame = drawn(style, stage_of(shot("intro"), 192, 108, PALETTE), [pulse()])
    assert (frame.y[:12, :24] == 40).mean() > 0.9


def test_shots_of_one_label_are_framed_differently() -> None:
    first, second = (stage_of(shot("verse", take), 1920, 1080, PALETTE) for take in (0, 1))
    assert (first.cx, first.size) != (second.cx, second.size)


def test_louder_parts_are_lit_brighter() -> None:
    quiet = Shot(0, 90, "verse", 0.1, 0, 3)
    loud = Shot(0, 90, "chorus", 1.0, 0, 3)
    assert grade_of(loud, PALETTE).gain > grade_of(quiet, PALETTE).gain
    assert abs(grade_of(Shot(0, 9, "bridge", 0.5, 0, 8), PALETTE).turn) <= 14


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_chorus_is_another_picture_than_a_verse(style: str) -> None:
    """Nearer, larger and fuller: at one and the same sound a tenth of the picture differs clearly."""
    verse, chorus = (
        drawn(style, stage_of(shot(label), 192, 108, PALETTE), [pulse(t / 30) for t in range(20)])
        for label in ("verse", "chorus")
    )
    assert (np.abs(verse.y.astype(int) - chorus.y.astype(int)) > 6).mean() > 0.1


@pytest.mark.parametrize("label", ["chorus", "drop"])
def test_the_camera_is_nearer_at_the_height(label: str) -> None:
    near, far = (grade_of(shot(part), PALETTE).zoom for part in (label, "verse"))
    assert near > 1.3 * far


@pytest.mark.parametrize("on_paper", [True, False])
def test_prints_carry_the_world_of_the_artist(on_paper: bool) -> None:
    """A world that is brighter to the right shows in the unprinted part of the sheet."""
    palette = dataclasses.replace(PALETTE, on_paper=on_paper)
    ramp = np.linspace(60, 200, 96).astype(np.uint8)
    world = np.repeat(np.repeat(ramp[None, :, None], 54, axis=0), 3, axis=2)
    frame = drawn("press", stage_of(shot("outro"), 192, 108, palette, world), [pulse()])
    assert frame.y[-6:, -20:].mean() > frame.y[-6:, :20].mean() + 40
