"""A person's own words: read from plain text, laid over a song's form, and never rewritten.

Sections are apart by an empty line; a line like `[Chorus]` names the one below it. Without names, a stanza
that comes more than once is the chorus and all others are verses.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from typing import get_args

from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.model.finding import Report, Severity
from noktvrn.model.song import Lyrics, LyricSection, SectionLabel, SectionPlan, SongPlan
from noktvrn.music.lyric_checks import examine
from noktvrn.words.lexicon import advisory
from noktvrn.words.tongue import tongue

MAX_BYTES = 50_000
MAX_LINES, MAX_LINE = 200, 160
MOST_SYLLABLES = 16
"""More in one line than a singer has breath for: the plan counts no further."""

LEAST_LINE_S = 1.2
"""A line sung faster than this is spoken."""

SUNG: tuple[SectionLabel, ...] = ("verse", "prechorus", "chorus", "bridge")
"""Sections with words in them."""

_HEADING = re.compile(r"^\s*([\[(])\s*([A-Za-z -]+?)\s*\d*\s*(?:x\s*\d+)?\s*[\])]\s*:?\s*$")
_NAMES: dict[str, SectionLabel] = {
    **{label: label for label in get_args(SectionLabel)},
    "hook": "chorus",
    "refrain": "chorus",
}
_JOINERS = "\u200c\u200d"
"""Invisible, and yet part of the spelling of some scripts."""
_HINT = (
    "Plain text in UTF-8: one line a line, sections apart by an empty line, [Verse] or [Chorus] above them."
)


def parse(data: bytes) -> tuple[LyricSection, ...]:
    """The sections of a text.

    Raises:
        Invalid: over 50 kB, no UTF-8, binary, no words, too many lines, or a line too long.
    """
    lines = _text(data).split("\n")
    sections = tuple(_labelled(_stanzas([" ".join(_plain(line).split()) for line in lines])))
    every = [line for section in sections for line in section.lines]
    if not every:
        raise _bad("There are no words in it")
    if len(every) > MAX_LINES or max(map(len, every)) > MAX_LINE:
        raise _bad(f"It has over {MAX_LINES} lines, or a line of over {MAX_LINE} characters")
    return sections


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _bad(f"It has {len(data):,} bytes; {MAX_BYTES:,} are the most")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad("It is no text in UTF-8") from None
    if "\x00" in text:
        raise _bad("It is no text")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _plain(line: str) -> str:
    """The line without control characters and signs nobody sings; nothing if no letter is left."""
    shown = "".join(c if _stays(c) else " " for c in line)
    # A joiner joins letters: where a sign went from beside it, it has nothing to do.
    shown = re.sub(rf"[{_JOINERS}]+(?=\s|$)|(?:(?<=\s)|^)[{_JOINERS}]+", "", shown)
    return shown if any(c.isalpha() for c in shown) else ""


def _stays(c: str) -> bool:
    return c in _JOINERS or (c.isprintable() and unicodedata.category(c) != "So")


def _stanzas(lines: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Name (or nothing) and lines of each stanza."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        heading = _heading(line)
        if heading:
            found.append((heading, []))
        elif not line:
            found.append(("", []))
        else:
            found[-1][1].append(line)
    return [(name, tuple(stanza)) for name, stanza in found if stanza]


def _heading(line: str) -> str:
    """The name a line gives to what is below it, or nothing: words in round brackets are sung unless they are
    such a name."""
    match = _HEADING.match(line)
    if match is None:
        return ""
    name = match.group(2).lower().replace("-", "").replace(" ", "")
    return name if match.group(1) == "[" or name in _NAMES else ""


def _labelled(stanzas: list[tuple[str, tuple[str, ...]]]) -> list[LyricSection]:
    texts = [stanza for _, stanza in stanzas]
    return [
        LyricSection(label=_label(name, texts.count(stanza) > 1), lines=stanza) for name, stanza in stanzas
    ]


def _label(name: str, returns: bool) -> SectionLabel:
    label = _NAMES.get(name, "chorus" if returns else "verse")
    return label if label in SUNG else "verse"


def laid_over(
    plan: SongPlan, sections: Sequence[LyricSection]
) -> tuple[tuple[SectionPlan, tuple[str, ...]], ...]:
    """Each section of the plan with its words: the next ones of its name. A chorus comes back when there is
    no other left; a verse nobody wrote is played without words.

    Raises:
        Invalid: some of the words find no place, or no time, in a song of this length.
    """
    waiting = {label: deque(_distinct(sections, label)) for label in SUNG}
    last: dict[str, tuple[str, ...]] = {}
    laid = []
    for section in plan.sections:
        fresh = waiting[section.label].popleft() if waiting.get(section.label) else None
        lines = fresh or (() if section.label == "verse" else last.get(section.label, ()))
        last[section.label] = lines
        _check_time(section, lines, plan.bar_s)
        laid.append((section, lines))
    if left := [label for label in SUNG if waiting[label]]:
        places = sum(section.label in SUNG for section in plan.sections)
        raise _no_room(f"A song of {places} sections for words has no place for part of the {left[0]}")
    return tuple(laid)


def planned_for(plan: SongPlan, sections: Sequence[LyricSection], language: str = "en") -> SongPlan:
    """The plan, its syllables those of the words in their language. Raises as `laid_over`."""
    count = tongue(language).count
    planned = tuple(
        section.model_copy(
            update={
                "syllables": tuple(min(MOST_SYLLABLES, max(1, count(line))) for line in lines),
                "rhyme": "X" * len(lines),
            }
        )
        for section, lines in laid_over(plan, sections)
    )
    return plan.model_copy(update={"sections": planned})


def lyrics_of(
    sections: Sequence[LyricSection], *, title: str, by: str, language: str, plan: SongPlan | None
) -> Lyrics:
    """The words of a song: as `plan` lays them out, or as they were written where there is none.

    Raises:
        NotAllowed: hate, or sexual content with minors. Invalid: as `laid_over`.
    """
    if plan is not None:
        laid = laid_over(plan, sections)
        sections = [LyricSection(label=section.label, lines=lines) for section, lines in laid if lines]
    lines = tuple(dict.fromkeys(line for section in sections for line in section.lines))
    advice = advisory("\n".join((title, *lines)))
    if advice.refusal:
        raise NotAllowed(
            f"Nothing is made of {advice.refusal}.", code="lyrics.refused", hint="Write other lines."
        )
    choruses = [section.lines[0] for section in sections if section.label == "chorus"]
    return Lyrics(
        title=title,
        language=language,
        sections=tuple(sections),
        hook=(choruses or lines)[0],
        human_lines=lines,
        explicit=advice.explicit,
        writer=by,
    )


def checked(lyrics: Lyrics, plan: SongPlan, catalogue: Sequence[tuple[str, str]]) -> Report:
    """The house's checks of words, over a person's. What blocks is told as an error.

    Raises:
        Invalid: they name a known act, or stand in the catalogue already.
    """
    report = examine(lyrics, plan, lyrics.human_lines, catalogue)
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            raise Invalid(
                f"These words cannot be released: {finding.message}",
                code=finding.rule,
                hint="Change the line and import them again; the house never rewrites a person's words.",
            )
    return report


def _distinct(sections: Sequence[LyricSection], label: SectionLabel) -> list[tuple[str, ...]]:
    """The words of a name; a chorus that is written out again is one chorus."""
    mine = [section.lines for section in sections if section.label == label]
    return mine if label == "verse" else list(dict.fromkeys(mine))


def _check_time(section: SectionPlan, lines: Sequence[str], bar_s: float) -> None:
    seconds = section.bars * bar_s
    if seconds < len(lines) * LEAST_LINE_S:
        raise _no_room(f"{len(lines)} lines do not fit into a {section.label} of {seconds:.0f} s")


def _no_room(what: str) -> Invalid:
    return Invalid(
        f"{what}.",
        code="lyrics.no_room",
        hint="Ask for a longer song with --duration, or write fewer or shorter sections.",
    )


def _bad(why: str) -> Invalid:
    return Invalid(f"These are no lyrics that can be read: {why}.", code="lyrics.bad_text", hint=_HINT)
