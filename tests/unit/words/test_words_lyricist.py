from __future__ import annotations

import pytest
from tests.unit.words.words_samples import full_plan, profile

from noktvrn.kernel.errors import Invalid, NotAllowed, Refused
from noktvrn.model.artist import Profile
from noktvrn.model.finding import Report
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.music import lyricist
from noktvrn.providers.procedural_writer.lyrics import write_lyrics
from noktvrn.providers.procedural_writer.titles import write_titles
from noktvrn.roles.writer import Captions, CaptionsRequest, LyricsRequest, ProfileRequest, TitlesRequest

PLAN = full_plan(7)


class Scripted:
    """A writer that spoils its first answers with `line`, then writes well. Remembers its seeds."""

    name = "scripted"

    def __init__(self, spoilt: int = 0, line: str = "[Chorus]") -> None:
        self.spoilt = spoilt
        self.line = line
        self.seeds: list[int] = []

    def profile(self, request: ProfileRequest) -> Profile:
        raise NotImplementedError

    def captions(self, request: CaptionsRequest) -> Captions:
        raise NotImplementedError

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        self.seeds.append(request.seed)
        if len(self.seeds) <= self.spoilt:
            return ("OUT NOW", "Taylor Swift", *request.avoid)
        return write_titles(request)

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        self.seeds.append(request.seed)
        lyrics = write_lyrics(request)
        if len(self.seeds) > self.spoilt:
            return lyrics
        first = lyrics.sections[0]
        worse = LyricSection(label=first.label, lines=(self.line, *first.lines[1:]))
        return lyrics.model_copy(update={"sections": (worse, *lyrics.sections[1:])})


class Stubborn(Scripted):
    """A writer that gives the same words whatever it is told."""

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        self.seeds.append(request.seed)
        return write_lyrics(request.model_copy(update={"seed": 11, "avoid_lines": ()}))


def written(
    writer: Scripted, human_lines: tuple[str, ...] = (), catalogue: tuple[tuple[str, str], ...] = ()
) -> tuple[Lyrics, Report]:
    return lyricist.write(
        writer,
        profile=profile(),
        plan=PLAN,
        theme="orbits",
        mood="calm",
        title="Neon Rain",
        seed=11,
        human_lines=human_lines,
        catalogue=catalogue,
    )


def test_good_words_pass_at_once() -> None:
    writer = Scripted()
    lyrics, report = written(writer)
    assert report.passed
    assert report.checked >= 5
    assert writer.seeds == [11]
    assert lyrics.text


@pytest.mark.parametrize(
    "line",
    [
        "[Chorus]",
        "https://example.org",
        "",
        "I sound just like Taylor Swift tonight",
        "kill all the jews tonight and go",
    ],
)
def test_words_that_fail_are_asked_for_again_with_another_seed(line: str) -> None:
    writer = Scripted(spoilt=2, line=line)
    lyrics, report = written(writer)
    assert report.passed
    assert len(writer.seeds) == len(set(writer.seeds)) == 3
    assert line not in lyrics.text.split("\n") or not line


def test_a_writer_that_never_fits_is_refused() -> None:
    writer = Scripted(spoilt=99)
    with pytest.raises(Refused) as refused:
        written(writer)
    assert len(writer.seeds) == lyricist.ROUNDS
    assert refused.value.hint


def test_words_the_catalogue_has_already_are_written_anew() -> None:
    first, _ = written(Scripted())
    writer = Scripted()
    second, report = written(writer, catalogue=(("Old Song", first.text),))
    assert report.passed
    assert 2 <= len(writer.seeds) <= lyricist.OWN_DRAFTS
    assert second.text != first.text


def test_the_house_sets_the_explicit_mark() -> None:
    lyrics, report = written(Scripted(), human_lines=("the fucking rain",))
    assert lyrics.explicit
    assert report.passed


@pytest.mark.parametrize("line", ["we danced to Taylor Swift all night", " \t"])
def test_a_persons_line_that_cannot_be_sung_is_refused_not_rewritten(line: str) -> None:
    writer = Scripted()
    with pytest.raises(Invalid, match="Line 2") as refused:
        written(writer, human_lines=("my own words stay", line))
    assert writer.seeds == []
    assert refused.value.hint


ODD = (
    "  two  spaces\tand a tab ",
    "caf\u0065\u0301 \u201cquoted\u201d \u2014 dash",
    "NO! wait\u2026 what?",
    "x" * 150,
)


def test_a_persons_lines_stay_to_the_byte() -> None:
    lyrics, report = written(Scripted(), human_lines=ODD)
    lines = [line for section in lyrics.sections for line in section.lines]
    assert lyrics.human_lines == ODD
    assert [line for line in lines if line in ODD] == list(ODD)
    assert report.passed


def test_a_draft_near_to_an_earlier_song_is_written_again_and_said() -> None:
    first, _ = written(Scripted())
    earlier = "\n".join(first.text.split("\n")[:2])
    writer = Scripted()
    second, report = written(writer, catalogue=(("Old Song", earlier),))
    assert 2 <= len(writer.seeds) <= lyricist.OWN_DRAFTS
    assert not set(earlier.split("\n")) & set(second.text.split("\n"))
    assert [finding.rule for finding in report.findings] == ["lyrics.rewritten"]


def test_a_writer_that_cannot_keep_clear_is_taken_with_a_warning() -> None:
    first, _ = written(Scripted())
    catalogue = tuple(("Old Song", line) for line in first.text.split("\n") if line)
    writer = Stubborn()
    _, report = written(writer, catalogue=catalogue)
    assert len(writer.seeds) == 3
    assert len(set(writer.seeds)) == 2, "once with the lines barred, once with another seed"
    assert {finding.rule for finding in report.findings} == {"lyrics.rewritten", "lyrics.near"}
    assert report.passed


def test_a_song_in_another_language_than_its_artist_says_so() -> None:
    french = profile().model_copy(update={"language": "fr"})
    _, report = lyricist.write(
        Scripted(), profile=french, plan=full_plan(4), theme="orbits", mood="calm", title="Far", seed=11
    )
    found = next(found for found in report.findings if found.rule == "lyrics.language")
    assert "French" in found.message
    assert "OPENAI_API_KEY" in found.hint


def test_hate_in_a_persons_line_is_not_sung() -> None:
    writer = Scripted()
    with pytest.raises(NotAllowed):
        written(writer, human_lines=("kill all the jews",))
    assert writer.seeds == []


def test_choose_title_keeps_clear_of_taken_and_near_ones() -> None:
    writer = Scripted(spoilt=1)
    first = lyricist.choose_title(writer, profile=profile(), theme="orbits", mood="calm", seed=5)
    assert len(writer.seeds) == 2
    second = lyricist.choose_title(
        Scripted(), profile=profile(), theme="orbits", mood="calm", seed=5, taken={first, first.upper()}
    )
    assert second != first


def test_choose_title_gives_up_in_time() -> None:
    with pytest.raises(Refused):
        lyricist.choose_title(Scripted(spoilt=99), profile=profile(), theme="orbits", mood="calm", seed=5)
