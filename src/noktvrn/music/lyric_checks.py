"""The house's own checks of lyrics. They cannot be switched off."""

from __future__ import annotations

import re
from collections.abc import Sequence

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.words.catalogue import Nearness, echoed, nearest, reused
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.scansion import measure

SYLLABLE_SHARE = 0.95
RHYME_SHARE = 0.90
CONTAINMENT = 0.5
NEAR_RUNS, NEAR_RHYMES = 0.15, 0.6
"""From which share of its runs of words, or of its rhymes, a draft is near to an earlier song. One line that
stands there already is near enough."""

RULES = 9
NEAR = "lyrics.near"
_NOT_LYRICS = re.compile(
    r"^\s*[\[(]?(?:verse|chorus|bridge|intro|outro|hook|pre-?chorus)\b[^a-z]*$|https?://", re.IGNORECASE
)


def examine(
    lyrics: Lyrics, plan: SongPlan, human_lines: Sequence[str], catalogue: Sequence[tuple[str, str]]
) -> Report:
    """Fit, form, safety, names and originality of `lyrics`; `catalogue` is (title, text) of other works.

    What only comes near to another work is a warning: the lyricist asks for another draft.
    """
    found = [
        *_form(lyrics, plan, human_lines),
        *_fit(lyrics, plan),
        *_safety(lyrics),
        *_names(lyrics),
        *_originality(lyrics, catalogue, human_lines),
    ]
    return Report(subject="lyrics", checked=RULES, findings=tuple(found))


def _form(lyrics: Lyrics, plan: SongPlan, human_lines: Sequence[str]) -> list[Finding]:
    wanted = [(section.label, len(section.syllables)) for section in plan.sections if section.syllables]
    given = [(section.label, len(section.lines)) for section in lyrics.sections if section.lines]
    lines = [line for section in lyrics.sections for line in section.lines]
    found = []
    if wanted != given:
        found.append(_error("lyrics.form", "The words miss sections or lines of the plan.", "song plan"))
    if any(_NOT_LYRICS.search(line) or not line.strip() for line in lines):
        found.append(_error("lyrics.text", "A line is a label, an address or empty.", "store rule 60"))
    missing = [line for line in human_lines if line not in lines]
    if missing:
        found.append(
            _error("lyrics.human_lines", f"{len(missing)} lines of a person are missing.", "song plan")
        )
    return found


def _fit(lyrics: Lyrics, plan: SongPlan) -> list[Finding]:
    fit = measure(plan, lyrics)
    found = []
    if fit.syllable_share < SYLLABLE_SHARE:
        message = f"Only {fit.syllable_share:.0%} of the lines are within one syllable of the plan."
        found.append(_measured("lyrics.syllables", message, fit.syllable_share, SYLLABLE_SHARE))
    if fit.rhyme_share < RHYME_SHARE:
        message = f"Only {fit.rhyme_share:.0%} of the rhyme pairs rhyme."
        found.append(_measured("lyrics.rhymes", message, fit.rhyme_share, RHYME_SHARE))
    return found


def _safety(lyrics: Lyrics) -> list[Finding]:
    advice = advisory(f"{lyrics.title}\n{lyrics.text}")
    if advice.refusal:
        return [_error("lyrics.refused", f"The words hold {advice.refusal}.", "store rule 58")]
    if advice.explicit and not lyrics.explicit:
        return [_error("lyrics.explicit", "Strong words without the explicit mark.", "store rule 57")]
    return []


def _names(lyrics: Lyrics) -> list[Finding]:
    named = [line for section in lyrics.sections for line in section.lines if without_names(line)[1]]
    if not named:
        return []
    return [_error("lyrics.names", "A line names a known act.", "store rule 21")]


def _originality(lyrics: Lyrics, catalogue: Sequence[tuple[str, str]], own: Sequence[str]) -> list[Finding]:
    if not catalogue:
        return []
    found = nearest(lyrics.text, catalogue, language=lyrics.language)
    if found.runs > CONTAINMENT:
        message = f"{found.runs:.0%} of the words stand in {found.title!r} already."
        return [_measured("lyrics.originality", message, found.runs, CONTAINMENT)]
    lines = reused(lyrics.text, catalogue, own)
    echoes = echoed(lyrics.text, catalogue, own)
    freed = nearest(lyrics.text, catalogue, language=lyrics.language, own=own) if own else found
    told = _near(freed, len(lines), bool(echoes))
    near = _error(NEAR, told, "store rule 87").model_copy(update={"severity": Severity.WARNING})
    return [near] if told else []


def _near(found: Nearness, lines: int, echo: bool) -> str:
    """What a draft has in common with earlier songs, if that is much."""
    if lines:
        return f"{lines} lines stand in earlier songs." if lines > 1 else "A line stands in an earlier song."
    if found.runs > NEAR_RUNS:
        return f"{found.runs:.0%} of the words stand in {found.title!r} already."
    if found.rhymes > NEAR_RHYMES:
        return f"{found.rhymes:.0%} of the rhymes are those of {found.title!r}."
    if echo:
        return "Five words that carry meaning follow each other as they do in an earlier song."
    return ""


def _error(rule: str, message: str, source: str) -> Finding:
    hint = "The writer is asked again with another seed."
    return Finding(rule=rule, severity=Severity.ERROR, message=message, hint=hint, source=source)


def _measured(rule: str, message: str, measured: float, limit: float) -> Finding:
    found = _error(rule, message, "store rule 87" if rule == "lyrics.originality" else "song plan")
    return found.model_copy(update={"measured": round(measured, 4), "limit": limit})
