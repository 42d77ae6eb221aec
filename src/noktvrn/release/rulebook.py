"""Rules of the store, each a function that is registered with its id, severity and source.

A rule yields a `Note` for each thing it finds and nothing when all is well. The numbers are those of the
label's list of store rules (DDEX, Apple's and Spotify's style guides, the Music Business Association).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from noktvrn.model.finding import Finding, Report, Severity

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a rule found, and how to mend it."""

    message: str
    hint: str
    measured: float | str | None = None
    limit: float | str | None = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Case]):
    """A rule. `number` is its place in the list of store rules."""

    id: str
    severity: Severity
    number: int
    check: Callable[[Case], Iterable[Note]]

    def findings(self, case: Case) -> tuple[Finding, ...]:
        """What it finds in a case."""
        return tuple(
            Finding(
                rule=self.id,
                severity=self.severity,
                message=note.message,
                hint=note.hint,
                source=f"store rule {self.number}",
                measured=note.measured,
                limit=note.limit,
            )
            for note in self.check(case)
        )


class Rulebook(Generic[Case]):
    """All rules about one kind of case."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule[Case]] = {}

    def rule(
        self, rule_id: str, severity: Severity, number: int
    ) -> Callable[[Callable[[Case], Iterable[Note]]], Callable[[Case], Iterable[Note]]]:
        """Registers the function below. Raises ValueError for an id that is taken."""

        def register(check: Callable[[Case], Iterable[Note]]) -> Callable[[Case], Iterable[Note]]:
            if rule_id in self._rules:
                raise ValueError(f"two rules are called {rule_id}")
            self._rules[rule_id] = Rule(rule_id, severity, number, check)
            return check

        return register

    def rules(self) -> tuple[Rule[Case], ...]:
        """Every rule in the order of its registration."""
        return tuple(self._rules.values())

    def report(
        self, subject: str, case: Case, *, only: Callable[[str], bool] = lambda _rule_id: True
    ) -> Report:
        """Runs every rule; with `only` those whose ids it takes."""
        rules = [rule for rule in self.rules() if only(rule.id)]
        found = tuple(finding for rule in rules for finding in rule.findings(case))
        return Report(subject=subject, checked=len(rules), findings=found)
