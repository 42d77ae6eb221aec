"""Reads off a brief and its words what is a person's, for the book of contributions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from noktvrn.model.asset import Asset
from noktvrn.model.brief import Brief
from noktvrn.model.contribution import Contribution, ContributionKind
from noktvrn.model.song import Lyrics


def contributed(brief: Brief, lyrics: Lyrics, at: datetime) -> tuple[Contribution, ...]:
    """The title, the files and every line of a person, each line once with all the places it is sung at."""
    return (*_title(brief, at), *_files(brief, at), *_lines(brief, lyrics, at))


def _title(brief: Brief, at: datetime) -> Iterator[Contribution]:
    if brief.title and brief.album is None:  # a song of a record is called what its arc calls it
        yield Contribution(kind="title", text=brief.title, by=brief.own_by, door="brief", at=at)


def _files(brief: Brief, at: datetime) -> Iterator[Contribution]:
    files: tuple[tuple[ContributionKind, Asset | None], ...] = (
        ("recording", brief.own_track),
        ("cover", brief.own_cover),
    )
    for kind, asset in files:
        if asset is not None:
            yield Contribution(kind=kind, text=asset.sha256, by=brief.own_by, door="import", at=at)


def _lines(brief: Brief, lyrics: Lyrics, at: datetime) -> Iterator[Contribution]:
    places = _places(lyrics)
    for line in dict.fromkeys(lyrics.human_lines):
        yield Contribution(
            kind="lyric_line",
            text=line,
            places=tuple(places.get(line, ())),
            by=brief.own_by,
            door="import" if brief.own_lyrics is not None else "brief",
            at=at,
        )


def _places(lyrics: Lyrics) -> dict[str, list[str]]:
    """Line -> where it is sung, sections of a kind counted."""
    found: dict[str, list[str]] = defaultdict(list)
    sections = Counter[str]()
    for section in lyrics.sections:
        sections[section.label] += 1
        for number, line in enumerate(section.lines, start=1):
            found[line].append(f"{section.label} {sections[section.label]}, line {number}")
    return found
