"""Singer, played by OpenAI's speech."""

from __future__ import annotations

from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, Delivery, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.recital import Pace, Speaker, recited
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.openai_speech.speech import NAME, SpeechService
from noktvrn.providers.openai_speech.voices import check_language, voice_for
from noktvrn.providers.registry import price
from noktvrn.roles.singer import SingingRequest, SungStem
from noktvrn.settings import Settings
from noktvrn.words.mentions import without_names

VERSION = "1"
"""Rises with every change that makes the same request another order."""

PACE = Pace(slowest=0.25, fastest=2.0)
"""It takes up to 4, at which nobody understands a word."""
LONGEST_MANNER = 300


class OpenAISpeech:
    """Speaks the words; it sings no tune."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit

    def sing(self, request: SingingRequest) -> SungStem:
        """The lines, spoken where they would be sung.

        Raises:
            Invalid: the voices do not speak the language, there is no such voice, or there is no word.
            NotAllowed: the voice of the settings is a person's without a consent.
            BudgetSpent, Outside: no room in a budget; the service refused, failed, or nobody knows.
        """
        check_language(request.language)
        voice = voice_for(self._settings, request)
        service = SpeechService(self._settings)

        def said(text: str, speed: float) -> Delivery:
            return self._kit.desk.done(self.order(request, text, speed, voice), service)

        recital = recited(request, Speaker(said, PACE, lambda: find_ffmpeg(self._settings.ffmpeg)))
        consented = (self._settings.openai_voice_name or "") if voice.startswith("voice_") else ""
        return SungStem(
            stem=recital.stem,
            words="spoken",
            voice=consented,
            use="clone",
            stock=not consented,
            provenance=Provenance(
                engine=NAME,
                engine_version=VERSION,
                licence_class="licensed",
                source_type=SourceType.TRAINED,
                model=self._settings.openai_speech_model,
                prompt=f"voice {voice}",
                lossy_source=recital.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=recital.tickets[0],
            ),
        )

    def order(self, request: SingingRequest, text: str, speed: float, voice: str) -> JobOrder:
        """One line as it is ordered, and the most it can cost."""
        model = self._settings.openai_speech_model
        body: dict[str, Any] = {
            "model": model,
            "input": text,
            "voice": {"id": voice} if voice.startswith("voice_") else voice,
            "response_format": "wav",
            "speed": speed,
        }
        if not model.startswith("tts-1"):
            body["instructions"] = _manner(request)
        return JobOrder(
            provider=NAME,
            purpose="speak",
            errand=request.errand,
            request=body,
            kind="audio",
            quote=Quote(charges=(Charge(amount=_micros(model, len(text))),), usual_s=price(NAME)["usual_s"]),
        )


def _manner(request: SingingRequest) -> str:
    """How the line is to be spoken, for models that are told. No name of a known act stays in it."""
    voice = without_names(request.voice)[0] or "plain"
    return f"Speak it as a line of a song, in time and without haste. The voice: {voice}."[:LONGEST_MANNER]


def _micros(model: str, characters: int) -> int:
    """The price of so many characters, by the longest beginning of the model's name that has one."""
    told = price(NAME)
    known = [name for name in told["char_micros"] if model.startswith(name)]
    each = told["char_micros"][max(known, key=len)] if known else told["unknown_char_micros"]
    return int(characters * each)
