"""The role: what is ordered for a request. The house orders it once, waits, fetches, checks and keeps it."""

from __future__ import annotations

from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.painting import Painter, painted
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers._template.dialect import NAME, NAMED, TemplateService
from noktvrn.providers.registry import price
from noktvrn.roles.illustrator import Painting, PictureRequest
from noktvrn.settings import Settings

MODEL = "template-1"
SIDE = 2048


class TemplateIllustrator:
    """Paints by Template's models."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._service = TemplateService(settings)

    def paint(self, request: PictureRequest) -> Painting:
        """Paints one picture without words. Raises what `painted` raises."""
        painter = Painter(
            provider=NAME,
            named=NAMED,
            model=MODEL,
            seeded=True,
            desk=self._kit.desk,
            service=self._service,
            rights=rights_of(self._kit, NAME),
            ordered=_ordered,
        )
        return painted(request, painter, again=self._settings.picture_again)


def _ordered(request: PictureRequest, words: str, seed: int) -> JobOrder:
    """The order. `request` is kept in the ledger: no key, no address of ours stands in it."""
    figures = price(NAME)
    scale = SIDE / max(request.width, request.height)
    return JobOrder(
        provider=NAME,
        purpose="paint",
        errand=request.errand,
        request={
            "model": MODEL,
            "prompt": words,
            "width": round(request.width * scale),
            "height": round(request.height * scale),
            "seed": seed % 2**31,
        },
        kind="picture",
        quote=Quote(charges=(Charge(amount=figures["picture_micros"]),), usual_s=figures["usual_s"]),
    )
