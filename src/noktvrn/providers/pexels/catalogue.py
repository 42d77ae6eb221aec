"""Pexels' catalogue: its searches, its clips by number, its limits.

Contract: https://www.pexels.com/api/documentation/ (videos under `/v1/videos/`, the key in `Authorization`
without a scheme, at most 80 clips a page).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.clock import Clock
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Health
from noktvrn.providers._kit.searches import Window
from noktvrn.providers._kit.stock import PAGE, Numbered, Rendition, best, fits, of_one_line, shelf
from noktvrn.roles.stock_library import StockClip, StockQuery
from noktvrn.settings import Settings

NAMED = "Pexels"
ADDRESS = "https://api.pexels.com/v1"
MOST = 80
REST_S = 900.0
"""How long it is left alone after a 429 that does not say; its window is an hour."""
LOCALES = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-BR",
    "ru": "ru-RU",
    "sv": "sv-SE",
    "tr": "tr-TR",
    "uk": "uk-UA",
}
Side = Annotated[int, Field(ge=1, le=16_384)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


A = TypeVar("A", bound=_Answer)


class _File(_Answer):
    link: str = Field(max_length=2000, pattern=r"^https?://")
    file_type: str | None = Field(default="", max_length=100)
    quality: str | None = Field(default="", max_length=40)
    width: Side | None = None
    height: Side | None = None
    fps: float | None = Field(default=None, gt=0, le=1000)


class _Author(_Answer):
    name: str = Field(default="", max_length=200)


class _Video(_Answer):
    id: int = Field(ge=1, lt=2**53)
    width: Side
    height: Side
    duration: float = Field(ge=0, le=86_400)
    url: str = Field(max_length=600, pattern=PAGE)
    user: _Author = _Author()
    video_files: tuple[_File, ...] = Field(default=(), max_length=100)

    @property
    def renditions(self) -> list[Rendition]:
        """Its files that can be cut: no streams (`hls`, which have no size), no other kind."""
        return [
            Rendition(file.link, file.width, file.height, file.fps)
            for file in self.video_files
            if file.file_type == "video/mp4" and file.quality != "hls" and file.width and file.height
        ]

    @property
    def clip(self) -> StockClip:
        """As it is chosen by. Its tags are the words of its page's address: Pexels sends no others."""
        slug = self.url.rstrip("/").rpartition("/")[2]
        return StockClip(
            library="pexels",
            key=str(self.id),
            width=self.width,
            height=self.height,
            duration_s=self.duration,
            tags=tuple(word for word in slug.split("-")[:12] if not word.isdigit()),
            author=of_one_line(self.user.name),
            page=self.url,
        )


class _Page(_Answer):
    videos: tuple[_Video, ...] = Field(max_length=MOST)


class PexelsCatalogue(Numbered):
    """The calls, with the key of the settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__()
        base = settings.pexels_base_url or ADDRESS
        self.caps = Caps(
            first_look_s=0.0,
            longest_look_s=10.0,
            deadline_s=900.0,
            requests=180,
            per_s=3600.0,
            private_hosts=asset_hosts(base, settings.private_hosts),
        )
        key = settings.pexels_key or SecretStr("")
        self._caller = Caller(
            base, named=NAMED, headers={"authorization": key}, private_hosts=settings.private_hosts
        )
        self._window = Window(shelf(settings, "pexels"), clock, NAMED)

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Asks. Raises Outside."""
        path, asked = question(query)
        page = _read(_Page, self._asked(path, asked).json())
        clips = [video.clip for video in page.videos if video.renditions]
        return tuple(clip for clip in clips if fits(clip, query))[: query.limit]

    def credit(self, clip: StockClip) -> str:
        """As their guidelines ask: the author, Pexels, and a link."""
        by = f" by {clip.author}" if clip.author else ""
        return f"Video{by} on Pexels ({clip.page})"

    def file_of(self, number: str) -> Rendition:
        """The best file of a clip. Raises Outside."""
        reply = self._asked(f"/videos/videos/{number}", {}, missing=True)
        if reply.status == 404:
            raise trouble(Trouble.LOST, NAMED, "there is no such clip any more")
        video = _read(_Video, reply.json())
        if str(video.id) != number:
            raise trouble(Trouble.CONTRACT, NAMED, "it sent another clip")
        return best(video.renditions, NAMED)

    def health(self) -> Health:
        """One search for one clip."""
        reply = self._asked("/videos/popular", {"per_page": 1})
        _read(_Page, reply.json())
        left = _count(reply, "x-ratelimit-remaining")
        return Health(True, "It answers.", () if left is None else (("pexels requests", left),))

    def _asked(self, path: str, query: dict[str, str | int], *, missing: bool = False) -> Reply:
        """An answer of success (or 404, where `missing` is an answer too)."""
        self._window.check()
        reply = self._caller.get(path, query)
        if reply.status == 429:
            self._window.closed(_count(reply, "retry-after") or REST_S)
        elif reply.ok and _count(reply, "x-ratelimit-remaining") == 0:
            # The header counts the month; the moment it begins anew is not worth a loop of refusals.
            self._window.closed(REST_S)
        if reply.ok or (missing and reply.status == 404):
            return reply
        raise refusal(reply, NAMED, paid=False)


def question(query: StockQuery) -> tuple[str, dict[str, str | int]]:
    """Path and parameters of a search; without words, what is popular there."""
    page = min(MOST, 2 * query.limit)
    if not query.words.strip():
        return "/videos/popular", {"per_page": page, "min_duration": round(query.shortest_s)}
    asked: dict[str, str | int] = {
        "query": query.words,
        "orientation": query.orientation,
        "size": "medium" if query.smallest >= 1080 else "small",
        "per_page": page,
    }
    locale = LOCALES.get(query.language.split("-")[0].lower())
    return "/videos/search", {**asked, "locale": locale} if locale else asked


def _count(reply: Reply, header: str) -> int | None:
    told = reply.headers.get(header, "")
    return int(told) if re.fullmatch(r"\d{1,9}", told) else None


def _read(kind: type[A], data: Any) -> A:
    try:
        return kind.model_validate(data)
    except ValidationError:
        pass
    raise trouble(Trouble.CONTRACT, NAMED, "its answer lacks what it is to hold")
