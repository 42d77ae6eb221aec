"""What the place of the runs says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from noktvrn.console.cells import fit, plain
from noktvrn.console.moments import day_and_time, lasted
from noktvrn.console.run_verbs import Done
from noktvrn.console.strip import GOING, LEGEND, STYLES, Mark, spelt, state_of
from noktvrn.console.telling import line as event_line
from noktvrn.label.overview import Detail, Page
from noktvrn.label.songs import SongSight
from noktvrn.model.finding import Severity
from noktvrn.model.run import UNDER_WAY, Run, RunState
from noktvrn.storage.ledger.showing import RunLine, StageNotes

MARK_CELLS = 13
SHOWN_EVENTS = 60
_SEVERITY = {
    Severity.ERROR: ("✗", "$error"),
    Severity.WARNING: ("!", "$warning"),
    Severity.INFO: ("i", "$text-muted"),
}


def has(line: RunLine, wanted: Sequence[str]) -> bool:
    """Whether every wanted word is in the run's artist, title, state or id."""
    text = f"{line.artist_name} {line.title} {state_of(line.run)} {line.run.id}".casefold()
    return all(word in text for word in wanted)


def begun(run: Run) -> str:
    """When it was entered."""
    return day_and_time(run.created_at)


def going(stage: str, share: float) -> str:
    """A stage on its way."""
    return f"{GOING} {spelt(stage)} {share:.0%}"


def counted(shown: int, page: Page, *, filtered: bool) -> str:
    """How many runs the list has, and of how many."""
    if not page.lines:
        return "No runs yet: `noktvrn run start ARTIST` begins one."
    told = f"{shown} of {len(page.lines)} shown" if filtered else f"{shown} runs"
    more = page.total > len(page.lines)
    return f"{told}, the newest of {page.total:,} (songs of records included)" if more else told


def none_chosen() -> Content:
    """Where no run is."""
    return Content.styled("Nothing to look at.", "$text-muted")


def sheet(detail: Detail, strip: Sequence[Mark], width: int, now: datetime) -> Content:
    """Everything about one run, from what matters first."""
    run, artist, title = detail.sight.line
    lines = [
        Content.assemble((plain(artist), "bold"), (f" · {plain(title)}" if title else "", "bold")),
        *_head(run, width, now),
        *_strip(strip, width),
        *_trouble(run),
        *(line for notes in detail.notes for line in _notes(notes)),
        *_songs(detail.songs),
        Content.styled("Log (UTC), the newest first", "bold $text-muted"),
        *(event_line(event, subject=False) for event in reversed(detail.events[-SHOWN_EVENTS:])),
        Content.styled(LEGEND, "$text-muted"),
    ]
    return Content("\n").join(lines)


def said(verb: str, done: Done) -> tuple[str, bool]:
    """What a verb came to, and whether there is nothing left to do for the person."""
    run = done.run
    state = state_of(run).partition(" ")[2]
    stands = state if state.startswith(("wants", "waits")) else f"is {state}"
    if not done.changed:
        return f"Nothing to {verb}: the run {stands}. {_why(run)}".rstrip(), False
    if run.state in UNDER_WAY and not done.workers:
        return f"The run {stands}, but no worker is alive: `noktvrn worker` goes on with it.", False
    return f"The run {stands}.", True


def _why(run: Run) -> str:
    if run.waits_its_turn:
        return "It begins when its artist's other production has ended."
    if run.state in UNDER_WAY:
        return "It goes on by itself where a worker is alive."
    return "`3` is where a verdict is given." if run.state is RunState.AWAITING_REVIEW else ""


def _head(run: Run, width: int, now: datetime) -> list[Content]:
    """State, id and times, in one line where there is room."""
    until = now if run.state in UNDER_WAY else run.updated_at
    took = f"{'for' if run.state in UNDER_WAY else 'took'} {lasted(until - run.created_at)}"
    state = Content.assemble(state_of(run), (f"   {run.id}", "$text-muted"))
    times = Content.styled(f"begun {begun(run)}, {took}", "$text-muted")
    one = Content.assemble(state, "   ", times)
    return [one] if one.cell_length <= width else [state, times]


def _strip(strip: Sequence[Mark], width: int) -> list[Content]:
    """The stages in columns: six a line, or as many as there is room for."""
    a_line = max(1, min(6, (width + 1) // MARK_CELLS))
    lines = [strip[place : place + a_line] for place in range(0, len(strip), a_line)]
    return [
        Content.assemble(*((fit(mark.told, MARK_CELLS), STYLES[mark.sign]) for mark in line)).rstrip()
        for line in lines
    ]


def _trouble(run: Run) -> list[Content]:
    lines = [Content.styled(f"✗ {plain(run.error)}", "$error")] if run.error else []
    return lines + ([Content.styled(f"  {plain(run.hint)}", "")] if run.hint else [])


def _notes(notes: StageNotes) -> list[Content]:
    where = spelt(notes.stage) + (f" {notes.attempt}" if notes.attempt > 1 else "")
    told = []
    for finding in notes.findings:
        sign, style = _SEVERITY[finding.severity]
        told.append(Content.assemble((f"{sign} {where}: ", style), plain(finding.message)))
    if notes.error:
        told.append(Content.assemble((f"✗ {where}: ", "$error"), plain(notes.error)))
    return told


def _songs(songs: Sequence[SongSight]) -> list[Content]:
    if not songs:
        return []
    lines = [
        "  ".join(
            (f"{song.number:>2}", fit(song.title, 24), fit(song.role, 9), fit(_stands(song), 16), song.run.id)
        )
        for song in songs
    ]
    return [Content.styled("Songs", "bold $text-muted"), *map(Content, lines)]


def _stands(song: SongSight) -> str:
    return (
        f"{GOING} {spelt(song.stage)}"
        if song.run.state is RunState.PRODUCING and song.stage
        else state_of(song.run)
    )
