"""The concrete things a prompt names, as noun phrases for a story: places, people, things, matters, times.

Known nouns come from `data/nouns.toml`; beside them `a weathervane` or `in Kanazawa` is understood by its
grammar alone. Only words of letters come back, never a sentence of the prompt.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from noktvrn.providers.procedural_writer.cues import DATA, genre_words, plain, stem, stems, tokens, word_set
from noktvrn.providers.procedural_writer.grammar import is_plural, with_article
from noktvrn.providers.procedural_writer.refusals import Refusals, marked
from noktvrn.words.lexicon import advisory

LONGEST = 3
_ARTICLES = word_set("a an the my his her their our your this that")
_THE_ONE = frozenset({"last", "first", "only", "same"})
_NUMBERS = word_set("two three four five six seven eight nine ten")
_NO_MODIFIER = word_set(
    "and or of in on at by to for with without from who that which is are was were be about as into over "
    "under behind like but not no never a an the my his her their our your this i we you they it he she "
    "sings sing plays play music song songs sound sounds makes make loves runs works lives has have does "
    "did been very more other someone somebody something everyone nobody"
)
_ABOUT = re.compile(
    r"\babout ((?:[a-z][a-z'-]*)(?: (?!that |which |who |where |when |and |or |is |are |does |with |for "
    r"|set )[a-z][a-z'-]*){0,4})",
)
_OWNER = re.compile(r"^(?:her|his|their|our|my|your|its) ")
_VAGUE = re.compile(
    r"^(?:it|them|him|herself|himself|itself|themselves|this|that|things?|something|everything"
    r"|nothing|being|her|him|me|us|you|how|what|who|why|people|not|no|a|the|love)\b"
)
_IN = re.compile(r"\bin ([A-Z][^\W\d_]{2,14})\b(?=[ ,.;!?]|$)")
_UNKNOWN = re.compile(r"\b(?:a|an) ([a-z]{4,14})(?= (?:who|that|with|in|on|at|from|and|has|had)\b|[,.;!?]|$)")
_PERSONAL = ("er", "or", "ist", "ian", "ess", "man", "woman", "eer")


@dataclass(frozen=True, slots=True)
class Echo:
    """One thing named: `a broken accordion`, `crows`. `lead` is the preposition that leads into a place."""

    kind: str
    noun: str
    modifiers: tuple[str, ...] = ()
    plural: bool = False
    lead: str = "in"

    @property
    def bare(self) -> str:
        """Without an article."""
        return " ".join((*self.modifiers, self.noun))

    @property
    def phrase(self) -> str:
        """As it stands in a sentence the first time."""
        if self.modifiers[:1] and self.modifiers[0] in _THE_ONE:
            return f"the {self.bare}"
        return self.bare if self.plural or self.kind in {"stuff", "city"} else with_article(self.bare)


@dataclass(frozen=True, slots=True)
class Echoes:
    """What a prompt names, by kind, in its own order."""

    found: dict[str, tuple[Echo, ...]] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    def of(self, *kinds: str) -> tuple[Echo, ...]:
        """The echoes of some kinds."""
        return tuple(echo for kind in kinds for echo in self.found.get(kind, ()))

    @property
    def empty(self) -> bool:
        """Whether the prompt names nothing a story could hold."""
        return not (self.found or self.times or self.themes)


def echoes(prompt: str, refused: Refusals) -> Echoes:
    """The concrete things a prompt names and does not rule out."""
    words, gaps = marked(prompt)
    taken: set[int] = set()
    times = tuple(dict.fromkeys(_times(words, taken)))
    found: dict[str, list[Echo]] = defaultdict(list)
    for echo in (*_known(words, gaps, taken, refused), *_cities(prompt), *_unknown(prompt, words, refused)):
        if echo.bare not in {other.bare for other in found[echo.kind]} and _decent(echo.bare):
            found[echo.kind].append(echo)
    kept = {kind: tuple(row) for kind, row in found.items() if row}
    return Echoes(kept, times, tuple(_themes(prompt, refused)))


def _decent(text: str) -> bool:
    found = advisory(text)
    return not (found.refusal or found.strong)


def _times(words: Sequence[str], taken: set[int]) -> Iterator[str]:
    """When the prompt happens, longest phrases first; a year counts."""
    roots = [stem(word) for word in words]
    for phrase, when in nouns().times:
        for start in range(len(roots) - len(phrase) + 1):
            span = range(start, start + len(phrase))
            if tuple(roots[start : start + len(phrase)]) == phrase and taken.isdisjoint(span):
                taken.update(span)
                yield when
    for word in words:
        if re.fullmatch(r"(?:1[89]|20)\d\d", word):
            yield f"in {word}"


def _known(words: Sequence[str], gaps: Sequence[str], taken: set[int], refused: Refusals) -> Iterator[Echo]:
    """Nouns of the list, longest first at each place, with the words that stand before them."""
    roots = [stem(word) for word in words]
    place = 0
    while place < len(roots):
        size, entry = _longest(roots, place)
        span = range(place, place + size)
        if entry is None or not refused.places.isdisjoint(span) or not taken.isdisjoint(span):
            place += 1
            continue
        yield _echo(entry, words, gaps, place, size)
        place += size


def _longest(roots: Sequence[str], place: int) -> tuple[int, Noun | None]:
    table = nouns().table
    for size in range(min(LONGEST, len(roots) - place), 0, -1):
        entry = table.get(tuple(roots[place : place + size]))
        if entry is not None:
            return size, entry
    return 1, None


def _echo(entry: Noun, words: Sequence[str], gaps: Sequence[str], place: int, size: int) -> Echo:
    last = words[place + size - 1].removesuffix("'s")
    plural = entry.kind != "stuff" and last != plain(entry.text).split()[-1].split("-")[-1]
    plural = plural or (entry.kind == "thing" and is_plural(entry.text))
    before = _before(words, gaps, place, plural=plural)
    noun = " ".join((*entry.text.split()[:-1], last)) if plural else entry.text
    return Echo(entry.kind, noun, before, plural, entry.lead)


def _before(words: Sequence[str], gaps: Sequence[str], place: int, *, plural: bool) -> tuple[str, ...]:
    """The adjectives between an article (or a number) and the noun; none where there is no article."""
    start = place
    while start > 0 and place - start < 2 and not gaps[start] and _modifies(words[start - 1]):
        start -= 1
    lead = words[start - 1] if start else ""
    if plural and words[start : start + 1] and words[start] in _NUMBERS:
        return tuple(words[start:place])
    return tuple(words[start:place]) if lead in _ARTICLES and start < place else ()


def _modifies(word: str) -> bool:
    plain_word = word.isalpha() and word.isascii() and word not in _NO_MODIFIER
    return plain_word and word not in _towns() and _decent(word)


def _cities(prompt: str) -> Iterator[Echo]:
    """Places by name: those of the list, and any capitalised word after `in`."""
    spoken = f" {' '.join(tokens(prompt))} "
    for key, text in nouns().cities:
        if f" {key} " in spoken:
            yield Echo("city", text)
            return
    found = _IN.search(prompt)
    if found and not prompt.isupper() and plain(found.group(1)) not in _months():
        yield Echo("city", found.group(1))


def _unknown(prompt: str, words: Sequence[str], refused: Refusals) -> Iterator[Echo]:
    """`a weathervane`: a word nobody listed is a thing, or by its ending a person."""
    table = nouns().table
    for found in _UNKNOWN.finditer(prompt.lower()):
        word = found.group(1)
        if (stem(word),) in table or word in refused.words or word in _no_noun() or word not in words:
            continue
        yield Echo("role" if word.endswith(_PERSONAL) else "thing", word)


def _themes(prompt: str, refused: Refusals) -> Iterator[str]:
    """What the songs are said to be about: the words behind `about`, without owner."""
    for found in _ABOUT.finditer(prompt.lower().replace("\u2019", "'")):
        said = _OWNER.sub("", found.group(1)).strip("-' ")
        if _VAGUE.match(said) or not refused.words.isdisjoint(said.split()) or not _decent(said):
            continue
        if (
            len(said) <= 40
            and said.isascii()
            and " your " not in said
            and (" " in said or said.endswith("s"))
        ):
            yield said


@dataclass(frozen=True, slots=True)
class Noun:
    """An entry of `nouns.toml`."""

    kind: str
    text: str
    lead: str = "in"


@dataclass(frozen=True, slots=True)
class Nouns:
    """`nouns.toml`: stemmed phrase to entry, times and cities longest first."""

    table: dict[tuple[str, ...], Noun]
    times: tuple[tuple[tuple[str, ...], str], ...]
    cities: tuple[tuple[str, str], ...]


@cache
def nouns() -> Nouns:
    """The noun list; the first entry of a word wins."""
    raw = tomllib.loads((DATA / "nouns.toml").read_text("utf-8"))
    table: dict[tuple[str, ...], Noun] = {}
    for entry in _entries(raw):
        table.setdefault(stems(entry.text.removeprefix("the ")), entry)
    pairs = (pair.split("=") for pair in raw["times"]["say"].split(","))
    times = sorted(((stems(said), when.strip()) for said, when in pairs), key=lambda pair: -len(pair[0]))
    cities = [(" ".join(tokens(name)), name.strip()) for name in raw["cities"]["say"].split(",")]
    return Nouns(table, tuple(times), tuple(cities))


def _entries(raw: dict[str, Any]) -> Iterator[Noun]:
    for lead, line in raw["places"].items():
        yield from (Noun("place", text.strip(), lead) for text in line.split(","))
    lists = (("role", raw["people"]["roles"]), ("other", raw["people"]["others"]))
    for text in raw["matters"]["sky"].split(","):
        yield Noun("stuff", f"the {text.strip()}")
    for kind, line in (*lists, ("thing", raw["things"]["objects"]), ("stuff", raw["matters"]["stuff"])):
        yield from (Noun(kind, text.strip()) for text in line.split(","))


@cache
def _towns() -> frozenset[str]:
    return frozenset(key for key, _ in nouns().cities)


@cache
def _months() -> frozenset[str]:
    return frozenset(phrase[0] for phrase, _ in nouns().times)


@cache
def _no_noun() -> frozenset[str]:
    music = {word for name in genre_words().instruments for word in name.split()}
    vague = word_set("little some lot band song sound voice duo trio artist project mood style girl group")
    return frozenset({*music, *genre_words().company, *genre_words().ambiguous, *vague})
