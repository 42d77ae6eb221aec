"""Manners: each changes what is written, in the way its name says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from tests.effort import looks
from tests.unit.words.words_samples import full_plan, lyrics_request, profile

from noktvrn.kernel.errors import Invalid
from noktvrn.model.song import Lyrics
from noktvrn.providers.procedural_writer.captions import write_captions
from noktvrn.providers.procedural_writer.lyrics import write_lyrics
from noktvrn.providers.procedural_writer.titles import write_titles
from noktvrn.roles.writer import CaptionsRequest, TitlesRequest
from noktvrn.words.bank import world
from noktvrn.words.manners import manner, manners
from noktvrn.words.tokens import words_of

SONGS = looks(6, 8)
PERSONS = frozenset({"i", "i'm", "i've", "my", "me", "you", "you're", "your", "we", "we're", "our", "us"})


@cache
def song(name: str, number: int) -> Lyrics:
    request = lyrics_request(full_plan(number), seed=number)
    return write_lyrics(request.model_copy(update={"manner": name}))


def songs(name: str, count: int = SONGS) -> list[Lyrics]:
    return [song(name, number) for number in range(count)]


def verse_lines(name: str) -> Iterator[list[str]]:
    for lyrics in songs(name):
        for part in lyrics.sections:
            if part.label == "verse":
                yield from map(words_of, part.lines)


def personal(name: str) -> float:
    """The share of the verses' lines that speak of I or you."""
    lines = list(verse_lines(name))
    return sum(not PERSONS.isdisjoint(line) for line in lines) / len(lines)


def titles(name: str) -> tuple[str, ...]:
    request = TitlesRequest(profile=profile(), theme="ships", mood="dark", seed=3, count=12, manner=name)
    return write_titles(request)


def post(name: str, seed: int) -> str:
    request = CaptionsRequest(
        profile=profile(), title="Cold Orbit", theme="ships", mood="dark", seed=seed, manner=name
    )
    return write_captions(request).post


def test_the_writers_own_manner_comes_first_and_is_the_empty_one() -> None:
    assert manner("") is manner("open") is next(iter(manners().values()))
    assert [lyrics.text for lyrics in songs("", 2)] == [lyrics.text for lyrics in songs("open", 2)]


def test_a_manner_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        manner("loud")
    assert refused.value.code == "writer.manner"
    assert all(name in str(refused.value.hint) for name in manners())


def test_pictures_show_and_closeness_speaks() -> None:
    assert personal("pictures") + 0.15 < personal("open") < personal("closeness") - 0.15


def test_titles_of_closeness_are_said_to_somebody() -> None:
    said = {title.casefold() for kind in ("acts", "phrases") for title in world("sea").titles[kind]}
    close = {title.casefold() for title in titles("closeness")}
    assert close <= said
    assert not {title.casefold() for title in titles("pictures")} <= said
    acts = {act.casefold() for act in world("sea").titles["acts"]}
    assert close & acts
    assert not acts & {title.casefold() for title in titles("pictures")}


def test_every_manner_writes_songs_and_posts_of_its_own() -> None:
    texts = {name: tuple(lyrics.text for lyrics in songs(name, 2)) for name in manners()}
    assert len(set(texts.values())) == len(manners())
    assert len({tuple(post(name, seed) for seed in range(12)) for name in manners()}) == len(manners())
