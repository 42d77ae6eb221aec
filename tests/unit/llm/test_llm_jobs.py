"""What is made of a draft: what a model may fill, what it may not, and that the house's own checks agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.integration.llm.llm_samples import (
    CAPTIONS,
    PLAN,
    PROFILE,
    TITLES,
    an_artist,
    captions_request,
    lyrics_request,
    other_sections,
    profile_request,
    titles_request,
)

from noktvrn.artist.validator import examine as examine_profile
from noktvrn.llm.captions import captions_job
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.profile import profile_job
from noktvrn.llm.repair import read
from noktvrn.llm.result import UnfitError
from noktvrn.llm.titles import titles_job
from noktvrn.model.artist import Profile
from noktvrn.music.lyric_checks import examine as examine_lyrics
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings


def finished(job: Job[Draft, Work], data: Any) -> Work:
    return job.finish(read(json.dumps(data), job.shape), "openai/model-1")


def a_profile(avoid: tuple[str, ...] = (), **changed: Any) -> Profile:
    request = ProfileRequest(prompt=profile_request().prompt, seed=1, avoid_names=avoid)
    return finished(profile_job(request, an_artist()), PROFILE | changed)


def problems(job: Job[Any, Any], data: Any) -> str:
    with pytest.raises(UnfitError) as caught:
        finished(job, data)
    return str(caught.value)


def test_a_drafted_profile_passes_the_house_validator() -> None:
    report = examine_profile(a_profile(), taken_names=(), reference=load(Settings(_env_file=None)))
    assert report.passed, report.findings


def test_the_embedded_texts_follow_the_new_name_and_themes() -> None:
    old, new = an_artist(), a_profile()
    text = new.model_dump_json()
    assert old.stage_name not in text
    assert ", ".join(old.themes[:2]) not in text
    assert "#VerrinOake" in new.persona.hashtags
    assert "empty stations" in new.song_prompt_generator


def test_the_disclosure_is_added_once_and_never_left_out() -> None:
    said = "Verrin Oake is an AI artist who records the hum of stations at night. " * 4
    assert a_profile().biography.endswith(" Verrin Oake is a virtual artist.")
    assert a_profile(biography=said).biography == said.strip()
    assert a_profile().persona.ai_persona is True


@pytest.mark.parametrize(
    "name", ["Taylor Swift", "Verrin Oak", "V", "x" * 41, "#1", "Oake [live]", "https://oake"]
)
def test_names_that_are_taken_known_or_no_names(name: str) -> None:
    with pytest.raises(UnfitError):
        a_profile(avoid=("Verrin Oakes",), stage_name=name)


@pytest.mark.parametrize(
    "changed",
    [
        {"genre": "polka"},
        {"biography": "Short."},
        {"themes": ["one"]},
        {"biography": 7},
        {"persona": {"description": "x"}},
    ],
)
def test_a_model_fills_only_what_it_may(changed: dict[str, Any]) -> None:
    with pytest.raises(UnfitError):
        a_profile(**changed)


def test_titles_follow_the_rules_of_the_stores() -> None:
    drafted = ["slow light on glass", "Slow Light on Glass", "Untitled", f"{an_artist().stage_name} Theme"]
    job = titles_job(titles_request())
    assert finished(job, {"titles": [*drafted, "Track (Radio Edit)", TITLES[1]]}) == (TITLES[0], TITLES[1])
    assert "taken" in problems(job, {"titles": ["Untitled"]})
    avoiding = titles_job(titles_request().model_copy(update={"avoid": (TITLES[0],)}))
    assert finished(avoiding, {"titles": TITLES[:2]}) == (TITLES[1],)
    assert finished(titles_job(titles_request(count=2)), {"titles": TITLES}) == tuple(TITLES[:2])


def test_drafted_lyrics_pass_the_house_checks() -> None:
    lyrics = finished(lyrics_job(lyrics_request()), {"sections": other_sections()})
    assert examine_lyrics(lyrics, PLAN, (), ()).passed
    assert lyrics.hook == other_sections()[1][0]
    assert lyrics.title == lyrics_request().title
    assert not lyrics.explicit


def test_lyrics_that_do_not_fit_say_where() -> None:
    job = lyrics_job(lyrics_request())
    verse, chorus = map(list, other_sections())
    assert "[4, 2]" in problems(job, {"sections": [verse]})
    assert "[4, 2]" in problems(job, {"sections": [verse, [*chorus, "one more"]]})
    long = "a line that goes on for far too many syllables to sing"
    assert "section 2 line 1" in problems(job, {"sections": [verse, [long, chorus[1]]]})
    told = problems(job, {"sections": [[verse[0]] * 4, chorus]})
    assert "section 1: lines 1 and 3 do not rhyme" in told


def test_captions_are_disclosed_tagged_and_honest() -> None:
    job = captions_job(captions_request())
    made = finished(job, CAPTIONS | {"hashtags": ["#aimusic", "#One", "#one", "#Two", "#Three", "#Four"]})
    assert made.hashtags == ("#AIMusic", "#One", "#Two", "#Three", "#Four")
    assert made.post.endswith("is an AI persona.")
    own = CAPTIONS | {"post": "A new song by a virtual artist, out on Friday everywhere."}
    assert finished(job, own).post == own["post"]
    assert "fake engagement" in problems(job, CAPTIONS | {"post": "Please stream it on repeat all night."})
    assert "3 different lines" in problems(job, CAPTIONS | {"film_lines": ["the same", "the same", "other"]})
    assert "film_lines" in problems(job, CAPTIONS | {"film_lines": ["x" * 43, "a b", "c d"]})


def in_spanish(request: Any) -> Any:
    profile = request.profile.model_copy(update={"language": "es-MX"})
    return request.model_copy(update={"profile": profile})


def test_the_language_is_among_the_facts_of_every_song_job() -> None:
    for job, spanish in (
        (titles_job(titles_request()), titles_job(in_spanish(titles_request()))),
        (lyrics_job(lyrics_request()), lyrics_job(in_spanish(lyrics_request()))),
        (captions_job(captions_request()), captions_job(in_spanish(captions_request()))),
    ):
        assert (job.facts["language"], spanish.facts["language"]) == ("en", "es-MX")


def test_spanish_titles_are_written_as_sentences() -> None:
    drafted = {"titles": ["La Luz De Madrid", "el puerto"]}
    assert finished(titles_job(in_spanish(titles_request())), drafted) == ("La luz de Madrid", "El puerto")
    assert finished(titles_job(titles_request()), drafted) == ("La Luz De Madrid", "El Puerto")


def test_a_spanish_post_is_disclosed_in_spanish_and_once() -> None:
    job = captions_job(in_spanish(captions_request()))
    silent = CAPTIONS | {"post": "Una canción nueva para quien duerme poco."}
    assert finished(job, silent).post.endswith(" es una persona de IA.")
    denied = CAPTIONS | {"post": "Una canción nueva, y quien la canta no es una persona de IA."}
    assert finished(job, denied).post.count("persona de IA.") == 2
    for said in ("una persona de IA", "una artista virtual", "un dúo de inteligencia artificial"):
        post = f"Una canción nueva de {said}, para quien duerme poco."
        assert finished(job, CAPTIONS | {"post": post}).post == post
