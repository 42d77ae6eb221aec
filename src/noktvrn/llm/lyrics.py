"""Lyrics: a model's words where they fit the song plan line by line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents.standards import lyrics_standards
from noktvrn.llm.job import Job, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan
from noktvrn.roles.writer import LyricsRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.scansion import measure
from noktvrn.words.spanish.marks import opened
from noktvrn.words.stanza import groups
from noktvrn.words.tongue import Tongue, base, tongue

SYLLABLE_SHARE, RHYME_SHARE = 0.95, 0.90
"""The house's measure (`music.lyric_checks`): less would only be refused there and asked for again."""

Line = Annotated[Clean, Field(min_length=1, max_length=160)]


class LyricsDraft(DraftBase):
    """The sections that have words, in order."""

    sections: list[list[Line]]


def lyrics_job(request: LyricsRequest) -> Job[LyricsDraft, Lyrics]:
    """The job of writing words for the plan of the request."""
    facts = {
        "title": request.title,
        "language": request.profile.language,
        "theme": ", told in pictures of ".join(filter(None, (request.theme, ", ".join(request.images)))),
        "mood": request.mood,
        "genre": request.profile.genre,
        "tone": request.profile.persona.tone,
        "human_lines": request.human_lines,
        "remarks": request.remarks,
        "sections": [
            {"label": section.label, "syllables": section.syllables, "rhyme": section.rhyme}
            for section in _sung(request)
        ],
    }
    finish = partial(_finish, request=request)
    return Job(
        "lyrics",
        wish_of(request),
        facts,
        LyricsDraft,
        finish,
        subject=request.subject,
        request=request,
        standards=lyrics_standards(request),
    )


def _sung(request: LyricsRequest) -> list[SectionPlan]:
    return [section for section in request.plan.sections if section.syllables]


def _finish(draft: LyricsDraft, author: str, *, request: LyricsRequest) -> Lyrics:
    plan = _sung(request)
    wanted = [len(section.syllables) for section in plan]
    if [len(lines) for lines in draft.sections] != wanted:
        raise UnfitError(f"sections: wanted are lists of {wanted} lines")
    sections = tuple(
        LyricSection(label=section.label, lines=_spelt(lines, request))
        for section, lines in zip(plan, draft.sections, strict=True)
    )
    lyrics = Lyrics(
        title=request.title,
        language=request.profile.language,
        sections=sections,
        hook=_hook(sections, request.title),
        human_lines=request.human_lines,
        writer=author,
    )
    problems = [*_missing(lyrics), *_unsaid(lyrics), *_off_measure(lyrics, plan, request)]
    if problems:
        raise UnfitError(*problems)
    return lyrics.model_copy(update={"explicit": advisory(lyrics.text).explicit})


def _spelt(lines: list[str], request: LyricsRequest) -> tuple[str, ...]:
    """The lines of a section; in Spanish every question is opened."""
    spanish = base(request.profile.language) == "es"
    return opened(lines, request.human_lines) if spanish else tuple(lines)


def _hook(sections: tuple[LyricSection, ...], title: str) -> str:
    """The first line of the first refrain; a song without one turns on its title."""
    refrains = [s for label in ("chorus", "drop") for s in sections if s.label == label and s.lines]
    return refrains[0].lines[0] if refrains else title


def _missing(lyrics: Lyrics) -> Iterator[str]:
    lines = {line for section in lyrics.sections for line in section.lines}
    if any(line not in lines for line in lyrics.human_lines):
        yield "human_lines: each must stand in the song unchanged"


def _unsaid(lyrics: Lyrics) -> Iterator[str]:
    if any(without_names(line)[1] for section in lyrics.sections for line in section.lines):
        yield "A line names a known artist."


def _off_measure(lyrics: Lyrics, plan: list[SectionPlan], request: LyricsRequest) -> list[str]:
    """Every line that is off, once too many are."""
    fit = measure(request.plan, lyrics)
    if fit.syllable_share >= SYLLABLE_SHARE and fit.rhyme_share >= RHYME_SHARE:
        return []
    own, rules = frozenset(request.human_lines), tongue(lyrics.language)
    pairs = enumerate(zip(plan, lyrics.sections, strict=True), start=1)
    return [
        told
        for number, (wanted, given) in pairs
        for told in _section(number, wanted, given.lines, own, rules)
    ]


def _section(
    number: int, wanted: SectionPlan, lines: tuple[str, ...], own: frozenset[str], rules: Tongue
) -> Iterator[str]:
    for place, (line, syllables) in enumerate(zip(lines, wanted.syllables, strict=True), start=1):
        if line not in own and abs(rules.count(line) - syllables) > 1:
            yield f"section {number} line {place}: {rules.count(line)} syllables, wanted {syllables}"
    for group in groups(wanted.rhyme, len(lines)):
        for one, other in pairwise(group):
            if not rules.rhymes(lines[one], lines[other]):
                yield f"section {number}: lines {one + 1} and {other + 1} do not rhyme"
