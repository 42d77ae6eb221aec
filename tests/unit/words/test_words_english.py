"""English pieces: nouns and what agrees with them, and what I say as we say it."""

from __future__ import annotations

import re

import pytest

from noktvrn.words.bank import agree, moods, worlds
from noktvrn.words.english import by_several, filled, third


@pytest.mark.parametrize(
    ("text", "noun", "plural", "said"),
    [
        ("{N} {V:wait}", "harbour", False, "the harbour waits"),
        ("{N} {V:wait}", "gulls", True, "the gulls wait"),
        ("{N} {V:come} and {V:go}", "tide", False, "the tide comes and goes"),
        ("all I need is {U}", "anchor", False, "all I need is an anchor"),
        ("all I need is {U}", "ropes", True, "all I need is ropes"),
        ("be my {n}", "lantern", False, "be my lantern"),
    ],
)
def test_a_noun_is_named_and_its_verb_agrees(text: str, noun: str, plural: bool, said: str) -> None:
    assert agree(filled(text, noun, plural=plural)) == said


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        *[("wait", "waits"), ("go", "goes"), ("wash", "washes"), ("catch", "catches"), ("pass", "passes")],
        *[("fix", "fixes"), ("carry", "carries"), ("stay", "stays"), ("know", "knows"), ("lie", "lies")],
    ],
)
def test_third_person(verb: str, form: str) -> None:
    assert third(verb) == form


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("I'm on my way home", "we're on our way home"),
        ("I was here, I am, I'll be", "we were here, we are, we'll be"),
        ("who am I to judge", "who am we to judge"),
        ("I've lost myself, and it's mine", "we've lost ourselves, and it's ours"),
        ("sing to me, summer time", "sing to us, summer time"),
        ("I'd give it all", "we'd give it all"),
    ],
)
def test_several_speak(one: str, several: str) -> None:
    assert by_several(one) == several


def test_no_entry_of_the_banks_keeps_an_i_among_several() -> None:
    for bank in (*worlds(), *moods()):
        said = [
            by_several(text) for role, texts in bank.clauses.items() if role != "vow" for text, _ in texts
        ]
        assert [text for text in said if re.search(r"\b(?:I|me|my|mine|am|myself)\b", text)] == [], bank.id
