"""Events as lines of a log."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from noktvrn.console.cells import fit, plain
from noktvrn.console.moments import time_of
from noktvrn.console.strip import spelt
from noktvrn.model.event import Event

KIND_CELLS = 18
BAD = ("failed", "stopped", "opened", "repeated", "unknown")


def log(events: Iterable[Event], *, subjects: bool = True) -> Content:
    """One line an event; without its subject where all are about one."""
    return Content("\n").join(line(event, subject=subjects) for event in events)


def line(event: Event, *, subject: bool) -> Content:
    """When, what, about whom, and what there is to add."""
    kind, _, became = event.kind.partition(".")
    bad = became in BAD and kind != "review"
    return Content.assemble(
        (time_of(event.at), "$text-muted"),
        "  ",
        (fit(("! " if bad else "  ") + event.kind, KIND_CELLS + 2), "bold $error" if bad else ""),
        *([(f"  {fit(event.subject, 18)}", "$text-muted")] if subject else []),
        f"  {_more(event)}",
    )


def _more(event: Event) -> str:
    detail = dict(event.detail)
    parts = []
    if stage := detail.pop("stage", None):
        attempt = detail.pop("attempt", 1)
        parts.append(spelt(str(stage)) + (f" {attempt}" if attempt != 1 else ""))
    parts += [
        str(value) if name in ("error", "by", "reason") else f"{name} {value}"
        for name, value in detail.items()
    ]
    return plain(" · ".join(parts))
