"""Pixabay's catalogue: its searches, its clips by number, its limits and plain-text errors.

Contract: https://pixabay.com/api/docs/ (videos under `/videos/`, the key in the query, errors as
`[ERROR 400] ...` in plain text, `X-RateLimit-Reset` in seconds).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Health
from noktvrn.providers._kit.searches import Window
from noktvrn.providers._kit.stock import PAGE, Numbered, Rendition, best, fits, of_one_line, shelf
from noktvrn.roles.stock_library import StockClip, StockQuery
from noktvrn.settings import Settings

NAMED = "Pixabay"
ADDRESS = "https://pixabay.com/api"
LEAST, MOST = 3, 200
REST_S = 60.0
"""How long it is left alone after a 429 that does not say: its window."""
LONGEST_WORDS = 100
_CODES = "cs da de en es fr id it hu nl no pl pt ro sk fi sv tr vi th bg ru el ja ko zh"
LANGUAGES = frozenset(_CODES.split())
_ERROR = re.compile(r"\[ERROR \d+\]\s*(.*)", re.DOTALL)
Side = Annotated[int, Field(ge=0, le=16_384)]
Name = Literal["large", "medium", "small", "tiny"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _File(_Answer):
    """`url` is empty, and the size 0, where a clip has no such file."""

    url: str = Field(default="", max_length=2000, pattern=r"^(https?://.*)?$")
    width: Side | None = 0
    height: Side | None = 0


class _Hit(_Answer):
    id: int = Field(ge=1, lt=2**53)
    pageURL: str = Field(max_length=600, pattern=PAGE)  # noqa: N815 - theirs
    tags: str = Field(default="", max_length=2000)
    duration: float = Field(ge=0, le=86_400)
    user: str = Field(default="", max_length=200)
    videos: dict[Name, _File] = Field(max_length=4)
    isAiGenerated: bool = False  # noqa: N815 - theirs

    @property
    def renditions(self) -> list[Rendition]:
        """Its files that there are."""
        return [
            Rendition(file.url, file.width, file.height)
            for file in self.videos.values()
            if file.url and file.width and file.height
        ]

    @property
    def clip(self) -> StockClip:
        """As it is chosen by: its size is that of its best file."""
        file = best(self.renditions, NAMED)
        return StockClip(
            library="pixabay",
            key=str(self.id),
            width=file.width,
            height=file.height,
            duration_s=self.duration,
            tags=tuple(of_one_line(tag, 40) for tag in self.tags.split(",")[:12] if tag.strip()),
            author=of_one_line(self.user),
            page=self.pageURL,
        )


class _Page(_Answer):
    hits: tuple[_Hit, ...] = Field(max_length=MOST)


class PixabayCatalogue(Numbered):
    """The calls, with the key of the settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__()
        base = settings.pixabay_base_url or ADDRESS
        self.caps = Caps(
            first_look_s=0.0,
            longest_look_s=10.0,
            deadline_s=900.0,
            requests=90,
            per_s=60.0,
            private_hosts=asset_hosts(base, settings.private_hosts),
        )
        key = settings.pixabay_key or SecretStr("")
        self._caller = Caller(base, named=NAMED, query={"key": key}, private_hosts=settings.private_hosts)
        self._window = Window(shelf(settings, "pixabay"), clock, NAMED)

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Asks. Clips made by AI are left out: their authors did not film them. Raises Outside."""
        page = self._page(question(query))
        clips = [hit.clip for hit in page.hits if hit.renditions and not hit.isAiGenerated]
        return tuple(clip for clip in clips if fits(clip, query))[: query.limit]

    def credit(self, clip: StockClip) -> str:
        """As they ask: where it is from, and the author."""
        by = f" by {clip.author}" if clip.author else ""
        return f"Video{by} from Pixabay ({clip.page})"

    def file_of(self, number: str) -> Rendition:
        """The best file of a clip. Raises Outside."""
        hits = self._page({"id": number}).hits
        if not hits:
            raise trouble(Trouble.LOST, NAMED, "there is no such clip any more")
        if str(hits[0].id) != number:
            raise trouble(Trouble.CONTRACT, NAMED, "it sent another clip")
        return best(hits[0].renditions, NAMED)

    def health(self) -> Health:
        """One search for as few clips as there may be."""
        reply = self._asked({"per_page": LEAST})
        _read(reply.json())
        left = _count(reply, "x-ratelimit-remaining")
        return Health(True, "It answers.", () if left is None else (("pixabay requests", left),))

    def _page(self, query: dict[str, str | int]) -> _Page:
        return _read(self._asked(query).json())

    def _asked(self, query: dict[str, str | int]) -> Reply:
        self._window.check()
        reply = self._caller.get("/videos/", query)
        reset = _count(reply, "x-ratelimit-reset")
        if reply.status == 429:
            self._window.closed(_count(reply, "retry-after") or reset or REST_S)
        elif reply.ok and _count(reply, "x-ratelimit-remaining") == 0:
            self._window.closed(reset or REST_S)
        if reply.ok:
            return reply
        raise _refusal(reply)


def question(query: StockQuery) -> dict[str, str | int]:
    """The parameters of a search; without words, what is popular there."""
    language = query.language.split("-")[0].lower()
    asked: dict[str, str | int] = {
        "lang": language if language in LANGUAGES else "en",
        "video_type": "film",
        "safesearch": "true",
        "order": "popular",
        "min_width": query.smallest,
        "min_height": query.smallest,
        # There is no parameter for tall clips, which are few: they are picked from a long page.
        "per_page": min(MOST, max(LEAST, query.limit * (2 if query.orientation == "landscape" else 10))),
    }
    words = query.words.strip()[:LONGEST_WORDS]
    return {"q": words, **asked} if words else asked


def _refusal(reply: Reply) -> LabelError:
    """Their plain-text errors: a bad key is a 400 like any other."""
    found = _ERROR.match(reply.body[:2000].decode("utf-8", "replace").strip())
    words = found[1] if found else ""
    if reply.status == 400:
        return trouble(Trouble.AUTH if "key" in words.lower() else Trouble.INVALID, NAMED, words)
    return refusal(reply, NAMED, paid=False)


def _count(reply: Reply, header: str) -> int | None:
    told = reply.headers.get(header, "")
    return int(told) if re.fullmatch(r"\d{1,9}", told) else None


def _read(data: Any) -> _Page:
    try:
        return _Page.model_validate(data)
    except ValidationError:
        pass
    raise trouble(Trouble.CONTRACT, NAMED, "its answer lacks what it is to hold")
