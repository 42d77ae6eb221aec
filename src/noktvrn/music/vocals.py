"""Words on the tune: which syllable is sung on which notes, and when every word is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.model.sound import MelodyNote, TimedLine, TimedWord
from noktvrn.roles.singer import SungLine, SungSyllable
from noktvrn.words.division import divided, melts

Group = tuple[MelodyNote, ...]


def align(lyrics: Lyrics, melody: Sequence[MelodyNote], plan: SongPlan) -> tuple[SungLine, ...]:
    """The lines as they are to be sung, in time.

    A line with fewer syllables than the tune has places is stretched over notes that lie close (melisma); one
    with more shares the longest notes. Lines the tune has no notes for, and lines without a word, are not
    sung. `plan` says which sections have words: the lyrics have those only, the tune counts all.
    """
    return tuple(line for _, line in _placed(lyrics, melody, plan))


def timed_lines(lyrics: Lyrics, melody: Sequence[MelodyNote], plan: SongPlan) -> tuple[TimedLine, ...]:
    """The same lines with the times of their words, in seconds of the recording."""
    return tuple(
        TimedLine(section=section, words=_timed(line)) for section, line in _placed(lyrics, melody, plan)
    )


def _placed(lyrics: Lyrics, melody: Sequence[MelodyNote], plan: SongPlan) -> Iterator[tuple[str, SungLine]]:
    notes: dict[tuple[int, int], list[MelodyNote]] = defaultdict(list)
    for note in melody:
        notes[note.section, note.line].append(note)
    worded = [place for place, section in enumerate(plan.sections) if section.syllables]
    found = [
        (section.label, line, notes[place, number])
        for place, section in zip(worded, lyrics.sections, strict=False)
        for number, line in enumerate(section.lines)
        if notes.get((place, number))
    ]
    for label, text, own in sorted(found, key=lambda one: min(note.start_s for note in one[2])):
        line = _sung(text, own, lyrics.language)
        if line is not None:
            yield label, line


def _sung(text: str, notes: Sequence[MelodyNote], language: str) -> SungLine | None:
    pieces = _pieces(text, language)
    if not pieces:
        return None
    places: dict[int, list[MelodyNote]] = defaultdict(list)
    for note in sorted(notes, key=lambda note: (note.start_s, note.end_s)):
        places[note.syllable].append(note)
    groups = _fitted([tuple(places[index]) for index in sorted(places)], len(pieces))
    syllables = tuple(
        SungSyllable(text=piece, notes=group, ends_word=ends)
        for (piece, ends), group in zip(pieces, groups, strict=True)
    )
    return SungLine(text=text, syllables=syllables)


def _pieces(text: str, language: str) -> list[tuple[str, bool]]:
    """The syllables as written and whether each closes its word. A sign that stands alone (a dash, an emoji)
    stays with the word before it, or after it at the start of a line. Where vowels melt between two words,
    they are sung as one word and the syllable they meet in holds both."""
    pieces: list[tuple[str, bool]] = []
    waiting = before = ""
    for token in text.split():
        parts = divided(token, language)
        if parts:
            parts = (waiting + parts[0], *parts[1:])
            waiting = ""
            if pieces and melts(before, token, language):
                parts = (f"{pieces.pop()[0]} {parts[0]}", *parts[1:])
            before = token
            pieces += [(part, number == len(parts)) for number, part in enumerate(parts, 1)]
        elif pieces:
            pieces[-1] = (f"{pieces[-1][0]} {token}", True)
        else:
            waiting += f"{token} "
    return pieces


def _fitted(groups: list[Group], wanted: int) -> list[Group]:
    """As many groups of notes as there are syllables, in time."""
    groups = sorted(groups, key=lambda group: group[0].start_s)
    while len(groups) > wanted:
        place = min(range(len(groups) - 1), key=lambda at: _seam(groups[at], groups[at + 1]))
        groups[place : place + 2] = [groups[place] + groups[place + 1]]
    while len(groups) < wanted:
        place = max(range(len(groups)), key=lambda at: (_length(groups[at]), -at))
        groups[place : place + 1] = _shared(groups[place])
    return groups


def _seam(one: Group, other: Group) -> tuple[bool, float, int]:
    """How hard it is to sing two neighbours on one vowel: over a rest, over a leap, on a group that is
    stretched already."""
    rest = other[0].start_s - one[-1].end_s
    return rest > 0.25, abs(other[0].pitch - one[-1].pitch) + 4.0 * max(0.0, rest), len(one) + len(other)


def _length(group: Group) -> float:
    return group[-1].end_s - group[0].start_s


def _shared(group: Group) -> list[Group]:
    """The notes of one syllable for two: between two notes where there are some, else the one in halves."""
    if len(group) > 1:
        at = len(group) // 2
        return [group[:at], group[at:]]
    note = group[0]
    middle = 0.5 * (note.start_s + note.end_s)
    return [(note.model_copy(update={"end_s": middle}),), (note.model_copy(update={"start_s": middle}),)]


def _timed(line: SungLine) -> tuple[TimedWord, ...]:
    ends = [place + 1 for place, syllable in enumerate(line.syllables) if syllable.ends_word]
    words = []
    for first, last in pairwise([0, *ends]):
        own = line.syllables[first:last]
        words.append(
            TimedWord(
                text="".join(syllable.text for syllable in own),
                start_s=own[0].notes[0].start_s,
                end_s=max(own[0].notes[0].start_s, own[-1].notes[-1].end_s),
            )
        )
    return tuple(words)
