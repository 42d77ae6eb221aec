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

    @property
    def spelt(self) -> str:
        """The key as people write it."""
        return {"slash": "/", "question_mark": "?", "colon": ":", "escape": "esc"}.get(self.key, self.key)

    def on_shell(self, selected: Mapping[str, str]) -> str:
        """The command line of this verb for what is selected; empty where there is none, or nothing is."""
        try:
            return self.command.format_map(selected)
        except KeyError:
            return ""


def bindings(verbs: tuple[Verb, ...]) -> list[Binding]:
    """The keys of these verbs for a screen's BINDINGS."""
    return [Binding(verb.key, verb.action, verb.name, show=False) for verb in verbs]


GOING = (
    Verb("1", "go('label')", "Label", "The label at a glance", "noktvrn watch"),
    Verb("2", "go('runs')", "Runs", "The runs", "noktvrn run list"),
    Verb("3", "go('review')", "Review", "What waits for a verdict", "noktvrn review queue"),
    Verb("question_mark", "keys", "keys", "The keys of this place"),
    Verb("colon", "command_palette", "palette", "Everything that can be done here; Ctrl-P does the same"),
    Verb("escape", "back", "back", "Back, in the end to the first place"),
    Verb("q", "quit", "quit", "Leave the console"),
)
"""What can be done at every place."""
