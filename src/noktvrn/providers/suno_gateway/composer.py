"""Composer, played by Suno through a reseller."""

from __future__ import annotations

from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import NotReady, Outside
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import FOUND, Arrived, Charge, Delivery, JobOrder, Quote
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.registry import price
from noktvrn.providers.suno_gateway.gateway import CREDITS, NAME, NAMED
from noktvrn.providers.suno_gateway.models import limits_of
from noktvrn.providers.suno_gateway.songs import MARKET, SongService
from noktvrn.providers.suno_gateway.wav import WavService
from noktvrn.providers.suno_gateway.wording import as_sent, song
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"
"""Rises with every change that makes the same request another order."""

SONGS = 2
"""An order brings two songs; takes n and n + 1 share it."""


class SunoComposer:
    """Orders a song with its words sung, or an instrumental where there are none."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._songs = SongService(settings)
        self._wavs = WavService(settings)

    def compose(self, request: CompositionRequest) -> Recording:
        """The song as one mix, its time-line by ear; from the lossless file where they give one.

        Raises:
            BudgetSpent, Outside: no room in a budget; the service refused, failed, or nobody knows.
        """
        order = self.order(request)
        delivery = self._kit.desk.done(order, self._songs)
        file = self._of_take(delivery, request.errand.attempt)
        path = self._lossless(order, delivery, file) or file.path
        heard = outside_song(path, request.folder, lambda: find_ffmpeg(self._settings.ffmpeg), request.plan)
        return Recording(
            stems=(StemFile(name="mix", path=heard.path),),
            timeline=heard.timeline,
            sung=not order.request["instrumental"],
            provenance=Provenance(
                engine="suno",
                engine_version=VERSION,
                licence_class="disputed",
                source_type=SourceType.TRAINED,
                model=order.request["model"],
                prompt=as_sent(order.request),
                lossy_source=heard.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )

    def order(self, request: CompositionRequest) -> JobOrder:
        """What is ordered, and the most it can cost; the same for both takes it serves."""
        model = self._settings.suno_model
        taken = (max(1, request.errand.attempt) - 1) // SONGS
        return JobOrder(
            provider=NAME,
            purpose=SongService.purpose,
            errand=request.errand.model_copy(update={"attempt": taken}),
            request=song(request, model, limits_of(model, self._settings.suno_dialect)),
            kind="audio",
            quote=_quote("song"),
        )

    def _of_take(self, delivery: Delivery, attempt: int) -> Arrived:
        """The song of a take. Raises trouble FAILED where the order brought only the other one."""
        place = (max(1, attempt) - 1) % SONGS
        if place < len(delivery.files):
            return delivery.files[place]
        told = "it made one song of two, and another take has it"
        raise trouble(Trouble.FAILED, NAMED[self._settings.suno_dialect], told)

    def _lossless(self, order: JobOrder, delivery: Delivery, file: Arrived) -> Path | None:
        """The song's WAV, ordered by itself; None where they refuse it: then the MP3 has to do, and the
        provenance says so. A song without a name of their own (a market's, a person's find) cannot be asked
        for."""
        if delivery.ref.startswith(MARKET) or file.clip.startswith(FOUND):
            return None
        wanted = JobOrder(
            provider=NAME,
            purpose=WavService.purpose,
            errand=order.errand,
            request={"taskId": delivery.ref, "audioId": file.clip},
            kind="audio",
            quote=_quote("wav"),
        )
        try:
            return self._kit.desk.done(wanted, self._wavs).files[0].path
        except (Outside, NotReady):
            return None


def _quote(what: str) -> Quote:
    told = price(NAME)
    return Quote(
        charges=(
            Charge(amount=told[f"{what}_micros"]),
            Charge(unit=CREDITS, amount=told[f"{what}_credits"]),
        ),
        usual_s=told["usual_s"],
    )
