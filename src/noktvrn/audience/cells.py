"""Single cells: text in, a checked value out. What is not clearly one thing is refused, never guessed."""

from __future__ import annotations

import re
from datetime import date
from typing import NoReturn

from noktvrn.kernel.errors import Invalid

LARGEST_COUNT = 10**15
LONGEST_TEXT = 120
LONGEST_PLATFORM = 40

_FORMULA = ("=", "+", "@", "-", "\t")
_DIGITS = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'’_ \u00a0\u202f][0-9]{3})+")
_DECIMAL = re.compile(r"[0-9]*[.,][0-9]+|[0-9]+[.,]")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def bad_cell(sentence: str, hint: str) -> Invalid:
    """The error of a cell or a row that cannot be read."""
    return Invalid(sentence, code="figures.bad_row", hint=hint)


def read_count(column: str, cell: str) -> int | None:
    """A whole number of zero or more; None where nothing was reported."""
    text = cell.strip()
    if not text:
        return None
    if not _DIGITS.fullmatch(text):
        _refuse_count(column, text)
    number = int(text) if len(text) <= 30 else LARGEST_COUNT + 1
    if number > LARGEST_COUNT:
        raise bad_cell(f"{column} is {shown(text)}, more than anything was ever heard.", "Check the number.")
    return number


def _refuse_count(column: str, text: str) -> NoReturn:
    if re.fullmatch(r"[-−]\s*[0-9.,]+", text):
        raise bad_cell(
            f"{column} is {shown(text)}: a count cannot be negative.", "Leave it empty if unknown."
        )
    if text.startswith(_FORMULA):
        raise bad_cell(f"{column} holds a formula, {shown(text)}.", "Export values, not formulas.")
    if _GROUPED.fullmatch(text):
        raise bad_cell(
            f"{column} is {shown(text)}: a thousands separator could be a decimal point.",
            f"Write {re.sub(r'[^0-9]', '', text)}, digits only.",
        )
    if _DECIMAL.fullmatch(text):
        raise bad_cell(f"{column} is {shown(text)}: counts are whole numbers.", "Write digits only.")
    raise bad_cell(
        f"{column} is {shown(text)}, which is not a whole number.",
        "Write digits only, and leave the cell empty where nothing was reported.",
    )


def read_day(column: str, cell: str) -> date:
    """A day written YYYY-MM-DD."""
    text = cell.strip()
    if not text:
        raise bad_cell(f"{column} is empty.", "Every row needs the first and the last day of its period.")
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise bad_cell(
            f"{column} is {shown(text)}, which is not a day.", "Write days as YYYY-MM-DD, like 2026-11-21."
        ) from None


def read_text(column: str, cell: str) -> str:
    """A short text without control characters that no spreadsheet would run as a formula."""
    text = " ".join(cell.split(" ")).strip(" ")
    if not text:
        raise bad_cell(f"{column} is empty.", f"Every row needs a {column}.")
    if text.startswith(_FORMULA):
        raise bad_cell(f"{column} looks like a formula, {shown(text)}.", f"Write the {column} itself.")
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise bad_cell(
            f"{column} is no plain short text: {shown(text)}.", f"At most {LONGEST_TEXT} characters."
        )
    return text


def read_platform(cell: str) -> str:
    """A platform's name in one spelling: lower case, underscores for spaces."""
    name = "_".join(read_text("platform", cell).lower().split())
    if len(name) > LONGEST_PLATFORM:
        raise bad_cell(f"platform is {shown(name)}.", f"At most {LONGEST_PLATFORM} characters.")
    return name


def read_release(cell: str) -> str:
    """A release's id, ISRC (without hyphens, upper case) or UPC (with the zero a spreadsheet dropped)."""
    text = read_text("release", cell)
    if _SCIENTIFIC.fullmatch(text):
        raise bad_cell(
            f"release is {shown(text)}: a spreadsheet rounded the UPC.",
            "Format the column as text and export again.",
        )
    code = re.sub(r"[\s-]", "", text).upper()
    if _ISRC.fullmatch(code):
        return code
    return text.zfill(12) if text.isascii() and text.isdigit() and len(text) in (10, 11) else text


def shown(text: str) -> str:
    """A cell as it is quoted in a message: short, nothing unprintable."""
    return repr(text if len(text) <= 40 else text[:40] + "...")
