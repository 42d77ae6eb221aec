"""Which language a person wants: by its name, by the sentence, or nothing told."""

from __future__ import annotations

import pytest

from noktvrn.words.languages import NAMES, called, wanted


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("A shy folk singer who sings in Spanish about winter", "es"),
        ("Deep house with French vocals", "fr"),
        ("An Icelandic-language choir", "is"),
        ("A crooner in Portuguese, with strings", "pt"),
        ("Una banda que canta en inglés", "en"),
        ("Eine Band singt auf Spanisch", "es"),
        ("First in German, then in French", "de"),
    ],
)
def test_a_language_is_named(text: str, tag: str) -> None:
    assert wanted(text) == tag


@pytest.mark.parametrize(
    "text",
    [
        "Neon techno from a sleepless city",
        "A Spanish guitar by the fire",
        "A French horn and Italian leather",
        "Songs for a night in Spanish Harlem",
        "Electro swing, polished",
        "",
    ],
)
def test_a_word_that_names_no_language_of_songs_tells_nothing(text: str) -> None:
    assert wanted(text) == ""


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("una cantante triste de la costa con guitarra", "es"),
        ("une chanteuse triste avec une guitare et la mer", "fr"),
        ("ein trauriger Roboter singt Walzer und eine Geige", "de"),
        ("uma banda com guitarras que canta sobre o mar", "pt"),
        ("夜の街のピアノ", "ja"),
        ("грустный певец о зиме", "ru"),
    ],
)
def test_a_sentence_is_written_in_a_language(text: str, tag: str) -> None:
    assert wanted(text) == tag


def test_english_is_never_guessed() -> None:
    assert wanted("the songs of a singer who is in the city with her dog") == ""


def test_every_language_is_asked_for_by_its_english_name_and_called_by_it() -> None:
    assert {wanted(f"An artist who sings in {names[0]}") for names in NAMES.values()} == set(NAMES)
    assert called("es-MX") == "Spanish"
    assert called("xx") == "xx"
