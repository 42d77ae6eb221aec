"""Which model is asked for which task: a ranking that learns, explains itself and can be replayed."""

from noktvrn.llm.routing.choice import Candidate, Choice, Reason
from noktvrn.llm.routing.router import Router
from noktvrn.llm.routing.steering import Steering

__all__ = ["Candidate", "Choice", "Reason", "Router", "Steering"]
