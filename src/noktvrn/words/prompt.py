"""A person's sentence before anything is made of it: cleaned, checked, and freed of other people's names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.words.lexicon import Advisory, advisory
from noktvrn.words.mentions import without_names

LIMIT = 2_000
NOTHING_FOUND = Advisory()
NAME_TAKEN_OUT = "The name of a living artist was taken out; the style words stay."

_SCRIPTS = (
    ("ARABIC", "ar"),
    ("HEBREW", "he"),
    ("CYRILLIC", "ru"),
    ("GREEK", "el"),
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("DEVANAGARI", "hi"),
    ("THAI", "th"),
    ("ARMENIAN", "hy"),
    ("GEORGIAN", "ka"),
    ("BENGALI", "bn"),
    ("TAMIL", "ta"),
)


@dataclass(frozen=True, slots=True)
class CleanPrompt:
    """`text` to work with, what to tell the person, and the language its letters suggest (BCP 47)."""

    text: str
    notices: tuple[str, ...] = ()
    language_hint: str = "en"
    advisory: Advisory = NOTHING_FOUND


def clean(text: str) -> CleanPrompt:
    """The sentence in NFC without control characters, spaces folded, names of known acts taken out.

    Raises:
        Invalid: nothing to read in it, or more than `LIMIT` characters.
        NotAllowed: hate, or sexual content with minors.
    """
    _check_length(text)
    folded = _folded(text)
    _check_letters(folded)
    found = advisory(folded)
    if found.refusal:
        raise NotAllowed(
            f"Nothing is made of {found.refusal}.",
            code="prompt.refused",
            hint="Describe the music, its mood and its pictures in other words.",
        )
    freed, names = without_names(folded)
    _check_letters(freed, emptied=bool(names))
    notices = [NAME_TAKEN_OUT] if names else []
    if found.explicit:
        notices.append("Strong content: what is made of it carries the explicit advisory.")
    return CleanPrompt(freed, tuple(notices), language_hint(freed), found)


def language_hint(text: str) -> str:
    """The language the script of most letters suggests; Latin letters say `en`."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text):
        name = unicodedata.name(letter, "")
        language = next((tag for script, tag in _SCRIPTS if name.startswith(script)), "en")
        counts[language] = counts.get(language, 0) + 1
    if counts.get("ja") and counts.get("zh"):
        counts["ja"] += counts.pop("zh")
    return max(counts, key=lambda tag: counts[tag], default="en")


def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if _breaks(mark) else mark for mark in composed if not _unwanted(mark))
    return re.sub(r"\s+", " ", kept).strip()


def _breaks(mark: str) -> bool:
    return mark.isspace() or mark in "\x1c\x1d\x1e\x1f\x85"


def _unwanted(mark: str) -> bool:
    """Control, format (but joiners of scripts that need them), surrogate and private-use characters."""
    return (
        unicodedata.category(mark) in {"Cc", "Cf", "Cs", "Co", "Cn"}
        and not _breaks(mark)
        and mark not in "\u200c\u200d"
    )


def _check_length(text: str) -> None:
    if len(text) > LIMIT:
        raise Invalid(
            f"The prompt has {len(text):,} characters.",
            code="prompt.too_long",
            hint=f"Keep it within {LIMIT:,} characters: a few sentences are enough.",
        )


def _check_letters(text: str, *, emptied: bool = False) -> None:
    if any(mark.isalpha() for mark in text):
        return
    reason = (
        "Without the artist's name nothing is left of the prompt." if emptied else "The prompt has no words."
    )
    raise Invalid(
        reason,
        code="prompt.empty",
        hint='Say what the artist is like, for example: "A shy folk singer of long winters".',
    )
