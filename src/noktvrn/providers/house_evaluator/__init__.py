"""The embedded evaluator: scores of a take from figures everybody can check, without any trained model.

What comes in: the plan, the meters' figures and those of the score. What goes out: scores from 0 to 1. It
reads no file and needs no setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers.house_evaluator.evaluator import HouseEvaluator


def open(settings: object, kit: object) -> HouseEvaluator:  # noqa: A001 - the name every provider's door has
    """The player. It reads no setting and needs nothing of the kit."""
    from noktvrn.providers.house_evaluator.evaluator import HouseEvaluator

    return HouseEvaluator()
