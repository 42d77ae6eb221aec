"""How a written word is divided for singing: one piece of its letters a syllable, nothing lost."""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import pairwise

from noktvrn.words.spanish import metre
from noktvrn.words.spanish.syllables import syllables as spanish_syllables
from noktvrn.words.syllables import count_word
from noktvrn.words.tokens import words_of

_VOWELS = frozenset("aeiouyæœøıаеёиоуыэюяіїєαεηιουω")
_STRONG = frozenset("aeoаоеэ")
_ONE_SOUND = re.compile(r"(?:ch|sh|th|ph|wh|gh|ck|ng|sch|qu|[bcdfgkptv][lr])$", re.IGNORECASE)
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SMALL_KANA = frozenset("ゃゅょャュョぁぃぅぇぉァィゥェォっッー")
_MUTE_END = re.compile(r"e[sd]?\W*", re.IGNORECASE)
_MUTE_FRENCH = re.compile(r"[^aeiouy](?:e|es|ent)$")
_BROKEN = frozenset({"es", "it", "pt"})
"""Languages in which two strong vowels beside each other are two syllables (`poeta`)."""

Span = tuple[int, int]


def sung_count(line: str, language: str = "en") -> int:
    """Syllables of a line in a language (BCP 47): their own rules for English and Spanish, vowel groups for
    the others."""
    tokens = [token for token in line.split() if divided(token, language)]
    whole = sum(len(divided(token, language)) for token in tokens)
    return whole - sum(melts(one, other, language) for one, other in pairwise(tokens))


def melts(one: str, other: str, language: str = "en") -> bool:
    """Whether the end of a written word and the start of the next are sung as one syllable (Spanish)."""
    return _is(language, "es") and metre.merges(one, other)


def divided(token: str, language: str = "en") -> tuple[str, ...]:
    """The pieces of a written word (signs and all), one for each syllable; together they are the word.

    Empty for a token without letters or digits. A piece may be empty where a word has more syllables than
    letters (`7`).
    """
    if _is(language, "es") and not _SYLLABIC.search(token) and (parts := spanish_syllables(token)):
        return parts
    wanted = _count(token, language)
    if wanted == 0:
        return ()
    if _SYLLABIC.search(token):
        return _by_letter(token, wanted)
    nuclei = _nuclei(token)
    while len(nuclei) > wanted:
        nuclei.remove(_least_sung(nuclei, token))
    while len(nuclei) < wanted and (wide := [span for span in nuclei if span[1] - span[0] > 1]):
        nuclei = _broken(nuclei, wide[0])
    return _cut(token, nuclei) if len(nuclei) == wanted else _by_letter(token, wanted)


def _is(language: str, code: str) -> bool:
    return language.replace("_", "-").split("-")[0].lower() == code


def _count(token: str, language: str) -> int:
    words = words_of(token)
    if language.split("-")[0].lower() == "en" and not _SYLLABIC.search(token):
        return sum(count_word(word) for word in words)
    return sum(_count_foreign(word, language.split("-")[0].lower()) for word in words)


def _count_foreign(word: str, language: str) -> int:
    if _SYLLABIC.search(word):
        return max(1, sum(1 for sign in word if sign not in _SMALL_KANA))
    spans = _nuclei(word)
    count = len(spans)
    if language in _BROKEN:
        count += sum(
            _base(word[at]) in _STRONG and _base(word[at + 1]) in _STRONG
            for first, last in spans
            for at in range(first, last - 1)
        )
    if language == "fr" and count > 1 and _MUTE_FRENCH.search(word):
        count -= 1
    return max(1, count)


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter.lower())[0]


def _nuclei(token: str) -> list[Span]:
    """Where the runs of vowels lie; a y before a vowel is a consonant, and so is the u of qu."""
    bases = [_base(letter) for letter in token]
    sung = [
        base in _VOWELS
        and not (base == "y" and at + 1 < len(bases) and bases[at + 1] in _VOWELS)
        and not (base == "u" and at > 0 and bases[at - 1] == "q")
        for at, base in enumerate(bases)
    ]
    edges = [at for at in range(len(sung) + 1) if _at(sung, at) != _at(sung, at - 1)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _at(sung: list[bool], place: int) -> bool:
    return 0 <= place < len(sung) and sung[place]


def _least_sung(nuclei: list[Span], token: str) -> Span:
    """The nucleus that is missed least: a mute e at the end, then one inside, else the last."""
    mute = [span for span in nuclei[1:] if token[span[0] : span[1]].lower() == "e"]
    ending = [span for span in mute if _MUTE_END.fullmatch(token[span[0] :])]
    inner = [span for span in mute if span != nuclei[-1]]
    return (ending or inner[::-1] or nuclei[-1:])[0]


def _broken(nuclei: list[Span], wide: Span) -> list[Span]:
    first, last = wide
    return sorted([span for span in nuclei if span != wide] + [(first, first + 1), (first + 1, last)])


def _cut(token: str, nuclei: list[Span]) -> tuple[str, ...]:
    cuts = [_seam(token, one[1], other[0]) for one, other in pairwise(nuclei)]
    return tuple(token[first:last] for first, last in pairwise([0, *cuts, len(token)]))


def _seam(token: str, end: int, start: int) -> int:
    """Where a word is cut between two vowels: before the last consonant, or the sound it belongs to."""
    between = token[end:start]
    sign = max(
        (at for at, letter in enumerate(between) if not letter.isalnum() and letter not in "'’"), default=-1
    )
    if sign >= 0:
        return end + sign + 1
    mute = between.lower().rfind("e")
    if mute >= 0:
        return end + mute + 1
    if len(between) < 2:
        return end
    joined = _ONE_SOUND.search(between)
    return end + joined.start() if joined else start - 1


def _by_letter(token: str, wanted: int) -> tuple[str, ...]:
    cuts = [math.ceil(at * len(token) / wanted) for at in range(wanted + 1)]
    return tuple(token[first:last] for first, last in pairwise(cuts))
