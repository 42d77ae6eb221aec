"""Composer, played by ElevenLabs Music."""

from __future__ import annotations

from math import ceil
from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit, in_words
from noktvrn.providers._kit.elevenlabs import CREDITS
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.elevenlabs_music.chunks import MOST_STYLES, check_length, composition_plan
from noktvrn.providers.elevenlabs_music.songs import NAME, MusicService
from noktvrn.providers.registry import price
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"
"""Rises with every change that makes the same request another order."""

LONGEST_PROMPT = 4100
_SEEDS = 2**31
_SPARE = 1.1
"""Songs come a little longer than they were asked for, and are billed by their length."""


class ElevenLabsComposer:
    """Orders a song with its words sung, or an instrumental where there are none."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit

    def compose(self, request: CompositionRequest) -> Recording:
        """The song as one mix, its time-line by ear.

        Raises:
            Invalid: its length or its words are beyond what the service takes.
            BudgetSpent, Outside: no room in a budget; the service refused, failed, or nobody knows.
        """
        order = self.order(request)
        delivery = self._kit.desk.done(order, MusicService(self._settings))
        song = outside_song(
            delivery.files[0].path, request.folder, lambda: find_ffmpeg(self._settings.ffmpeg), request.plan
        )
        body = order.request["body"]
        return Recording(
            stems=(StemFile(name="mix", path=song.path),),
            timeline=song.timeline,
            sung="composition_plan" in body,
            provenance=Provenance(
                engine=NAME,
                engine_version=VERSION,
                licence_class="licensed",
                source_type=SourceType.TRAINED,
                model=body["model_id"],
                seed=body.get("seed"),
                prompt=as_sent(body),
                lossy_source=song.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )

    def order(self, request: CompositionRequest) -> JobOrder:
        """What is ordered, and the most it can cost. Raises Invalid as `compose` does."""
        parts = in_words.stretches(request)
        seconds = sum(part.seconds for part in parts)
        body = _sung(request) if any(part.lines for part in parts) else _played(request, seconds)
        body |= {"model_id": self._settings.elevenlabs_music_model, "sign_with_c2pa": True}
        return JobOrder(
            provider=NAME,
            purpose="compose",
            errand=request.errand,
            request={"output_format": self._settings.elevenlabs_output, "body": body},
            kind="audio",
            quote=quote(seconds),
        )


def quote(seconds: float) -> Quote:
    """The most a song of this length costs at the list price, in money and in the account's credits."""
    told = price(NAME)
    most = ceil(_SPARE * seconds / 60.0 * told["minute_credits"])
    return Quote(
        charges=(Charge(amount=most * told["credit_micros"]), Charge(unit=CREDITS, amount=most)),
        usual_s=told["usual_s"],
    )


def as_sent(body: dict[str, Any]) -> str:
    """The words of an order as a person reads them: what provenance keeps."""
    if "prompt" in body:
        return str(body["prompt"])
    chunks = body["composition_plan"]["chunks"]
    styles = dict.fromkeys(style for chunk in chunks for style in chunk["positive_styles"])
    return "\n\n".join([", ".join(styles), *(chunk["text"] for chunk in chunks)])


def _sung(request: CompositionRequest) -> dict[str, Any]:
    return {
        "composition_plan": composition_plan(
            in_words.stretches(request), in_words.traits(request)[:MOST_STYLES]
        ),
        "seed": derive_seed(request.seed, NAME) % _SEEDS,
        "store_for_inpainting": False,
    }


def _played(request: CompositionRequest, seconds: float) -> dict[str, Any]:
    """An instrumental, asked for in words: the service takes no seed with these."""
    check_length(seconds)
    form = ", ".join(f"{part.label} {in_words.force(part.energy)}" for part in in_words.stretches(request))
    told = f"{', '.join(in_words.traits(request))}. Form: {form}."
    return {
        "prompt": told[:LONGEST_PROMPT],
        "music_length_ms": round(1000 * seconds),
        "force_instrumental": True,
    }
