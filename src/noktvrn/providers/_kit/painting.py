"""How an outside illustrator's picture becomes a painting of the house: ordered, brought in, told of.

The painting carries no words: title and name are set where every outside picture gets them
(`visuals/cover.py`). Lettering that cannot be cut away is a refusal, so that the next illustrator is asked;
a free service, or a paid one where `NOKTVRN_PICTURE_AGAIN` is set, is asked once more before that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Jobs, Service
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.picture.encode import JPEG, write_jpeg
from noktvrn.picture.outside import LETTERED, brought_in
from noktvrn.picture.wording import picture_wish
from noktvrn.roles.illustrator import Painting, PictureRequest

QUALITY = 95
"""Of the JPEG: covers are encoded again with their type on them."""


@dataclass(frozen=True, slots=True)
class Painter:
    """A service's part in it. `named` is what people call it, `seeded` whether it takes a seed; `ordered`
    makes an order of a request, the words and a seed."""

    provider: str
    named: str
    model: str
    seeded: bool
    desk: Jobs
    service: Service
    rights: Rights
    ordered: Callable[[PictureRequest, str, int], JobOrder]


def painted(request: PictureRequest, painter: Painter, *, again: bool) -> Painting:
    """The painting, written into the request's folder with its source mark.

    Raises:
        BudgetSpent, Outside, NotReady: as the desk says.
        Refused: what came is no picture, too small, or has lettering that cannot be cut away.
    """
    for turn in (0, 1):
        seed = request.seed if turn == 0 else derive_seed(request.seed, "again")
        words = picture_wish(
            request.kind, request.look, mood=request.mood, wish=request.prompt, seed=seed, again=turn > 0
        )
        order = painter.ordered(request, words, seed)
        delivery = painter.desk.done(order, painter.service)
        try:
            path = _finished(request, delivery.files[0].path)
        except Refused as error:
            if error.code == LETTERED and turn == 0 and (again or order.free):
                continue
            raise trouble(Trouble.FAILED, painter.named, error.message) from error
        made = _provenance(painter, words, seed, delivery.ticket_id)
        return Painting(
            path=path, width=request.width, height=request.height, media_type=JPEG, provenance=made
        )
    raise trouble(Trouble.FAILED, painter.named, "there was lettering in both of its pictures")


def _finished(request: PictureRequest, came: Path) -> Path:
    pixels = brought_in(came, request.look, request.width, request.height, request.seed)
    path = request.folder / f"{request.kind}.jpg"
    write_jpeg(pixels, path, SourceType.TRAINED, quality=QUALITY)
    return path


def _provenance(painter: Painter, words: str, seed: int, ticket: str) -> Provenance:
    return Provenance(
        engine=painter.named,
        engine_version=painter.model,
        licence_class="licensed",
        source_type=SourceType.TRAINED,
        model=painter.model,
        seed=seed if painter.seeded else None,
        prompt=words,
        rights=painter.rights,
        provider=painter.provider,
        ticket=ticket,
    )
