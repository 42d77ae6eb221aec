from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.words.phonetics import phones
from noktvrn.words.rhyme import rhyme_key, rhymes

PAIRS = """night/light high/goodbye rain/plane stone/alone door/more blue/through fire/wire heart/apart
    again/then said/bed word/bird blood/flood moon/tune eyes/skies waits/gates played/afraid burned/turned
    water/daughter motion/ocean ember/remember thunder/wonder shoes/lose love/above earth/birth town/down
    walked/talked lamps/stamps boxes/foxes believe/grieve dreams/streams hand/land glass/pass river/shiver
    rain/train lie/sky caught/thought weight/late prayer/air know/snow"""
NO_PAIRS = """night/nice love/move rain/ran moon/moan stone/gone cough/dough heart/heard blood/food have/save
    word/lord home/come said/paid sea/see night/knight light/light write/right city/night water/matter
    breath/breathe road/broad burn/born lost/most dream/drum again/rain-drop
    hour/four believe/leave light/delight night/goodnight tonight/goodnight"""


def split(table: str) -> list[tuple[str, str]]:
    pairs = [entry.split("/") for entry in table.split()]
    return [(one, other) for one, other in pairs]


@pytest.mark.parametrize(("one", "other"), split(PAIRS))
def test_rhymes(one: str, other: str) -> None:
    assert rhymes(one, other)
    assert rhymes(f"I say {other}", f"and then, {one}!")


@pytest.mark.parametrize(("one", "other"), split(NO_PAIRS))
def test_does_not_rhyme(one: str, other: str) -> None:
    assert not rhymes(one, other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_rhyme_is_mutual_and_never_with_itself(one: str, other: str) -> None:
    assert rhymes(one, other) == rhymes(other, one)
    assert not rhymes(one, one)


def test_nothing_rhymes_with_no_word() -> None:
    assert not rhymes("", "night")
    assert not rhymes("...", "!!!")


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("night", "N AY T"),
        ("stamped", "S T AE M P T"),
        ("lamps", "L AE M P S"),
        ("knees", "N IY Z"),
        ("phone", "F OW N"),
    ],
)
def test_letters_to_sounds(word: str, sounds: str) -> None:
    assert " ".join(phones(word)) == sounds


def test_inflected_forms_follow_their_stem() -> None:
    assert rhyme_key("nights") == "AY T S"
    assert rhyme_key("rhymed") == "AY M D"
    assert rhyme_key("faces") == "EY S IH Z"
    assert rhyme_key("shining") == "AY N IH NG"
