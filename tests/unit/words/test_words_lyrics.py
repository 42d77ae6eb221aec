from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from tests.effort import looks
from tests.unit.words.words_samples import MOODS, THEMES, full_plan, lyrics_request, plans, section, song_plan

from noktvrn.kernel.errors import Invalid
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.providers.procedural_writer.lyrics import write_lyrics
from noktvrn.words.bank import moods, worlds
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.rhyme import rhymes
from noktvrn.words.scansion import Fit, measure
from noktvrn.words.setting import setting
from noktvrn.words.similarity import most_contained
from noktvrn.words.song import sung_title
from noktvrn.words.stanza import groups

SONGS = looks(12, 40)


@pytest.fixture(scope="module")
def songs() -> list[tuple[SongPlan, Lyrics]]:
    made = []
    for seed in range(SONGS):
        plan = full_plan(seed)
        made.append((plan, write_lyrics(lyrics_request(plan, seed))))
    return made


def lines_of(lyrics: Lyrics) -> list[str]:
    return [line for part in lyrics.sections for line in part.lines]


def test_songs_fit_their_plans(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    fit = sum((measure(plan, lyrics) for plan, lyrics in songs), Fit())
    print(
        f"\n{SONGS} songs: {fit.planned} lines, {fit.syllable_share:.2%} within one syllable; "
        f"{fit.pairs} rhyme pairs, {fit.rhyme_share:.2%} rhyme"
    )
    assert fit.planned == fit.written
    assert fit.syllable_share >= 0.95
    assert fit.rhyme_share >= 0.90
    assert min(measure(plan, lyrics).rhyme_share for plan, lyrics in songs) >= 0.90


def test_songs_are_told_apart(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    catalogue: list[tuple[str, str]] = []
    for number, (_, lyrics) in enumerate(songs):
        assert most_contained(lyrics.text, catalogue)[1] <= 0.5
        catalogue.append((str(number), lyrics.text))


def test_lines_read_like_lines(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    for _, lyrics in songs:
        for line in lines_of(lyrics):
            assert re.fullmatch(r"[A-Z][A-Za-z' ,\-]*[a-z]", line), line
            assert not re.search(r"\b[Aa] [aeio]", line), line
            assert "  " not in line


def test_no_line_comes_twice_but_in_refrains(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    for _, lyrics in songs:
        told = [line for part in lyrics.sections if part.label in {"verse", "bridge"} for line in part.lines]
        assert Counter(told).most_common(1)[0][1] == 1


def test_refrains_come_back_word_for_word_and_hold_the_title(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    for _, lyrics in songs:
        refrains = {part.lines for part in lyrics.sections if part.label == "chorus"}
        assert len(refrains) == 1
        assert lyrics.hook in next(iter(refrains))
    assert sum(lyrics.hook.startswith("Neon rain") for _, lyrics in songs) >= 0.9 * SONGS


def test_songs_are_safe(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    for _, lyrics in songs:
        assert not lyrics.explicit
        assert not advisory(lyrics.text).refusal
    lines = {line for _, lyrics in songs[::4] for line in lines_of(lyrics)}
    assert [line for line in sorted(lines) if without_names(line)[1]] == []


@settings(max_examples=looks(2, 6), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_any_plan_gets_its_lines(plan: SongPlan) -> None:
    lyrics = write_lyrics(lyrics_request(plan, plan.seed))
    wanted = [part for part in plan.sections if part.syllables]
    assert [part.label for part in lyrics.sections] == [part.label for part in wanted]
    assert [len(part.lines) for part in lyrics.sections] == [len(part.syllables) for part in wanted]
    assert measure(plan, lyrics).syllable_share >= 0.95


def test_the_same_request_gives_the_same_words_and_another_seed_others() -> None:
    plan = full_plan(5)
    first, again = write_lyrics(lyrics_request(plan, 5)), write_lyrics(lyrics_request(plan, 5))
    other = write_lyrics(lyrics_request(plan, 5).model_copy(update={"seed": 6}))
    assert first == again
    assert first.text != other.text


def test_human_lines_stand_verbatim_in_order_and_are_counted() -> None:
    own = ("my grandmother's orange umbrella", "it never rained again in Łódź", "short")
    plan = song_plan(
        section("verse", (8, 8, 8, 8), "ABAB"),
        section("chorus", (7, 7), "AA"),
        section("verse", (6, 6), "AA"),
    )
    lyrics = write_lyrics(lyrics_request(plan, 3, own))
    lines = lines_of(lyrics)
    assert [line for line in lines if line in own] == list(own)
    assert lyrics.human_lines == own
    assert measure(plan, lyrics).human == 3


def test_written_lines_rhyme_with_a_persons_line() -> None:
    plan = song_plan(section("verse", (8, 8), "AA"), section("outro", (6,), "X"))
    lyrics = write_lyrics(lyrics_request(plan, 3, ("I left the letter by the door",)))
    assert rhymes(*lyrics.sections[0].lines)


def test_a_line_no_bank_word_rhymes_with_is_answered_all_the_same() -> None:
    plan = song_plan(section("verse", (8, 8, 8, 8), "AAAA"))
    lyrics = write_lyrics(lyrics_request(plan, 3, ("all I ever had was an orange",)))
    assert len(lyrics.sections[0].lines) == 4


def test_more_lines_than_places_are_refused() -> None:
    plan = song_plan(section("verse", (8, 8), "AA"))
    with pytest.raises(Invalid) as refused:
        write_lyrics(lyrics_request(plan, 3, ("one", "two", "three")))
    assert "2" in refused.value.hint


def test_a_plan_without_words_gets_none() -> None:
    lyrics = write_lyrics(lyrics_request(song_plan(section("drop"))))
    assert lyrics.sections == ()
    assert lyrics.hook == "Neon Rain"


def test_a_strong_human_line_sets_the_mark() -> None:
    plan = song_plan(section("verse", (4, 4), "AA"))
    assert write_lyrics(lyrics_request(plan, 1, ("this fucking rain",))).explicit


def test_there_are_worlds_enough_and_themes_find_theirs() -> None:
    assert len(worlds()) >= 8
    assert {setting(theme, "calm")[0].id for theme in THEMES} >= {"sea", "winter", "road", "machines", "home"}
    assert setting("orbits", "calm", "night city rain")[0].id == "cosmos"
    assert len({setting("night", feeling)[1].id for feeling in MOODS}) >= 5
    assert setting("zxqv", "zxqv") == setting("zxqv", "zxqv")


def test_every_bank_has_words_for_every_part() -> None:
    for bank in worlds():
        assert all(bank.clauses.values()), bank.id
        assert set(bank.titles) == {"adjectives", "nouns", "mass", "plurals", "places", "acts", "phrases"}
    assert {bank.id for bank in moods()} >= {"dark", "bright", "tender", "calm", "defiant", "melancholy"}


@pytest.mark.parametrize(
    ("title", "sung"),
    [
        ("Call Me In", "Call me in"),
        ("I'm Not Here", "I'm not here"),
        ("Last Train to Berlin", "Last train to Berlin"),
    ],
)
def test_titles_are_sung_as_sentences(title: str, sung: str) -> None:
    assert sung_title(title) == sung


def test_rhyme_groups() -> None:
    assert groups("ABAB", 4) == [[0, 2], [1, 3]]
    assert groups("XAXA", 4) == [[0], [1, 3], [2]]
    assert groups("A", 3) == [[0], [1], [2]]
