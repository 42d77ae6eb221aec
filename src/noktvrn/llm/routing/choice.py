"""A choice between models: what is chosen from, what was chosen, and every number it rests on."""

from __future__ import annotations

from typing import NamedTuple


class Candidate(NamedTuple):
    """A model that may be asked now. `name` is "provider/model"; `prior` is what the table thinks of it for
    the task, 0..1; `cost_micros` is the expected cost of the call in millionths of a US dollar.
    """

    name: str
    prior: float
    cost_micros: int
    latency_s: float
    free: bool


class Reason(NamedTuple):
    """Why a candidate stands where it does: final = mean + bonus - cost - latency, on the scale of scores.

    `evidence` is the faded weight of its outcomes at this task; `form` is how much better than expected it
    was lately, at all tasks together; `mean` is prior, outcomes and form. `bonus` is what not knowing better
    is worth, 0 where nothing is explored.
    """

    name: str
    prior: float
    evidence: float
    form: float
    mean: float
    bonus: float
    cost: float
    latency: float
    final: float
    pinned: bool

    def __str__(self) -> str:
        pin = "pinned; " if self.pinned else ""
        return (
            f"{self.name} {self.final:.3f} ({pin}mean {self.mean:.3f} from prior {self.prior:.2f}, "
            f"{self.evidence:.1f} outcomes and form {self.form:+.3f}; bonus {self.bonus:.3f}, "
            f"cost {self.cost:.3f}, latency {self.latency:.3f})"
        )


class Choice(NamedTuple):
    """Who is asked, in order, and why; `why` has a row for each, in the same order.

    The first has the highest `final`; those behind it are spares, best value first, without any bonus.
    """

    task: str
    order: tuple[str, ...]
    why: tuple[Reason, ...]
    explored: bool
    """Whether the first would not have been chosen for its value alone."""

    def __str__(self) -> str:
        return "; ".join(str(reason) for reason in self.why)
