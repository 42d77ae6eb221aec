"""The sheet of one entry: cover, facts, waveform, words and checks, in one column to read down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from noktvrn.console.asking import ask
from noktvrn.console.cells import cut
from noktvrn.console.screens.review_listening import Listening
from noktvrn.console.screens.review_sheet import Sheet, Song, path_of
from noktvrn.console.screens.review_words import checks_of, head, loudness_line, words_of
from noktvrn.console.widgets.cover import Cover
from noktvrn.console.widgets.loudness import Loudness, Loudnesses, remembered
from noktvrn.console.widgets.waveform import Sections, Waveform
from noktvrn.kernel.errors import LabelError

if TYPE_CHECKING:
    from noktvrn.console.app import Console

TICK_S = 0.5


class _Columns(Static):
    """What a sheet says in columns, as wide as there is room."""

    def __init__(self, told: Callable[[Sheet, int], Content], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._told = told
        self._sheet: Sheet | None = None
        self._width = 0

    def show(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._write()

    def on_resize(self) -> None:
        if self.size.width != self._width:
            self._write()

    def _write(self) -> None:
        self._width = self.size.width
        if self._sheet is not None:
            self.update(self._told(self._sheet, self._width))


class SheetPane(VerticalScroll):
    """Shows one sheet. Picture and sound are read on threads and come when they are there."""

    DEFAULT_CSS = """
    SheetPane { padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    SheetPane #top { height: auto; layout: grid; grid-size: 2; grid-columns: 20 1fr; grid-rows: auto; }
    SheetPane Cover { width: 20; height: 10; }
    SheetPane #facts { height: auto; padding: 0 0 0 2; }
    SheetPane #heard { height: auto; margin: 1 0 0 0; column-span: 2; }
    SheetPane Waveform { height: 4; }
    SheetPane #loudness { height: auto; color: $text-muted; }
    SheetPane #text { height: auto; layout: vertical; margin: 1 0 0 0; }
    SheetPane #text Static { height: auto; width: 1fr; margin: 0 0 1 0; }
    SheetPane.-bare #top, SheetPane.-bare #text { display: none; }
    """

    def __init__(self, console: Console) -> None:
        super().__init__(id="sheet")
        self._owner = console
        self._loudnesses = Loudnesses()
        self._sheet: Sheet | None = None
        self._facts = Content()
        self._song = 0
        self.listening = Listening(console, self._turn_to)

    def compose(self) -> ComposeResult:
        """Cover and facts above, words and checks below."""
        yield Static(id="empty")
        with Horizontal(id="top"):
            yield Cover(id="cover")
            yield Static(id="facts")
            with Vertical(id="heard"):
                yield Waveform(id="waveform")
                yield Static(id="loudness")
        with Horizontal(id="text"):
            yield _Columns(words_of, id="words")
            yield _Columns(checks_of, id="checks")

    def on_mount(self) -> None:
        """Follows what is played."""
        self.set_interval(TICK_S, self._tick)

    def on_unmount(self) -> None:
        """No sound outlives the console."""
        self.listening.close()

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._sheet

    @property
    def song(self) -> int:
        """Which of its songs is shown and played, from 0."""
        return self._song

    def clear(self, told: str) -> None:
        """Shows nothing but a word."""
        self._take(None)
        self.add_class("-bare")
        self.query_one("#empty", Static).display = True
        self.query_one("#empty", Static).update(Content.styled(told, "$text-muted"))

    def show(self, sheet: Sheet, now: datetime) -> None:
        """Shows an entry of the desk; the same one anew keeps its place and its sound."""
        same = self._shows(sheet)
        self._take(sheet, keep=same)
        self.remove_class("-bare")
        self.query_one("#empty", Static).display = False
        self.tell_time(now)
        for columns in self.query(_Columns):
            columns.show(sheet)
        if not same:
            self.scroll_home(animate=False)
            self._look_at_cover(sheet)
            self._look_at_song(sheet)

    def tell_time(self, now: datetime) -> None:
        """How long it still waits."""
        if self._sheet is None:
            return
        facts = head(self._sheet, now)
        if facts.markup != self._facts.markup:
            self._facts = facts
            self.query_one("#facts", Static).update(facts)

    def play(self) -> None:
        """Plays the song that is shown, or stops."""
        if self.listening.is_on:
            self.listening.end()
        elif self._sheet is not None:
            self.listening.begin(self._sheet, self._song)

    def turn(self, step: int) -> None:
        """To another song of a record; what is played goes there, too."""
        sheet = self._sheet
        if sheet is None or not 0 <= self._song + step < len(sheet.songs):
            return
        if self.listening.is_on:
            self.listening.begin(sheet, self._song + step)
        else:
            self._turn_to(self._song + step)

    def _take(self, sheet: Sheet | None, *, keep: bool = False) -> None:
        self._sheet = sheet
        if not keep:
            self._song = 0
            self.query_one(Waveform).played = 0.0
            if self.listening.is_on:
                self.listening.end()

    def _turn_to(self, song: int) -> None:
        if song != self._song and self._sheet is not None:
            self._song = song
            self._look_at_song(self._sheet)

    def _tick(self) -> None:
        self.query_one(Waveform).played = self.listening.heard() if self.listening.is_on else 0.0

    def _look_at_cover(self, sheet: Sheet) -> None:
        picture, label = self.query_one(Cover), self._owner.label
        part = sheet.cover
        if part is None:
            picture.show(None, told="It has no cover.")
            return

        def show(path: Path | None, told: str = "") -> bool:
            if self._shows(sheet):
                picture.show(path, told=told)
            return True

        picture.show(None)
        ask(
            self._owner,
            lambda: path_of(label, sheet, part.asset),
            lambda path: _done(show(path)),
            changes=False,
            otherwise=lambda error: show(None, _in_words(error)),
        )

    def _look_at_song(self, sheet: Sheet) -> None:
        self._tell_song(sheet)
        song = sheet.songs[self._song] if sheet.songs else None
        if song is None or song.sound is None:
            self.query_one(Waveform).show(None, told="It has no sound.")
            return
        self.query_one(Waveform).show(_remembered(song), sections=_sections(song))
        ask(
            self._owner,
            lambda: self._read(sheet, song),
            lambda found: self._heard(sheet, song, found),
            changes=False,
            otherwise=lambda error: self._not_heard(sheet, song, error),
        )

    def _read(self, sheet: Sheet, song: Song) -> Loudness | None:
        """On a thread; None: somebody has gone on meanwhile."""
        if song.sound is None or not self._is_shown(sheet, song):
            return None
        return self._loudnesses.of(song.sound.sha256, path_of(self._owner.label, sheet, song.sound))

    def _heard(self, sheet: Sheet, song: Song, found: Loudness | None) -> None:
        if found is not None and self._is_shown(sheet, song):
            self.query_one(Waveform).show(found, sections=_sections(song))

    def _not_heard(self, sheet: Sheet, song: Song, error: LabelError) -> bool:
        if self._is_shown(sheet, song):
            known = _remembered(song)
            told = _in_words(error)
            self.query_one(Waveform).show(known, sections=_sections(song), told=told)
            self._tell_song(sheet, told)
        return True

    def _shows(self, sheet: Sheet) -> bool:
        """Whether this very work is shown; it may have been read again since."""
        mine = self._sheet
        return mine is not None and (mine.item.run_id, mine.approval_hash) == (
            sheet.item.run_id,
            sheet.approval_hash,
        )

    def _is_shown(self, sheet: Sheet, song: Song) -> bool:
        return self._shows(sheet) and sheet.songs[self._song] is song

    def _tell_song(self, sheet: Sheet, trouble: str = "") -> None:
        song = sheet.songs[self._song] if sheet.songs else None
        several = f"{song.number} of {len(sheet.songs)}: {cut(song.title, 40)}\n" if song else ""
        told = Content((several if len(sheet.songs) > 1 else "") + loudness_line(song))
        if trouble:
            told = Content.assemble(told, "\n", (f"! {trouble}", "$warning"))
        self.query_one("#loudness", Static).update(told)


def _remembered(song: Song) -> Loudness | None:
    """What the ledger has of it while, or where, the file cannot be read."""
    curve = song.track.figures.energy_curve if song.track is not None else ()
    return remembered(curve) if curve else None


def _sections(song: Song) -> Sections:
    if song.track is None:
        return ()
    line = song.track.timeline
    whole = max(line.duration_s, 0.001)
    return tuple((section.label, max(0.0, min(1.0, section.start_s / whole))) for section in line.sections)


def _in_words(error: LabelError) -> str:
    return " ".join(filter(None, (error.message, error.hint)))


def _done(_dealt_with: bool) -> None:
    """Nothing more."""
