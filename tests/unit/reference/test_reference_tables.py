"""The built-in tables: complete, linked to each other, honest about what is only near."""

from __future__ import annotations

import pytest

from noktvrn.kernel.errors import NotFound
from noktvrn.reference import Reference, load
from noktvrn.settings import Settings
from noktvrn.sound.style import style_ids


@pytest.fixture(scope="module")
def tables() -> Reference:
    return load(Settings(_env_file=None))


def test_there_are_enough_genres_in_enough_families(tables: Reference) -> None:
    assert len(tables.genres) >= 40
    assert len(tables.families) >= 12


def test_every_genre_names_a_style_there_is_and_says_why_where_it_is_only_near(
    tables: Reference,
) -> None:
    assert {genre.style for genre in tables.genres.values()} <= set(style_ids())
    for genre in tables.genres.values():
        assert genre.exact or len(genre.note) > 20, genre.id


def test_every_style_is_the_exact_home_of_a_genre(tables: Reference) -> None:
    homes = {genre.style for genre in tables.genres.values() if genre.exact}
    assert homes == set(style_ids())


def test_no_two_genres_share_a_spelling(tables: Reference) -> None:
    spellings = [
        word.casefold()
        for genre in tables.genres.values()
        for word in {genre.name.casefold(), *genre.aliases}
    ]
    assert len(spellings) == len(set(spellings))


def test_influences_are_movements_and_never_known_artists(tables: Reference) -> None:
    from noktvrn.artist.stage_name import named_artist

    named = {line for genre in tables.genres.values() for line in genre.influences if named_artist(line)}
    assert named == set()


def test_footage_effects_trends_and_arcs_name_things_that_exist(tables: Reference) -> None:
    families = {*tables.families, "any"}
    named = [family for row in tables.footage.values() for family in row.families]
    named += [family for trend in tables.trends.values() for family in trend.families]
    assert families.issuperset(named)
    moods = [mood for row in tables.footage.values() for mood in row.moods]
    moods += [mood for effect in tables.effects.values() for mood in effect.moods]
    moods += [mood for trend in tables.trends.values() for mood in trend.moods]
    moods += [mood for arc in tables.arcs.values() for mood in arc.moods]
    moods += [act.mood for arc in tables.arcs.values() for act in arc.acts]
    assert set(tables.moods).issuperset(moods)


def test_every_look_a_picture_can_be_asked_for_is_wanted_by_some_genre(tables: Reference) -> None:
    wanted = {look for genre in tables.genres.values() for look in genre.looks}
    assert wanted == set(tables.visual_styles)


def test_tempo_words_cover_every_tempo_without_a_hole(tables: Reference) -> None:
    covered = {bpm for row in tables.tempi.values() for bpm in range(row.range[0], row.range[1] + 1)}
    assert covered == set(range(40, 221))
    assert tables.tempo_word(95).id == "steady"
    assert tables.tempo_word(115.5).id == "steady"


def test_an_unknown_genre_says_what_to_do(tables: Reference) -> None:
    with pytest.raises(NotFound, match="zydeco") as caught:
        tables.genre("zydeco")
    assert "GENRES_DB_PATH" in caught.value.hint
