"""The songs of a record together: their number, order, titles and levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from noktvrn.model.finding import Severity
from noktvrn.model.release import ReleaseDraft
from noktvrn.release import paths
from noktvrn.release.cases import RECORD, DraftCase
from noktvrn.release.record import loudness_of
from noktvrn.release.rulebook import Note
from noktvrn.release.rules.audio import LOUDEST_LUFS, QUIETEST_LUFS

MOST_OF_AN_EP, LONGEST_EP_S = 6, 1800.0
WIDEST_LU = 6.0
"""How much louder one song of a record may be than another before people reach for the knob."""
MOST_SILENCE_S, LOUDEST_EDGE_DBFS = 6.0, -50.0


@RECORD.rule("record.titles", Severity.ERROR, 23)
def titles(case: DraftCase) -> Iterator[Note]:
    """No two songs of one release are called the same."""
    called = Counter(song.title.casefold().strip() for song in case.draft.tracks)
    for title in (title for title, count in called.items() if count > 1):
        yield Note(f"Two songs are called {title!r}.", "Give each song a title of its own.")


@RECORD.rule("record.tracks", Severity.ERROR, 62)
def tracks(case: DraftCase) -> Iterator[Note]:
    """Numbers 1..n without a gap, every recording once, each with its master in its place."""
    draft = case.draft
    if [song.track_id for song in draft.tracks] != [song.track.id for song in case.dossier.tracks]:
        yield Note("The songs are not in the order of the record.", "Draft the release again.")
    if len({song.track_id for song in draft.tracks}) < len(draft.tracks):
        yield Note("A recording stands twice in the record.", "Each song has a recording of its own.")
    wanted = [paths.audio(draft.id, number) for number, _ in enumerate(draft.tracks, start=1)]
    if [part.path for part in draft.parts if part.path.endswith(".flac")] != wanted:
        yield Note("The masters are not numbered from one.", "Draft the release again.")


@RECORD.rule("record.kind", Severity.WARNING, 61)
def kind(case: DraftCase) -> Iterator[Note]:
    """Up to six songs in under half an hour are an EP, more are an album: stores count for themselves."""
    draft = case.draft
    if draft.kind != _kind_of(draft):
        size = f"{len(draft.tracks)} songs in {draft.duration_s / 60:.0f} minutes"
        yield Note(
            f"To stores {size} are no {draft.kind}.",
            "Change the number or the length of the songs.",
        )


def _kind_of(draft: ReleaseDraft) -> str:
    small = len(draft.tracks) <= MOST_OF_AN_EP and draft.duration_s < LONGEST_EP_S
    return "ep" if small else "album"


@RECORD.rule("record.level", Severity.WARNING, 71)
def level(case: DraftCase) -> Iterator[Note]:
    """The record as a whole has the loudness of a release, and no song falls out of it."""
    whole = loudness_of(case.dossier)
    if not QUIETEST_LUFS <= whole <= LOUDEST_LUFS:
        yield Note("The loudness of the record is unusual.", "Master it to -14 LUFS.", whole, -14.0)
    levels = [song.track.figures.integrated_lufs for song in case.dossier.tracks]
    if max(levels) - min(levels) > WIDEST_LU:
        yield Note(
            "One song is much louder than another.",
            "Master the record as one.",
            max(levels) - min(levels),
            WIDEST_LU,
        )


@RECORD.rule("record.joins", Severity.WARNING, 70)
def joins(case: DraftCase) -> Iterator[Note]:
    """Played without a pause no song clicks into the next one, and no long silence lies between two."""
    for number, (before, after) in enumerate(pairwise(case.dossier.tracks), start=1):
        first, second = before.track.figures, after.track.figures
        silence = first.trailing_silence_s + second.leading_silence_s
        if silence > MOST_SILENCE_S:
            yield Note(
                f"There is a long silence between songs {number} and {number + 1}.",
                "Trim it.",
                silence,
                MOST_SILENCE_S,
            )
        edge = max(first.edge_peak_dbfs, second.edge_peak_dbfs)
        if edge > LOUDEST_EDGE_DBFS:
            yield Note(
                f"Songs {number} and {number + 1} meet with a click.",
                "Fade the edges of their masters.",
                edge,
                LOUDEST_EDGE_DBFS,
            )
