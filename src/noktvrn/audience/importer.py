"""The importer: a file of figures becomes performances, and a plain account of what was not read and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from pydantic import Field

from noktvrn.audience.cells import bad_cell, read_count, read_day, read_platform, read_release, shown
from noktvrn.audience.columns import METRICS, REQUIRED, suggestion
from noktvrn.audience.sheet import Sheet, open_sheet, split_line
from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.noun import Noun, canonical_digest
from noktvrn.model.performance import Performance

Resolve = Callable[[str], tuple[ArtistId, ReleaseId] | None]
Songs = Callable[[str], str]
_Found = tuple[ArtistId, ReleaseId, str] | None


def _no_song(_code: str) -> str:
    return ""


class Problem(Noun):
    """One thing that was not read: its line (as an editor counts), a sentence, what to do."""

    line: int = Field(ge=1)
    sentence: str
    hint: str


class Unmatched(Noun):
    """A sound row whose release this label does not know, kept whole for a person to look at."""

    line: int = Field(ge=1)
    release: str
    platform: str
    row: str


class ImportResult(Noun):
    """What a file came to. Every row is a performance, merged into one, a problem, or unmatched."""

    performances: tuple[Performance, ...]
    problems: tuple[Problem, ...]
    unmatched: tuple[Unmatched, ...]
    rows: int = Field(ge=0, description="rows below the heading that are not blank")


def read_figures(
    source: BinaryIO, *, name: str, resolve: Resolve, recorded_at: datetime, songs: Songs = _no_song
) -> ImportResult:
    """Reads one file in the neutral format of docs/figures.md.

    `resolve` finds a release by id, ISRC or UPC, or answers None; `songs` spells the ISRC of a song of a
    record, whose figures are kept apart from those of its others. Each is asked once per release.
    `recorded_at` (aware) is the moment of the import: a period that ends on a later day (UTC) is refused.
    Broken rows never stop good ones.

    Raises:
        Invalid: the file as a whole cannot be read (not UTF-8, too large, a needed column is missing).
    """
    sheet = open_sheet(source, name)
    reading = _Reading(sheet, name[:200], resolve, songs, aware(recorded_at))
    reading.name_unknown_columns()
    for number, line in sheet.lines:
        try:
            reading.take(number, line)
        except Invalid as bad:
            reading.problems.append(Problem(line=number, sentence=bad.message, hint=bad.hint))
    return reading.result()


def row_key(performance: Performance) -> str:
    """Names the row by what it is about (release or song of a record, platform, period), not by what it says.

    The same file read again gives the same keys, and a corrected figure has the key of the one it replaces.
    """
    return canonical_digest(
        [
            performance.release_id,
            performance.platform,
            performance.period_start.isoformat(),
            performance.period_end.isoformat(),
            *([performance.recording] if performance.recording else []),
        ]
    )


@dataclass(slots=True)
class _Reading:
    """One file on its way in."""

    sheet: Sheet
    name: str
    resolve: Resolve
    songs: Songs
    recorded_at: datetime
    problems: list[Problem] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    _known: dict[str, _Found] = field(default_factory=dict)
    _rows: dict[str, list[tuple[int, Performance]]] = field(default_factory=dict)

    def name_unknown_columns(self) -> None:
        for heading in self.sheet.heading:
            if not heading or heading in REQUIRED or heading in METRICS:
                continue
            meant = suggestion(heading)
            sentence = f"The column {shown(heading)} is not known and was not read."
            hint = f"Did you mean {meant}?" if meant else "docs/figures.md lists the columns."
            self.problems.append(Problem(line=self.sheet.heading_line, sentence=sentence, hint=hint))

    def take(self, number: int, line: str) -> None:
        cells = self._cells(line)
        code, platform = read_release(cells["release"]), read_platform(cells["platform"])
        start, end = self._period(cells)
        counts = {metric: read_count(metric, cells[metric]) for metric in METRICS if metric in cells}
        if all(count is None for count in counts.values()):
            raise bad_cell("The row reports nothing.", "Leave it out, or give at least one count.")
        found = self._find(code)
        if found is None:
            self.unmatched.append(Unmatched(line=number, release=code, platform=platform, row=line))
            return
        artist_id, release_id, recording = found
        row = Performance(
            artist_id=artist_id,
            release_id=release_id,
            platform=platform,
            period_start=start,
            period_end=end,
            source=self.name,
            recorded_at=self.recorded_at,
            recording=recording,
            **counts,
        )
        self._rows.setdefault(row_key(row), []).append((number, row))

    def result(self) -> ImportResult:
        merged = [row for same in self._rows.values() if (row := self._merge(same)) is not None]
        return ImportResult(
            performances=tuple(merged),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
            unmatched=tuple(self.unmatched),
            rows=len(self.sheet.lines),
        )

    def _cells(self, line: str) -> dict[str, str]:
        cells = split_line(line, self.sheet.delimiter)
        width = len(self.sheet.heading)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            raise bad_cell(
                f"The row has {len(cells)} cells, the heading has {width}.",
                "Check for a missing or an extra separator.",
            )
        return dict(zip(self.sheet.heading, cells, strict=False))

    def _period(self, cells: dict[str, str]) -> tuple[date, date]:
        start = read_day("period_start", cells["period_start"])
        end = read_day("period_end", cells["period_end"])
        if end < start:
            raise bad_cell(f"The period ends on {end}, before it starts on {start}.", "Swap the two days.")
        today = self.recorded_at.date()
        if end > today:
            raise bad_cell(
                f"The period ends on {end}, which is after today ({today} UTC).",
                "Report a period when it is over.",
            )
        return start, end

    def _find(self, code: str) -> _Found:
        if code not in self._known:
            found = self.resolve(code)
            self._known[code] = (*found, self.songs(code)) if found else None
        return self._known[code]

    def _merge(self, same: list[tuple[int, Performance]]) -> Performance | None:
        """One row of several about the same thing, where no two of them disagree."""
        (_, row), *others = same
        for _, other in others:
            said = {
                metric: getattr(other, metric) for metric in METRICS if getattr(other, metric) is not None
            }
            if any(getattr(row, metric) not in (None, count) for metric, count in said.items()):
                self._report_conflict([number for number, _ in same])
                return None
            row = row.model_copy(update=said)
        return row

    def _report_conflict(self, numbers: list[int]) -> None:
        listed = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
        for number in numbers:
            self.problems.append(
                Problem(
                    line=number,
                    sentence=f"Lines {listed} report the same release, platform and period differently.",
                    hint="Keep the right one, or add them up; none of them was read.",
                )
            )
