"""Words of a song through the label: what is a person's, in which language, and what is told about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, light_stages, settle
from tests.integration.label.shell import noktvrn
from tests.unit.release import release_samples as samples

from noktvrn.kernel.errors import Conflict, Invalid, NotFound, NotReady
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.provenance import Share
from noktvrn.model.run import Run, StageName
from noktvrn.production import engine
from noktvrn.production.results import Words
from noktvrn.production.stages import own
from noktvrn.production.stages.brief import brief
from noktvrn.release.disclosure import disclose
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs

LINES = ("my  grandmother's orange umbrella", "it never rained again in Łódź — not once")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """On SQLite only: words are the same whatever keeps them."""
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    with label_at(settings) as label:
        yield label


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noktvrn.label.artists.portrayed", lambda _studio, artist: artist)


def words_of_run(label: Label, run: Run) -> Words:
    """The words a worker makes for a run, everything else being next to nothing."""
    stages = light_stages([]) | {
        StageName.BRIEF: brief,
        StageName.PLAN: own.plan_or_read,
        StageName.LYRICS: own.words_or_write,
    }
    with engine.running(label.office.studio, stages):
        settle(label, run.id)
    with label.office.studio.database.read() as connection:
        record = runs.result(connection, run, StageName.LYRICS)
    assert record is not None and record.result is not None
    return Words.model_validate(record.result)


def test_a_persons_lines_stand_to_the_byte_and_are_written_down(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id, human_lines=LINES, title="Orange", duration_s=90)
    words = words_of_run(label, run)
    sung = [line for section in words.lyrics.sections for line in section.lines]
    assert [line for line in sung if line in LINES] == list(LINES)
    found = label.imports.contributions(run.id)
    assert [(one.kind, one.text, one.door) for one in found] == [
        ("title", "Orange", "brief"),
        *(("lyric_line", line, "brief") for line in LINES),
    ]
    assert all(one.places[0].startswith("verse 1, line ") for one in found[1:])
    assert found[0].at == label.office.studio.clock.now()


def test_what_is_written_down_is_what_is_disclosed(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id, human_lines=LINES[:1], duration_s=90)
    lyrics = words_of_run(label, run).lyrics
    told = [one.text for one in label.imports.contributions(run.id) if one.kind == "lyric_line"]
    assert told == list(lyrics.human_lines)
    made = samples.track("Orange").provenance
    facet = disclose(
        music=made,
        artwork=made,
        films=(),
        lyrics_engine=lyrics.writer,
        human_lines=bool(told),
        human_words=lyrics.by_a_person,
        sung=True,
    ).lyrics
    assert facet.share is Share.PARTLY


def test_a_song_without_a_person_says_so(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id, duration_s=60)
    words_of_run(label, run)
    assert label.imports.contributions(run.id) == ()
    with pytest.raises(NotFound):
        label.imports.contributions("run_0000000000000")


@pytest.mark.parametrize("line", ["", "a\tb", "x" * 161, "half \udc80"])
def test_a_line_nobody_could_sing_is_refused_before_anything_is_entered(label: Label, line: str) -> None:
    with pytest.raises(Invalid, match="Line 2") as refused:
        label.runs.start(enter_artist(label).id, human_lines=("fine", line))
    assert "rewritten" in refused.value.hint
    assert label.runs.every() == ()


def test_more_lines_than_a_song_has_are_told_with_their_number(label: Label) -> None:
    lines = tuple(f"line number {number}" for number in range(150))
    run = label.runs.start(enter_artist(label).id, human_lines=lines, duration_s=30)
    with pytest.raises(AssertionError):
        words_of_run(label, run)
    stopped = label.runs.look(run.id)
    assert "150" in stopped.run.error


def made(label: Label, prompt: str, language: str = "") -> Artist:
    return label.artists.create(prompt, seed=3, language=language)


def notices(label: Label, artist: Artist) -> str:
    report = label.artists.report(artist.id)
    assert report is not None
    return " ".join(report.notices)


def test_a_spanish_sentence_makes_an_artist_who_sings_spanish(label: Label) -> None:
    artist = made(label, "una cantante de pop que canta sobre el mar")
    assert artist.profile.language == "es"
    assert "language model" not in notices(label, artist)
    lyrics = words_of_run(label, label.runs.start(artist.id, duration_s=60)).lyrics
    assert lyrics.language == "es"


def test_another_language_is_told_at_once_and_with_every_song(label: Label) -> None:
    artist = made(label, "Une chanteuse timide des longs hivers")
    assert artist.profile.language == "fr"
    assert "Songs in French need a language model" in notices(label, artist)
    assert "OPENAI_API_KEY" in notices(label, artist)
    run = label.runs.start(artist.id, duration_s=60)
    assert words_of_run(label, run).lyrics.language == "en"
    with label.office.studio.database.read() as connection:
        record = runs.result(connection, run, StageName.LYRICS)
    assert record is not None
    assert "lyrics.language" in [finding.rule for finding in record.findings]


def test_a_language_asked_for_by_its_tag_that_nobody_writes_is_refused(label: Label) -> None:
    with pytest.raises(NotReady) as refused:
        made(label, "shy folk of rivers", language="fr")
    assert "OPENAI_API_KEY" in refused.value.hint
    with pytest.raises(Invalid):
        made(label, "shy folk of rivers", language="french!")
    assert label.artists.every() == ()


def test_the_same_sentence_does_not_change_its_language(label: Label) -> None:
    artist = made(label, "shy folk of rivers", language="es")
    assert artist.profile.language == "es"
    assert made(label, "shy folk of rivers") == artist
    with pytest.raises(Conflict):
        made(label, "shy folk of rivers", language="en")


def test_the_labels_own_language_is_used_where_nothing_else_tells(settings: Settings) -> None:
    with label_at(settings.model_copy(update={"language": "es"})) as label:
        assert made(label, "shy folk of rivers").profile.language == "es"
        assert made(label, "a singer with German lyrics").profile.language == "de"


def test_contributions_are_read_from_the_shell(copied: dict[str, str]) -> None:
    said = noktvrn("lyrics", "contributions", copied["run_id"])
    assert (said.code, "generated" in said.out) == (0, True)
    assert noktvrn("lyrics", "contributions", copied["run_id"], "--jsonl").out == ""
