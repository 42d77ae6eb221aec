"""The illustrator: what it orders for a request, and what that may cost."""

from __future__ import annotations

import re
from typing import Any

from noktvrn.kernel.errors import LabelError
from noktvrn.kernel.seeds import derive_seed
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.painting import Painter, painted
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.leonardo.generations import CREDITS, NAME, NAMED, PaintService
from noktvrn.providers.registry import price
from noktvrn.roles.illustrator import Painting, PictureRequest
from noktvrn.settings import Settings

STEP = 8
SHORTEST = 512
LONGEST_WORDS = 1500
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Leonardo:
    """Paints by Leonardo.Ai."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._service = PaintService(settings)

    def paint(self, request: PictureRequest) -> Painting:
        """Paints one picture without words. Raises what `painted` raises."""
        painter = Painter(
            provider=NAME,
            named=NAMED,
            model=self._settings.leonardo_model,
            seeded=True,
            desk=self._kit.desk,
            service=self._service,
            rights=rights_of(self._kit, NAME),
            ordered=self._ordered,
        )
        return painted(request, painter, again=self._settings.picture_again)

    def _ordered(self, request: PictureRequest, words: str, seed: int) -> JobOrder:
        width, height = sides_for(self._settings.leonardo_side, request.width, request.height)
        body = body_for(self._settings.leonardo_model, words[:LONGEST_WORDS], width, height, seed)
        return JobOrder(
            provider=NAME,
            purpose="paint",
            errand=request.errand,
            request=body,
            kind="picture",
            quote=self._quote(body, width, height),
        )

    def _quote(self, body: dict[str, Any], width: int, height: int) -> Quote:
        """By the manifest's figures, or their own calculator where it says more."""
        figures = price(NAME)
        if "modelId" not in body:
            most = _of_megapixels(width * height, figures["v2_micros_per_megapixel"])
            return Quote(charges=(Charge(amount=most),), usual_s=figures["usual_s"])
        taken = max(_of_megapixels(width * height, figures["credits_per_megapixel"]), self._told(body))
        money = Charge(amount=taken * figures["credit_micros"])
        return Quote(charges=(Charge(unit=CREDITS, amount=taken), money), usual_s=figures["usual_s"])

    def _told(self, body: dict[str, Any]) -> int:
        """What the calculator says, in credits; 0: it says nothing."""
        try:
            return self._service.cost_of(body)
        except LabelError:
            return 0


def _of_megapixels(pixels: int, figure: int) -> int:
    return -(-pixels * figure // 1_000_000)


def sides_for(longer: int, width: int, height: int) -> tuple[int, int]:
    """Sides in steps of eight pixels, the longer one as set, of the picture's shape where that is allowed."""
    share = longer / max(width, height)
    shortest = min(SHORTEST, longer)
    sides = [max(shortest, round(side * share / STEP) * STEP) for side in (width, height)]
    return sides[0], sides[1]


def body_for(model: str, words: str, width: int, height: int, seed: int) -> dict[str, Any]:
    """The body of v1 for a model's UUID, of v2 for its short name."""
    small = derive_seed(seed, NAME) % 2**31
    if _UUID.fullmatch(model):
        return {
            "modelId": model,
            "prompt": words,
            "width": width,
            "height": height,
            "num_images": 1,
            "seed": small,
            "public": False,
        }
    told = {"prompt": words, "quantity": 1, "width": width, "height": height, "seed": small}
    return {"model": model, "public": False, "parameters": {**told, "prompt_enhance": "OFF"}}
