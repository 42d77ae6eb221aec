"""The text grammar: choices, slots, articles, capitals, number."""

from __future__ import annotations

import pytest

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.cues import stem, stems, tokens
from noktvrn.providers.procedural_writer.grammar import fill, is_plural, sentence_case, with_article


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("eerie song", "an eerie song"),
        ("honest song", "an honest song"),
        ("UK garage project", "a UK garage project"),
        ("euphoric night", "a euphoric night"),
        ("uplifting bar", "an uplifting bar"),
        ("unison", "a unison"),
        ("808 bass", "an 808 bass"),
        ("IDM project", "an IDM project"),
        ("R&B record", "an R&B record"),
    ],
)
def test_articles_go_by_sound(phrase: str, wanted: str) -> None:
    assert with_article(phrase) == wanted


def test_choices_slots_and_capitals() -> None:
    slots = {"name": "Velka", "mood": "eerie"}
    texts = {fill("{A_mood} [night|day]. {name} sings", slots, dice(seed, "x")) for seed in range(20)}
    assert texts == {"An eerie night. Velka sings", "An eerie day. Velka sings"}


def test_a_slot_nobody_filled_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{nobody}", {}, dice(1, "x"))


def test_sentences_begin_with_a_capital() -> None:
    assert sentence_case("one. two? three") == "One. Two? Three"


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [("war drums", True), ("slap bass", False), ("low brass", False), ("808 bass", False)],
)
def test_number_of_a_noun_phrase(phrase: str, plural: bool) -> None:
    assert is_plural(phrase) is plural


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("dances", "dancing"),
            ("roses", "rose"),
            ("running", "run"),
            ("cities", "city"),
            ("drums", "drum"),
        ),
        *(("hoping", "hope"), ("haunted", "haunt"), ("celebrating", "celebrate"), ("churches", "church")),
        *(("smiling", "smile"), ("feeling", "feel"), ("wandering", "wander"), ("heroes", "hero")),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("tape", "taps"), ("care", "cars"), ("hoping", "hop"), ("plane", "plans"), ("wine", "win")),
        *(("tired", "tires"), ("boxing", "boxes"), ("training", "trains"), ("evening", "even")),
    ],
)
def test_words_that_only_look_alike_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_tokens_know_no_accents_and_no_hyphens() -> None:
    assert tokens("Café-Racer's naïve") == ("cafe", "racer's", "naive")
    assert stems("late-night") == ("late", "night")
