"""A song at a glance: how loud it is from moment to moment, where its sections begin, what was played."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from noktvrn.console.cells import plain
from noktvrn.console.widgets.cover import has_colours
from noktvrn.console.widgets.eighths import Ink, captions, cell
from noktvrn.console.widgets.loudness import Loudness

Sections = tuple[tuple[str, float], ...]
"""Names of sections and where they begin, as shares of the whole."""


class Waveform(Widget):
    """Bars of loudness above the names of the sections. `played` colours what was heard, as a share."""

    DEFAULT_CSS = """
    Waveform { height: 5; }
    Waveform > .waveform--body { color: $primary; }
    Waveform > .waveform--peak { color: $primary-muted; }
    Waveform > .waveform--played { color: $accent; }
    Waveform > .waveform--sections { color: $text-muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "waveform--body",
        "waveform--peak",
        "waveform--played",
        "waveform--sections",
    }
    played: reactive[float] = reactive(0.0)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._loudness: Loudness | None = None
        self._sections: Sections = ()
        self._told = ""
        self._columns: tuple[tuple[float, float], ...] = ()

    @property
    def told(self) -> str:
        """What stands there instead of bars."""
        return self._told

    @property
    def loudness(self) -> Loudness | None:
        """What is shown."""
        return self._loudness

    def show(self, loudness: Loudness | None, *, sections: Sections = (), told: str = "") -> None:
        """Shows a recording, or says why there is none."""
        self._loudness, self._told = loudness, plain(told)
        self._sections = tuple((plain(name), start) for name, start in sections)
        self._columns = ()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row: bars, and in the last one the sections."""
        width, ground = self.size.width, self.rich_style
        if self._loudness is None:
            lines = wrap(self._told, width) if self._told and width > 0 else []
            text = lines[y] if y < len(lines) else ""
            return Strip([Segment(text, ground)]).adjust_cell_length(width, ground)
        if y >= self.size.height - 1:
            style = self.get_component_rich_style("waveform--sections")
            names = Segment(captions(list(self._sections), width), style)
            return Strip([names]).adjust_cell_length(width, ground)
        return self._bars(y, width)

    def _bars(self, row: int, width: int) -> Strip:
        if len(self._columns) != width and self._loudness is not None:
            self._columns = self._loudness.columns(width)
        rows, coloured = self.size.height - 1, has_colours(self.app)
        heard = round(self.played * width)
        cells = [
            (*cell(peak if coloured else body, body, row, rows), column < heard)
            for column, (peak, body) in enumerate(self._columns)
        ]
        runs = groupby(cells, key=lambda one: one[1:])
        segments = [
            Segment("".join(sign for sign, _, _ in some), self._style(*shown)) for shown, some in runs
        ]
        return Strip(segments, width)

    def _style(self, ink: Ink, heard: bool) -> Style:
        body = self.get_component_rich_style("waveform--played" if heard else "waveform--body")
        peak = self.get_component_rich_style("waveform--peak")
        if ink == "peak":
            return peak
        return body + Style(bgcolor=peak.color) if ink == "both" else body
