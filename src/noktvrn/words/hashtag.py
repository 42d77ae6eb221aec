"""One hashtag of a phrase or a name: letters and digits only, capitals where words meet."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile("['\u2019]")


def tag(text: str) -> str:
    """The hashtag; acronyms keep their capitals, apostrophes part no word."""
    words = re.findall(r"\w+", _APOSTROPHES.sub("", unicodedata.normalize("NFC", text)).replace("_", " "))
    return "#" + "".join(word[:1].upper() + word[1:] for word in words)


def name_tag(name: str) -> str:
    """An artist's own hashtag; a name written in capitals is no acronym."""
    return tag(_APOSTROPHES.sub("", name).title())
