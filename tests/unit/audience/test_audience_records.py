"""Figures of the songs of one record: kept apart as they were told, read back as one."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

from noktvrn.audience.importer import ImportResult, read_figures, row_key
from noktvrn.kernel.ids import ArtistId, ReleaseId, derive
from noktvrn.model.performance import Performance, by_release

ARTIST, RECORD = ArtistId(derive("artist", "one")), ReleaseId(derive("release", "record"))
SONGS = ("XXTST2600001", "XXTST2600002")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def row(recording: str = "", **counts: Any) -> Performance:
    return Performance(
        artist_id=ARTIST,
        release_id=RECORD,
        platform="spotify",
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        recorded_at=NOW,
        recording=recording,
        **counts,
    )


def read(*lines: str) -> ImportResult:
    text = "\n".join(["release,platform,period_start,period_end,streams", *lines])
    return read_figures(
        io.BytesIO(text.encode()),
        name="october.csv",
        resolve=lambda _code: (ARTIST, RECORD),
        recorded_at=NOW,
        songs=lambda code: code if code in SONGS else "",
    )


def test_two_songs_of_a_record_do_not_contradict_each_other() -> None:
    told = read(*(f"{isrc},spotify,2026-10-01,2026-10-31,{n}" for n, isrc in enumerate(SONGS, start=100)))

    assert told.problems == ()
    assert [one.recording for one in told.performances] == list(SONGS)
    assert len({row_key(one) for one in told.performances}) == 2


def test_a_stream_of_a_song_is_one_of_its_record_and_a_listener_is_counted_once() -> None:
    whole = by_release([row(SONGS[0], streams=100, listeners=40), row(SONGS[1], streams=20, listeners=15)])

    assert [(one.streams, one.listeners, one.saves, one.recording) for one in whole] == [(120, 40, None, "")]


def test_what_is_told_of_the_whole_record_holds() -> None:
    whole = by_release([row(SONGS[0], streams=100), row(streams=150), row(SONGS[1], streams=20)])

    assert [one.streams for one in whole] == [150]


def test_a_row_of_a_whole_release_keeps_its_key_and_its_data() -> None:
    assert "recording" not in row(streams=1).as_data()
    assert row_key(row(streams=1)) != row_key(row(SONGS[0], streams=1))
    assert by_release([row(streams=1)]) == (row(streams=1),)
