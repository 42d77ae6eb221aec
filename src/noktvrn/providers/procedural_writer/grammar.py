"""A small text grammar: `[a|b]` is chosen by the seed, `{slot}` is filled, articles and capitals are set."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"(^|[.!?]\s+)([a-z])")
_SILENT_H = ("hour", "honest", "honour", "heir")
_CONSONANT_SOUND = ("uni", "use", "usu", "eu", "one", "ut", "uk")
_SPELT_VOWEL = re.compile(r"^(?:8|11|18|[AEFHILMNORSX](?=[A-Z\d&]))")


def fill(template: str, slots: Mapping[str, str], chance: random.Random) -> str:
    """One text from a template.

    `{a_x}` puts the article of slot x before it; a capital first letter (`{Theme1}`) capitalises.

    Raises:
        KeyError: the template names a slot that is not given.
    """
    chosen = template
    while _CHOICE.search(chosen):
        chosen = _CHOICE.sub(lambda found: chance.choice(found.group(1).split("|")), chosen, count=1)
    return sentence_case(_SLOT.sub(lambda found: _slot(found.group(1), slots), chosen))


def _slot(name: str, slots: Mapping[str, str]) -> str:
    key = name[0].lower() + name[1:]
    text = with_article(slots[key[2:]]) if key.startswith("a_") else slots[key]
    return text[:1].upper() + text[1:] if name[0].isupper() else text


def with_article(phrase: str) -> str:
    """`a` or `an`, by sound as far as spelling tells."""
    word = phrase.split()[0] if phrase.split() else phrase
    low = word.lower()
    vowel = low[:1] in "aeiou" and not low.startswith(_CONSONANT_SOUND)
    vowel = vowel or low.startswith(_SILENT_H) or bool(_SPELT_VOWEL.match(word))
    return f"{'an' if vowel else 'a'} {phrase}"


def sentence_case(text: str) -> str:
    """A capital at the beginning of every sentence."""
    return _SENTENCE.sub(lambda found: found.group(1) + found.group(2).upper(), text)


def is_plural(phrase: str) -> bool:
    """Whether a noun phrase takes a plural verb: `war drums` does, `slap bass` does not."""
    last = phrase.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
