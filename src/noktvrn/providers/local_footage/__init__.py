"""A folder of the person's own clips as a player of the role StockLibrary.

What comes in: words to look for in names and tags, then a clip of those that were found. What goes out: a
copy of the clip, with the author and licence its note names. It reaches no network, never writes to the
folder, and follows no link out of it. docs/footage.md tells how clips are named and noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.local_footage.library import LocalFootage
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> LocalFootage:  # noqa: A001 - the providers' common face
    """The library in `NOKTVRN_FOOTAGE_DIR`. Raises NotReady when it is no folder."""
    from noktvrn.kernel.errors import NotReady
    from noktvrn.providers.local_footage.library import LocalFootage

    del kit  # it asks nobody and keeps nothing
    if settings.footage_dir is None or not settings.footage_dir.is_dir():
        raise NotReady(
            "There is no folder of clips.",
            code="footage.no_folder",
            hint="NOKTVRN_FOOTAGE_DIR names a folder with film files.",
        )
    return LocalFootage(settings.footage_dir, settings.ffmpeg)
