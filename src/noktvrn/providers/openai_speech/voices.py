"""The stock voices, who of them speaks for an artist, and the languages they speak."""

from __future__ import annotations

import re

from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.kernel.seeds import derive_seed
from noktvrn.roles.singer import SingingRequest
from noktvrn.settings import Settings
from noktvrn.sound.voice.character import voice_of

LOW = ("ash", "ballad", "cedar", "echo", "onyx", "verse")
HIGH = ("coral", "marin", "nova", "sage", "shimmer")
NEITHER = ("alloy", "fable")
STOCK = frozenset({*LOW, *HIGH, *NEITHER})
CLASSIC = frozenset({"alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"})
"""What `tts-1` and `tts-1-hd` have of it."""
BY_REGISTER = {"baritone": LOW, "tenor": LOW, "alto": HIGH, "soprano": HIGH}
_NEUTRAL = re.compile(r"\b(androgynous|neutral)\b")

_TAGS = (
    "af ar az be bg bs ca cs cy da de el en es et fa fi fil fr gl he hi hr hu hy id is it ja kk kn ko "
    "lt lv mi mk mr ms nb ne nl no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh"
)
LANGUAGES = frozenset(_TAGS.split())
"""Primary subtags of what the voices speak (the list of the guide to text to speech)."""


def voice_for(settings: Settings, request: SingingRequest) -> str:
    """The voice of the settings, else the stock voice of the register the artist's profile calls for, drawn
    by its identity.

    Raises:
        NotAllowed: `voice_...` is a model of a person, and no name is set that their consent is kept by.
        Invalid: there is no such stock voice.
    """
    chosen = settings.openai_voice
    if chosen is None:
        return _drawn(request, classic=settings.openai_speech_model.startswith("tts-1"))
    if chosen in STOCK:
        return chosen
    if chosen.startswith("voice_"):
        if settings.openai_voice_name:
            return chosen
        raise NotAllowed(
            f"The OpenAI voice {chosen} is no stock voice.",
            code="voice.no_consent",
            hint="Record its person's consent with `noktvrn voice consent add`, and set OPENAI_VOICE_NAME.",
        )
    raise Invalid(
        f"OpenAI has no stock voice called {chosen}.",
        code="voice.unknown",
        hint=f"OPENAI_VOICE is one of {', '.join(sorted(STOCK))}.",
    )


def check_language(language: str) -> None:
    """Passes if the voices speak it. Raises Invalid where they do not."""
    if language.lower().replace("_", "-").split("-")[0] not in LANGUAGES:
        raise Invalid(
            f"OpenAI's voices do not speak {language!r}.",
            code="voice.language",
            hint="Cast espeak_singer or formant_singer.",
        )


def _drawn(request: SingingRequest, *, classic: bool) -> str:
    neutral = _NEUTRAL.search(request.voice.lower())
    wanted = NEITHER if neutral else BY_REGISTER[voice_of(request.identity, request.voice).register]
    fit = [name for name in wanted if not classic or name in CLASSIC]
    return min(fit, key=lambda name: derive_seed(request.identity.seed, "voice", name))
