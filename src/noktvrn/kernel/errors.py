"""The one error tree. Faces translate it; they never invent errors of their own.

LabelError
  +- Mistake            what the person asked cannot be
  |    +- Invalid       422, exit 2
  |    +- NotFound      404, exit 3
  |    +- Conflict      409, exit 4
  |    +- NotReady      409, exit 4
  |    +- NotAllowed    403, exit 7
  +- Outside            the world failed us; expected, nobody is paged
  |    +- Unavailable   503, exit 5, worth repeating
  |    +- Refused       502, exit 5
  |    +- BudgetSpent   402, exit 6
  |    +- TimedOut      504, exit 8, worth repeating
  +- Fault              we failed: 500, exit 70, always logged with its trace
"""

from __future__ import annotations

from typing import ClassVar


class LabelError(Exception):
    """Root of the tree.

    `code` is stable and machine-readable (`artist.not_found`), `hint` tells the person what to do next.
    """

    default_code: ClassVar[str] = "fault"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 70
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint

    def as_problem(self) -> dict[str, object]:
        """The error as an RFC 9457 problem object, the same for the API and for `--json`."""
        problem: dict[str, object] = {
            "type": f"urn:noktvrn:error:{self.code}",
            "title": type(self).__name__,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "retryable": self.retryable,
        }
        if self.hint:
            problem["hint"] = self.hint
        return problem

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.message, self.code, self.hint)


def _revive(kind: type[LabelError], message: str, code: str, hint: str) -> LabelError:
    return kind(message, code=code, hint=hint)


class Mistake(LabelError):
    """What the person asked cannot be done as asked."""

    default_code = "mistake"
    status = 400
    exit_code = 2


class Invalid(Mistake):
    """An input breaks a documented rule."""

    default_code = "invalid"
    status = 422


class NotFound(Mistake):
    """No such thing in this label."""

    default_code = "not_found"
    status = 404
    exit_code = 3


class Conflict(Mistake):
    """Somebody or something already did it, or did it differently."""

    default_code = "conflict"
    status = 409
    exit_code = 4


class NotReady(Mistake):
    """Possible later, not in this state."""

    default_code = "not_ready"
    status = 409
    exit_code = 4


class NotAllowed(Mistake):
    """A rule of the house or the law forbids it."""

    default_code = "not_allowed"
    status = 403
    exit_code = 7


class Outside(LabelError):
    """The world outside failed us. Expected, so it pages nobody."""

    default_code = "outside"
    status = 502
    exit_code = 5


class Unavailable(Outside):
    """Nobody answered, or they said: later."""

    default_code = "outside.unavailable"
    status = 503
    retryable = True


class Refused(Outside):
    """They answered, and the answer is no or nonsense."""

    default_code = "outside.refused"


class BudgetSpent(Outside):
    """No money, credits or quota left for this."""

    default_code = "budget.spent"
    status = 402
    exit_code = 6


class TimedOut(Outside):
    """No end within the time given."""

    default_code = "outside.timed_out"
    status = 504
    exit_code = 8
    retryable = True


class Fault(LabelError):
    """We failed. Always logged with its trace."""

    default_code = "fault"


def known_errors() -> dict[str, type[LabelError]]:
    """Every class of the tree by name: the allow-list of errors that may be stored and revived."""
    found: dict[str, type[LabelError]] = {}
    waiting: list[type[LabelError]] = [LabelError]
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting.extend(kind.__subclasses__())
    return found
