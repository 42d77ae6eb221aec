"""Search in and copies from one folder of film files."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import Facts, probe
from noktvrn.kernel.errors import LabelError, Refused
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.providers._kit.stock import fits, shot_of
from noktvrn.providers.local_footage.note import Note, read_note
from noktvrn.roles.camera import Shot
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockQuery

NAME = "local_footage"
KINDS = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv"})
MOST_FILES = 2000
_WORD = re.compile(r"[^\W\d_]{2,}")
_TRIED = frozenset({"at", "in", "of", "on", "the", "and", "with", "to"})
STEM = 4
"""Words are the same when they begin with the same letters, so many: `wave` finds `waves`."""


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    note: Note | None

    @property
    def words(self) -> frozenset[str]:
        """Of its name, its folder's name and its tags."""
        told = " ".join([self.path.parent.name, self.path.stem, *(self.note.tags if self.note else ())])
        return stems(told)


class LocalFootage:
    """Plays StockLibrary. A clip's key is a hash of its place in the folder."""

    name = NAME

    def __init__(self, folder: Path, ffmpeg: Path | None) -> None:
        self._folder = folder.resolve()
        self._ffmpeg = ffmpeg

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Clips that fit: those whose name or tags share most words first, then those nothing is said of.

        Raises:
            Invalid: a note cannot be read.
        """
        wanted = stems(query.words)
        scored = [(len(wanted & found.words), found) for found in self._all()]
        fitting = [
            (-score, found.path.as_posix(), clip)
            for score, found in scored
            if (score or found.note is None or not wanted) and (clip := self._clip(found)) is not None
        ]
        clips = [clip for _, _, clip in sorted(fitting, key=lambda row: row[:2])]
        return tuple(clip for clip in clips if fits(clip, query))[: query.limit]

    def fetch(self, clip: StockClip, errand: Errand, folder: Path) -> Shot:
        """A copy of the clip in `folder`.

        Raises:
            Refused: it is no longer there, or cannot be opened as a film.
        """
        del errand  # nobody outside is asked
        found = next((found for found in self._all() if self._key(found.path) == clip.key), None)
        if found is None:
            raise Refused(
                f"The clip {clip.key} is no longer in your folder of footage.",
                code="footage.gone",
                hint="Put it back, or make the film again.",
            )
        path = folder / f"{NAME}-{clip.key}{found.path.suffix.lower()}"
        shutil.copyfile(found.path, path)
        return shot_of(path, self._ffmpeg, _provenance(found), author=clip.author, page=clip.page)

    def _all(self) -> Iterator[_Found]:
        """Every film file in the folder, at most `MOST_FILES`, none behind a link."""
        paths = (path for path in sorted(self._folder.rglob("*")) if path.suffix.lower() in KINDS)
        inside = (path for path in paths if path.is_file() and self._is_inside(path))
        for _, path in zip(range(MOST_FILES), inside, strict=False):
            yield _Found(path, read_note(path))

    def _is_inside(self, path: Path) -> bool:
        return path.resolve() == path and path.is_relative_to(self._folder)

    def _key(self, path: Path) -> str:
        place = path.relative_to(self._folder).as_posix()
        return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def _clip(self, found: _Found) -> StockClip | None:
        stat = found.path.stat()
        facts = _facts(self._ffmpeg, found.path, stat.st_mtime_ns, stat.st_size)
        if facts is None or not facts.width or not facts.height:
            return None
        return StockClip(
            library=NAME,
            key=self._key(found.path),
            width=facts.width,
            height=facts.height,
            duration_s=facts.duration_s,
            tags=found.note.tags if found.note else (),
            author=found.note.author if found.note else "",
            page=found.note.page if found.note else "",
        )


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that say something."""
    return frozenset(word[:STEM] for word in _WORD.findall(text.casefold()) if word not in _TRIED)


@lru_cache(maxsize=MOST_FILES)
def _facts(ffmpeg: Path | None, path: Path, _changed_ns: int, _size: int) -> Facts | None:
    """What a file says it is; None: it cannot be opened. Asked once until the file changes."""
    try:
        return probe(find_ffmpeg(ffmpeg), path)
    except LabelError:
        return None


def _provenance(found: _Found) -> Provenance:
    note = found.note or Note()
    return Provenance(
        engine=NAME,
        engine_version="",
        licence_class="human",
        source_type=SourceType.HUMAN,
        model=found.path.name,
        rights=note.rights,
    )
