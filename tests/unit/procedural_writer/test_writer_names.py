"""Stage names: many, pronounceable, different, and never a known artist's by habit."""

from __future__ import annotations

import re

import pytest

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.casting import cast
from noktvrn.providers.procedural_writer.naming import Name, coin
from noktvrn.providers.procedural_writer.profile import christen
from noktvrn.providers.procedural_writer.reading import Reader
from noktvrn.reference import Reference
from noktvrn.words.names import collides

PROMPTS = (
    "A mysterious electronic music producer with dark, atmospheric soundscapes and minimal public presence",
    "garage full of amplifiers, four teenagers, neighbours calling the police",
    "floating weightless above a silent planet",
)


def names(prompt: str, tables: Reference, count: int) -> list[Name]:
    """The names the writer gives to `count` seeds of a prompt."""
    reading = Reader(tables).read(prompt)
    return [christen(seed, cast(reading, tables, dice(seed, "casting")), ()) for seed in range(count)]


@pytest.mark.parametrize(
    "prompt", [PROMPTS[0], *(pytest.param(more, marks=pytest.mark.long) for more in PROMPTS[1:])]
)
def test_five_thousand_seeds_of_one_prompt_give_at_least_4500_names(prompt: str, tables: Reference) -> None:
    assert len({name.text for name in names(prompt, tables, 5_000)}) >= 4_500


def test_names_can_be_said_and_printed(tables: Reference) -> None:
    for name in names(PROMPTS[0], tables, 600):
        assert re.fullmatch(r"[A-Za-z][A-Za-z' -]{2,31}", name.text), name
        assert re.search(r"[aeiouyAEIOUY]", name.text), name
        assert not re.search(r"[^aeiouy\W]{5}", name.text.lower()), name


def test_known_artists_hardly_ever_come_up(tables: Reference) -> None:
    """The validator refuses the rest; here it must stay rare, or every artist would need several drafts."""
    hits = [name.text for name in names(PROMPTS[1], tables, 250) if collides(name.text)]
    assert len(hits) <= 5, hits


def test_the_seed_decides_the_name() -> None:
    one = coin(7, family="electronic", moods=("dark",))
    assert one == coin(7, family="electronic", moods=("dark",))
    assert len({coin(seed, family="electronic", moods=("dark",)).text for seed in range(20)}) >= 18


def test_names_to_avoid_are_avoided_whatever_their_case() -> None:
    first = coin(7, family="pop", moods=("joyful",)).text
    second = coin(7, family="pop", moods=("joyful",), avoid=(first.upper(),)).text
    assert second.casefold() != first.casefold()


def test_when_everything_is_taken_a_numeral_tells_the_name_apart() -> None:
    taken: list[str] = []
    while len(taken) < 200:
        name = coin(3, family="techno", moods=("dark",), avoid=taken).text
        taken.append(name)
    assert taken[-1].endswith(
        (" II", " III", " IV", " V", " VI", " VII", " VIII", " IX", " XI", " XII", " XIII")
    )


def test_bands_are_plural_so_that_verbs_agree() -> None:
    rock = [coin(seed, family="rock", moods=("raw",)) for seed in range(80)]
    bands = [name for name in rock if name.plural]
    assert bands
    assert all(name.text.startswith("The ") and name.text.endswith("s") for name in bands)
