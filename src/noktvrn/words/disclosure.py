"""Words that say an artist is no person: found in a text, and said where they are missing.

English and Spanish are read and said; for every other language the English sentence is added.
"""

from __future__ import annotations

import re

from noktvrn.words.tongue import written

_ENGLISH = (
    r"(?<!\bnot an )(?<!n't an )(?<!\bno )\bAI[- ](?:persona|artist|act|band|singer)\b"
    r"|(?<!\bnot a )(?<!n't a )(?<!\bno )\bvirtual (?:\w+ )?(?:artist|act|band|persona|singer)\b"
)
_WHO = r"(?:persona|artista|banda|grupo|dúo|cantante|voz|personaje|proyecto)s?"
_SPANISH = (
    rf"(?<!\bno es un )(?<!\bno es una )(?<!\bno soy un )(?<!\bno soy una )(?<!\bno son )\b{_WHO} "
    r"(?:\w+ )?(?:de (?:IA|inteligencia artificial)|virtual(?:es)?|artificial(?:es)?)\b"
)
_TOLD = re.compile(f"{_ENGLISH}|{_SPANISH}", re.IGNORECASE)
_SENTENCES = {"en": "{name} is an AI persona.", "es": "{name} es una persona de IA."}


def discloses(text: str) -> bool:
    """Whether a text says that its artist is an AI persona or a virtual artist; a denial does not."""
    return bool(_TOLD.search(text))


def disclosure(name: str, language: str) -> str:
    """The sentence that says so, in a language (BCP 47)."""
    return _SENTENCES[written(language)].format(name=name)
