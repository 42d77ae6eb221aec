"""What is said of a piece of work: plain words, whatever others wrote, at any width."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.unit.release import release_samples as samples

from noktvrn.console.screens import review_words as words
from noktvrn.console.screens.review_queue import Queue, entry, told_of
from noktvrn.console.screens.review_sheet import Sheet, Song
from noktvrn.kernel.ids import BriefId, RunId, derive
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Rights
from noktvrn.model.release import TrackDraft
from noktvrn.model.run import Run, RunState
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.model.verdict import ReviewItem
from noktvrn.release.draft import draft_of

NOW = samples.NOW
SPOKEN = st.text(max_size=60) | st.sampled_from(
    [
        "[b]x[/b]",
        "\x1b[2J",
        "\u202egnihtyna",
        "日本語" * 30,
        "e" + "\u0301" * 50,
        "a\tb\nc\r\x00",
        "[@click=quit]",
    ]
)


def item(title: str = "Glass Hours", artist: str = "Vesper Quill", number: int = 0) -> ReviewItem:
    return ReviewItem(
        run_id=RunId(derive("run", number)),
        artist_id=samples.ARTIST,
        title=title,
        artist_name=artist,
        approval_hash="a" * 64,
        opened_at=NOW,
        expires_at=NOW + timedelta(days=3, hours=2),
    )


def lyrics(*lines: str) -> Lyrics:
    return Lyrics(title="Glass Hours", sections=(LyricSection(label="verse", lines=lines),), hook="")


def sheet(text: str = "Glass Hours", **more: Any) -> Sheet:
    """A sheet in which every text of others is the same."""
    track = samples.track(text, instrumental=False, language="en")
    licence = Rights(licence=text, attribution=text, dsp_release="unknown", watermark=True)
    track = track.model_copy(update={"provenance": samples.provenance(text, rights=licence)})
    draft = draft_of(samples.dossier(track=track, lyrics=lyrics(text), label_name=text))
    run = Run(
        id=samples.RUN,
        artist_id=samples.ARTIST,
        brief_id=BriefId(derive("brief", "sample")),
        state=RunState.AWAITING_REVIEW,
        created_at=NOW,
        updated_at=NOW,
    )
    values: dict[str, Any] = {
        "item": item(text, text),
        "approval_hash": "a" * 64,
        "verdict": None,
        "run": run,
        "draft": draft,
        "picture": samples.cover(),
        "songs": (Song(1, text, lyrics(text, text), track),),
        "findings": (Finding(rule="a.b", severity=Severity.WARNING, message=text, hint=text),),
    }
    return Sheet(**(values | more))


def is_calm(text: str) -> bool:
    """Whether nothing in it moves a cursor or turns a line around."""
    return not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign != "\n" for sign in text)


@settings(max_examples=30)
@given(text=SPOKEN, width=st.integers(0, 120))
def test_words_of_others_move_nothing(text: str, width: int) -> None:
    shown = sheet(text)
    for told in (
        words.head(shown, NOW),
        words.words_of(shown, width),
        words.checks_of(shown, width),
        words.loudness_line(shown.songs[0]),
        entry(item(text, text), text, NOW, max(12, width), marked=True),
    ):
        assert is_calm(str(told))


@settings(max_examples=30)
@given(title=SPOKEN, artist=SPOKEN, width=st.integers(12, 80), left=st.integers(-100, 10**7))
def test_an_entry_has_two_lines_of_its_width(title: str, artist: str, width: int, left: int) -> None:
    one = item(title, artist).model_copy(update={"expires_at": NOW + timedelta(seconds=left)})
    lines = str(entry(one, "single", NOW, width, marked=False)).split("\n")
    assert len(lines) == 2
    assert cell_len(lines[0]) <= width
    assert cell_len(lines[1]) <= max(width, 2 + 1 + len(" single ! 59 min"))


def test_markup_stays_what_it_is() -> None:
    shown = sheet("[b]Glass[/b]")
    assert "[b]Glass[/b]" in str(words.head(shown, NOW))
    assert "! warning  [b]Glass[/b]" in str(words.checks_of(shown, 80))


def test_severity_rights_and_disclosure_are_words_before_colours() -> None:
    found = tuple(
        Finding(rule="a.b", severity=severity, message=severity.value.upper())
        for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING)
    )
    told = str(words.checks_of(sheet(findings=found), 100))
    places = [told.index(words) for words in ("✗ error    ERROR", "! warning  WARNING", "· info     INFO")]
    assert places == sorted(places)
    assert "? stores not settled" in told
    assert "! watermark" in told
    assert "Generated: lyrics, composition" in told
    assert "contains AI: All; AI tags: artwork, track, composition" in told
    assert "generative" in told
    assert "✓ nothing stays noted" in str(words.checks_of(sheet(findings=()), 100))


def test_a_record_is_told_by_its_songs() -> None:
    single = sheet()
    assert single.draft is not None
    names = ("First", "Second")
    drafts = tuple(
        TrackDraft(
            run_id=samples.RUN,
            track_id=single.draft.track_id,
            title=name,
            language="en",
            advisory="explicit" if name == "Second" else "not_explicit",
            instrumental=False,
            credits=(),
            disclosure=single.draft.disclosure,
            duration_s=61.0,
        )
        for name in names
    )
    songs = tuple(Song(n, name, lyrics(f"of {name}")) for n, name in enumerate(names, start=1))
    record = sheet(
        draft=single.draft.model_copy(update={"kind": "ep", "songs": drafts, "advisory": "explicit"}),
        songs=songs,
    )
    told = str(words.words_of(record, 60))
    assert " 1  First\n    1:01" in told
    assert " 2  Second\n    1:01 · ! explicit" in told
    assert "2 Second\nof Second" in told
    assert "EP · 2 songs" in str(words.head(record, NOW))
    assert "! explicit" in str(words.head(record, NOW))


def test_a_song_of_endless_words_is_cut_and_says_so() -> None:
    shown = sheet(songs=(Song(1, "x", lyrics(*("la",) * (words.MOST_LINES + 7))),))
    assert "… 7 lines more" in str(words.words_of(shown, 60))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (8 * 86400, "8 d"),
        (86400, "1 d"),
        (86399, "23 h"),
        (3600, "1 h"),
        (150, "2 min"),
        (5, "1 min"),
        (0, "over"),
    ],
)
def test_the_time_that_is_left_is_told_in_its_largest_unit(seconds: int, said: str) -> None:
    assert words.left_until(NOW + timedelta(seconds=seconds), NOW) == said


def test_who_comes_next_is_behind_and_else_before() -> None:
    items = tuple(item(number=number) for number in range(4))
    queue = Queue(items, ("single",) * 4, total=9, now=NOW)
    ids = [one.run_id for one in items]
    assert queue.beside(ids[1], ids) == ids[2]
    assert queue.beside(ids[1], ids[:1]) == ids[0]
    assert queue.beside(ids[3], ids[:2]) == ids[1]
    assert queue.beside(ids[0], ()) == ""
    assert queue.beside("run_unknown", ids) == ""
    left = queue.without({ids[0], ids[2]})
    assert [one.run_id for one in left.items] == [ids[1], ids[3]]
    assert (left.total, len(left.kinds)) == (7, 2)


def test_of_many_that_left_only_some_are_named() -> None:
    gone = tuple((str(number), f"{number} went.") for number in range(5))
    assert told_of(gone) == "0 went. 1 went. 2 went. And 2 more."
