"""Pexels on loopback: searches for videos, a video by its number, and the files they name."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

KEY = "px-fake-key-000000000000000000000000000000000000000000000"
AUTHORS = ("Ana Ruiz", "Tomás Lindqvist", "Mei Okafor", "Ивáн Петров")
SUBJECTS = (
    "city-lights-at-night",
    "misty-forest",
    "waves-on-the-beach",
    "desert-road",
    "candles-in-the-dark",
)
SIZES = ((640, 360, "sd"), (1280, 720, "hd"), (1920, 1080, "hd"), (3840, 2160, "uhd"))
_FILE = re.compile(r"/files/(\d+)-(\d+)x(\d+)\.mp4")
_VIDEO = re.compile(r"/v1/videos/videos/(\d+)")
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "bad_key": (401, {"status": 401, "code": "Unauthorized"}),
    "forbidden": (403, {"status": 403, "code": "Forbidden"}),
    "invalid": (400, {"status": 400, "code": "Bad Request"}),
    "gone": (404, {"status": 404, "code": "Not Found"}),
    "too_often": (429, {"status": 429, "code": "Too Many Requests"}),
    "down": (500, {"status": 500, "code": "Internal Server Error"}),
}
SPOILT = ("hls_only", "null_widths", "no_files", "other_clip", "bad_size", "far_inside", "foreign_scheme")
"""Answers of the right shape with nothing of use in them."""


@dataclass(frozen=True, slots=True)
class Film:
    """A video of the fake's: all of its files show the same test card."""

    number: int
    tall: bool
    seconds: float
    subject: str
    author: str

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size as it lies."""
        return (height, width) if self.tall else (width, height)


def film_of(number: int, *, tall: bool, seconds: float) -> Film:
    """The video of this number."""
    subject, author = SUBJECTS[number % len(SUBJECTS)], AUTHORS[number % len(AUTHORS)]
    return Film(number, tall, seconds + number % 3, subject, author)


class Server(Fake):
    """`clips` are found for every query, of `seconds` to `seconds` + 2; `month` requests are left. Numbers
    from 9000 on are tall. A file that is handed out counts as taken, at the size it is named by; it is
    `shrunk` times smaller, for those in a hurry."""

    name = "pexels"

    def __init__(
        self,
        script: Script | None = None,
        port: int = 0,
        *,
        clips: int = 12,
        seconds: float = 4.0,
        shrunk: int = 1,
    ) -> None:
        super().__init__(script, port)
        self.shrunk = shrunk
        self.clips = clips
        self.seconds = seconds
        self.month = 20_000

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        named = fault.name if fault else ""
        if found := _FILE.fullmatch(path):
            return self._file(exchange, *(int(part) for part in found.groups()))
        if exchange.headers.get("authorization") != KEY:
            named = "bad_key"
        if named in REFUSALS:
            _refused(exchange, named)
            return None
        self.month = 0 if named == "month_spent" else self.month - 1
        if path in ("/v1/videos/search", "/v1/videos/popular"):
            self._page(exchange, query, named)
        elif found := _VIDEO.fullmatch(path):
            self._answer(exchange, self._video(int(found[1]), named))
        else:
            _refused(exchange, "gone")
        return None

    def _page(self, exchange: Exchange, query: dict[str, str], named: str) -> None:
        most = min(int(query.get("per_page", "15")), 80)
        first = 9000 if query.get("orientation") == "portrait" else 1000
        numbers = [] if named == "nothing" else range(first, first + min(most, self.clips))
        videos = [self._video(number, named) for number in numbers]
        page = {"page": 1, "per_page": most, "total_results": len(videos), "url": "", "videos": videos}
        self._answer(exchange, {"videos": "none"} if named == "wrong_shape" else page)

    def _video(self, number: int, named: str) -> dict[str, Any]:
        film = film_of(number, tall=number >= 9000, seconds=self.seconds)
        width, height = film.size(1920, 1080)
        return {
            "id": number + 1 if named == "other_clip" else number,
            "width": -5 if named == "bad_size" else width,
            "height": height,
            "url": f"https://www.pexels.com/video/{film.subject}-{number}/",
            "image": f"{self.origin}/images/{number}.jpeg",
            "duration": round(film.seconds),
            "user": {"id": number % 7, "name": film.author, "url": "https://www.pexels.com/@someone"},
            "video_files": [] if named == "no_files" else self._files(film, named),
            "video_pictures": [],
        }

    def _files(self, film: Film, named: str) -> list[dict[str, Any]]:
        stream = {
            "id": film.number,
            "quality": "hls",
            "file_type": "video/mp4",
            "width": None,
            "height": None,
            "fps": None,
            "link": f"{self.origin}/files/{film.number}.m3u8",
        }
        if named == "hls_only":
            return [stream]
        return [stream, *(self._rendition(film, *size, named) for size in SIZES)]

    def _rendition(self, film: Film, width: int, height: int, quality: str, named: str) -> dict[str, Any]:
        width, height = film.size(width, height)
        link = f"{self.origin}/files/{film.number}-{width}x{height}.mp4"
        link = {
            "far_inside": "http://169.254.169.254/latest/meta-data/",
            "foreign_scheme": "file:///etc/passwd",
        }.get(named, link)
        return {
            "id": film.number * 10 + height,
            "quality": quality,
            "file_type": "video/mp4",
            "width": None if named == "null_widths" else width,
            "height": height,
            "fps": 24.0,
            "link": link,
        }

    def _answer(self, exchange: Exchange, data: dict[str, Any]) -> None:
        as_json(
            exchange,
            data,
            x_ratelimit_limit="20000",
            x_ratelimit_remaining=str(self.month),
            x_ratelimit_reset="1798761600",
        )

    async def _file(self, exchange: Exchange, number: int, width: int, height: int) -> None:
        film = film_of(number, tall=height > width, seconds=self.seconds)
        data = await asyncio.to_thread(
            media.shot, film.seconds, width // self.shrunk, height // self.shrunk, number
        )
        self.taken({"clip": number, "width": width, "height": height}, downloads=1)
        exchange.send(200, data, "video/mp4")


def _refused(exchange: Exchange, named: str) -> None:
    status, body = REFUSALS[named]
    as_json(exchange, body, status)
