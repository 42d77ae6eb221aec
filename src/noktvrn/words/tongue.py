"""A language as verse needs it: how long a line is, what merges, who rhymes with whom, which words lead in.

English and Spanish have rules of their own here, and banks to write from. Of every other language only the
sung syllables can be told, roughly; its rhymes are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

from noktvrn.words import rhyme as english_rhyme
from noktvrn.words.division import sung_count
from noktvrn.words.spanish import metre
from noktvrn.words.spanish import rhyme as spanish_rhyme
from noktvrn.words.syllables import count as english_count

WRITTEN = {"en": "English", "es": "Spanish"}
"""The languages the embedded writer writes."""

_NEVER = re.compile(r"(?!)")


def _apart(_one: str, _other: str) -> bool:
    return False


def _level(_text: str) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Tongue:
    """The rules of a language. `count` is the plan's measure of a line: `sung` syllables and the `turn` of
    its end. `merges` tells of two written words sung over one syllable, `full` of a rhyme in all sounds."""

    code: str
    sung: Callable[[str], int]
    key: Callable[[str], str]
    rhymes: Callable[[str, str], bool]
    turn: Callable[[str], int] = _level
    merges: Callable[[str, str], bool] = _apart
    full: Callable[[str, str], bool] = field(default=lambda one, other: True)
    judged: bool = True
    leads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    openers: re.Pattern[str] = _NEVER
    unsure: re.Pattern[str] = _NEVER

    def count(self, line: str) -> int:
        """Syllables of a line as a plan counts them."""
        return self.sung(line) + self.turn(line)


ENGLISH = Tongue(
    code="en",
    sung=english_count,
    key=english_rhyme.rhyme_key,
    rhymes=english_rhyme.rhymes,
    leads={"scene": ("and", "now"), "self": ("and",), "you": ("and", "but", "oh,"), "turn": ("but", "oh,")},
    openers=re.compile(r"and |but |so |oh|what |maybe |even |one day|now |still |who |not "),
    unsure=re.compile(r"maybe |what if |even |nothing |something |somebody |nobody "),
)

SPANISH = Tongue(
    code="es",
    sung=metre.sung,
    key=spanish_rhyme.assonance,
    rhymes=spanish_rhyme.rhymes,
    turn=metre.turn,
    merges=metre.merges,
    full=lambda one, other: spanish_rhyme.consonance(one) == spanish_rhyme.consonance(other),
    leads={"scene": ("y", "ya"), "self": ("y",), "you": ("y", "pero"), "turn": ("pero",)},
    openers=re.compile(r"[¿¡]|y |ya |pero |quiz|tal vez|ni |hasta |otra vez|solo |es |h?i|quién |si |nadie "),
    unsure=re.compile(r"¿|quiz|tal vez |nada |nadie |ni |hasta |algo "),
)


@lru_cache(maxsize=64)
def tongue(language: str) -> Tongue:
    """The rules of a language (BCP 47; `es-MX` is Spanish)."""
    code = base(language)
    known = {"en": ENGLISH, "es": SPANISH}.get(code)
    return known or Tongue(
        code=code,
        sung=partial(sung_count, language=code),
        key=str.casefold,
        rhymes=lambda one, other: True,
        judged=False,
    )


def base(language: str) -> str:
    """The language of a tag, without region and script."""
    return language.replace("_", "-").split("-")[0].lower()


def written(language: str) -> str:
    """The language the embedded writer uses for one it is asked for: that one, else English."""
    code = base(language)
    return code if code in WRITTEN else "en"
