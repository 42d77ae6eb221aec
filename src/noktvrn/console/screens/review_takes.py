"""Asks which take it shall be: one of those there are, or another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from noktvrn.console.cells import plain
from noktvrn.console.screens.review_words import MUTED, clock, take_line
from noktvrn.label.takes import TakeSight

ANOTHER = 0
ROOM = 66
"""Columns of a line on the narrowest terminal."""


class TakeChoice(ModalScreen[int | None]):
    """Hands back the number of a take, `ANOTHER`, or None when all stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    DEFAULT_CSS = """
    TakeChoice > Vertical {
        width: 90%; max-width: 84; height: auto; max-height: 90%;
        background: $panel; border: round $border; padding: 1 2;
    }
    TakeChoice .asked { text-style: bold; height: auto; }
    TakeChoice OptionList { height: auto; max-height: 16; margin: 1 0; }
    TakeChoice .beside { color: $text-muted; height: auto; }
    """

    def __init__(self, title: str, takes: Sequence[TakeSight]) -> None:
        super().__init__()
        self._question = plain(title)
        self._takes = takes

    def compose(self) -> ComposeResult:
        """The takes as the critic ranks them, and one more that is not there yet."""
        with Vertical():
            yield Static(Content(f'Which take of "{self._question}"?'), classes="asked")
            yield OptionList(*map(_option, self._takes), _another(), markup=False)
            yield Static(
                Content("What follows from it is made anew, then it waits again.\nenter takes it   esc back"),
                classes="beside",
            )

    def on_mount(self) -> None:
        """The cursor stands on the take that is laid out now."""
        chosen = [place for place, one in enumerate(self._takes) if one.chosen]
        self.query_one(OptionList).highlighted = chosen[0] if chosen else 0
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was chosen."""
        event.stop()
        self.dismiss(int(event.option.id or ANOTHER))

    def action_move(self, step: int) -> None:
        """Up and down by letters."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if step > 0 else options.action_cursor_up)()

    def action_cancel(self) -> None:
        """All stays as it is."""
        self.dismiss(None)


def _option(take: TakeSight) -> Option:
    facts = f"      {clock(take.duration_s)} · {take.integrated_lufs:.1f} LUFS"
    gone = f" · {plain(take.gone)}" if take.gone else ""
    line = Content.assemble(take_line(take.take, take.chosen, take.ranked, ROOM), "\n", (facts + gone, MUTED))
    return Option(line, id=str(take.take))


def _another() -> Option:
    return Option(Content("  another take, recorded anew"), id=str(ANOTHER))
