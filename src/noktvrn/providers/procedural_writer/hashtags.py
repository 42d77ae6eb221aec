"""Hashtags: letters and digits only, capitals where words meet, no idea twice."""

from __future__ import annotations

import re
import unicodedata

from noktvrn.providers.procedural_writer.cues import stems


def tag(text: str) -> str:
    """One hashtag of a name or a phrase; acronyms keep their capitals, apostrophes part no word."""
    words = re.findall(r"\w+", re.sub("['\u2019]", "", unicodedata.normalize("NFC", text)).replace("_", " "))
    return "#" + "".join(word[:1].upper() + word[1:] for word in words)


def says_again(name: str, genre: str) -> bool:
    """Whether a subgenre only repeats its genre, or hangs a word on it (`dark atmospheric electronic`)."""
    one, other = set(stems(name)), set(stems(genre))
    return len(one & other) >= min(2, len(other))
