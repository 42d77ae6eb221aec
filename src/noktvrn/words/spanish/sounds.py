"""The sounds of a Spanish syllable, in the letters the house's voices know (ARPAbet)."""

from __future__ import annotations

import re

from noktvrn.words.spanish.rhyme import bare, peak
from noktvrn.words.spanish.syllables import nucleus

_VOWELS = {"a": "AA", "e": "EH", "i": "IY", "o": "AO", "u": "UW", "y": "IY"}
_GLIDES = {"i": "Y", "u": "W", "y": "Y"}
_SPELT = re.compile(r"ch|ll|rr|qu|gu|[a-zñ]")
_SOUNDS: dict[str, tuple[str, ...]] = {
    letter: tuple(sounds.split())
    for letter, sounds in (
        entry.split(":")
        for entry in re.split(
            ",",
            "ch:CH,ll:Y,rr:R,qu:K,gu:G,h:,b:B,c:K,d:D,f:F,g:G,j:HH,k:K,l:L,m:M,n:N,p:P,r:R,s:S,t:T,v:B,w:W,"
            "x:K S,y:Y,z:S,ñ:N Y",
        )
    )
}
_SOFT = {"c": "S", "g": "HH"}

Shape = tuple[tuple[str, ...], str, tuple[str, ...]]


def shape(syllable: str) -> Shape:
    """Onset, vowel and coda of a sung syllable; where two words meet in it, the first one's vowel is held.

    A glide before the vowel is part of the onset. A syllable without a vowel is sung on `EH`.
    """
    first, *others = syllable.lower().split() or [""]
    core = nucleus(first)
    if not core:
        return _consonants(first), "EH", ()
    at = first.find(core)
    held = peak(core)
    glide = tuple(_GLIDES[mark] for mark in bare(core[:held]) if mark in _GLIDES)
    behind = others[-1].partition(nucleus(others[-1]))[2] if others else first[at + len(core) :]
    return _consonants(first[:at], bare(core[0])) + glide, _VOWELS[bare(core[held])], _consonants(behind)


def _consonants(letters: str, ahead: str = "") -> tuple[str, ...]:
    """The sounds of some consonants; `ahead` is the vowel behind them, which softens a c and a g."""
    found: list[str] = []
    for spelt in _SPELT.finditer(letters):
        last = spelt.end() == len(letters)
        soft = _SOFT.get(spelt.group()) if last and ahead in ("e", "i") else None
        found.extend((soft,) if soft else _SOUNDS.get(spelt.group(), ()))
    return tuple(found)
