"""Disguised names are seen through, invented ones are let pass, any number of names is searched at once."""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from noktvrn.providers.procedural_writer.naming import coin
from noktvrn.words.lookalikes import readings
from noktvrn.words.name_keys import keys, order, sound_codes
from noktvrn.words.names import collides, known_acts, known_names, not_names
from noktvrn.words.namesakes import LONGEST, Namesakes

DATA = Path(__file__).parents[2] / "data" / "disguised_names.toml"
TRICKS: dict[str, list[list[str]]] = tomllib.loads(DATA.read_text("utf-8"))
FAMILIES = ("techno", "hip_hop", "folk", "metal", "ambient")
MOODS = ("dark", "calm", "bright", "dreamy", "tender", "defiant")


def invented(count: int) -> list[str]:
    """Different names of the embedded writer."""
    found: dict[str, None] = {}
    for seed in range(3 * count):
        if len(found) == count:
            break
        moods = [MOODS[seed % len(MOODS)]]
        found[coin(seed, family=FAMILIES[seed % len(FAMILIES)], moods=moods).text] = None
    return list(found)


def test_the_list_of_disguises_is_long_and_of_many_kinds() -> None:
    assert sum(map(len, TRICKS.values())) >= 200
    assert len(TRICKS) >= 10
    assert {name for rows in TRICKS.values() for _, name in rows} <= {known.name for known in known_names()}


@pytest.mark.parametrize("trick", sorted(TRICKS))
def test_every_disguised_name_is_seen_through(trick: str) -> None:
    missed = [(shown, name) for shown, name in TRICKS[trick] if collides(shown) != name]
    assert missed == []


BOLD = {chr(97 + place): chr(0x1D41A + place) for place in range(26)}
CYRILLIC = dict(zip("aceopxyiks", "асеорхуікѕ", strict=True))


@pytest.mark.parametrize(
    "disguise",
    [
        lambda name: "".join(BOLD.get(mark, mark) for mark in name.lower()),
        lambda name: "".join(CYRILLIC.get(mark, mark) for mark in name.lower()),
        "\u200b".join,
        lambda name: "".join(mark + "\u0336" for mark in name),
        lambda name: " ".join(name.replace(" ", "")),
        lambda name: f"{name} Official",
        lambda name: name.upper() + "S",
        lambda name: "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in name),
    ],
    ids=["bold", "cyrillic", "zero width", "struck", "spaced", "official", "plural", "fullwidth"],
)
def test_a_trick_that_hides_one_name_hides_none(disguise: Callable[[str], str]) -> None:
    plain = [known.name for known in known_names() if len(known.skeleton) >= 4 and known.name.isalpha()]
    plain = [name for name in plain if f"{name.lower()}s" not in not_names()]
    missed = [name for name in plain if collides(disguise(name)) is None]
    assert len(plain) > 100
    assert missed == []


def test_invented_names_are_rarely_taken_for_a_known_one() -> None:
    names = invented(5_000)
    assert len(names) == 5_000
    alarms = [name for name in names if collides(name)]
    assert len(alarms) < 0.01 * len(names), alarms


def test_a_hundred_thousand_names_are_searched_in_no_time() -> None:
    chance = random.Random(5)
    syllables = ["ka", "lo", "ren", "mi", "tov", "sha", "du", "fel", "or", "bin", "ja", "quil"]
    words = ["".join(chance.choices(syllables, k=3)).capitalize() for _ in range(20_001)]
    index = Namesakes(f"{first} {second}" for first, second in pairwise(words))
    began = time.process_time()
    for name in ("Velvet Harbour", "Kalomi Renduo", "Tауlоr Ѕwіft", "Orla Quimby", "Нale Тоv"):
        index.nearest(name)
    assert len(index) == 20_000
    assert (time.process_time() - began) / 5 < 0.05


def test_what_a_name_is_taken_for_is_told_with_how() -> None:
    index = Namesakes(["Halden Moor", "The Ashen Vales", "Brightwater"])
    told = [
        index.nearest(name) for name in ("Moor, Halden", "Ashen Vale", "Brihgtwater", "Young Halden Moor")
    ]
    assert [(found.name, found.how) for found in told if found] == [
        ("Halden Moor", "reordered"),
        ("The Ashen Vales", "same"),
        ("Brightwater", "letters"),
        ("Halden Moor", "inside"),
    ]
    assert index.nearest("Corrin Fisk") is None
    assert [found.name for found in index.closest("Haldon Moore", 1)] == ["Halden Moor"]
    assert Namesakes([]).closest("Anything") == ()


def test_the_nearest_known_acts_can_be_looked_at() -> None:
    found = known_acts().closest("Velvet Harbour")
    assert len(found) == 3
    assert all(0 < one.score < 1 for one in found)


def test_readings_of_plain_and_disguised_names() -> None:
    assert readings("Velvet Harbour") == ("velvet harbour",)
    assert "nirvana" in readings("ИIЯVANA")
    assert "teilor svift" in readings("Тейлор Свифт")
    assert readings("") == readings("!!!") == readings("\u200b") == ()


def test_keys_see_through_numbers_articles_and_plurals() -> None:
    assert keys("twenty one moons") & keys("21 moon")
    assert keys("the quiet engines") & keys("quiet engine")
    assert not keys("quiet engines") & keys("quiet harbours")
    assert order("moor halden") == order("halden moors")
    assert set(sound_codes("depesh")) & set(sound_codes("depeche"))
    assert sound_codes("ao") == ()


@pytest.mark.parametrize("text", ["x" * 1_000_000, "a " * 200_000, "\u0301" * 100_000, "|-|" * 50_000])
def test_no_text_makes_the_search_run_away(text: str) -> None:
    began = time.process_time()
    known_acts().nearest(text)
    assert time.process_time() - began < 0.5
    assert len(text) > LONGEST
