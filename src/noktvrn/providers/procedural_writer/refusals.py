"""What a prompt rules out: the words in reach of a "no", and the phrases a text may repeat ("no drums")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from noktvrn.providers.procedural_writer.cues import genre_words, plain, tokens, word_set

REACH = 3
"""Words a negation governs, as far as punctuation and "but" let it."""
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019&-][^\W_]+)*")
_STOPS = word_set(
    "but just only except rather who that which because if so like more while the at please either instead "
    "whatsoever about here"
)
_LIGHT = word_set("want any anything please more really too much")
_LINKS = frozenset({"or", "nor", "and"})
_BARE = frozenset({"no", "without", "minus"})
_VOICES = word_set("vocal vocals voice voices singing singer sing words lyrics talking speech")
_NO_NOUN = word_set(
    "one idea hurry matter longer doubt patience problem limits excuse end name face faces need want way "
    "chorus doors hands apology plan reason stop time"
)


@dataclass(frozen=True, slots=True)
class Refusals:
    """`places` are the token numbers ruled out, `phrases` what may be said after "without"."""

    places: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()

    @property
    def voiceless(self) -> bool:
        """Whether the prompt wants nobody to sing."""
        return not _VOICES.isdisjoint(" ".join(self.phrases).split())


def refusals(prompt: str) -> Refusals:
    """Everything a prompt rules out; token numbers are those of `cues.tokens`."""
    words, gaps = marked(prompt)
    places: set[int] = set()
    phrases: list[str] = []
    for start in _negations(words):
        for run in _runs(words, gaps, start):
            places.update(run)
            phrases += _phrase(words, run) if words[start] in _BARE else []
    return Refusals(
        frozenset(places), frozenset(words[place] for place in places), tuple(dict.fromkeys(phrases))
    )


def marked(prompt: str) -> tuple[list[str], list[str]]:
    """The tokens, and the punctuation before each."""
    words: list[str] = []
    gaps: list[str] = []
    end = 0
    for found in _TOKEN.finditer(prompt):
        parts = tokens(found.group())
        words += parts
        gaps += [prompt[end : found.start()].strip(), *[""] * (len(parts) - 1)]
        end = found.end()
    return words, gaps


def _negations(words: list[str]) -> Iterator[int]:
    for place, word in enumerate(words):
        excepted = word == "but" and place > 0 and words[place - 1] == "anything"
        if excepted or word == "nothing" or word in genre_words().negators:
            yield place


def _runs(words: list[str], gaps: list[str], start: int) -> Iterator[range]:
    """The stretches a negation at `start` governs: one, or each item of its list."""
    begin = start + 1
    while begin < len(words):
        end = begin
        while end < len(words) and _reaches(words, gaps, begin, end, start):
            end += 1
        if end > begin:
            yield range(begin, end)
        if not _goes_on(words, gaps, end):
            return
        begin = end + (words[end] in _LINKS)


def _reaches(words: list[str], gaps: list[str], begin: int, end: int, start: int) -> bool:
    heavy = sum(word not in _LIGHT for word in words[begin:end])
    broken = bool(gaps[end]) and end > start
    first = end == begin and begin > start + 1
    return heavy < REACH and (not broken or first) and words[end] not in _STOPS | _LINKS


def _goes_on(words: list[str], gaps: list[str], end: int) -> bool:
    """Whether a list of what is ruled out goes on at `end`: an "or", or a comma with an "or" behind it."""
    if end >= len(words):
        return False
    if words[end] in {"or", "nor"} and not gaps[end]:
        return True
    ahead = words[end : end + 4]
    return gaps[end] == "," and any(link in ahead for link in ("or", "nor")) and "no" not in ahead[:1]


def _phrase(words: list[str], run: range) -> list[str]:
    """What may be said again: one or two plain words that end the stretch they were said in."""
    said = [words[place] for place in run if words[place] not in _LIGHT]
    if not 1 <= len(said) <= 2 or _NO_NOUN.intersection(said) or not all(word.isalpha() for word in said):
        return []
    return [" ".join(map(plain, said))]
