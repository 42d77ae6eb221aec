"""A small text grammar: `[a|b]` is chosen by the seed, `{slot}` filled, verbs, articles and capitals set."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence

from noktvrn.providers.procedural_writer.cues import word_set

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_VERB = re.compile(r"<(\w+):(\w+)>")
_TWO_STOPS = re.compile(r"\.\.(?!\.)")
_SENTENCE = re.compile(r"(^|[.!?]\s+|\n+)([a-z])")
_HEAD_ENDS = word_set(
    "of in on at with without that who after before under by for to from hung pressed used kept written made "
    "filed traced chosen tuned recorded counted worn closed older red mended folded going nobody cut"
)
_SILENT_H = ("hour", "honest", "honour", "heir")
_CONSONANT_SOUND = ("uni", "use", "usu", "eu", "one", "ut", "uk")
_SPELT_VOWEL = re.compile(r"^(?:8|11|18|[AEFHILMNORSX](?=[A-Z\d&]))")
_SINGULAR = {"be": "is", "was": "was", "have": "has", "do": "does"}
_PLURAL = {"be": "are", "was": "were"}


def fill(
    template: str,
    slots: Mapping[str, str],
    chance: random.Random,
    plurals: Collection[str] = (),
    *,
    sentences: bool = True,
) -> str:
    """One text from a template.

    `{a_x}` puts the article of slot x before it; a capital first letter (`{Theme1}`) capitalises; `<keep:x>`
    is the verb in the number of slot x, plural where x is among `plurals`. Sentences begin with a capital
    unless the text is a phrase (`sentences` false).

    Raises:
        KeyError: the template names a slot that is not given.
    """
    chosen = template
    while _CHOICE.search(chosen):
        chosen = _CHOICE.sub(lambda found: chance.choice(found.group(1).split("|")), chosen, count=1)
    agreed = _VERB.sub(lambda found: conjugate(found.group(1), plural=found.group(2) in plurals), chosen)
    filled = _TWO_STOPS.sub(".", _SLOT.sub(lambda found: _slot(found.group(1), slots), agreed))
    return sentence_case(filled) if sentences else filled


def _slot(name: str, slots: Mapping[str, str]) -> str:
    key = name[0].lower() + name[1:]
    text = with_article(slots[key[2:]]) if key.startswith("a_") else slots[key]
    return text[:1].upper() + text[1:] if name[0].isupper() else text


def conjugate(verb: str, *, plural: bool) -> str:
    """The third person of a plain form: `keep` is keeps or keep; `be`, `was`, `have`, `do` are irregular."""
    if plural:
        return _PLURAL.get(verb, verb)
    if verb in _SINGULAR:
        return _SINGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "s"


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
    """Whether a noun phrase takes a plural verb: `war drums` does, `slap bass` and `news of rain` do not."""
    if phrase.startswith(("a ", "an ")):
        return False
    words = phrase.split()
    head = next((at for at, word in enumerate(words) if word in _HEAD_ENDS), len(words))
    last = words[head - 1 if head else -1].lower()
    return " and " in phrase or (
        last.endswith("s") and not last.endswith(("ss", "us", "is", "news", "blues"))
    )


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
