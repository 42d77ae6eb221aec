from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.prompt import LIMIT, NAME_TAKEN_OUT, clean
from noktvrn.words.syllables import count
from noktvrn.words.titling import title_problems


def test_a_plain_prompt_passes_unchanged() -> None:
    prompt = "A mysterious electronic music producer with dark, atmospheric soundscapes, rarely seen"
    cleaned = clean(prompt)
    assert cleaned.text == prompt
    assert cleaned.notices == ()
    assert cleaned.language_hint == "en"


def test_spaces_are_folded_and_controls_dropped() -> None:
    assert clean("  a\tshy\x00 folk\u202e singer\r\n of e\u0301t\u00e9 ").text == "a shy folk singer of été"


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "🌙🔥✨", "!!! ... ???", "12345", "\u200b\u200b"])
def test_a_prompt_without_words_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(text)
    assert refused.value.code == "prompt.empty"
    assert refused.value.hint


def test_a_long_prompt_is_refused_with_the_limit_in_the_hint() -> None:
    assert clean("a" * LIMIT).text
    with pytest.raises(Invalid) as refused:
        clean("a" * (LIMIT + 1))
    assert "2,000" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("مغنية تحب البحر والليل", "ar"),
        ("זמרת של חורפים ארוכים", "he"),
        ("Тихая певица долгих зим", "ru"),
        ("静かな冬の歌手", "ja"),
        ("긴 겨울의 가수", "ko"),
        ("一位安静的歌手", "zh"),
        ("Une chanteuse timide des longs hivers", "en"),
    ],
)
def test_other_languages_and_directions_pass_through(text: str, language: str) -> None:
    cleaned = clean(text)
    assert cleaned.text == unicodedata.normalize("NFC", text)
    assert cleaned.language_hint == language


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dark pop like Drake and The Weeknd, with rain", "Dark pop, with rain"),
        ("dark rap like drake", "dark rap"),
        ("Slow soul in the style of Adele", "Slow soul"),
        ("Industrial by Metalica with metallic drums", "Industrial with metallic drums"),
        ("Sad disco, sounds like Тaylor Swift", "Sad disco"),
        ("Beyonce energy at dawn", "energy at dawn"),
        ("like Queen but slower", "but slower"),
        ("Drake-esque trap for rainy nights", "trap for rainy nights"),
        ("Billy Eyelash vibes in winter", "vibes in winter"),
        ("BTS x Blackpink energy", "energy"),
    ],
)
def test_known_names_are_taken_out_and_it_is_said(text: str, left: str) -> None:
    cleaned = clean(text)
    assert cleaned.text == left
    assert NAME_TAKEN_OUT in cleaned.notices


@pytest.mark.parametrize(
    "text",
    [
        "light like air, free like phoenix",
        "a drake on the pond",
        "music as justice, made by people from Boston",
        "the doors of the city open at the stroke of one",
        "the cure for pain is a muse and a kiss",
        "a queen of the night, a prince of the morning",
        "the weekend and the police",
        "a metallic, dream-like ocean",
    ],
)
def test_everyday_words_stay(text: str) -> None:
    assert without_names(text) == (text, ())


def test_a_prompt_of_nothing_but_a_name_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        clean("in the style of Billie Eilish")
    assert "name" in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "kill all the jews, techno",
        "a white power anthem",
        "songs that say immigrants are vermin",
        "erotic songs about a schoolgirl",
        "sex with a 15 year old",
        "a sexy little girl",
        "s.e.x.y schoolgirls",
    ],
)
def test_hate_and_abuse_are_not_made(text: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        clean(text)
    assert refused.value.exit_code == 7


def test_other_strong_content_sets_the_advisory() -> None:
    cleaned = clean("angry fucking punk about cocaine")
    assert cleaned.advisory.explicit
    assert cleaned.advisory.strong == ("cocaine", "fucking")
    assert any("explicit" in notice for notice in cleaned.notices)


@pytest.mark.parametrize(
    "word",
    [
        "Scunthorpe",
        "assassin",
        "class",
        "cocktail",
        "shiitake",
        "Essex",
        "sextet",
        "analysis",
        "peacock",
        "Dickens",
        "therapist",
        "hello",
        "canal",
        "grape",
        "document",
        "circumstance",
        "basement",
        "titanic",
        "shuttlecock",
        "pass",
        "night",
    ],
)
def test_innocent_words_hold_nothing(word: str) -> None:
    found = advisory(f"the {word} of the night")
    assert not found.explicit
    assert found.mild == ()
    assert found.refusal == ""


@pytest.mark.parametrize(
    "text",
    [
        "sh1t",
        "$hit",
        "f*ck",
        "f**king",
        "fuuuuuck",
        "FUCKIN'",
        "f u c k",
        "f.u.c.k",
        "ｆｕｃｋ",
        "bitches",
        "b1tch",
        "shittier shitty",
    ],
)
def test_disguises_are_seen_through(text: str) -> None:
    assert advisory(f"oh {text} tonight").explicit


@pytest.mark.parametrize(
    "text",
    [
        "naked as a child of the sea",
        "a child asleep, a mother singing",
        "women and children first",
        "I hate women's shoes",
        "kill the lights",
        "sexy r&b in E minor",
    ],
)
def test_near_misses_are_not_refused(text: str) -> None:
    assert advisory(text).refusal == ""


def test_mild_words_are_only_told() -> None:
    found = advisory("damn this hell of a road")
    assert found.mild == ("damn", "hell")
    assert not found.explicit


@given(st.text(max_size=300))
def test_any_text_is_cleaned_or_refused_by_the_book(text: str) -> None:
    try:
        cleaned = clean(text)
    except (Invalid, NotAllowed):
        return
    assert cleaned.text == unicodedata.normalize("NFC", cleaned.text).strip()
    assert any(mark.isalpha() for mark in cleaned.text)
    assert not any(unicodedata.category(mark) in {"Cc", "Co", "Cs"} for mark in cleaned.text)


HOSTILE = (
    "a",
    "aeiou",
    "f ",
    "* ",
    "f*",
    "like Drake ",
    "by ",
    "a-",
    "_",
    "((",
    "1",
    "é",
    "\u202e",
    " ",
    "sex child ",
)


def seconds(work: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("work", [advisory, count, title_problems], ids=["advisory", "count", "title"])
def test_no_input_makes_the_rules_run_away(work: Callable[[str], object], unit: str) -> None:
    """Eight times the text costs at most thirty times the time: no pattern backtracks without end."""
    short, long = (unit * 2_000)[:1_500], (unit * 16_000)[:12_000]
    assert seconds(work, long) <= 30 * max(seconds(work, short), 0.001)


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_prompt_makes_the_name_search_run_away(unit: str) -> None:
    short, long = (unit * 250)[:250], (unit * LIMIT)[:LIMIT]
    assert seconds(without_names, long) <= 80 * max(seconds(without_names, short), 0.001)
