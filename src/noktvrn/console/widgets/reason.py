"""Asks why something is rejected."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from noktvrn.console.cells import plain

KEYS = "enter rejects   ctrl+j new line   esc back"


class Reason(ModalScreen[str | None]):
    """Hands back the reason, or None when the person thinks again. A reason is required."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "reject", show=False, priority=True),
        Binding("ctrl+j", "new_line", "new line", show=False, priority=True),
        Binding("escape", "cancel", "back", show=False),
    ]
    DEFAULT_CSS = """
    Reason > Vertical {
        width: 90%; max-width: 76; height: auto; max-height: 90%;
        background: $panel; border: round $border; padding: 1 2;
    }
    Reason .asked { text-style: bold; height: auto; }
    Reason TextArea { height: 6; margin: 1 0; background: $background; border: none; padding: 0 1; }
    Reason TextArea:focus { border: none; }
    Reason .beside { color: $text-muted; height: auto; }
    """

    def __init__(self, question: str, *, longest: int) -> None:
        super().__init__()
        self._question = plain(question)
        self._longest = longest

    def compose(self) -> ComposeResult:
        """The question, room for words, and how it ends."""
        with Vertical():
            yield Static(Content(self._question), classes="asked")
            yield TextArea(soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            yield Static(classes="beside")

    def on_mount(self) -> None:
        """The words are where the person types."""
        self.query_one(TextArea).focus()
        self._tell()

    @property
    def said(self) -> str:
        """What was typed so far, as it would be handed over."""
        return "\n".join(plain(line) for line in self.query_one(TextArea).text.splitlines()).strip()

    def on_text_area_changed(self) -> None:
        """Counts."""
        self._tell()

    def action_submit(self) -> None:
        """Hands the reason over, if it is one."""
        said = self.said
        if not said:
            self._tell("Say why: the next song is written with it in mind.")
        elif len(said) > self._longest:
            self._tell(f"Too long by {len(said) - self._longest:,} characters.")
        else:
            self.dismiss(said)

    def action_new_line(self) -> None:
        """Goes on below."""
        self.query_one(TextArea).insert("\n")

    def action_cancel(self) -> None:
        """Nothing was decided."""
        self.dismiss(None)

    def _tell(self, warning: str = "") -> None:
        told = Content.styled(warning, "bold $warning") if warning else Content(KEYS)
        left = self._longest - len(self.said)
        if left < self._longest // 10:
            told = Content.assemble(told, f"   {left:,} left")
        self.query_one(".beside", Static).update(told)
