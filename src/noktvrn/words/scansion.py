"""How well words fit a plan: syllables line by line, rhymes pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from noktvrn.model.song import Lyrics, SectionPlan, SongPlan
from noktvrn.words.stanza import groups
from noktvrn.words.tongue import Tongue, tongue


@dataclass(frozen=True, slots=True)
class Fit:
    """Counts over a song. Lines of a person are counted in `human`; nobody judges them or their pairs."""

    planned: int = 0
    written: int = 0
    near: int = 0
    pairs: int = 0
    rhymed: int = 0
    human: int = 0

    @property
    def syllable_share(self) -> float:
        """Planned lines within one syllable, as a share; 1 where none is planned."""
        return self.near / self.planned if self.planned else 1.0

    @property
    def rhyme_share(self) -> float:
        """Rhyme pairs that rhyme, as a share; 1 where there is none."""
        return self.rhymed / self.pairs if self.pairs else 1.0

    def __add__(self, other: Fit) -> Fit:
        return Fit(
            self.planned + other.planned,
            self.written + other.written,
            self.near + other.near,
            self.pairs + other.pairs,
            self.rhymed + other.rhymed,
            self.human + other.human,
        )


def measure(plan: SongPlan, lyrics: Lyrics) -> Fit:
    """The fit of all sections that the plan wants lines for, taken in order, by the rules of their language.

    Rhymes of a language without rules here are not judged: no pairs are counted.
    """
    rules = tongue(lyrics.language)
    wanted = [section for section in plan.sections if section.syllables]
    human = frozenset(lyrics.human_lines)
    fit = Fit()
    for index, section in enumerate(wanted):
        lines = lyrics.sections[index].lines if index < len(lyrics.sections) else ()
        fit += _section(section, lines, human, rules)
    return fit


def _section(section: SectionPlan, lines: Sequence[str], human: frozenset[str], rules: Tongue) -> Fit:
    judged = [n for n in range(len(section.syllables)) if not (n < len(lines) and lines[n] in human)]
    near = sum(n < len(lines) and abs(rules.count(lines[n]) - section.syllables[n]) <= 1 for n in judged)
    pairs = [
        (one, other)
        for group in groups(section.rhyme, len(section.syllables))
        for one, other in pairwise(group)
        if rules.judged and one in judged and other in judged
    ]
    rhymed = sum(other < len(lines) and rules.rhymes(lines[one], lines[other]) for one, other in pairs)
    return Fit(
        planned=len(judged),
        written=len(lines),
        near=near,
        pairs=len(pairs),
        rhymed=rhymed,
        human=len(section.syllables) - len(judged),
    )
