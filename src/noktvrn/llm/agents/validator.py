"""The validator: holds a finished work to the house's rules. It is never a model and is never off."""

from __future__ import annotations

from noktvrn.llm.job import Draft, Job, Work
from noktvrn.model.noun import Noun


class Validation(Noun):
    """Which rules of the house a work breaks; none: it may go on."""

    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it breaks none."""
        return not self.problems


def validate(job: Job[Draft, Work], work: Work) -> Validation:
    """The rules, whoever wrote the work. Its shape was checked when it was read (`Job.finish`); this looks at
    what came of it, so that a mistake there cannot let a model decide what is not its to decide."""
    return Validation(problems=tuple(job.standards.broken(work)) if job.standards is not None else ())
