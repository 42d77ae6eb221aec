"""What libraries of footage have in common: kept searches, downloads through the desk, credits."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import probe
from noktvrn.kernel.errors import LabelError
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Quote, Remote, Submitted
from noktvrn.outbound.jobs.service import Service, Slip
from noktvrn.outbound.troubles import Trouble, trouble, trouble_of
from noktvrn.providers._kit import Kit
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers._kit.searches import Searches
from noktvrn.roles.camera import Shot
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockQuery
from noktvrn.settings import Settings

PAGE = r"^https://[^\s()\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$"
"""A clip's page, as it may stand in a credit and in a terminal: nothing in it that is not seen."""
WANTED = 1080
"""Pixels of the short side that films are made of: nothing larger is downloaded where this is to be had."""
USUAL_S = 8.0
_FPS = 30


class Catalogue(Service, Protocol):
    """A library's side: it answers searches beside orders."""

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Asks it."""

    def credit(self, clip: StockClip) -> str:
        """How it wants a clip to be credited."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file of a clip."""

    url: str
    width: int
    height: int
    fps: float | None = None


class Numbered(ABC):
    """A library's side of orders: a clip's number is the job, and asking where it lies is all there is to do.

    It is asked when the order is sent, so that a refusal is one of the order; the first look goes by that
    answer, any further one asks anew, because addresses expire.
    """

    def __init__(self) -> None:
        self._told: dict[str, Rendition] = {}

    @abstractmethod
    def file_of(self, number: str) -> Rendition:
        """The best file of a clip. Raises Outside: trouble LOST where there is no such clip any more."""

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Finds out where the clip lies. What it costs is one download."""
        del slip
        number = str(order.request["clip"])
        self._told[number] = self.file_of(number)
        return Submitted(ref=number)

    def look(self, ref: str) -> Progress:
        """Where the clip lies today."""
        try:
            file = self._told.pop(ref, None) or self.file_of(ref)
        except LabelError as error:
            state = _ENDS.get(trouble_of(error))
            if state is None:
                raise
            return Progress(state=state, message=error.message[:300])
        return Progress(state="ready", files=(Remote(clip=ref, url=file.url, kind="film"),))

    def find(self, order: JobOrder) -> str | None:
        """The clip's number, always."""
        return str(order.request["clip"])

    def cancel(self, ref: str) -> bool:
        """There is nothing to call off."""
        del ref
        return False


_ENDS: Mapping[Trouble | None, Literal["lost", "failed"]] = {
    Trouble.LOST: "lost",
    Trouble.EXPIRED: "failed",
    Trouble.CONTRACT: "failed",
}


class Library:
    """Plays StockLibrary with a catalogue outside."""

    def __init__(self, name: str, catalogue: Catalogue, settings: Settings, kit: Kit) -> None:
        self.name = name
        self._catalogue = catalogue
        self._searches = Searches(shelf(settings, name), kit.clock)
        self._kit = kit
        self._ffmpeg = settings.ffmpeg

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Clips that fit, best first. Raises Outside."""
        return self._searches.found(query, self._catalogue.search)

    def fetch(self, clip: StockClip, errand: Errand, folder: Path) -> Shot:
        """The clip as a file in `folder`. Raises Outside, BudgetSpent."""
        delivery = self._kit.desk.done(order_of(self.name, clip, errand), self._catalogue)
        arrived = delivery.files[0]
        path = folder / f"{self.name}-{clip.key}{_SUFFIX.get(arrived.media_type, '.mp4')}"
        shutil.copyfile(arrived.path, path)
        provenance = self._provenance(clip, delivery.ticket_id)
        return shot_of(path, self._ffmpeg, provenance, author=clip.author, page=clip.page)

    def _provenance(self, clip: StockClip, ticket: str) -> Provenance:
        rights = rights_of(self._kit, self.name)
        return Provenance(
            engine=self.name,
            engine_version="",
            licence_class="licensed",
            source_type=SourceType.HUMAN,
            model=clip.key,
            rights=rights.model_copy(update={"attribution": self._catalogue.credit(clip)}),
            ticket=ticket,
        )


_SUFFIX = {"video/quicktime": ".mov", "video/webm": ".webm"}


def shelf(settings: Settings, name: str) -> Path:
    """Where a library's searches are kept."""
    return settings.home / "cache" / "footage" / name


def order_of(name: str, clip: StockClip, errand: Errand) -> JobOrder:
    """A download as an order: free of money, counted as one. It may be asked for again without harm."""
    return JobOrder(
        provider=name,
        purpose="stock",
        errand=errand,
        request={"clip": clip.key},
        kind="film",
        quote=Quote(charges=(Charge(unit=f"{name} downloads", amount=1),), usual_s=USUAL_S),
        free=True,
    )


def shot_of(path: Path, ffmpeg: Path | None, provenance: Provenance, *, author: str, page: str) -> Shot:
    """A film file as a shot. Raises Refused: it cannot be opened."""
    facts = probe(find_ffmpeg(ffmpeg), path)
    return Shot(
        path=path,
        width=facts.width,
        height=facts.height,
        duration_s=facts.duration_s,
        fps=facts.fps,
        author=author,
        page=page,
        provenance=provenance,
    )


def best(renditions: Iterable[Rendition], named: str) -> Rendition:
    """The file that is large enough and no larger; of equals the one nearest to the films' rate.

    Raises:
        Refused: there is none (trouble EXPIRED).
    """
    files = list(renditions)
    if not files:
        raise trouble(Trouble.EXPIRED, named, "there is no file of this clip that can be used")
    return min(files, key=_cost)


def _cost(file: Rendition) -> tuple[bool, int, float, str]:
    side = min(file.width, file.height)
    short = side < WANTED
    return short, -side if short else side, abs((file.fps or _FPS) - _FPS), file.url


def fits(clip: StockClip, query: StockQuery) -> bool:
    """Whether a clip is what the query asks for, whatever the library thinks."""
    turned = {
        "landscape": clip.width > clip.height,
        "portrait": clip.height > clip.width,
        "square": 0.9 <= clip.width / clip.height <= 1.1,
    }
    large = min(clip.width, clip.height) >= query.smallest
    return turned[query.orientation] and large and clip.duration_s >= query.shortest_s


def of_one_line(text: str, most: int = 120) -> str:
    """A name or a word from outside as it may stand in a credit: one line, printable, short."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:most]
