"""Romanisation of scripts no bundled face draws: a reading aid, simple and without claim to scholarship.

Hangul follows the Revised Romanization syllable by syllable (no sound changes between syllables), kana
follows Hepburn without long vowels; the alphabets go letter by letter. Han characters have no reading of
their own without a dictionary, so they stay as they are and the caller must do without.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_INITIAL = (
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "-",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
)
_VOWEL = (
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
)
_FINAL = (
    "-",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
)
_HANGUL = range(0xAC00, 0xD7A4)
_SMALL_TSU = "っ"
_VIRAMA = frozenset("\u094d\u09cd\u0bcd\u0c4d")
_LONG = "ー"


def romanise(text: str) -> str:
    """`text` with every character of a known script in Latin letters; unknown ones stay."""
    plain = "".join(_hangul(letter) for letter in unicodedata.normalize("NFC", text))
    spelt = _kana(plain)
    return _capitalised(unicodedata.normalize("NFC", "".join(_letters(spelt))), text)


def plain_latin(text: str) -> str:
    """`text` without accents and compatibility forms, as far as Unicode can take them off."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@cache
def _table() -> dict[str, dict[str, str]]:
    data = tomllib.loads((Path(__file__).parent / "scripts.toml").read_text(encoding="utf-8"))
    kana: dict[str, str] = data["kana"]
    letters = {
        letter: latin for name, script in data.items() if name != "kana" for letter, latin in script.items()
    }
    return {"kana": kana, "letters": letters}


def _hangul(letter: str) -> str:
    if ord(letter) not in _HANGUL:
        return letter
    index = ord(letter) - _HANGUL.start
    parts = (_INITIAL[index // 588], _VOWEL[index % 588 // 28], _FINAL[index % 28])
    return "".join(part for part in parts if part != "-")


def _hiragana(letter: str) -> str:
    return chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter


def _kana(text: str) -> str:
    table = _table()["kana"]
    letters = [_hiragana(letter) for letter in text]
    out: list[str] = []
    index = 0
    while index < len(letters):
        pair, one = "".join(letters[index : index + 2]), letters[index]
        if pair in table:
            out.append(table[pair])
            index += 2
            continue
        out.append("" if one == _LONG else table.get(one, one))
        index += 1
    return _doubled("".join(out))


def _doubled(text: str) -> str:
    while _SMALL_TSU in text:
        before, _mark, after = text.partition(_SMALL_TSU)
        text = before + ("t" if after.startswith("ch") else after[:1]) + after
    return text


def _letters(text: str) -> list[str]:
    """Letter by letter; in Indic scripts a consonant's own `a` falls before a vowel sign or a virama."""
    table = _table()["letters"]
    out: list[str] = []
    for letter in text:
        latin = table.get(letter)
        sign = letter in _VIRAMA or (
            unicodedata.category(letter) in ("Mn", "Mc") and "INDIC" in _kind(letter)
        )
        if sign and out and out[-1].endswith("a"):
            out[-1] = out[-1][:-1]
        out.append(letter if latin is None else latin)
    return out


def _kind(letter: str) -> str:
    indic = ("DEVANAGARI VOWEL", "BENGALI VOWEL", "TAMIL VOWEL", "TELUGU VOWEL")
    return "INDIC" if unicodedata.name(letter, "").startswith(indic) else ""


def _capitalised(latin: str, source: str) -> str:
    """Words of scripts without capitals begin with one; the rest keeps its own."""
    if latin == source:
        return latin
    return " ".join(word[:1].upper() + word[1:] if word.islower() else word for word in latin.split(" "))
