"""What a finished song of a style should measure, as the style's own file says."""

from __future__ import annotations

from noktvrn.kernel.errors import NotFound
from noktvrn.sound.style import Targets, load_style


def targets_of(style: str) -> Targets:
    """The targets of a style; the usual ones for music in none of the embedded engine's styles."""
    try:
        return load_style(style).targets
    except NotFound:
        return Targets()
