"""Singer, played by ElevenLabs' speech."""

from __future__ import annotations

from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, Delivery, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.elevenlabs import CREDITS, caller
from noktvrn.providers._kit.recital import Pace, Speaker, recited
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.elevenlabs_voice.languages import code_for
from noktvrn.providers.elevenlabs_voice.speech import NAME, VoiceService
from noktvrn.providers.elevenlabs_voice.voices import checked_voice, stock_voice
from noktvrn.providers.registry import price
from noktvrn.roles.singer import SingingRequest, SungStem
from noktvrn.settings import Settings

VERSION = "1"
"""Rises with every change that makes the same request another order."""

PACE = Pace(slowest=0.7, fastest=1.2)
_SEEDS = 2**32
_MANNER = {"stability": 0.5, "similarity_boost": 0.75, "style": 0}


class ElevenLabsVoice:
    """Speaks the words; it sings no tune."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit

    def sing(self, request: SingingRequest) -> SungStem:
        """The lines, spoken where they would be sung.

        Raises:
            Invalid: the model does not speak the language, or there is no word.
            NotAllowed: the voice of the settings is a person's without a consent.
            BudgetSpent, Outside: no room in a budget; the service refused, failed, or nobody knows.
        """
        code = code_for(self._settings.elevenlabs_voice_model, request.language)
        voice = self._voice(request)
        service = VoiceService(self._settings)

        def said(text: str, speed: float) -> Delivery:
            return self._kit.desk.done(self.order(request, text, speed, voice, code), service)

        recital = recited(request, Speaker(said, PACE, lambda: find_ffmpeg(self._settings.ffmpeg)))
        consented = (self._settings.elevenlabs_voice_name or "") if self._settings.elevenlabs_voice else ""
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
                model=self._settings.elevenlabs_voice_model,
                seed=request.seed,
                prompt=f"voice {voice}",
                lossy_source=recital.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=recital.tickets[0],
            ),
        )

    def order(
        self, request: SingingRequest, text: str, speed: float, voice: str, code: str | None
    ) -> JobOrder:
        """One line as it is ordered, and the most it can cost: a credit a character."""
        body: dict[str, Any] = {
            "text": text,
            "model_id": self._settings.elevenlabs_voice_model,
            "seed": derive_seed(request.seed, NAME, text) % _SEEDS,
            "voice_settings": {**_MANNER, "speed": speed},
        }
        if code is not None:
            body["language_code"] = code
        told = price(NAME)
        return JobOrder(
            provider=NAME,
            purpose="speak",
            errand=request.errand,
            request={"voice": voice, "body": body},
            kind="audio",
            quote=Quote(
                charges=(
                    Charge(amount=len(text) * told["credit_micros"]),
                    Charge(unit=CREDITS, amount=len(text)),
                ),
                usual_s=told["usual_s"],
            ),
        )

    def _voice(self, request: SingingRequest) -> str:
        """The voice's id. One with a consent's name is believed here: the house looks the consent up."""
        chosen = self._settings.elevenlabs_voice
        if chosen and self._settings.elevenlabs_voice_name:
            return chosen
        service = caller(self._settings)
        found = checked_voice(service, chosen) if chosen else stock_voice(service, request)
        return found.voice_id
