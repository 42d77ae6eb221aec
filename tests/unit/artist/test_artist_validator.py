"""The house rules over profiles: a good profile passes, each broken one is named by its rule."""

from __future__ import annotations

from typing import Any

import pytest

from noktvrn.artist.stage_name import named_artist
from noktvrn.artist.validator import examine
from noktvrn.model.artist import Profile, StyleAxes, TempoRange
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import Reference, load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings


@pytest.fixture(scope="module")
def tables() -> Reference:
    return load(Settings(_env_file=None))


@pytest.fixture(scope="module")
def good(tables: Reference) -> Profile:
    request = ProfileRequest(prompt="dark electronic music from an empty harbour", seed=3)
    return ProceduralWriter(tables).profile(request)


def broken(profile: Profile, tables: Reference, taken: tuple[str, ...] = (), **changes: Any) -> set[str]:
    """The rules a changed copy of the profile breaks."""
    report = examine(profile.model_copy(update=changes), taken_names=taken, reference=tables)
    assert report.checked >= 10
    return {finding.rule for finding in report.findings}


def test_a_good_profile_passes_every_rule(good: Profile, tables: Reference) -> None:
    assert broken(good, tables) == set()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("X", "length"),
        ("N" * 41, "length"),
        ("Vel  ka", "characters"),
        ("Velka 🔥", "characters"),
        ("1234", "characters"),
        ("Velka & Orn", "one_artist"),
        ("Velka feat. Orn", "one_artist"),
        ("Velka x Orn", "one_artist"),
        ("Ambient", "generic"),
        ("Dark", "generic"),
        ("Various Artists", "generic"),
        ("Radiohead", "known_artist"),
        ("Rad1ohead", "known_artist"),
    ],
)
def test_stage_names_the_house_refuses(name: str, rule: str, good: Profile, tables: Reference) -> None:
    assert f"artist.name.{rule}" in broken(good, tables, stage_name=name)


def test_a_name_of_the_roster_is_taken_however_it_is_spelt(good: Profile, tables: Reference) -> None:
    assert "artist.name.taken" in broken(good, tables, taken=(good.stage_name.upper(),))


def test_a_name_near_to_one_of_the_roster_is_only_a_warning(good: Profile, tables: Reference) -> None:
    copy = good.model_copy(update={"stage_name": "Harrowgate Veil"})
    report = examine(copy, taken_names=("Harrowgate Vale",), reference=tables)
    assert [finding.rule for finding in report.findings] == ["artist.name.near_roster"]
    assert report.passed


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("genre", "polka_core", "artist.genre"),
        ("tempo", TempoRange(low=60, high=200), "artist.tempo"),
        ("style", StyleAxes(energy=1.0, space=0.0), "artist.identity"),
        ("biography", "A virtual artist.", "artist.length.biography"),
        ("biography", "A singer from the coast. " * 12, "artist.disclosure.biography"),
        (
            "song_prompt_generator",
            "A song about {theme} and the sea",
            "artist.placeholder.song_prompt_generator",
        ),
        ("backstory", "TODO: write the story of this virtual artist. " * 4, "artist.placeholder.backstory"),
        ("influences", ("the early albums of Radiohead",), "artist.imitation.influences"),
    ],
)
def test_profiles_the_house_refuses(
    field: str, value: object, rule: str, good: Profile, tables: Reference
) -> None:
    changes: dict[str, Any] = {field: value}
    assert rule in broken(good, tables, **changes)


def test_a_persona_that_hides_or_begs_is_refused(good: Profile, tables: Reference) -> None:
    hidden = good.persona.model_copy(update={"description": "A shy woman from the coast."})
    begging = good.persona.model_copy(update={"call_to_action": ("Stream it on repeat overnight!",)})
    tagged = good.persona.model_copy(update={"hashtags": ("not a tag",)})
    assert "artist.disclosure.persona" in broken(good, tables, persona=hidden)
    assert "artist.fake_engagement" in broken(good, tables, persona=begging)
    assert "artist.hashtag" in broken(good, tables, persona=tagged)


def test_a_sound_of_another_genre_and_an_identity_without_signature_are_refused(
    good: Profile, tables: Reference
) -> None:
    sound = good.sound.model_copy(update={"style": "reggae"})
    anchor = good.anchor.model_copy(update={"signature": ()})
    odd = good.anchor.model_copy(update={"signature": ("loudness",)})
    assert "artist.sound" in broken(good, tables, sound=sound)
    assert "artist.signature" in broken(good, tables, anchor=anchor)
    assert "artist.signature" in broken(good, tables, anchor=odd)


def test_a_biography_that_repeats_another_one_is_refused(good: Profile, tables: Reference) -> None:
    report = examine(good, taken_names=(), biographies=(good.biography,), reference=tables)
    assert [finding.rule for finding in report.findings] == ["artist.duplicate"]


def test_prose_is_searched_for_artists_but_not_for_everyday_words() -> None:
    assert named_artist("It sounds like Radiohead in the rain.") == "Radiohead"
    assert named_artist("Carried by drums and the sea, early Chicago and Berlin") is None
