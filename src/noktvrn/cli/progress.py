"""A production's progress on stderr: one line a stage, with the time it took."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from noktvrn.label.runs import Sight
from noktvrn.label.songs import SongSight
from noktvrn.model.finding import Severity
from noktvrn.model.run import RunState, StageName, StageRecord

TITLES = {
    StageName.BRIEF: "reading the brief",
    StageName.PLAN: "planning the song",
    StageName.LYRICS: "writing words",
    StageName.TRACK: "recording and mastering",
    StageName.CRITIC: "listening critically",
    StageName.COVER: "painting the cover",
    StageName.VIDEO: "filming the video",
    StageName.TEASER: "cutting the teaser",
    StageName.VALIDATE: "checking the release",
    StageName.PREVIEW: "laying it on the desk",
    StageName.SEAL: "sealing the package",
    StageName.DELIVER: "delivering",
}


SUNG = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED})
"""States in which a song of a record has ended."""


class Progress:
    """Prints each stage when it ends; on a terminal also where the present one stands."""

    def __init__(self) -> None:
        self._shown: set[tuple[str, int]] = set()
        self._sung: set[str] = set()
        self._live = sys.stderr.isatty()

    def __call__(self, sight: Sight) -> None:
        """Shows what is new in a look."""
        for record in sight.stages:
            key = (record.stage.value, record.attempt)
            if record.state == "started":
                self._now(record, sight.progress.get(key, 0.0))
            elif key not in self._shown:
                self._shown.add(key)
                self._ended(record)
        for song in sight.songs:
            if song.run.state in SUNG and song.run.id not in self._sung:
                self._sung.add(song.run.id)
                self._told(song)

    def _told(self, song: SongSight) -> None:
        """A song of a record has ended."""
        mark = "ok" if song.run.state is RunState.COMPLETED else song.run.state.value
        self._clear()
        click.echo(f"  {mark:<6} song {song.number}, {song.title}", err=True)

    def _ended(self, record: StageRecord) -> None:
        end = record.ended_at or record.started_at
        seconds = (end - record.started_at).total_seconds()
        mark = {"done": "ok", "skipped": "--", "superseded": "again"}.get(record.state, "failed")
        self._clear()
        click.echo(f"  {mark:<6} {TITLES[record.stage]:<26} {seconds:6.1f} s", err=True)
        for finding in record.findings:
            if finding.severity is not Severity.INFO:
                click.echo(f"         {finding.severity.value}: {finding.message}", err=True)

    def _now(self, record: StageRecord, share: float) -> None:
        if not self._live:
            return
        seconds = (datetime.now(UTC) - record.started_at).total_seconds()
        percent = f"{share:4.0%}" if share else "    "
        self._clear()
        click.echo(f"  ..     {TITLES[record.stage]:<26} {seconds:6.1f} s {percent}", nl=False, err=True)

    def _clear(self) -> None:
        if self._live:
            click.echo("\r\x1b[2K", nl=False, err=True)
