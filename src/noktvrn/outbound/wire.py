"""What was heard of the requests a task sends: their traces, without the libraries in between knowing.

Whoever wants to know listens around the call; the guarded transport tells every listener of its task (and
of the tasks that one started).
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType

from noktvrn.outbound.rules import Trace

_listening: ContextVar[tuple[Wire, ...]] = ContextVar("listening", default=())


@dataclass(slots=True)
class Wire:
    """A listener; use it as a context manager. Several may listen inside one another."""

    traces: list[Trace] = field(default_factory=list)

    @property
    def sent(self) -> bool:
        """Whether any byte of any request has left the house."""
        return any(trace.sent for trace in self.traces)

    @property
    def last(self) -> Trace | None:
        """The trace of the latest request: its status, its `Retry-After`, its rate limits."""
        return self.traces[-1] if self.traces else None

    def __enter__(self) -> Wire:
        _listening.set((*_listening.get(), self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _listening.set(tuple(wire for wire in _listening.get() if wire is not self))


def tell(trace: Trace) -> None:
    """Hands a new trace to everybody who listens; it goes on changing while the request runs."""
    for wire in _listening.get():
        wire.traces.append(trace)
