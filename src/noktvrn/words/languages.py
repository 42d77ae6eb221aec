"""Which language a person wants songs in: named in a sentence, or the one the sentence is written in."""

from __future__ import annotations

import re

from noktvrn.words.prompt import language_hint
from noktvrn.words.tokens import words_of
from noktvrn.words.tongue import base

NAMES: dict[str, tuple[str, ...]] = {
    "en": ("English", "inglés", "anglais", "englisch"),
    "es": ("Spanish", "español", "castellano", "espagnol", "spanisch"),
    "fr": ("French", "français", "francés", "französisch"),
    "de": ("German", "Deutsch", "alemán", "allemand"),
    "it": ("Italian", "italiano", "italien", "italienisch"),
    "pt": ("Portuguese", "português", "portugués", "portugiesisch"),
    "ca": ("Catalan", "català", "catalán"),
    "gl": ("Galician", "gallego", "galego"),
    "eu": ("Basque", "euskera", "euskara"),
    "nl": ("Dutch", "Nederlands"),
    "sv": ("Swedish", "svenska"),
    "no": ("Norwegian", "norsk"),
    "da": ("Danish", "dansk"),
    "fi": ("Finnish", "suomi"),
    "is": ("Icelandic", "íslenska"),
    "pl": ("Polish", "polsku"),
    "cs": ("Czech", "česky"),
    "hu": ("Hungarian", "magyarul"),
    "ro": ("Romanian", "română"),
    "tr": ("Turkish", "Türkçe"),
    "el": ("Greek", "ελληνικά"),
    "ru": ("Russian", "русском"),
    "uk": ("Ukrainian", "українською"),
    "ar": ("Arabic", "العربية"),
    "he": ("Hebrew", "עברית"),
    "hi": ("Hindi", "हिन्दी"),
    "ja": ("Japanese", "日本語"),
    "ko": ("Korean", "한국어"),
    "zh": ("Chinese", "Mandarin", "中文"),
    "vi": ("Vietnamese", "tiếng Việt"),
    "id": ("Indonesian", "bahasa Indonesia"),
    "sw": ("Swahili", "Kiswahili"),
    "yo": ("Yoruba",),
}
"""BCP 47 tag -> what people call the language; the English name first."""

_FUNCTION_WORDS = {
    "en": "the a an of and with who in for about from that is are her his on at to by",
    "es": "el la los las del y un una con para su sus que canta cantante voz sobre muy en",
    "fr": "le la les des et un une avec qui dans sur du pour chante chanteuse chanteur aux",
    "de": "der die das und ein eine einen mit von für über sängerin sänger singt im",
    "pt": "o os um uma com da do das dos e que não sobre canta cantora cantor em",
    "it": "il lo gli di del della un una con che per canta cantante sul nel e",
}
_ENOUGH = 2
_ENDS = (
    r"(?=\s*(?:$|[.,;:!?()\-–—]|(?:and|or|with|about|over|for|of|on|to|y|con|sobre|et|avec|und|mit|e|com)\b))"
)
_NAMED = {
    tag: re.compile(
        rf"\b(?:in|en|auf|em|på|на|po)\s+(?:{'|'.join(names)}){_ENDS}"
        rf"|\b(?:{'|'.join(names)})(?:[- ]language|[- ]speaking)?\s+(?:lyrics|vocals|words|singing|songs)\b"
        rf"|\b(?:{'|'.join(names)})[- ](?:language|speaking)\b",
        re.IGNORECASE,
    )
    for tag, names in NAMES.items()
}


def wanted(text: str) -> str:
    """The language a sentence asks for, by name, else the one it is written in; empty where nothing tells.

    English is never guessed: it is what most people write a prompt in, whatever they want sung.
    """
    named = [(found.start(), tag) for tag, form in _NAMED.items() if (found := form.search(text))]
    if named:
        return min(named)[1]
    script = language_hint(text)
    return script if script != "en" else _spelt(text)


def called(tag: str) -> str:
    """What English calls a language; the tag itself where it is not known here."""
    return NAMES.get(base(tag), (tag,))[0]


def _spelt(text: str) -> str:
    """The language whose small words a sentence has most of, if that is clear."""
    said = words_of(text)
    counts = {tag: sum(word in words.split() for word in said) for tag, words in _FUNCTION_WORDS.items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    winner = max(counts, key=lambda tag: counts[tag])
    return winner if winner != "en" and best >= _ENOUGH and best > second else ""
