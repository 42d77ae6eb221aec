"""How a text of the metadata is spelt on a picture: as given, in a related face, romanised, or not at all."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from noktvrn.picture.type.faces import Face
from noktvrn.picture.type.romanise import plain_latin, romanise

MAX_LETTERS = 240

_JOINERS = frozenset("\u200d\ufe0f\ufe0e\u20e3")
_TYPED = {"\u2010": "-", "\u2011": "-", "\u2032": "'", "\u02bc": "'", "`": "'"}
_SPEECH = {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'}


@dataclass(frozen=True)
class Spelling:
    """What will be drawn, in which face. `text` is empty where nothing could be drawn; `note` says why."""

    text: str
    face: Face
    romanised: bool = False
    note: str = ""


def spell(text: str, wanted: Face, *, what: str = "title") -> Spelling:
    """The spelling of `text` in `wanted` or its stand-in.

    Emoji, control and direction marks are dropped. Where no bundled face draws a script the text is
    romanised; where that is not known either, nothing is drawn. Every change is told in the note.
    """
    clean, dropped = cleaned(text)
    note = f"{what}: signs no typeface draws were left out" if dropped and clean else ""
    for face in (wanted, wanted.stand_in):
        if face.draws(clean):
            return Spelling(clean, face, note=note or _nothing(clean, what))
    latin = _romanised(clean, wanted)
    if latin is None:
        return Spelling("", wanted, note=f"{what}: no bundled face draws it and no romanisation is known")
    face = wanted if wanted.draws(latin) else wanted.stand_in
    return Spelling(latin, face, romanised=True, note=f"{what}: romanised as {latin!r}")


def cleaned(text: str) -> tuple[str, bool]:
    """`text` composed (NFC), one space between words, without emoji and marks that show nothing.

    Says also whether something a reader would see was taken out.
    """
    kept: list[str] = []
    dropped = False
    for given in unicodedata.normalize("NFC", text):
        letter = _TYPED.get(given, given)
        if _shows_nothing(letter):
            kept.append(" " if letter.isspace() else "")
        elif _is_sign(letter):
            dropped = True
        else:
            kept.append(letter)
    words = " ".join("".join(kept).split())
    return _bare_marks(words)[:MAX_LETTERS].strip(), dropped or len(words) > MAX_LETTERS


def _nothing(clean: str, what: str) -> str:
    return "" if clean else f"{what}: nothing in it can be drawn"


def _shows_nothing(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
        "Zs",
    )


def _is_sign(letter: str) -> bool:
    """Emoji, dingbats, modifiers; letters and the signs of prose stay."""
    return unicodedata.category(letter) in ("So", "Sk") and letter not in "°©®™№^`´¨~"


def _bare_marks(text: str) -> str:
    """Combining marks that stand on nothing, or in a heap of more than two, are taken out."""
    out: list[str] = []
    heap = 2
    for letter in text:
        if unicodedata.combining(letter):
            heap += 1
            if heap > 2:
                continue
        else:
            heap = 0 if not letter.isspace() else 2
        out.append(letter)
    return "".join(out)


def _romanised(text: str, wanted: Face) -> str | None:
    """Latin spelling every letter of which can be drawn, or None."""
    latin = romanise(text)
    for attempt in (latin, "".join(_SPEECH.get(letter, letter) for letter in latin)):
        for face in (wanted, wanted.stand_in):
            if face.draws(attempt):
                return attempt
    plain = "".join(_plain(letter, wanted.stand_in) for letter in latin)
    drawable = wanted.draws(plain) or wanted.stand_in.draws(plain)
    return plain if plain.strip() and drawable else None


def _plain(letter: str, face: Face) -> str:
    return letter if face.draws(letter) else plain_latin(letter)
