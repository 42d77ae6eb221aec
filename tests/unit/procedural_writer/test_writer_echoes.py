"""What a prompt names comes back, what it rules out stays out, and other languages are read word by word."""

from __future__ import annotations

import pytest

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.echoes import Echoes, echoes
from noktvrn.providers.procedural_writer.glosses import glossed
from noktvrn.providers.procedural_writer.grammar import conjugate, fill, is_plural
from noktvrn.providers.procedural_writer.profile import FOREIGN
from noktvrn.providers.procedural_writer.refusals import refusals
from noktvrn.providers.procedural_writer.world import definite
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.roles.writer import ProfileRequest


def named(prompt: str) -> Echoes:
    return echoes(prompt, refusals(prompt))


def test_places_people_and_things_come_with_their_words() -> None:
    found = named("A shy locksmith in a closed cinema in Lisbon, two broken accordions, in November")
    assert [echo.phrase for echo in found.of("role")] == ["a shy locksmith"]
    assert [(echo.lead, echo.phrase) for echo in found.of("place")] == [("in", "a closed cinema")]
    assert [echo.noun for echo in found.of("city")] == ["Lisbon"]
    assert found.times == ("in November",)


def test_a_word_nobody_listed_is_understood_by_its_grammar() -> None:
    assert [echo.phrase for echo in named("a weathervane with stage fright").of("thing")] == ["a weathervane"]
    assert [echo.phrase for echo in named("a falconer from the hills").of("role")] == ["a falconer"]


def test_adjectives_do_not_cross_a_comma() -> None:
    assert [echo.phrase for echo in named("the light, a velvet, red curtain").of("thing")] == ["a curtain"]


@pytest.mark.parametrize(
    ("prompt", "themes"),
    [
        ("songs about bad landlords", ("bad landlords",)),
        ("pop about her dogs", ("dogs",)),
        ("songs about herself", ()),
        ("never about love songs", ()),
    ],
)
def test_what_the_songs_are_about(prompt: str, themes: tuple[str, ...]) -> None:
    assert named(prompt).themes == themes


def test_strong_words_never_come_back() -> None:
    assert named("a fucker with a fucking guitar").empty


@pytest.mark.parametrize(
    ("prompt", "phrases"),
    [
        ("electronic, no vocals, no drums, just pads", ("vocals", "drums")),
        ("country without trucks, beer or trains", ("trucks", "beer", "trains")),
        ("house music without piano please", ("piano",)),
        ("a film about bees that does not exist", ()),
        ("no one knows who it is", ()),
    ],
)
def test_what_a_prompt_rules_out(prompt: str, phrases: tuple[str, ...]) -> None:
    assert refusals(prompt).phrases == phrases


def test_ruled_out_instruments_and_voices_stay_out(writer: ProceduralWriter) -> None:
    for seed in range(8):
        request = ProfileRequest(prompt="techno, no vocals at all, no drums, pads and bells", seed=seed)
        profile = writer.profile(request)
        assert not any("drum" in line or "hat" in line for line in profile.instrumentation)
        assert profile.voice.type == "none: instrumental"
        assert "nstrumental" in profile.song_prompt_generator


def test_denied_moods_do_not_come(writer: ProceduralWriter) -> None:
    for seed in range(8):
        profile = writer.profile(ProfileRequest(prompt="a funk party band, never happy", seed=seed))
        assert "joyful" not in profile.moods


def test_voice_wishes_reach_the_voice(writer: ProceduralWriter) -> None:
    profile = writer.profile(ProfileRequest(prompt="soul, a woman who sings low, almost spoken", seed=4))
    assert profile.voice.type.startswith(("low, almost spoken", "almost spoken"))
    assert profile.voice.register_ == "low"


def test_the_people_of_the_prompt_are_in_the_story(writer: ProceduralWriter) -> None:
    for seed in range(10):
        profile = writer.profile(ProfileRequest(prompt="a beekeeper in a tower block", seed=seed))
        assert "beekeeper" in profile.biography + profile.backstory
        assert "tower block" in profile.biography + profile.backstory + profile.visual_identity_prompt + (
            profile.video_prompt_generator + " ".join(profile.notes)
        )


@pytest.mark.parametrize(
    ("prompt", "language", "words"),
    [
        ("Una cantante triste, guitarra y lluvia, sin batería", "Spanish", "sad guitar rain without drums"),
        ("Eine Sängerin mit tiefer Stimme, kein Schlagzeug", "German", "female singer low voice no drums"),
        ("Musique douce pour violoncelle, sans batterie", "French", "soft cello without drums"),
        ("Um cantor triste com violão e sem bateria", "Portuguese", "sad acoustic guitar without drums"),
        ("Una voce dolce e la chitarra, senza batteria", "Italian", "voice soft guitar without drums"),
        ("悲しいピアノと雨の音", "Japanese", "sad piano rain"),
    ],
)
def test_common_words_of_other_languages_are_read(prompt: str, language: str, words: str) -> None:
    gloss = glossed(prompt)
    assert gloss.language == language
    assert set(words.split()) <= set(gloss.text.replace(",", " ").split())


@pytest.mark.parametrize(
    "prompt",
    [
        "A witch who runs a laundromat",
        "no vocals, no drums",
        "techno",
        "piano bar, solo",
        "If a lamp had a son",
    ],
)
def test_english_is_left_alone(prompt: str) -> None:
    assert glossed(prompt).text == prompt
    assert glossed(prompt).language == ""


def test_a_foreign_prompt_is_reported(writer: ProceduralWriter) -> None:
    request = ProfileRequest(prompt="Una chica triste que canta en el metro", seed=1)
    assert FOREIGN.format(language="Spanish") in writer.profile(request).notes


@pytest.mark.parametrize(
    ("phrase", "second"),
    [
        ("a chapel used as a coal store", "the chapel"),
        ("a drained swimming hall", "the drained swimming hall"),
        ("the last house before the ring road", "the last house"),
        ("crows", "the crows"),
    ],
)
def test_the_second_mention_is_short(phrase: str, second: str) -> None:
    assert definite(phrase) == second


def test_verbs_agree_with_their_slot() -> None:
    slots = {"a": "crows", "b": "a crow"}
    assert fill("{a} <carry:a>, {b} <carry:b>.", slots, dice(1, "x"), {"a"}) == "Crows carry, a crow carries."
    assert [conjugate(verb, plural=False) for verb in ("be", "go", "pass", "stay")] == [
        *("is", "goes", "passes", "stays")
    ]


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [
        ("signals without senders", True),
        ("tools hung by size", True),
        ("a box of tapes", False),
        ("dust", False),
    ],
)
def test_number_is_read_from_the_head(phrase: str, plural: bool) -> None:
    assert is_plural(phrase) is plural
