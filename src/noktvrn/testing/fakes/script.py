"""The faults a fake is told to show: which requests they meet, and what happens then.

A script is a JSON list of rules: `{"on": "POST /v1/music", "nth": 1, "fault": "reset_after"}`. `on` is a
method and the beginning of a path (either may be left out as `*`); `nth` (counted from 1, per rule), `first`
(so many), `every` (each so many-th) or `share` (0 to 1, by the script's own dice) say which of them; without
any, all are met. Everything else in a rule is handed to the fault. Every rule counts every request it could
meet, also one that a rule before it has taken.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is to happen to one request; `told` are the rule's own words."""

    name: str
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Rule:
    method: str
    path: str
    fault: Fault
    nth: int = 0
    first: int = 0
    every: int = 0
    share: float = 1.0
    met: int = 0

    def meets(self, method: str, path: str, dice: random.Random) -> bool:
        if self.method not in ("*", method) or not (self.path == "*" or path.startswith(self.path)):
            return False
        self.met += 1
        if self.nth:
            return self.met == self.nth
        if self.first:
            return self.met <= self.first
        if self.every:
            return self.met % self.every == 0
        return dice.random() < self.share


class Script:
    """The rules in order; the first that meets a request decides.

    Raises ValueError where a rule is none, so that no test runs without the fault it speaks of.
    """

    def __init__(self, rules: list[dict[str, Any]] | None = None, seed: int = 0) -> None:
        self._rules = [_rule(rule) for rule in rules or []]
        self._dice = random.Random(seed)  # noqa: S311 - faults, not secrets

    @classmethod
    def read(cls, path: Path, seed: int = 0) -> Script:
        """The script in a JSON file."""
        rules = json.loads(path.read_text("utf-8"))
        if not isinstance(rules, list):
            raise ValueError("a script is a list of rules")  # noqa: TRY004 - the file is wrong, not the call
        return cls(rules, seed)

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault for a request, or None. Asking counts the request."""
        found = [rule for rule in self._rules if rule.meets(method, path, self._dice)]
        return found[0].fault if found else None


_COUNTS = ("nth", "first", "every")


def _rule(told: Any) -> _Rule:
    if not isinstance(told, dict) or not isinstance(told.get("fault"), str) or not told["fault"]:
        raise ValueError(f"a rule is an object with a fault, not {told!r}")
    method, _, path = str(told.get("on", "* *")).partition(" ")
    counts = {name: _count(name, told[name]) for name in _COUNTS if name in told}
    share = told.get("share", 1.0)
    if len(counts) + ("share" in told) > 1:
        raise ValueError(f"a rule counts in one way only, not {told!r}")
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share!r}")
    rest = {name: value for name, value in told.items() if name not in {*_COUNTS, "share", "on", "fault"}}
    return _Rule(method, path or "*", Fault(told["fault"], rest), share=float(share), **counts)


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is counted from 1, not {value!r}")
    return value
