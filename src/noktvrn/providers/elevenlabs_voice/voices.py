"""Whose voice speaks: one of the service's stock, or one whose person's consent is on record here.

`GET /v1/voices` tells each voice's category: `premade` is the stock. `cloned`, `professional`, `famous` and
the like are models of persons and speak only under the name their consent is kept by.
"""

from __future__ import annotations

import re

from pydantic import Field

from noktvrn.kernel.errors import NotAllowed, Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.outbound.calls import Caller
from noktvrn.providers._kit.elevenlabs import Answer, read, told_by
from noktvrn.roles.singer import SingingRequest
from noktvrn.sound.voice.character import voice_of

STOCK = "premade"
GENDERS = {"baritone": "male", "tenor": "male", "alto": "female", "soprano": "female"}
_NEUTRAL = re.compile(r"\b(androgynous|neutral)\b")


class Labels(Answer):
    """What a voice is like, by the service's word."""

    gender: str = Field(default="", max_length=40)


class Voice(Answer):
    """A voice of the service."""

    voice_id: str = Field(pattern=r"^[A-Za-z0-9]{10,40}$")
    name: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=40)
    labels: Labels | None = None

    @property
    def gender(self) -> str:
        """`male`, `female`, `neutral`, or empty where it is not told."""
        return self.labels.gender.lower() if self.labels else ""


class Voices(Answer):
    """Every voice of the account."""

    voices: tuple[Voice, ...] = Field(max_length=5000)


def stock_voice(service: Caller, request: SingingRequest) -> Voice:
    """The stock voice of an artist: of the register its profile calls for, drawn by its identity.

    Raises:
        Refused: the account has no stock voice.
        Outside: the service does not answer.
    """
    reply = service.get("/v1/voices")
    if not reply.ok:
        raise told_by(reply, paid=False)
    stock = [voice for voice in read(Voices, reply.json()).voices if voice.category == STOCK]
    if not stock:
        raise Refused(
            "ElevenLabs offers this account no stock voice.",
            code="voice.no_stock",
            hint="Set ELEVENLABS_VOICE, or cast another singer.",
        )
    wanted = _gender(request)
    fit = [voice for voice in stock if voice.gender == wanted] or stock
    fit.sort(key=lambda voice: derive_seed(request.identity.seed, "voice", voice.voice_id))
    return fit[0]


def checked_voice(service: Caller, voice_id: str) -> Voice:
    """The voice of the settings, which needs no consent because it is of the stock.

    Raises:
        NotAllowed: it is a model of a person, and no name is set that their consent is kept by.
        Outside: the service does not know it, or does not answer.
    """
    reply = service.get(f"/v1/voices/{voice_id}")
    if not reply.ok:
        raise told_by(reply, paid=False)
    voice = read(Voice, reply.json())
    if voice.category == STOCK:
        return voice
    raise NotAllowed(
        f"The ElevenLabs voice {voice_id} is no stock voice ({voice.category or 'without a category'}).",
        code="voice.no_consent",
        hint="Record its person's consent with `noktvrn voice consent add`, and set ELEVENLABS_VOICE_NAME.",
    )


def _gender(request: SingingRequest) -> str:
    if _NEUTRAL.search(request.voice.lower()):
        return "neutral"
    return GENDERS[voice_of(request.identity, request.voice).register]
