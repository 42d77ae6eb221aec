"""Which voice of espeak-ng speaks a language, and which of its variants is an artist's."""

from __future__ import annotations

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.voice.character import Voice

VOICES = {
    "en": "en-us",
    "en-gb": "en-gb",
    "de": "de",
    "es": "es",
    "es-mx": "es-419",
    "es-ar": "es-419",
    "es-419": "es-419",
    "fr": "fr-fr",
    "fr-be": "fr-be",
    "fr-ch": "fr-ch",
    "it": "it",
    "pt": "pt",
    "pt-br": "pt-br",
    "nl": "nl",
    "uk": "uk",
    "ru": "ru",
    "pl": "pl",
    "cs": "cs",
    "sk": "sk",
    "sv": "sv",
    "da": "da",
    "nb": "nb",
    "no": "nb",
    "fi": "fi",
    "ro": "ro",
    "hu": "hu",
    "el": "el",
    "tr": "tr",
    "hr": "hr",
    "sr": "sr",
    "bg": "bg",
    "ca": "ca",
    "eo": "eo",
    "la": "la",
    "id": "id",
    "sw": "sw",
}
"""BCP 47 tags, in small letters, by voice; the longest tag that fits is taken."""

VARIANTS = {
    "baritone": (("m7", 75), ("m1", 85)),
    "tenor": (("m3", 99), ("m7", 99)),
    "alto": (("steph", 70), ("f1", 90)),
    "soprano": (("belinda", 85), ("steph", 99)),
}
"""Variants without an echo of their own, and the pitch (0..99) that brings them near to the register."""


def voice_for(language: str) -> str:
    """The voice for a BCP 47 tag.

    Raises:
        Invalid: the program sings no such language here.
    """
    parts = language.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        found = VOICES.get("-".join(parts[:length]))
        if found is not None:
            return found
    known = ", ".join(sorted({tag.split("-")[0] for tag in VOICES}))
    raise Invalid(
        f"espeak_singer does not sing {language!r}.",
        code="voice.language",
        hint=f"It sings {known}; formant_singer sings the vowels of every language.",
    )


def variant_for(voice: Voice, seed: int) -> tuple[str, int]:
    """The artist's variant and its pitch."""
    choice = VARIANTS[voice.register]
    return choice[derive_seed(seed, "espeak") % len(choice)]
