"""Where everything lies in a package. One place, so that writer, page and checks cannot disagree.

`<ReleaseId>.xml` and `resources/` follow the DDEX choreography (ERN Part 3); the release id is the label's
own, because paths are part of what a person approves and codes come later.
"""

from __future__ import annotations

import re

from noktvrn.kernel.errors import Invalid
from noktvrn.model.release import ReleaseDraft

MANIFEST = "package.json"
METADATA = "metadata.json"
DISCLOSURE = "disclosure.json"
PROVENANCE = "provenance.json"
CHECKS = "checks.json"
SHEET = "upload_sheet.txt"
CREDITS = "credits.txt"
PAGE = "index.html"
CAPTIONS = "captions.txt"
LYRICS = "lyrics.txt"
TIMED_LYRICS = "lyrics.lrc"
TRACK_LIST = "tracklist.txt"

PAPERS = (CHECKS, CREDITS, DISCLOSURE, MANIFEST, METADATA, PAGE, PROVENANCE, SHEET)
"""Files the sealing itself writes, beside the ERN message."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_COVER_SUFFIX = {"image/jpeg": "jpg", "image/png": "png"}


def message(release_id: str) -> str:
    """The ERN message."""
    return f"{release_id}.xml"


def audio(release_id: str, track: int = 1) -> str:
    """The delivery master of track `track` on the only disc."""
    return f"resources/{release_id}_1_{track}.flac"


def of_song(path: str, number: int) -> str:
    """The text `path` of song `number` of a record: `lyrics_2.txt`."""
    name, _, suffix = path.rpartition(".")
    return f"{name}_{number}.{suffix}"


def cover(release_id: str, media_type: str) -> str:
    """The front cover. Raises KeyError for anything but JPEG and PNG."""
    return f"resources/{release_id}.{_COVER_SUFFIX[media_type]}"


def cover_of(draft: ReleaseDraft) -> str:
    """Where the cover of a draft lies.

    Raises:
        Invalid: it has none.
    """
    covers = [part.path for part in draft.parts if part.asset.media_type in _COVER_SUFFIX]
    if not covers:
        raise Invalid(
            f"The release {draft.id} has no front cover.",
            code="release.no_cover",
            hint="Run the cover stage again.",
        )
    return covers[0]


def is_safe(path: str) -> bool:
    """Whether a path stays inside its folder and every name fits rule 80 (plain letters, at most 64)."""
    return all(_SAFE_NAME.fullmatch(name) for name in path.split("/"))
