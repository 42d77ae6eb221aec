"""From a sentence to an artist: rounds, notices, ids, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from noktvrn.artist.builder import ROUNDS, build
from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.kernel.ids import derive
from noktvrn.model.artist import LifecycleState, Profile
from noktvrn.model.song import Lyrics
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import Captions, CaptionsRequest, LyricsRequest, ProfileRequest, TitlesRequest
from noktvrn.settings import Settings

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
PROMPT = "dark electronic music from an empty harbour"


class Drafts:
    """A writer whose first drafts carry the names given; then it writes as the embedded one does."""

    name = "drafts"

    def __init__(self, *names: str) -> None:
        self.asked: list[ProfileRequest] = []
        self._names = list(names)
        self._writer = ProceduralWriter(load(Settings(_env_file=None)))

    def profile(self, request: ProfileRequest) -> Profile:
        self.asked.append(request)
        profile = self._writer.profile(request)
        return profile.model_copy(update={"stage_name": self._names.pop(0)}) if self._names else profile

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        return self._writer.titles(request)

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        return self._writer.lyrics(request)

    def captions(self, request: CaptionsRequest) -> Captions:
        return self._writer.captions(request)


def test_a_sentence_becomes_a_candidate_at_version_one() -> None:
    artist, report = build(Drafts(), prompt=f"  {PROMPT}\n", seed=7, taken_names=(), now=NOW)
    assert artist.version == 1
    assert artist.state is LifecycleState.CANDIDATE
    assert artist.prompt == PROMPT
    assert artist.id == report.artist_id == derive("artist", PROMPT, 7)
    assert artist.created_at == artist.updated_at == NOW
    assert artist.avatar is None
    assert (report.rounds, report.writer, report.notices) == (1, "drafts", ())


def test_the_same_sentence_and_seed_give_the_same_artist() -> None:
    one = build(Drafts(), prompt=PROMPT, seed=7, taken_names=(), now=NOW)
    assert one == build(Drafts(), prompt=PROMPT, seed=7, taken_names=(), now=NOW)


def test_a_refused_draft_is_written_anew_with_another_seed_and_told() -> None:
    writer = Drafts("Radiohead", "Ambient")
    artist, report = build(writer, prompt=PROMPT, seed=7, taken_names=(), now=NOW)
    assert report.rounds == 3
    assert len({request.seed for request in writer.asked}) == 3
    assert {"Radiohead", "Ambient"}.issubset(writer.asked[-1].avoid_names)
    assert report.notices[0] == "Draft 1 was written anew: The stage name is too near to a known act's."
    assert "Draft 2 (Ambient) was written anew" in report.notices[1]
    assert "Radiohead" not in report.model_dump_json()
    assert writer.asked[1].feedback == ("The stage name is too near to a known act's.",)
    assert [draft.passed for draft in report.drafts] == [False, False, True]
    assert artist.profile.stage_name not in {"Radiohead", "Ambient"}


def test_a_name_of_the_roster_is_never_given_twice() -> None:
    first, _ = build(Drafts(), prompt=PROMPT, seed=7, taken_names=(), now=NOW)
    taken = (first.profile.stage_name,)
    second, _ = build(Drafts(), prompt=PROMPT, seed=7, taken_names=taken, now=NOW)
    assert second.profile.stage_name not in taken


def test_a_writer_that_never_learns_is_stopped() -> None:
    writer = Drafts(*["Radiohead"] * 50)
    with pytest.raises(Invalid, match="house rules") as caught:
        build(writer, prompt=PROMPT, seed=7, taken_names=(), now=NOW)
    assert len(writer.asked) == ROUNDS
    assert caught.value.code == "artist.not_made"
    assert "--seed" in caught.value.hint


def test_a_guess_is_told() -> None:
    _, report = build(Drafts(), prompt="zzz qqq", seed=1, taken_names=(), now=NOW)
    assert any("chosen by the seed" in notice for notice in report.notices)


def test_a_living_artist_in_the_prompt_is_taken_out_and_told() -> None:
    artist, report = build(
        Drafts(), prompt="dark rock in the style of Radiohead", seed=1, taken_names=(), now=NOW
    )
    assert "Radiohead" not in artist.prompt
    assert any("living artist" in notice for notice in report.notices)


@pytest.mark.parametrize("prompt", ["", "   ", "🎹🔥", "x" * 100_000])
def test_prompts_without_words_or_end_are_refused_before_anything_is_written(prompt: str) -> None:
    writer = Drafts()
    with pytest.raises(Invalid) as caught:
        build(writer, prompt=prompt, seed=1, taken_names=(), now=NOW)
    assert caught.value.hint
    assert writer.asked == []


def test_hate_is_refused() -> None:
    with pytest.raises(NotAllowed):
        build(Drafts(), prompt="a song that says gas the jews", seed=1, taken_names=(), now=NOW)


def test_a_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        build(Drafts(), prompt=PROMPT, seed=1, taken_names=(), now=NOW.replace(tzinfo=None))
