"""What a name looks and sounds like when its disguise is off."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from noktvrn.words.phonetics import VOWELS, phones

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕԁԛԝһѵьєз", "abekmhopctyxijsdqwhvbe3", strict=True)),
        **dict(zip("αβεηικμνοπρτυχωγ", "abenikuvonptuxwy", strict=True)),
        **dict(zip("øłđħıŧßœæŋþðƒ", "oldhitsoanpdf", strict=True)),
        **dict(zip("ꞵɡɑɩʟɴʀʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ", "bgailnryacdejkmoptuvwz", strict=True)),
    }
)
_LEET = str.maketrans("0134578@$!|€", "oieastbasile")


def bare(text: str) -> str:
    """`text` case folded, without accents, its lookalikes of other scripts written in Latin letters."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(mark for mark in folded if not unicodedata.combining(mark))
    return letters.translate(_LOOKALIKES)


def unleet(word: str) -> str:
    """Digits and signs that stand for letters, as the letters; a word without letters stays as it is."""
    return word.translate(_LEET) if any(mark.isalpha() for mark in word) else word


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """The letters and digits of a name as a hurried eye reads them; words apart by one space."""
    words = "".join(mark if mark.isalnum() or mark in "$@!" else " " for mark in bare(name).replace("'", ""))
    return " ".join(unleet(word.rstrip("!")) for word in words.split()).strip()


@lru_cache(maxsize=65536)
def phonetic_key(name: str) -> str:
    """A name as heard, word by word: consonants by their sound, every vowel alike."""
    return " ".join(_heard(word) for word in skeleton(name).split())


def _heard(word: str) -> str:
    return "".join("_" if sound in VOWELS else "S" if sound == "Z" else sound for sound in phones(word))


def ratio(one: str, other: str) -> float:
    """How alike two strings are: twice their longest common subsequence over both lengths, in [0, 1].

    Bit-parallel (Hyyrö 2004): a whole row of the table is one integer.
    """
    if not one or not other:
        return float(one == other)
    places: dict[str, int] = {}
    for place, mark in enumerate(one):
        places[mark] = places.get(mark, 0) | (1 << place)
    full = (1 << len(one)) - 1
    row = full
    for mark in other:
        met = row & places.get(mark, 0)
        row = ((row + met) | (row - met)) & full
    return 2.0 * (len(one) - row.bit_count()) / (len(one) + len(other))
