"""Words out of a line of text: the one spelling every other file of this room counts and compares."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|\d+")
_START = re.compile(r"^[¿¡]*\w")
_ONES = [
    *["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"],
    *["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words_of(text: str) -> list[str]:
    """The words of `text` in order: case folded, straight apostrophes, digits read out as a singer would.

    Marks between letters part words (`late-night` is two); an apostrophe does not (`don't` is one).
    """
    found: list[str] = []
    for token in _WORD.findall(unicodedata.normalize("NFC", text)):
        if token.isdecimal():
            found.extend(read_number(token))
        else:
            found.append(token.casefold().replace("’", "'"))
    return found


def capital(text: str) -> str:
    """The text with its first letter large, behind the marks Spanish opens a question with too."""
    return _START.sub(lambda found: found[0].upper(), text, count=1)


def end_word(line: str) -> str:
    """The last word of a line, or an empty string where there is none."""
    words = words_of(line)
    return words[-1] if words else ""


def read_number(digits: str) -> list[str]:
    """How a singer reads a number: whole up to 99, in pairs up to 9999 (1984), else digit by digit."""
    if len(digits) > 4 or (len(digits) > 1 and digits[0] == "0"):
        return [_ONES[int(digit)] for digit in digits]
    number = int(digits)
    if number < 100:
        return _below_hundred(number)
    high, low = divmod(number, 100)
    if number % 1000 == 0:
        return [_ONES[number // 1000], "thousand"]
    if low == 0 or number < 1000:
        return [*_below_hundred(high), "hundred", *(_below_hundred(low) if low else [])]
    return [*_below_hundred(high), *(["oh"] if low < 10 else []), *_below_hundred(low)]


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return [_ONES[number]]
    tens, ones = divmod(number, 10)
    return [_TENS[tens], *([_ONES[ones]] if ones else [])]
