"""Which languages the models speak, by their primary subtags (ISO 639-1, as the service lists them)."""

from __future__ import annotations

from noktvrn.kernel.errors import Invalid

_TAGS = "en ja zh de hi fr ko pt it es id nl tr fil pl sv bg ro ar cs el fi hr ms sk da ta uk ru"
_MULTILINGUAL = frozenset(_TAGS.split())
_WIDER = _MULTILINGUAL | {"hu", "no", "nb", "vi"}
SPOKEN = {"eleven_multilingual_v2": _MULTILINGUAL, "eleven_flash_v2_5": _WIDER, "eleven_v3": _WIDER}
NAMED = frozenset({"eleven_flash_v2_5", "eleven_v3"})
"""Models that are told the language; the others hear it from the words and refuse to be told."""
_CODES = {"nb": "no"}


def code_for(model: str, language: str) -> str | None:
    """The `language_code` that is sent for a BCP 47 tag; None: the model is not told.

    Raises:
        Invalid: the model does not speak the language.
    """
    primary = language.lower().replace("_", "-").split("-")[0]
    if primary not in SPOKEN[model]:
        raise Invalid(
            f"ElevenLabs' {model} does not speak {language!r}.",
            code="voice.language",
            hint="Set another ELEVENLABS_VOICE_MODEL, or cast espeak_singer or formant_singer.",
        )
    return _CODES.get(primary, primary) if model in NAMED else None
