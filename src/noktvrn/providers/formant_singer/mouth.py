"""What the mouth does for a written syllable: its vowel and the consonants around it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from noktvrn.roles.singer import SungLine, SungSyllable
from noktvrn.sound.voice.gestures import GESTURES
from noktvrn.sound.voice.phrase import Tone, Vocal
from noktvrn.sound.voice.vowels import GLIDES
from noktvrn.sound.voice.vowels import VOWELS as HELD
from noktvrn.words.phonetics import phones
from noktvrn.words.spanish.sounds import shape
from noktvrn.words.tokens import words_of

VOWELS = frozenset([*HELD, *GLIDES])
UNREAD = ("AA", "OW", "UW", "EH", "AO", "IY")
"""Vowels for scripts nobody here reads, in turn."""

_SOUNDS: dict[str, tuple[str, ...]] = {
    letter: tuple(sounds.split("+"))
    for pair in (
        "a:AA b:B c:K d:D e:EH f:F g:G h:HH i:IY j:Y k:K l:L m:M n:N o:AO p:P q:K r:R s:S t:T u:UW v:V w:V",
        "x:K+S y:IY z:Z ö:ER ü:IY ø:ER œ:ER æ:AE ñ:N+Y ß:S",
        "а:AA б:B в:V г:G ґ:G д:D е:EH ж:ZH з:Z и:IY й:Y к:K л:L м:M н:N о:AO п:P р:R с:S т:T у:UW ф:F",
        "х:HH ц:S ч:CH ш:SH щ:SH ы:IH э:EH є:EH ю:Y+UW я:Y+AA і:IY ї:Y+IY ё:Y+AO",
    )
    for letter, sounds in (entry.split(":") for entry in pair.split())
}
"""Letters of other languages than English, roughly: only the vowel's colour is heard in the end."""


def vocals(lines: Sequence[SungLine], language: str, shift: int) -> list[Vocal]:
    """Every syllable of the lines with its vowel and consonants, `shift` semitones higher."""
    code = language.split("-")[0].lower()
    found: list[Vocal] = []
    for line in lines:
        for word in _words(line.syllables):
            for syllable, (onset, vowel, coda) in zip(word, _shapes(word, code, len(found)), strict=True):
                tones = tuple(
                    Tone(
                        note.start_s, max(note.end_s, note.start_s + 0.02), note.pitch + shift, note.velocity
                    )
                    for note in syllable.notes
                )
                found.append(Vocal(tones, vowel, onset, coda))
        found[-1] = replace(found[-1], ends_line=True)
    return found


def _words(syllables: Sequence[SungSyllable]) -> Iterator[tuple[SungSyllable, ...]]:
    ends = [place for place, one in enumerate(syllables, 1) if one.ends_word or place == len(syllables)]
    for first, last in pairwise([0, *ends]):
        yield tuple(syllables[first:last])


def _shapes(word: Sequence[SungSyllable], code: str, turn: int) -> list[Shape]:
    """The sounds of a word by syllable. Spanish is read syllable by syllable, as it is spelt."""
    if code == "es":
        read = [shape(one.text) for one in word]
        return [(_consonants(onset), vowel, _consonants(coda)) for onset, vowel, coda in read]
    sounds = _spoken("".join(one.text for one in word), english=code == "en")
    return _syllables(sounds, len(word), turn)


def _spoken(text: str, *, english: bool) -> list[str]:
    if english and text.isascii():
        return [sound for word in words_of(text) for sound in phones(word.replace("'", ""))]
    return [sound for letter in unicodedata.normalize("NFC", text.casefold()) for sound in _sound(letter)]


def _sound(letter: str) -> tuple[str, ...]:
    return _SOUNDS.get(letter) or _SOUNDS.get(unicodedata.normalize("NFD", letter)[0], ())


Shape = tuple[tuple[str, ...], str, tuple[str, ...]]


def _syllables(sounds: Sequence[str], count: int, turn: int) -> list[Shape]:
    """The sounds of a word as `count` syllables: onset, vowel, coda. A word without a vowel gets one."""
    places = [at for at, sound in enumerate(sounds) if sound in VOWELS]
    if not places:
        onset = tuple(sound for sound in sounds if sound in GESTURES)[:1]
        return [(onset if at == 0 else (), UNREAD[(turn + at) % len(UNREAD)], ()) for at in range(count)]
    kept = _thinned(places, count)
    shapes: list[Shape] = []
    for number, at in enumerate(kept):
        before = kept[number - 1] + 1 if number else 0
        onset = _consonants(sounds[before:at])
        coda = _consonants(sounds[at + 1 :]) if number == len(kept) - 1 else ()
        shapes.append((onset, sounds[at], coda))
    onset, vowel, coda = shapes[-1]
    missing = count - len(shapes)
    if missing:
        shapes[-1] = (onset, vowel, ())
        shapes += [((), vowel, ())] * (missing - 1) + [((), vowel, coda)]
    return shapes


def _thinned(places: Sequence[int], count: int) -> list[int]:
    """At most `count` of the vowels, spread evenly, the first always among them."""
    if len(places) <= count:
        return list(places)
    return [places[round(at * len(places) / count)] for at in range(count)]


def _consonants(sounds: Sequence[str]) -> tuple[str, ...]:
    return tuple(sound for sound in sounds if sound in GESTURES)[-2:]
