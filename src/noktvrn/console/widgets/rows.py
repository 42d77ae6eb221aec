"""A list of rows in columns that draws only the lines that show, so its length costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noktvrn.console.cells import fit

GAP = "  "
HERE = "▸ "


class Column(NamedTuple):
    """A column: `width` in cells; 0: what the others leave, shared evenly."""

    title: str
    width: int = 0


class Cell(NamedTuple):
    """A cell. `role` is one of the list's: "", muted, going, wanted, good, bad."""

    text: str
    role: str = ""


class Row(NamedTuple):
    """A row by the key of what it shows."""

    key: str
    cells: tuple[Cell, ...]


class Rows(ScrollView, can_focus=True):
    """One row is chosen; it stays so by its key while the rows around it change."""

    DEFAULT_CSS = """
    Rows { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    Rows > .rows--head { color: $text-muted; text-style: bold; }
    Rows > .rows--chosen { background: $block-cursor-background; text-style: bold; }
    Rows > .rows--muted { color: $text-muted; }
    Rows > .rows--going { color: $primary; }
    Rows > .rows--wanted { color: $warning; }
    Rows > .rows--good { color: $success; }
    Rows > .rows--bad { color: $error; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"rows--{name}" for name in ("head", "chosen", "muted", "going", "wanted", "good", "bad")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home,g", "move(-1000000)", "first", show=False),
        Binding("end,G", "move(1000000)", "last", show=False),
        Binding("enter", "open", "open", show=False),
    ]
    place: reactive[int] = reactive(0, repaint=False)

    class Chosen(Message):
        """Another row is chosen; an empty key: there is none."""

        def __init__(self, rows: Rows, key: str) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    class Opened(Chosen):
        """The chosen row is to be opened."""

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()
        self._key = ""

    @property
    def key(self) -> str:
        """The key of the chosen row; empty: there is none."""
        return self._key

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all rows, in their order."""
        return tuple(row.key for row in self._rows)

    @property
    def _room(self) -> int:
        """The cells of a line, beside the scroll bar."""
        return self.scrollable_content_region.width

    def put(self, rows: Sequence[Row]) -> None:
        """Other rows. The chosen one stays chosen; where it is gone, what stands at its place is."""
        self._rows = tuple(rows)
        self.virtual_size = Size(self._room, len(self._rows) + 1)
        known = self.keys
        if self._key in known:
            self.set_reactive(Rows.place, known.index(self._key))
        else:
            self.set_reactive(Rows.place, max(0, min(self.place, len(known) - 1)))
        self._choose()
        self.refresh()

    def choose(self, key: str) -> bool:
        """Chooses a row by its key; False: there is no such row."""
        if key in self.keys:
            self.place = self.keys.index(key)
        return self._key == key

    def validate_place(self, place: int) -> int:
        """Within the rows."""
        return max(0, min(place, len(self._rows) - 1))

    def watch_place(self, before: int, now: int) -> None:
        """Shows where it is: two lines, unless the list is scrolled for it."""
        top = self.scroll_offset.y
        self._choose()
        if self.scroll_offset.y == top:
            self.refresh(*(Region(0, 1 + place - top, self.size.width, 1) for place in (before, now)))

    def action_move(self, by: int) -> None:
        """So many rows down."""
        self.place += by

    def action_page(self, by: int) -> None:
        """So many pages down."""
        self.place += by * max(1, self.size.height - 2)

    def action_open(self) -> None:
        """Opens the chosen row."""
        if self._key:
            self.post_message(self.Opened(self, self._key))

    def on_click(self, event: events.Click) -> None:
        """Chooses the row under the mouse."""
        if event.y > 0:
            self.place = self.scroll_offset.y + event.y - 1

    def on_resize(self) -> None:
        """The chosen row stays in sight."""
        self.virtual_size = Size(self._room, len(self._rows) + 1)
        self._follow()

    def _choose(self) -> None:
        key = self._rows[self.place].key if self._rows else ""
        self._follow()
        if key != self._key:
            self._key = key
            self.post_message(self.Chosen(self, key))

    def _follow(self) -> None:
        shown = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.place < top:
            self.scroll_to(y=self.place, animate=False)
        elif self.place >= top + shown:
            self.scroll_to(y=self.place - shown + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        """The titles, then the rows from where it is scrolled to."""
        width, base = self._room, self.rich_style
        if y == 0:
            titles = [Cell(column.title, "head") for column in self._columns]
            return Strip(self._segments(titles, base, "  "), width)
        place = self.scroll_offset.y + y - 1
        if place >= len(self._rows):
            return Strip([Segment(" " * width, base)], width)
        here = place == self.place and self.has_focus_within
        style = base + self._role("chosen") if here else base
        mark = HERE if place == self.place else "  "
        return Strip(self._segments(self._rows[place].cells, style, mark), width)

    def _segments(self, cells: Sequence[Cell], style: Style, mark: str) -> list[Segment]:
        segments = [Segment(mark, style)]
        for cell, width in zip(cells, self._widths(), strict=True):
            own = style + self._role(cell.role) if cell.role else style
            segments += [Segment(fit(cell.text, width), own), Segment(GAP, style)]
        return segments[:-1]

    def _role(self, name: str) -> Style:
        """What a role adds; its own background is the list's and would hide that of the chosen row."""
        style = self.get_component_rich_style(f"rows--{name}", partial=True)
        return style if name == "chosen" else Style(color=style.color, bold=style.bold)

    def _widths(self) -> list[int]:
        fixed = sum(column.width for column in self._columns) + len(GAP) * (len(self._columns) - 1)
        free = max(0, self._room - len(HERE) - fixed)
        growing = sum(not column.width for column in self._columns)
        each, more = divmod(free, growing or 1)
        widths = []
        for column in self._columns:
            widths.append(column.width or each + (more > 0))
            more -= not column.width
        return widths
