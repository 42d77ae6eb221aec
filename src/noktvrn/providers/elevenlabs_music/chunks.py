"""A composition plan of `music_v2` and later: the song in chunks of 3 to 120 seconds, each with its words.

Limits: a song of 3 to 600 s, at most 30 chunks, 30 lines of 200 characters in each, 50 styles.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import Any

from noktvrn.kernel.errors import Invalid
from noktvrn.providers._kit.in_words import Stretch, force

SONG_S = (3.0, 600.0)
CHUNK_S = (3.0, 120.0)
MOST_CHUNKS = 30
MOST_LINES = 30
LONGEST_LINE = 200
MOST_STYLES = 50
_OWN = 2
"""Styles a chunk has of its own beside the song's."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the song: its text in lines (labels too), its length and its mean energy."""

    lines: tuple[str, ...]
    seconds: float
    energy: float
    sung: bool

    def with_next(self, other: Chunk) -> Chunk:
        """Both as one."""
        seconds = self.seconds + other.seconds
        energy = (self.energy * self.seconds + other.energy * other.seconds) / seconds
        return Chunk(self.lines + other.lines, seconds, energy, self.sung or other.sung)

    @property
    def fits(self) -> bool:
        """Whether it may be one chunk."""
        return self.seconds <= CHUNK_S[1] and len(self.lines) <= MOST_LINES


def composition_plan(parts: Sequence[Stretch], styles: Sequence[str]) -> dict[str, Any]:
    """The plan as the service reads it.

    Raises:
        Invalid: the song is shorter or longer than the service makes them, or has more words than it takes.
    """
    check_length(sum(part.seconds for part in parts))
    chunks = _joined([chunk for part in parts for chunk in _split(part)])
    ends = [round(1000 * end) for end in accumulate((chunk.seconds for chunk in chunks), initial=0.0)]
    lengths = [end - start for start, end in pairwise(ends)]
    return {"chunks": [_told(chunk, length, styles) for chunk, length in zip(chunks, lengths, strict=True)]}


def check_length(seconds: float) -> None:
    """Passes if the service makes songs of this length. Raises Invalid where it does not."""
    if SONG_S[0] <= seconds <= SONG_S[1]:
        return
    raise Invalid(
        f"ElevenLabs makes songs of {SONG_S[0]:g} to {SONG_S[1]:g} seconds; this plan has {seconds:.0f}.",
        code="song.length",
        hint="Ask for another length, or cast another composer.",
    )


def _told(chunk: Chunk, length_ms: int, styles: Sequence[str]) -> dict[str, Any]:
    voice = "clear lead vocals" if chunk.sung else "instrumental"
    own = [force(chunk.energy), voice]
    return {
        "text": "\n".join(chunk.lines),
        "duration_ms": length_ms,
        "positive_styles": [*styles[: MOST_STYLES - _OWN], *own],
        "negative_styles": ["instrumental only"] if chunk.sung else ["vocals", "singing"],
        "context_adherence": "high",
    }


def _split(part: Stretch) -> Iterator[Chunk]:
    """A section in as many equal pieces as it needs; its label stands over each of them."""
    lines = [piece for line in part.lines for piece in _wrapped(line)]
    label = f"[{part.label}]" if lines else f"[Instrumental {part.label.lower()}]"
    pieces = max(1, ceil(part.seconds / CHUNK_S[1]), ceil(len(lines) / (MOST_LINES - 1)))
    cuts = [round(len(lines) * number / pieces) for number in range(pieces + 1)]
    for first, last in pairwise(cuts):
        own = tuple(lines[first:last])
        yield Chunk((label, *own), part.seconds / pieces, part.energy, bool(lines))


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, LONGEST_LINE, break_on_hyphens=False) or [line]


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Neighbours as one where a chunk would be too short or there would be too many, the shortest first."""
    while len(chunks) > 1:
        short = [at for at, chunk in enumerate(chunks) if chunk.seconds < CHUNK_S[0]]
        if not short and len(chunks) <= MOST_CHUNKS:
            return chunks
        pairs = [
            at
            for at in range(len(chunks) - 1)
            if chunks[at].with_next(chunks[at + 1]).fits and (not short or {at, at + 1} & set(short))
        ]
        if not pairs:
            raise Invalid(
                f"The song has more sections or words than ElevenLabs takes ({MOST_CHUNKS} chunks, "
                f"{MOST_LINES} lines in each).",
                code="song.too_many_words",
                hint="Shorten the lyrics, or cast another composer.",
            )
        at = min(pairs, key=lambda place: chunks[place].seconds + chunks[place + 1].seconds)
        chunks = [*chunks[:at], chunks[at].with_next(chunks[at + 1]), *chunks[at + 2 :]]
    return chunks
