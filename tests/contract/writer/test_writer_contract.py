"""What every player of the Writer role has to keep: the embedded one and the label's own without models."""

from __future__ import annotations

from pathlib import Path

import pytest

from noktvrn.artist.validator import examine
from noktvrn.kernel.clock import SystemClock
from noktvrn.llm.desk import open_desk
from noktvrn.llm.writer import LlmWriter
from noktvrn.model.artist import Profile
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.writer import CaptionsRequest, LyricsRequest, ProfileRequest, TitlesRequest, Writer
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database

PROVIDERS = frozenset({"procedural_writer"})
PLAYERS = [*PROVIDERS, "llm"]
PLAN = SongPlan(
    genre="dark_electronic",
    style="dark_electronic",
    tempo_bpm=104.0,
    tonic=9,
    mode="minor",
    sections=(
        SectionPlan(label="intro", bars=4, energy=0.2),
        SectionPlan(label="verse", bars=8, energy=0.4, syllables=(8, 8, 8, 8), rhyme="AABB"),
        SectionPlan(label="chorus", bars=8, energy=0.8, syllables=(7, 7, 7, 7), rhyme="ABAB"),
    ),
    seed=5,
)


@pytest.fixture(params=PLAYERS)
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> Writer:
    settings = Settings(home=tmp_path)
    embedded: Writer = open_player("writer", "procedural_writer", settings, Kit(SystemClock(), tmp_path))
    if request.param == "procedural_writer":
        return embedded
    database = Database(settings)
    migrate.upgrade(database)
    return LlmWriter(open_desk(settings, SystemClock(), database), embedded)


@pytest.fixture
def profile(writer: Writer) -> Profile:
    return writer.profile(ProfileRequest(prompt="dark electronic music from an empty harbour", seed=3))


def test_a_player_says_its_name(writer: Writer) -> None:
    assert writer.name in PLAYERS


def test_a_profile_passes_the_house_rules_and_avoids_names(writer: Writer, profile: Profile) -> None:
    assert examine(profile, taken_names=()).passed
    request = ProfileRequest(
        prompt="dark electronic music from an empty harbour", seed=3, avoid_names=(profile.stage_name,)
    )
    assert writer.profile(request).stage_name != profile.stage_name


def test_titles_are_as_many_as_asked_different_and_new(writer: Writer, profile: Profile) -> None:
    request = TitlesRequest(profile=profile, theme="ships", mood="dark", seed=1, count=5)
    first = writer.titles(request)
    assert len(first) == len({title.casefold() for title in first}) == 5
    again = writer.titles(request.model_copy(update={"avoid": first}))
    assert not {title.casefold() for title in first} & {title.casefold() for title in again}


def test_lyrics_follow_the_plan(writer: Writer, profile: Profile) -> None:
    title = "Harbour Lights"
    lyrics = writer.lyrics(
        LyricsRequest(profile=profile, plan=PLAN, title=title, theme="ships", mood="dark", seed=1)
    )
    assert lyrics.title == title
    sung = [section for section in PLAN.sections if section.syllables]
    written = [section for section in lyrics.sections if section.lines]
    assert [section.label for section in written] == [section.label for section in sung]
    assert [len(section.lines) for section in written] == [len(section.syllables) for section in sung]


def test_captions_say_that_the_artist_is_virtual(writer: Writer, profile: Profile) -> None:
    captions = writer.captions(
        CaptionsRequest(
            profile=profile, title="Harbour Lights", theme="ships", mood="dark", seed=1, film_lines=8
        )
    )
    assert any(word in captions.post.casefold() for word in ("ai persona", "ai artist", "virtual", "ai act"))
    assert len(captions.film_lines) == 8
    assert all(tag.startswith("#") for tag in captions.hashtags)


def test_the_same_request_gets_the_same_answer(writer: Writer, profile: Profile) -> None:
    request = ProfileRequest(prompt="dark electronic music from an empty harbour", seed=3)
    assert writer.profile(request) == profile
    titles = TitlesRequest(profile=profile, theme="ships", mood="dark", seed=1)
    assert writer.titles(titles) == writer.titles(titles)
