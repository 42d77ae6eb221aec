"""The illustrator: what it orders for a request."""

from __future__ import annotations

from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.painting import Painter, painted
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.openai_images.generations import NAME, NAMED, ImageService
from noktvrn.providers.registry import price
from noktvrn.roles.illustrator import Painting, PictureRequest
from noktvrn.settings import Settings

ANY_SIZE = "gpt-image-2"
LONG, SHORTEST, STEP = 2048, 1024, 16
STEEPEST = 3.0


class OpenAiImages:
    """Paints by OpenAI's image models."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._service = ImageService(settings)

    def paint(self, request: PictureRequest) -> Painting:
        """Paints one picture without words. Raises what `painted` raises."""
        painter = Painter(
            provider=NAME,
            named=NAMED,
            model=self._settings.openai_image_model,
            seeded=False,
            desk=self._kit.desk,
            service=self._service,
            rights=rights_of(self._kit, NAME),
            ordered=self._ordered,
        )
        return painted(request, painter, again=self._settings.picture_again)

    def _ordered(self, request: PictureRequest, words: str, _seed: int) -> JobOrder:
        model, quality = self._settings.openai_image_model, self._settings.openai_image_quality
        figures = price(NAME)
        body = {
            "model": model,
            "prompt": words,
            "n": 1,
            "size": size_for(model, request.width, request.height),
            "quality": quality,
            "output_format": "png",
        }
        return JobOrder(
            provider=NAME,
            purpose="paint",
            errand=request.errand,
            request=body,
            kind="picture",
            quote=Quote(charges=(Charge(amount=figures[f"{quality}_micros"]),), usual_s=figures["usual_s"]),
        )


def size_for(model: str, width: int, height: int) -> str:
    """The size to ask a model for, `WxH`: by its own rules, as large as helps a picture of that shape."""
    ratio = min(STEEPEST, max(1 / STEEPEST, width / height))
    if not model.startswith(ANY_SIZE):
        if ratio > 1.2:
            return "1536x1024"
        return "1024x1536" if ratio < 1 / 1.2 else "1024x1024"
    long = min(LONG, max(SHORTEST, _up(max(width, height))))
    short = min(long, _up(long / max(ratio, 1 / ratio)))
    return f"{long}x{short}" if ratio >= 1 else f"{short}x{long}"


def _up(pixels: float) -> int:
    """The next step that is no smaller."""
    return int(-(-pixels // STEP)) * STEP
