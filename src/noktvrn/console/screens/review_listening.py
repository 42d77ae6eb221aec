"""Listening to what lies on the desk: the songs of a sheet one after another, through the person's player."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.console.asking import ask
from noktvrn.console.cells import plain
from noktvrn.console.screens.review_sheet import Sheet, Song, path_for_people, path_of
from noktvrn.console.widgets.player import Player, Silence, find_player
from noktvrn.kernel.errors import LabelError, NotReady

if TYPE_CHECKING:
    from noktvrn.console.app import Console

IN_BROWSER = Silence("In a browser the sound would be heard where the label works.")


class Listening:
    """Begins, ends and follows the sound of one sheet. Called on the app's thread; `moved` hears which song
    is played now."""

    def __init__(self, console: Console, moved: Callable[[int], None]) -> None:
        self._console = console
        self._moved = moved
        self._player: Player | None = None
        self._sheet: Sheet | None = None
        self._song = 0
        self._starting = False

    @property
    def is_on(self) -> bool:
        """Whether something is played, or about to be."""
        return self._sheet is not None

    def begin(self, sheet: Sheet, song: int) -> None:
        """Plays a sheet from a song on; where nothing can be heard, tells and copies where the file lies."""
        command = IN_BROWSER if self._console.is_web else find_player()
        if not sheet.songs or sheet.songs[song].sound is None:
            self._console.notify("There is no sound to hear.", severity="warning", markup=False)
        elif isinstance(command, Silence):
            self._tell_where(sheet, sheet.songs[song], command.why)
        else:
            self._player = self._player or Player(command)
            self._sheet, self._song = sheet, song
            self._start(self._player, sheet, song)

    def end(self) -> None:
        """Silence."""
        self._sheet = None
        player = self._player
        if player is not None:
            ask(self._console, player.stop, lambda _: None, changes=False)

    def close(self) -> None:
        """Silence, now: the console ends."""
        self._sheet = None
        if self._player is not None:
            self._player.stop()

    def heard(self) -> float:
        """The share of the song that was heard so far, from 0 to 1. Goes on to the next song when one has
        ended."""
        player, sheet = self._player, self._sheet
        if player is None or sheet is None or self._starting:
            return 0.0
        if not player.is_playing:
            self._go_on(player, sheet)
            return 0.0
        sound = sheet.songs[self._song].sound
        return min(1.0, player.heard_s / sound.duration_s) if sound is not None else 0.0

    def _go_on(self, player: Player, sheet: Sheet) -> None:
        if player.failed:
            self._sheet = None
            self._console.notify("The player could not play it.", severity="warning", markup=False)
        elif self._song + 1 < len(sheet.songs):
            self._song += 1
            self._start(player, sheet, self._song)
        else:
            self._sheet = None

    def _start(self, player: Player, sheet: Sheet, song: int) -> None:
        self._starting = True
        self._moved(song)
        ask(
            self._console,
            lambda: self._play(player, sheet, sheet.songs[song]),
            lambda _: self._started(),
            changes=False,
            otherwise=self._not_started,
        )

    def _play(self, player: Player, sheet: Sheet, song: Song) -> None:
        """On a thread."""
        if song.sound is None or self._sheet is not sheet:
            return
        path = path_of(self._console.label, sheet, song.sound)
        try:
            player.play(path)
        except OSError as error:
            raise NotReady(
                f"The player cannot be started: {error.strerror}.",
                code="console.no_player",
                hint=f"The file is {path}",
            ) from error

    def _started(self) -> None:
        self._starting = False
        if self._sheet is None:  # the person thought again meanwhile
            self.end()

    def _not_started(self, _error: LabelError) -> bool:
        self._starting, self._sheet = False, None
        return False

    def _tell_where(self, sheet: Sheet, song: Song, why: str) -> None:
        part = song.part
        if part is None:
            return
        label = self._console.label
        ask(
            self._console,
            lambda: path_for_people(label, sheet, part),
            lambda path: self._copied(path, why),
            changes=False,
        )

    def _copied(self, path: Path, why: str) -> None:
        self._console.copy_to_clipboard(str(path))
        self._console.notify(f"{why} The file, copied: {plain(str(path))}", timeout=10, markup=False)
