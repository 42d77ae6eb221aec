"""Pixabay on loopback: searches for videos, a video by its number, plain-text errors, and files."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

KEY = "12345678-fa4e0000000000000000000000"
AUTHORS = ("Coverr_Free", "nordlicht", "m_sato", "Vimeo-Free-Videos")
TAGS = ("night, city, lights", "forest, mist, trees", "sea, waves, beach", "road, desert, sky")
SIZES = {"large": (1920, 1080), "medium": (1280, 720), "small": (960, 540), "tiny": (640, 360)}
_FILE = re.compile(r"/files/(\d+)-(\d+)x(\d+)\.mp4")
REFUSALS: dict[str, tuple[int, str]] = {
    "bad_key": (400, "[ERROR 400] Invalid or missing API key (https://pixabay.com/api/docs/)."),
    "invalid": (400, '[ERROR 400] "per_page" is out of valid range.'),
    "gone": (400, '[ERROR 400] "id" is out of valid range.'),
    "too_often": (429, "[ERROR 429] API rate limit exceeded"),
    "down": (500, "[ERROR 500] Internal error"),
    "blocked": (403, "<!DOCTYPE html><html><body>Just a moment...</body></html>"),
}
SPOILT = ("no_files", "null_widths", "other_clip", "bad_size", "far_inside", "foreign_scheme", "nothing")
"""Answers of the right shape with nothing of use in them."""


class Server(Fake):
    """`clips` are found for every query, of `seconds` to `seconds` + 2; every fourth is tall. A file that is
    handed out counts as taken, at the size it is named by; it is `shrunk` times smaller, for those in a
    hurry."""

    name = "pixabay"

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
        self.minute = 100

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        named = fault.name if fault else ""
        if found := _FILE.fullmatch(path):
            return self._file(exchange, *(int(part) for part in found.groups()))
        if query.get("key") != KEY:
            named = "bad_key"
        elif path != "/api/videos/":
            named = "down"
        elif not 3 <= int(query.get("per_page", "20")) <= 200 or len(query.get("q", "")) > 100:
            named = "invalid"
        if named in REFUSALS:
            _refused(exchange, named)
            return None
        self.minute = 0 if named == "minute_spent" else self.minute - 1
        self._page(exchange, query, named)
        return None

    def _page(self, exchange: Exchange, query: dict[str, str], named: str) -> None:
        most = int(query.get("per_page", "20"))
        numbers = [int(query["id"])] if "id" in query else list(range(500, 500 + min(most, self.clips)))
        hits = [] if named == "nothing" else [self._hit(number, named) for number in numbers]
        page: dict[str, Any] = {"total": len(hits), "totalHits": len(hits), "hits": hits}
        as_json(
            exchange,
            {"hits": {}} if named == "wrong_shape" else page,
            x_ratelimit_limit="100",
            x_ratelimit_remaining=str(self.minute),
            x_ratelimit_reset="42",
        )

    def _hit(self, number: int, named: str) -> dict[str, Any]:
        return {
            "id": number + 1 if named == "other_clip" else number,
            "pageURL": f"https://pixabay.com/videos/id-{number}/",
            "type": "film",
            "tags": TAGS[number % len(TAGS)],
            "duration": round(self._seconds(number)),
            "views": 100,
            "user_id": number % 7,
            "user": AUTHORS[number % len(AUTHORS)],
            "userImageURL": "",
            "isAiGenerated": named == "by_machine",
            "videos": {} if named == "no_files" else self._files(number, named),
        }

    def _files(self, number: int, named: str) -> dict[str, Any]:
        return {name: self._rendition(number, name, named) for name in SIZES}

    def _rendition(self, number: int, name: str, named: str) -> dict[str, Any]:
        if name == "large" and number % 3 == 0:
            return {"url": "", "width": 0, "height": 0, "size": 0, "thumbnail": ""}
        width, height = SIZES[name] if number % 4 else SIZES[name][::-1]
        link = {
            "far_inside": "http://169.254.169.254/latest/meta-data/",
            "foreign_scheme": "file:///etc/passwd",
        }.get(named, f"{self.origin}/files/{number}-{width}x{height}.mp4")
        shown = {"null_widths": None, "bad_size": -5}.get(named, width)
        return {"url": link, "width": shown, "height": height, "size": 1_000_000, "thumbnail": ""}

    def _seconds(self, number: int) -> float:
        return self.seconds + number % 3

    async def _file(self, exchange: Exchange, number: int, width: int, height: int) -> None:
        size = (width // self.shrunk, height // self.shrunk)
        data = await asyncio.to_thread(media.shot, self._seconds(number), *size, number)
        self.taken({"clip": number, "width": width, "height": height}, downloads=1)
        exchange.send(200, data, "video/mp4")


def _refused(exchange: Exchange, named: str) -> None:
    status, text = REFUSALS[named]
    exchange.send(status, text.encode(), "text/html" if text.startswith("<") else "text/plain")
