"""Why a file is not taken, and what was found in one that is."""

from __future__ import annotations

from dataclasses import dataclass


class Unfit(Exception):
    """The file is not what was asked for. The words say why, to be shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """What decoding to the end showed; seconds and pixels."""

    duration_s: float | None = None
    width: int | None = None
    height: int | None = None


CUT = "it ends in the middle"
SHORTEST_S = 0.1


def in_time(found_s: float, told_s: float | None) -> None:
    """Compares the length with the one that was told: 2 % or one second apart at most, the greater of them.
    No length, and 0, which services write before they know, tell nothing.

    Raises:
        Unfit: it is another, or there is next to nothing.
    """
    if found_s < SHORTEST_S:
        raise Unfit("it holds next to nothing")
    if told_s and abs(found_s - told_s) > max(0.02 * told_s, 1.0):
        raise Unfit(f"it lasts {found_s:.1f} s where {told_s:.1f} s were told")
