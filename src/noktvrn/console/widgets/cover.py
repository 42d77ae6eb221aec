"""The cover of a release in a terminal."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path
from textwrap import wrap

from rich.segment import Segment
from textual.app import App
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from noktvrn.console.cells import plain
from noktvrn.console.widgets.half_blocks import Cells, draw
from noktvrn.kernel.errors import LabelError

FEW_COLOURS = (None, "standard", "windows")
REMEMBERED = 24
"""Drawn pictures that are kept: a person goes back and forth in a list."""


def has_colours(app: App[object]) -> bool:
    """Whether the terminal has enough colours for a picture, and the person wants them."""
    return not app.no_color and app.console.color_system not in FEW_COLOURS


class Cover(Widget):
    """Shows one picture as large as it has room; `show` another. It is drawn off the app's thread."""

    DEFAULT_CSS = "Cover { width: 32; height: 16; }"

    class Drawn(Message):
        """A picture was drawn for a room, or could not be."""

        def __init__(self, path: Path, room: Cells, strips: list[Strip], told: str) -> None:
            super().__init__()
            self.path, self.room, self.strips, self.told = path, room, strips, told

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._path: Path | None = None
        self._told = ""
        self._strips: list[Strip] = []
        self._remembered: OrderedDict[tuple[Path, Cells], list[Strip]] = OrderedDict()

    @property
    def told(self) -> str:
        """What stands there instead of a picture."""
        return self._told

    @property
    def drawn(self) -> int:
        """How many rows the picture has; 0: none is shown."""
        return len(self._strips)

    def show(self, path: Path | None, *, told: str = "") -> None:
        """Shows the picture of a file, or says why there is none."""
        self._path, self._told, self._strips = path, plain(told), []
        self._ask()

    def on_resize(self) -> None:
        """Draws it anew for the room there is now."""
        self._ask()

    def _ask(self) -> None:
        self.refresh()
        path, room = self._path, (self.size.width, self.size.height)
        if path is None or min(room) < 1:
            return
        known = self._remembered.get((path, room))
        if known is not None:
            self._strips = known
            return
        look = partial(self._draw, path, room, has_colours(self.app), self.app.current_theme.dark)
        self.run_worker(look, thread=True, exclusive=True, group="cover", exit_on_error=False)

    def _draw(self, path: Path, room: Cells, coloured: bool, on_dark: bool) -> None:
        """On a thread."""
        try:
            strips = draw(path, room, coloured=coloured, on_dark=on_dark)
            self.post_message(self.Drawn(path, room, strips, ""))
        except LabelError as error:
            self.post_message(self.Drawn(path, room, [], f"{error.message} {path}"))

    def on_cover_drawn(self, message: Drawn) -> None:
        """Shows it, if it is still what is wanted."""
        message.stop()
        if message.strips:
            self._remembered[(message.path, message.room)] = message.strips
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        if (message.path, message.room) == (self._path, (self.size.width, self.size.height)):
            self._strips, self._told = message.strips, plain(message.told)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row: of the picture, in the middle of the room, or of what is told instead."""
        width, ground = self.size.width, self.rich_style
        if y < len(self._strips):
            strip = self._strips[y].apply_style(ground)  # every cell has a style, or filters break
            left = (width - strip.cell_length) // 2
            blank = Segment(" " * left, ground)
            return Strip([blank, *strip], left + strip.cell_length).extend_cell_length(width, ground)
        lines = wrap(self._told, width) if self._told and not self._strips and width > 0 else []
        return Strip([Segment(lines[y] if y < len(lines) else "", ground)]).adjust_cell_length(width, ground)
