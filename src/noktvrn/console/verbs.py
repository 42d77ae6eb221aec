"""What a person may do at a screen: the key, the words, and the same on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of a screen. `action` is the screen's method without `action_`; `command` is the same on the
    command line, with the selected thing's ids in braces; `shown`: on the last line of the screen, too."""

    key: str
    action: str
    name: str
    told: str
    command: str = ""
    shown: bool = True

    def on_shell(self, selected: Mapping[str, str]) -> str:
        """The command line of this verb for what is selected; empty where there is none, or nothing is."""
        try:
            return self.command.format_map(selected)
        except KeyError:
            return ""


def bindings(verbs: tuple[Verb, ...]) -> list[Binding]:
    """The keys of these verbs for a screen's BINDINGS."""
    return [Binding(verb.key, verb.action, verb.name, show=False) for verb in verbs]
