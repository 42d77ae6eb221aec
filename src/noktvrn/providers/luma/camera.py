"""The camera: what it orders for a shot, and the shot it hands on."""

from __future__ import annotations

import shutil
from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import probe
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Arrived, Charge, Delivery, JobOrder, Quote
from noktvrn.picture.wording import shot_wish
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.luma.generations import LEGACY_MODELS, NAME, NAMED, ShotService
from noktvrn.providers.registry import price
from noktvrn.roles.camera import Shot, ShotRequest
from noktvrn.settings import Settings

SHAPES = {"9:16": 9 / 16, "3:4": 3 / 4, "1:1": 1.0, "4:3": 4 / 3, "16:9": 16 / 9, "21:9": 21 / 9}
RESOLUTIONS = (540, 720, 1080)


class LumaCamera:
    """Makes shots by Luma's models."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._service = ShotService(settings)

    def shoot(self, request: ShotRequest) -> Shot:
        """Makes one shot, as long as the service makes them: the film cuts it.

        Raises:
            BudgetSpent, Outside, NotReady: as the desk says.
            Refused: ffmpeg cannot read what came.
        """
        order = self._ordered(request)
        delivery = self._kit.desk.done(order, self._service)
        return self._handed_on(request, order, delivery, delivery.files[0])

    def _ordered(self, request: ShotRequest) -> JobOrder:
        model = self._settings.luma_model
        body = body_for(model, self._settings.luma_resolution, request)
        told = body.get("video", body)
        figures, seconds = price(NAME), int(told["duration"].removesuffix("s"))
        most = Charge(amount=seconds * figures[f"{told['resolution']}_micros"])
        return JobOrder(
            provider=NAME,
            purpose="shoot",
            errand=request.errand,
            request=body,
            kind="film",
            quote=Quote(charges=(most,), usual_s=figures["usual_s"]),
        )

    def _handed_on(self, request: ShotRequest, order: JobOrder, delivery: Delivery, came: Arrived) -> Shot:
        path = request.folder / f"{delivery.ticket_id}.mp4"
        shutil.copyfile(came.path, path)
        facts = probe(find_ffmpeg(self._settings.ffmpeg), path)
        return Shot(
            path=path,
            width=facts.width,
            height=facts.height,
            duration_s=came.duration_s or facts.duration_s,
            fps=facts.fps,
            provenance=Provenance(
                engine=NAMED,
                engine_version=str(order.request["model"]),
                licence_class="licensed",
                source_type=SourceType.TRAINED,
                model=str(order.request["model"]),
                prompt=str(order.request["prompt"]),
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )


def body_for(model: str, most: str, request: ShotRequest) -> dict[str, Any]:
    """The body of the Agents API, or of the older one for its models."""
    shape = min(SHAPES, key=lambda name: abs(SHAPES[name] - request.width / request.height))
    told = {"model": model, "prompt": shot_wish(request.look, request.prompt), "aspect_ratio": shape}
    lines = _resolution(most, min(request.width, request.height))
    if model in LEGACY_MODELS:
        return {**told, "resolution": lines, "duration": "5s" if request.duration_s <= 5 else "9s"}
    seconds = "5s" if request.duration_s <= 5 else "10s"
    return {**told, "type": "video", "video": {"resolution": lines, "duration": seconds}}


def _resolution(most: str, side: int) -> str:
    """The least that fills the side, at most what the settings allow."""
    allowed = [lines for lines in RESOLUTIONS if lines <= int(most.removesuffix("p"))]
    return f"{next((lines for lines in allowed if lines >= side), allowed[-1])}p"
