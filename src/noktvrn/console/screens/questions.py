"""Questions: a yes, a sentence, one of several. `esc` takes nothing up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from noktvrn.console.cells import plain

SHEET = """
.question {
    width: 72; max-width: 95%; height: auto; max-height: 90%; padding: 1 2;
    background: $panel;
}
.question .asked { text-style: bold; width: 100%; }
.question .told { margin-top: 1; width: 100%; }
.question .keys { margin-top: 1; color: $text-muted; width: 100%; }
.question Input { margin-top: 1; background: $background; }
.question OptionList { margin-top: 1; height: auto; max-height: 14; }
"""


def _line(text: str, kind: str) -> Static:
    return Static(Content(plain(text)), classes=kind, markup=False)


class YesOrNo(ModalScreen[bool]):
    """Whether something that is hard to undo shall be done."""

    DEFAULT_CSS = SHEET
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes", show=False),
        Binding("n,escape", "dismiss(False)", "no", show=False),
    ]

    def __init__(self, asked: str, told: str = "", *, yes: str = "do it") -> None:
        super().__init__()
        self._asked, self._told, self._yes = asked, told, yes

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical(classes="question"):
            yield _line(self._asked, "asked")
            if self._told:
                yield _line(self._told, "told")
            yield _line(f"y {self._yes} · n leave it", "keys")


class Sentence(ModalScreen[str | None]):
    """Some words of the person; None: it was left."""

    DEFAULT_CSS = SHEET
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "leave it", show=False)]

    def __init__(self, asked: str, told: str, *, longest: int, given: str = "") -> None:
        super().__init__()
        self._asked, self._told, self._longest, self._given = asked, told, longest, given

    def compose(self) -> ComposeResult:
        """The question and room for the answer."""
        with Vertical(classes="question"):
            yield _line(self._asked, "asked")
            yield _line(self._told, "told")
            yield Input(self._given, max_length=self._longest)
            yield _line("enter takes it · esc leaves it", "keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The answer."""
        self.dismiss(event.value.strip())


class OneOf(ModalScreen[str | None]):
    """One of several, by its id; None: it was left."""

    DEFAULT_CSS = SHEET
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "leave it", show=False),
        Binding("j", "app.simulate_key('down')", show=False),
        Binding("k", "app.simulate_key('up')", show=False),
    ]

    def __init__(self, asked: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._asked, self._choices = asked, choices

    def compose(self) -> ComposeResult:
        """The question and what there is to choose from."""
        options = (Option(Content(plain(told)), id=choice) for choice, told in self._choices)
        with Vertical(classes="question"):
            yield _line(self._asked, "asked")
            yield OptionList(*options, markup=False)
            yield _line("enter takes it · esc leaves it", "keys")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The choice."""
        self.dismiss(event.option_id)


class KeysOfPlace(ModalScreen[None]):
    """Every key of a place."""

    DEFAULT_CSS = (
        SHEET
        + ".question .known { margin-top: 1; height: auto; max-height: 15; scrollbar-size-vertical: 1; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "back", show=False)
    ]

    def __init__(self, name: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._place, self._keys = name, keys

    def compose(self) -> ComposeResult:
        """One line a key."""
        width = max(len(key) for key, _ in self._keys)
        lines = [
            Content.assemble((key.ljust(width), "bold $primary"), f"  {plain(told)}")
            for key, told in self._keys
        ]
        with Vertical(classes="question"):
            yield _line(f"Keys of {self._place}", "asked")
            with VerticalScroll(classes="known"):
                yield Static(Content("\n").join(lines), markup=False)
            yield _line("esc back · down reads on", "keys")
