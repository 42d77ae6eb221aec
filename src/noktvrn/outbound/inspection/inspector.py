"""One look at a file from outside: what it is, whether it is whole, what decoding shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from noktvrn.outbound.inspection.audio import hear
from noktvrn.outbound.inspection.film import watch
from noktvrn.outbound.inspection.picture import see
from noktvrn.outbound.inspection.sniff import HEAD_BYTES, Kind, sniff
from noktvrn.outbound.inspection.unfit import Found, Unfit
from noktvrn.outbound.inspection.whole import whole


def inspected(path: Path, kind: Kind, told_s: float | None, ffmpeg: Callable[[], Path]) -> tuple[str, Found]:
    """The media type by the bytes, and what decoding showed. `told_s`: the length the service told.

    Raises:
        Unfit: it is nothing of this kind, not whole, or cannot be decoded.
    """
    with path.open("rb") as source:
        seen = sniff(source.read(HEAD_BYTES))
    media_type = seen.media.get(kind)
    if media_type is None:
        raise Unfit(f"it is {seen.what}")
    whole(path, media_type)
    if kind == "picture":
        return media_type, see(path, media_type)
    if kind == "film":
        return media_type, watch(path, media_type, told_s, ffmpeg())
    return media_type, hear(path, media_type, told_s, ffmpeg)
