"""Analysis: what meters and listeners say of any recording. Reads samples, changes none.

`analyse` is the one door; the pieces behind it (`tempo.tempo`, `key.key`, `sections.sections`,
`meters.measure` ...) can be called alone.
"""

from __future__ import annotations

from noktvrn.sound.analysis.whole import analyse

__all__ = ["analyse"]
