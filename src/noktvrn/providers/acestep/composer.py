"""Composer, played by ACE-Step on a server of the person's own."""

from __future__ import annotations

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.acestep.answers import NAME
from noktvrn.providers.acestep.server import SongService
from noktvrn.providers.acestep.wording import INSTRUMENTAL, song
from noktvrn.providers.registry import price
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"
"""Rises with every change that makes the same request another order."""

MODEL = "ACE-Step 1.5"


class AceStepComposer:
    """Orders a song with its words sung, or an instrumental where there are none."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._songs = SongService(settings)

    def compose(self, request: CompositionRequest) -> Recording:
        """The song as one mix, its time-line by ear.

        Raises:
            Outside: the server refused, failed, or does not answer.
        """
        order = self.order(request)
        delivery = self._kit.desk.done(order, self._songs)
        heard = outside_song(
            delivery.files[0].path, request.folder, lambda: find_ffmpeg(self._settings.ffmpeg), request.plan
        )
        return Recording(
            stems=(StemFile(name="mix", path=heard.path),),
            timeline=heard.timeline,
            sung=order.request["lyrics"] != INSTRUMENTAL,
            provenance=Provenance(
                engine=NAME,
                engine_version=VERSION,
                licence_class="open_weights",
                source_type=SourceType.TRAINED,
                model=MODEL,
                seed=order.request["seed"],
                prompt=f"{order.request['prompt']}\n\n{order.request['lyrics']}",
                lossy_source=heard.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )

    def order(self, request: CompositionRequest) -> JobOrder:
        """What is ordered; free, unless the settings say what a song costs."""
        costs = self._settings.acestep_song
        return JobOrder(
            provider=NAME,
            purpose=SongService.purpose,
            errand=request.errand,
            request=song(request),
            kind="audio",
            quote=Quote(charges=(Charge(amount=costs),) if costs else (), usual_s=price(NAME)["usual_s"]),
            free=not costs,
        )
