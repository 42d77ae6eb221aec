from __future__ import annotations

import pytest
from tests.unit.words.words_samples import MOODS, THEMES, profile

from noktvrn.kernel.errors import Conflict
from noktvrn.providers.procedural_writer.captions import write_captions
from noktvrn.providers.procedural_writer.titles import write_titles
from noktvrn.roles.writer import CaptionsRequest, TitlesRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.titling import title_case, title_problems


def titles_request(seed: int, avoid: tuple[str, ...] = (), count: int = 5) -> TitlesRequest:
    theme, mood = THEMES[seed % len(THEMES)], MOODS[seed % len(MOODS)]
    return TitlesRequest(profile=profile(), theme=theme, mood=mood, seed=seed, count=count, avoid=avoid)


def captions_request(seed: int, style: str = "mysterious", lines: int = 12) -> CaptionsRequest:
    theme, mood = THEMES[seed % len(THEMES)], MOODS[seed % len(MOODS)]
    return CaptionsRequest(
        profile=profile(style), title="Neon Rain", theme=theme, mood=mood, seed=seed, film_lines=lines
    )


@pytest.mark.parametrize("seed", range(60))
def test_titles_obey_the_stores(seed: int) -> None:
    titles = write_titles(titles_request(seed))
    assert len({title.casefold() for title in titles}) == 5
    assert titles == write_titles(titles_request(seed))
    for title in titles:
        assert title_problems(title, ("Halden Moor",)) == ()
        assert title == title_case(title)
        assert not advisory(title).explicit


def test_titles_are_built_in_different_ways() -> None:
    shapes = {
        tuple(word.lower() in {"the", "of", "and", "in", "to"} for word in t.split())
        for t in write_titles(titles_request(4))
    }
    assert len(shapes) >= 3


def test_titles_keep_clear_of_taken_ones() -> None:
    first = write_titles(titles_request(2))
    assert not {t.casefold() for t in first} & {
        t.casefold() for t in write_titles(titles_request(2, avoid=first))
    }


def test_a_world_runs_out_of_titles_and_says_so() -> None:
    with pytest.raises(Conflict) as spent:
        write_titles(titles_request(2, count=20_000))
    assert spent.value.hint


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Night 🌙", "11"),
        (" Night", "9"),
        ("Night  Train", "9"),
        ("Nig\u200bht", "11"),
        ("N" * 256, "10"),
        ("NIGHT TRAIN", "12"),
        ("Halden Moor - Rain", "13"),
        ("Rain by Halden Moor", "13"),
        ("Rain (Explicit)", "14"),
        ("Rain feat. Somebody", "15"),
        ("Rain (prod. by Me)", "16"),
        ("Rain (Original Mix)", "17"),
        ("Rain OUT NOW", "18"),
        ("Free Download", "18"),
        ("www.rain.com", "19"),
        ("@rain", "19"),
        ("Untitled", "20"),
        ("Track 1", "20"),
        ("{title}", "20"),
        ("Drake Tribute", "21"),
        ("Taylor Swift", "21"),
        ("Rain / Snow", "22"),
        ("Rain (Slowly", "24"),
        ("Rain.", "24"),
    ],
)
def test_a_rule_broken_is_named(title: str, rule: str) -> None:
    problems = title_problems(title, ("Halden Moor",))
    assert any(problem.startswith(f"{rule}:") for problem in problems), problems


@pytest.mark.parametrize(
    "title",
    ["Neon Rain", "What the Tide Knows", "Où va la nuit", "Ночь", "4 A.M", "Hotel California Dreaming"],
)
def test_a_good_title_breaks_no_rule(title: str) -> None:
    assert title_problems(title) == ()


def test_title_case() -> None:
    assert title_case("the end of the road") == "The End of the Road"
    assert title_case("a song to come home to") == "A Song to Come Home To"


@pytest.mark.parametrize("style", ["mysterious", "casual", "professional"])
@pytest.mark.parametrize("seed", range(12))
def test_captions(style: str, seed: int) -> None:
    captions = write_captions(captions_request(seed, style))
    assert captions == write_captions(captions_request(seed, style))
    assert "AI persona" in captions.post
    assert "Neon Rain" in captions.post
    assert not {"{", "}"} & set(captions.post)
    assert captions.post.endswith("Listen after dark.")
    assert 3 <= len(captions.hashtags) <= 5
    assert len({tag.casefold() for tag in captions.hashtags}) == len(captions.hashtags)
    assert all(tag[0] == "#" and tag[1:].isalnum() for tag in captions.hashtags)
    assert len(captions.film_lines) == 12 == len(set(captions.film_lines))
    assert all(0 < len(line) <= 42 for line in captions.film_lines)


@pytest.mark.parametrize("lines", [0, 1, 40])
def test_a_film_gets_as_many_lines_as_it_asks_for(lines: int) -> None:
    assert len(write_captions(captions_request(3, lines=lines)).film_lines) == lines
