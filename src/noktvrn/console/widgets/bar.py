"""The first line and the last line of every place."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from noktvrn.console.cells import fit, plain
from noktvrn.console.verbs import Verb

PLACES = (("1", "Label"), ("2", "Runs"), ("3", "Review"))
GAP = 2
ALWAYS = (("?", "keys"), (":", "palette"), ("q", "quit"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the label stands, as the first line tells it. `stopped_by` empty: it works; `away`: why nothing can
    be told at this moment."""

    stopped_by: str = ""
    waiting: int | None = None
    read_only: bool = False
    away: str = ""

    def told(self) -> list[tuple[str, str]]:
        """Words and their style, the most important one last."""
        if self.away:
            return [("! the ledger does not answer; waiting", "bold $warning")]
        words = [("only looking", "$text-muted")] if self.read_only else []
        if self.waiting is not None:
            one = self.waiting == 1
            words.append((f"{self.waiting} {'waits' if one else 'wait'} for a verdict", ""))
            words.append(
                (f"■ STOPPED by {plain(self.stopped_by)}", "bold $error")
                if self.stopped_by
                else ("● working", "$success")
            )
        return words


class Bar(Widget):
    """Where one is, and how the label stands."""

    DEFAULT_CSS = "Bar { height: 1; width: 100%; background: $panel; padding: 0 1; }"
    standing: reactive[Standing] = reactive(Standing())

    def __init__(self, name: str) -> None:
        super().__init__()
        self._place = name

    def on_mount(self) -> None:
        """A place that was just opened knows at once what the others know."""
        self.standing = getattr(self.app, "standing", self.standing)

    def render(self) -> Content:
        """One line, cut where it has no room."""
        tabs = [
            (f"[{key} {name}]" if name == self._place else f" {key} {name} ", _tab(name == self._place))
            for key, name in PLACES
        ]
        left = Content.assemble(("noktvrn ", "bold $accent"), *tabs)
        room = self.size.width - left.cell_length - 1
        right = self._right(room)
        return Content.assemble(left, " " * (room - right.cell_length + 1), right)

    def _right(self, room: int) -> Content:
        words = self.standing.told()
        while len(words) > 1 and sum(cell_len(word) + 3 for word, _ in words) - 3 > room:
            words = words[1:]
        parts = [(fit(word, min(cell_len(word), max(0, room))), style) for word, style in words]
        return Content(" · ").join(Content.styled(word, style) for word, style in parts)


class Keys(Widget):
    """The keys of the place; `?` tells more."""

    DEFAULT_CSS = "Keys { height: 1; width: 100%; background: $panel; padding: 0 1; }"

    def __init__(self, verbs: tuple[Verb, ...]) -> None:
        super().__init__()
        self._verbs = verbs

    def render(self) -> Content:
        """One line: the place's own keys on the left, those of every place on the right."""
        own = [(verb.spelt, verb.name) for verb in self._verbs if verb.shown]
        left, right = _keys(own), _keys(list(ALWAYS))
        if left.cell_length + right.cell_length + GAP > self.size.width:
            right = _keys([ALWAYS[0], ALWAYS[-1]])
        gap = self.size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(GAP, gap), right)


def _tab(here: bool) -> str:
    return "bold $foreground" if here else "$text-muted"


def _keys(known: list[tuple[str, str]]) -> Content:
    parts = [Content.assemble((key, "bold $primary"), (f" {name}", "$text-muted")) for key, name in known]
    return Content(" " * GAP).join(parts)
