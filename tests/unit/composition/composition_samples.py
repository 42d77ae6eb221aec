"""Small styles in every meter, their plans and scores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SongPlan
from noktvrn.music import planner
from noktvrn.music.planner import plan_song
from noktvrn.sound import signature
from noktvrn.sound.composition import arrangement
from noktvrn.sound.score import Score
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import Style, load_style, parse_style

METERS = {
    (4, 4): 16,
    (3, 4): 12,
    (6, 8): 12,
    (12, 8): 24,
    (5, 4): 20,
    (7, 8): 14,
    (9, 8): 18,
    (2, 4): 8,
    (3, 8): 6,
}
"""Sixteenths of a bar, by meter."""


def small_style(meter: tuple[int, int], *, pulse: str = "", more: str = "") -> Style:
    """A band of bass, keys, tune and kit that plays in any meter."""
    size = METERS[meter]
    first, second = ("x--x-x" * 4)[:size], ("x-x-x-x-" * 3)[:size]
    return parse_style(
        "small",
        f"""
name = "Small"
family = "pop"
tempo = [70, 130]
meter = [{meter[0]}, {meter[1]}]
{pulse}
modes = ["minor", "major"]
forms = ["intro:4 verse:8 chorus:8 verse:8 chorus:8 bridge:8 chorus:8 outro:4"]
cells = ["{first}", "{second}"]
kits = ["acoustic"]
fills = [{{ snare = "{"x" * size}" }}]
{more}
[harmony.minor]
verse = ["i VI III VII", "i iv VI V"]
chorus = ["VI VII i i", "i VII VI V"]
bridge = ["iv VI v i"]
cadence = "iv V i"
[groove.beat]
bars.kick = "X{"." * (size - 1)}|X{"." * (size - 3)}x."
bars.snare = "{"." * (size // 2)}X{"." * (size - size // 2 - 1)}"
bars.hat = "{"x." * (size // 2)}"
bars.crash = "X{"." * (size - 1)}"
[grooves]
verse = ["beat"]
chorus = ["beat"]
[[parts]]
name = "bass"
bus = "bass"
patches = ["upright"]
line = "walk"
low = 28
high_pitch = 48
play = ["all"]
[[parts]]
name = "keys"
bus = "harmony"
patches = ["piano"]
line = "chords"
patterns = ["X{"-" * (size - 1)}"]
play = ["all"]
[[parts]]
name = "arp"
bus = "harmony"
patches = ["pluck"]
line = "arp"
patterns = ["{"0.1." * (size // 4)}{".." if size % 4 else ""}"]
play = ["chorus"]
[[parts]]
name = "lead"
bus = "lead"
patches = ["flute"]
line = "melody"
low = 57
high_pitch = 79
play = ["verse", "chorus", "bridge"]
[[parts]]
name = "hook"
bus = "lead"
patches = ["flute"]
line = "hook"
low = 57
high_pitch = 79
play = ["intro", "outro"]
""",
    )


@contextmanager
def on_the_shelf(style: Style) -> Iterator[None]:
    """The style as one of the shelf's, for planner, identity and composer."""

    def load(style_id: str) -> Style:
        return style if style_id == style.id else load_style(style_id)

    with pytest.MonkeyPatch.context() as patch:
        for room in (planner, signature, arrangement):
            patch.setattr(room, "load_style", load)
        yield


def song_of(style: Style, seed: int = 1, *, seconds: int = 90, artist: int = 1) -> tuple[SongPlan, Score]:
    """A planned and composed song."""
    with on_the_shelf(style):
        tempo = TempoRange(low=style.tempo[0], high=style.tempo[1])
        plan = plan_song(
            genre="g",
            style=style.id,
            tempo=tempo,
            modes=style.modes,
            mood="",
            duration_s=seconds,
            seed=seed,
        )
        return plan, arrangement.compose(plan, make_identity(artist, style.id, moods=[]))


def song_of_shelf(style_id: str, seed: int, seconds: int, artist: int = 1) -> tuple[SongPlan, Score]:
    """A planned and composed song of a style that ships."""
    return song_of(load_style(style_id), seed, seconds=seconds, artist=artist)
