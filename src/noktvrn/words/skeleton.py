"""What a name looks and sounds like when its disguise is off."""

from __future__ import annotations

import re
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
_APOSTROPHE = re.compile("['’ʼ]")
_LAID_ON = frozenset(("Mn", "Me", "Cf"))
_BY_NAME = re.compile(
    r"(?:NEGATIVE |PARENTHESIZED |CIRCLED |SQUARED |CROSSED )*(?:REGIONAL INDICATOR SYMBOL|LATIN)"
    r" (?:SMALL |CAPITAL )?(?:LETTER )(?:SMALL CAPITAL )?"
    r"(?:(?:TURNED|REVERSED|OPEN|DOTLESS|LONG|SCRIPT|SIDEWAYS|INSULAR|CLOSED|BARRED|INVERTED|BLACKLETTER|HALF"
    r"|TAILLESS|STRETCHED|BOTTOM|TOP|BROKEN) )*([A-Z])(?: (?:WITH|HOOK|LEG|BAR|ROTUNDA).*)?"
)
"""Names of the variants of one Latin letter in the Unicode Character Database."""
_LEET = str.maketrans("0134578@$!|€", "oieastbasile")


def bare(text: str) -> str:
    """`text` case folded, without accents, its lookalikes of other scripts written in Latin letters."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    if folded.isascii():
        return folded
    letters = without_marks(folded).translate(_LOOKALIKES)
    return letters if letters.isascii() else "".join(latin_letter(mark) or mark for mark in letters)


def without_marks(text: str) -> str:
    """`text` decomposed, without accents, joiners and other marks laid on or between letters."""
    return "".join(
        mark for mark in unicodedata.normalize("NFKD", text) if unicodedata.category(mark) not in _LAID_ON
    )


@lru_cache(maxsize=8192)
def latin_letter(mark: str) -> str:
    """The small Latin letter `mark` is a variant of, by its Unicode name; empty where it is none."""
    found = _BY_NAME.fullmatch(unicodedata.name(mark, ""))
    return found[1].lower() if found else ""


def unleet(word: str) -> str:
    """Digits and signs that stand for letters, as the letters; a word without letters stays as it is."""
    return word.translate(_LEET) if any(mark.isalpha() for mark in word) else word


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """The letters and digits of a name as a hurried eye reads them; words apart by one space."""
    words = "".join(
        mark if mark.isalnum() or mark in "$@!" else " " for mark in _APOSTROPHE.sub("", bare(name))
    )
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
