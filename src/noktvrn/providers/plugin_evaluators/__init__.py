"""Evaluators a person installs or names, each asked in a process of its own.

What comes in: `package.module:factory`, from the entry points of the group `noktvrn.evaluators` and from the
setting NOKTVRN_EVALUATORS. What goes out: players of the role. A model that hangs, crashes or eats the
memory ends its own process and nothing else; secrets of the label are not in its environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.providers._kit import Kit
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from noktvrn.providers.plugin_evaluators.evaluator import PluginEvaluator


def open(settings: Settings, kit: Kit) -> tuple[PluginEvaluator, ...]:  # noqa: A001 - the providers' common face
    """Every evaluator there is, by name. Imports none of them."""
    from noktvrn.providers.plugin_evaluators.evaluator import PluginEvaluator, named

    del kit  # it writes no files and reads no clock
    found = named(settings.evaluators)
    return tuple(
        PluginEvaluator(name, place, settings.evaluator_timeout_s) for name, place in sorted(found.items())
    )
