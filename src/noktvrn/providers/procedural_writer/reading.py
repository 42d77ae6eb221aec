"""Reads a prompt: which genres it names, which moods, scenes and speeds it suggests, with weights."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from noktvrn.providers.procedural_writer.cues import Cue, genre_words, lexicon, stem, stems, tokens, word_set
from noktvrn.providers.procedural_writer.echoes import Echoes, echoes
from noktvrn.providers.procedural_writer.glosses import glossed
from noktvrn.providers.procedural_writer.refusals import Refusals, refusals
from noktvrn.reference import Genre, Reference

NAMED = 6.0
"""Weight of a genre named outright; a whole scene of cues rarely reaches it."""
NAMED_ALONE = 1.5
"""Weight of an ambiguous genre word with no music word near it ("the old country")."""
GENERAL = 0.35
"""Share of a named genre's weight when the word names its whole family ("electronic")."""
MOOD_WORD = 1.0
MOOD_NAME = 1.6
DENIED = -0.8
LONGEST_ECHO = 2_000
"""Characters of a prompt that are searched for things a story could hold; the house's prompts end there."""
SHORT = 6
"""Words up to which a prompt is a tag rather than a story: there a genre word means the genre."""

_SHE = word_set("she her hers herself woman girl female lady chanteuse songstress diva")
_HE = word_set("he him his himself male gentleman bluesman")
_SUNG = word_set(
    "voice voices vocal vocals sing sings sung singing singer talks alto baritone contralto tenor soprano"
)
_BPM = re.compile(r"\b(\d{2,3})\s*bpm\b", re.IGNORECASE)
Phrase = tuple[str, ...]


class Line:
    """The words of a prompt with an index, so that looking a phrase up does not read the prompt again."""

    def __init__(self, words: Sequence[str], refused: frozenset[int] = frozenset()) -> None:
        self.words = tuple(words)
        self._refused = refused
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.words):
            self._places[word].append(place)

    def places(self, phrase: Phrase) -> list[int]:
        """Where `phrase` begins, in order."""
        size = len(phrase)
        if size == 1:
            return self._places.get(phrase[0], [])
        starts = self._places.get(phrase[0], []) if size else []
        return [start for start in starts if self.words[start : start + size] == phrase]

    def first(self, phrases: Iterable[Phrase]) -> int | None:
        """Where the earliest of `phrases` begins."""
        said = (phrase for phrase in phrases if phrase and phrase[0] in self._places)
        return min((places[0] for phrase in said if (places := self.places(phrase))), default=None)

    def opens(self, phrase: Phrase) -> bool:
        """Whether the first word of `phrase` is said at all: the cheap half of looking it up."""
        return bool(phrase) and phrase[0] in self._places

    def denied(self, place: int) -> bool:
        """Whether it is ruled out, or one of the two words before `place` denies it."""
        before = self.words[max(0, place - 2) : place]
        return place in self._refused or bool(genre_words().negators.intersection(before))

    def in_company(self, place: int) -> bool:
        """Whether a word of music stands near `place`, or the prompt is no longer than a tag."""
        near = self.words[max(0, place - 2) : place] + self.words[place + 1 : place + 4]
        return len(self.words) <= SHORT or bool(_company().intersection(near))


@dataclass(slots=True)
class Reading:
    """What a prompt says. Scores are sums of weights; empty means the prompt says nothing of the kind."""

    genres: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    families: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    moods: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    denied: set[str] = field(default_factory=set)
    energy: float = 0.0
    pace: float | None = None
    bpm: int | None = None
    cues: list[Cue] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)
    voice: str = "any"
    manner: tuple[str, ...] = ()
    pronoun: str = "it"
    roots: frozenset[str] = frozenset()
    refusals: Refusals = field(default_factory=Refusals)
    echoes: Echoes = field(default_factory=Echoes)
    language: str = ""

    @property
    def instrumental(self) -> bool:
        """Whether the prompt wants nobody to sing."""
        return self.refusals.voiceless or "instrumental" in self.roots - self.refusals.words

    def mentions(self, phrase: str) -> bool:
        """Whether the prompt holds a word of `phrase`."""
        return not self.roots.isdisjoint(stems(phrase))

    @property
    def says_nothing(self) -> bool:
        """Whether no word of the prompt was understood."""
        return not (self.genres or self.moods or self.cues or self.bpm or self.pace is not None)


class Reader:
    """Reads prompts against one set of reference tables."""

    def __init__(self, reference: Reference) -> None:
        self._genres = _genre_phrases(reference)
        self._moods = {
            mood.id: tuple(dict.fromkeys(stems(word) for word in (mood.id, *mood.words)))
            for mood in reference.moods.values()
        }
        self._paces = sorted(
            ((tokens(phrase), row.pace) for row in reference.tempi.values() for phrase in row.words),
            key=lambda pair: -len(pair[0]),
        )

    def read(self, prompt: str) -> Reading:
        """Reads a prompt of any length; time grows linearly with it."""
        gloss = glossed(prompt)
        refused = refusals(gloss.text)
        line = Line(tokens(gloss.text), refused.places)
        reading = Reading(bpm=_bpm(prompt), pace=self._pace(line), refusals=refused, language=gloss.language)
        reading.echoes = echoes(gloss.text[:LONGEST_ECHO], refused)
        spoken = self._read_genres(Line(_singular(line.words), refused.places), reading)
        roots = Line([stem(word) for word in line.words], refused.places)
        reading.roots = frozenset(roots.words)
        _read_players(roots, line, reading)
        _read_cues(roots, line, reading)
        self._read_moods(roots, line, reading, spoken)
        return reading

    def _pace(self, line: Line) -> float | None:
        return next((pace for phrase, pace in self._paces if line.places(phrase)), None)

    def _read_genres(self, line: Line, reading: Reading) -> set[int]:
        """Adds the genres named, longest phrases first so that `dark ambient` is not `ambient` as well."""
        known = ((phrase, genre) for phrase, genre in self._genres if line.opens(phrase))
        said = [(phrase, start, genre) for phrase, genre in known for start in line.places(phrase)]
        said.sort(key=lambda found: (-len(found[0]), found[1]))
        taken: set[int] = set()
        for phrase, start, genre in said:
            span = range(start, start + len(phrase))
            if not taken.intersection(span):
                taken.update(span)
                _name_genre(genre, phrase, start, line, reading)
        return taken

    def _read_moods(self, roots: Line, line: Line, reading: Reading, spoken: set[int]) -> None:
        """Each word of a mood said counts once; words that named a genre are not read twice."""
        for mood, phrases in self._moods.items():
            for rank, phrase in enumerate(phrases):
                if not roots.opens(phrase):
                    continue
                place = next((start for start in roots.places(phrase) if start not in spoken), None)
                if place is not None:
                    weight = MOOD_NAME if rank == 0 else MOOD_WORD
                    reading.denied.update([mood] if line.denied(place) else ())
                    reading.moods[mood] += weight * (DENIED if line.denied(place) else 1.0)


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(_singular(tuple(genre_words().ambiguous)))


@cache
def _company() -> frozenset[str]:
    return frozenset((*genre_words().company, *_singular(tuple(genre_words().company))))


def _bpm(prompt: str) -> int | None:
    found = _BPM.search(prompt)
    return min(220, max(40, int(found.group(1)))) if found else None


def _genre_phrases(reference: Reference) -> tuple[tuple[Phrase, Genre], ...]:
    phrases: dict[Phrase, Genre] = {}
    for genre in reference.genres.values():
        for phrase in (genre.name, genre.id.replace("_", " "), *genre.aliases):
            phrases.setdefault(_singular(tokens(phrase)), genre)
    return tuple(phrases.items())


def _singular(words: Phrase) -> Phrase:
    """Without the plural s, so that `slow jams` is `slow jam`; genre words are not stemmed further."""
    return tuple(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word
        for word in words
    )


def _name_genre(genre: Genre, phrase: Phrase, start: int, line: Line, reading: Reading) -> None:
    alone = len(phrase) == 1 and phrase[0] in _ambiguous() and not line.in_company(start)
    weight = NAMED_ALONE if alone else NAMED
    general = phrase == _singular(tokens(genre.family.replace("_", " ")))
    if line.denied(start):
        weight = -weight
    reading.genres[genre.id] += weight * (GENERAL if general else 1.0)
    reading.families[genre.family] += weight * (1.0 if general else 0.4)


def _read_players(roots: Line, line: Line, reading: Reading) -> None:
    """Instruments named, and whether the words point to a female or a male voice (the more often said)."""
    for instrument in genre_words().instruments:
        place = roots.first((stems(instrument),))
        if place is not None and not line.denied(place):
            reading.instruments.append(instrument)
    said = {kind: len(words.intersection(line.words)) for kind, words in genre_words().voices.items()}
    if len(set(said.values())) > 1:
        reading.voice = max(said, key=lambda kind: said[kind])
    reading.pronoun = _pronoun(line.words)
    reading.manner = tuple(dict.fromkeys(_manners(line)))


def _pronoun(words: Sequence[str]) -> str:
    """`she` or `he` where the prompt says so of the artist, else `it`: a virtual artist is no person."""
    she = sum(word in _SHE for word in words)
    he = sum(word in _HE for word in words)
    return "it" if she == he else "she" if she > he else "he"


def _manners(line: Line) -> Iterator[str]:
    """How the prompt wants to be sung: voice words of `naming.toml` near a word for the voice."""
    manners = genre_words().manners
    for place, word in enumerate(line.words):
        near = line.words[max(0, place - 4) : place + 5]
        if word in manners and not line.denied(place) and not _SUNG.isdisjoint(near):
            yield manners[word]


def _read_cues(roots: Line, line: Line, reading: Reading) -> None:
    """Each cue counts once, however often it is said."""
    for cue in lexicon():
        place = roots.first(cue.phrases)
        if place is None:
            continue
        weight = DENIED if line.denied(place) else 1.0
        for family, score in cue.families.items():
            reading.families[family] += weight * score
        for mood, score in cue.moods.items():
            reading.moods[mood] += weight * score
        reading.energy += weight * cue.energy
        if weight > 0:
            reading.cues.append(cue)
