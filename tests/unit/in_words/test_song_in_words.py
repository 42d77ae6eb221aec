"""A song plan in words: what engines that read words are told, and what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.outside_kit import LYRICS, PLAN, song

from noktvrn.model.song import LyricSection
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers._kit.in_words import clock, force, has_words, prompt_of, stretches, traits


def test_sections_have_their_words_and_the_last_one_rings_out(tmp_path: Path) -> None:
    intro, verse, chorus = stretches(song(tmp_path))
    assert (intro.label, intro.lines, intro.seconds) == ("Intro", (), 5.0)
    assert verse.lines == ("Hold me under silver rain", "All the lights are going out")
    assert (chorus.label, chorus.seconds, chorus.energy) == ("Chorus", 6.0, 0.9)


def test_nobody_sings_where_nobody_is_to(tmp_path: Path) -> None:
    assert has_words(song(tmp_path))
    assert not has_words(song(tmp_path, instrumental=True))
    assert not has_words(song(tmp_path, lyrics=None))


def test_a_line_opens_no_tag_of_its_own(tmp_path: Path) -> None:
    odd = LyricSection(label="verse", lines=("[Outro] \t now", "  ", "[x]"))
    told = song(tmp_path, lyrics=LYRICS.model_copy(update={"sections": (odd,)}))
    assert stretches(told)[1].lines == ("(Outro) now", "(x)")


def test_traits_are_the_plans_figures_the_prompts_phrases_and_the_identity(tmp_path: Path) -> None:
    told = song(
        tmp_path, prompt="Tape hiss; 91-100 BPM, major, tape hiss.\nSlow drums in the style of Madonna"
    )
    assert traits(told) == (
        *("synthwave", "96 bpm", "A minor", "Tape hiss", "tape hiss", "Slow drums", "bright"),
    )


def test_odd_meters_and_long_phrases_are_told_whole_words(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"meter": (6, 8)})
    identity = SoundIdentity(seed=1, style="pop", space=0.9, drive=0.7, brightness=-0.5, swing=0.5)
    told = traits(song(tmp_path, plan=plan, prompt="drifting " * 40, identity=identity))
    assert "6/8 time" in told and max(map(len, told)) <= 100
    assert told[-4:] == ("dark and warm", "saturated", "wide reverb", "swung")
    assert all(word == "drifting" for word in told[4].split())


@pytest.mark.parametrize(
    ("phrase", "stays"),
    [
        ("104 bpm", False),
        ("about 91–100 BPM", False),
        ("C# minor", False),
        ("minor", False),
        ("minor chords throughout", True),
        ("half-time at 52 bpm in the bridge", True),
    ],
)
def test_what_the_plan_settled_is_not_contradicted(tmp_path: Path, phrase: str, stays: bool) -> None:
    assert (phrase in traits(song(tmp_path, prompt=f"Tape hiss, {phrase}."))) is stays


def test_names_of_acts_leave_the_prompt(tmp_path: Path) -> None:
    assert "Madonna" not in prompt_of(song(tmp_path, prompt="Dark pop in the style of Madonna."))


@pytest.mark.parametrize(("seconds", "told"), [(0, "0:00"), (59.6, "1:00"), (155.2, "2:35")])
def test_lengths_are_told_as_people_write_them(seconds: float, told: str) -> None:
    assert clock(seconds) == told


def test_force_rises_with_energy() -> None:
    assert [force(energy) for energy in (0.1, 0.5, 0.9)] == ["sparse and quiet", "steady", "full and driving"]
