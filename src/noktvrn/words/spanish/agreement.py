"""Pieces of a Spanish line filled in: nouns with their gender and number, and what has to agree with them.

`{N}` the song's noun with its article, `{U}` with `un`, `{M}` and `{T}` with `mi` and `tu`, `{n}` bare;
`{M:la voz}` a noun of the piece itself with the speaker's possessive; `{V:arder}` the verb of the noun named
before it (or behind it), `{v:arder}` the speaker's, `{t:arder}` the listener's; `{yo}`, `{me}`, `{mí}` the
speaker's pronouns. After a noun: `perdid~o` takes gender and number, `triste~s` and `azul~es` the number,
`<uno/otro>` singular or plural.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from noktvrn.words.spanish.verbs import STATES, Person, Tense, conjugated

_MARK = re.compile(r"\{(\w+)(?::([^}]+))?\}|~(o|es|s)|<([^/>]*)/([^>]*)>")
_TURNS = re.compile(r"\{[NUn]\}")
_WRITTEN = re.compile(r"(?<!\w)(el|la|los|las|un|una|unos|unas|mi|mis|tu|tus|su|sus|cada|otro|otra|mil)(?= )")
_PLURALS = frozenset({"los", "las", "unos", "unas", "mis", "tus", "sus", "mil"})
_SPEAKER = {"yo": ("yo", "nosotros"), "me": ("me", "nos"), "mí": ("mí", "nosotros")}
_ARTICLES = {"el": ("m", False), "la": ("f", False), "los": ("m", True), "las": ("f", True)}
_INDEFINITE = {("m", False): "un", ("f", False): "una", ("m", True): "unos", ("f", True): "unas"}
_ENDINGS = {("m", False): "o", ("f", False): "a", ("m", True): "os", ("f", True): "as"}
_MINE = {("m", False): "nuestro", ("f", False): "nuestra", ("m", True): "nuestros", ("f", True): "nuestras"}


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun: article as it is written, the rest of the phrase, gender (`m`, `f`) and number."""

    article: str
    name: str
    gender: str
    plural: bool

    @property
    def form(self) -> tuple[str, bool]:
        """Gender and number, which everything else agrees with."""
        return self.gender, self.plural


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks and when: `yo` or `nosotros`, in the present or looking back."""

    person: Person = "yo"
    past: bool = False


PLAIN = Speech()


def noun(text: str) -> Noun:
    """`la luz` read; `el agua/f` is feminine whatever its article says."""
    spelt, _, gender = text.partition("/")
    article, _, name = spelt.partition(" ")
    kind, plural = _ARTICLES[article]
    return Noun(article, name, gender or kind, plural)


def filled(text: str, own: str, speech: Speech = PLAIN) -> str:
    """A piece with all its marks filled; `own` is the noun `{N}` stands for."""
    return _Filling(noun(own), speech).of(text)


class _Filling:
    """One piece while it is filled, from left to right: what agrees, agrees with the last noun named."""

    def __init__(self, own: Noun, speech: Speech) -> None:
        self._own = own
        self._speech = speech
        self._text = ""
        self._last = Noun("", "", "m", False)
        self._marked = False

    def of(self, text: str) -> str:
        self._text = text
        return contracted(_MARK.sub(self._mark, text))

    def _several(self, at: int) -> bool:
        """Whether the subject of a verb at a place is plural: the noun marked last, else one written before
        it, else the first after it."""
        if self._marked:
            return self._last.plural
        behind, ahead = _WRITTEN.search(self._text[:at]), _WRITTEN.search(self._text[at:])
        if behind is None and _TURNS.search(self._text[at:]):
            return self._own.plural
        written = behind or ahead
        return written is not None and written[1] in _PLURALS

    def _mark(self, found: re.Match[str]) -> str:
        name, detail, ending, single, several = found.groups()
        if name is not None:
            return self._verb(name, detail, found.start()) if name in "vtV" else self._named(name, detail)
        if ending == "o":
            return _ENDINGS[self._last.form]
        if ending is not None:
            return str(ending) if self._last.plural else ""
        return str(several if self._last.plural else single)

    def _named(self, name: str, detail: str | None) -> str:
        if name in _SPEAKER:
            return _SPEAKER[name][self._speech.person == "nosotros"]
        self._last = noun(detail) if detail else self._own
        self._marked = True
        return " ".join(filter(None, (self._article(name), self._last.name)))

    def _article(self, name: str) -> str:
        if name == "M" and self._speech.person == "nosotros":
            return _MINE[self._last.form]
        plural = "s" if self._last.plural else ""
        return {
            "N": self._last.article,
            "U": "un" if self._last.article == "el" else _INDEFINITE[self._last.form],
            "M": "mi" + plural,
            "T": "tu" + plural,
            "n": "",
        }[name]

    def _verb(self, name: str, infinitive: str, at: int) -> str:
        person: Person = "ellos" if self._several(at) else "él"
        if infinitive == "haber":
            return "había" if self._speech.past else "hay"
        if name != "V":
            person = self._speech.person if name == "v" else "tú"
        return conjugated(infinitive, person, self._tense(name, infinitive))

    def _tense(self, name: str, infinitive: str) -> Tense:
        if not self._speech.past:
            return "present"
        return "imperfect" if name == "V" or infinitive in STATES else "past"


def contracted(text: str) -> str:
    """`a el` and `de el` as one word."""
    return re.sub(r"\b([Aa]|[Dd]e) el\b", lambda found: found[1] + "l", text)
