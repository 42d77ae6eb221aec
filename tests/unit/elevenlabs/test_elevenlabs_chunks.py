"""Composition plans keep every limit of the service, and every word of the song in order."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid
from noktvrn.providers._kit.in_words import Stretch
from noktvrn.providers.elevenlabs_music.chunks import composition_plan

WORDS = st.lists(st.sampled_from(("rain", "night", "silver", "a" * 30)), min_size=1, max_size=60)
STRETCHES = st.builds(
    Stretch,
    label=st.sampled_from(("Verse", "Chorus", "Bridge")),
    lines=st.lists(WORDS.map(" ".join), max_size=40).map(tuple),
    bars=st.just(4),
    seconds=st.floats(0.4, 200.0),
    energy=st.floats(0, 1),
)


@given(st.lists(STRETCHES, min_size=2, max_size=40))
def test_no_plan_is_beyond_the_limits_and_no_word_is_lost(parts: list[Stretch]) -> None:
    seconds = sum(part.seconds for part in parts)
    if not 3.0 <= seconds <= 600.0:
        with pytest.raises(Invalid, match="3 to 600 seconds"):
            composition_plan(parts, [])
        return
    try:
        chunks = composition_plan(parts, ["synthwave"] * 60)["chunks"]
    except Invalid:
        assume(False)
    assert 1 <= len(chunks) <= 30
    assert all(3_000 <= chunk["duration_ms"] <= 120_000 for chunk in chunks)
    assert abs(sum(chunk["duration_ms"] for chunk in chunks) - 1000 * seconds) <= 1
    lines = [line for chunk in chunks for line in chunk["text"].split("\n")]
    assert max(map(len, lines)) <= 200
    assert all(len(chunk["text"].split("\n")) <= 30 for chunk in chunks)
    assert all(len(chunk["positive_styles"]) <= 50 for chunk in chunks)
    told = " ".join(line for line in lines if not line.startswith("["))
    assert told.split() == [word for part in parts for line in part.lines for word in line.split()]


def part(seconds: float, *words: str, label: str = "Verse", energy: float = 0.5) -> Stretch:
    return Stretch(label, words, 4, seconds, energy)


def test_a_section_keeps_its_words_its_length_and_its_force() -> None:
    told = composition_plan(
        [part(10, label="Intro", energy=0.1), part(20.5, "Hold me", "Let go", energy=0.9)], ["pop"]
    )
    intro, verse = told["chunks"]
    assert (intro["text"], intro["duration_ms"]) == ("[Instrumental intro]", 10_000)
    assert intro["positive_styles"] == ["pop", "sparse and quiet", "instrumental"]
    assert intro["negative_styles"] == ["vocals", "singing"]
    assert (verse["text"], verse["duration_ms"]) == ("[Verse]\nHold me\nLet go", 20_500)
    assert verse["positive_styles"] == ["pop", "full and driving", "clear lead vocals"]


def test_what_is_too_short_goes_with_its_shorter_neighbour() -> None:
    told = composition_plan([part(30, "a"), part(2, label="Break"), part(10, "b")], [])
    assert [chunk["duration_ms"] for chunk in told["chunks"]] == [30_000, 12_000]
    assert told["chunks"][1]["text"] == "[Instrumental break]\n[Verse]\nb"


def test_what_is_too_long_is_cut_evenly() -> None:
    told = composition_plan([part(300, *map(str, range(6)))], [])
    assert [chunk["duration_ms"] for chunk in told["chunks"]] == [100_000] * 3
    assert [chunk["text"] for chunk in told["chunks"]] == ["[Verse]\n0\n1", "[Verse]\n2\n3", "[Verse]\n4\n5"]


@pytest.mark.parametrize("seconds", [2.9, 601.0])
def test_songs_of_a_length_it_does_not_make_are_refused(seconds: float) -> None:
    with pytest.raises(Invalid, match="3 to 600 seconds"):
        composition_plan([part(seconds, "a")], [])


def test_more_words_than_it_takes_are_refused() -> None:
    with pytest.raises(Invalid, match="more sections or words"):
        composition_plan([part(1.0, *["word"] * 20) for _ in range(40)], [])
