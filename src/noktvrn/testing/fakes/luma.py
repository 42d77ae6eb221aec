"""Luma on loopback: the Agents API (`/v1`) and the older Dream Machine API (`/dream-machine/v1`).

Beside the faults any server can have, a rule for a creating POST may say `moderated`, `final` (`code`),
`again` (`code`), `no_balance`, `busy`, `broken` (422), `refused_prompt` or `stuck`; for a look
`unknown_state`, `forgotten`, `no_output`; for a file `expired`, `half`, `not_film`. A job is done after
`Server.looks` looks.
"""

from __future__ import annotations

import uuid
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault
from noktvrn.testing.loopback import Exchange

KEY = "luma-api-loopback"
AGENTS = "/v1"
LEGACY = "/dream-machine/v1"
SHAPES = {
    "9:16": (360, 640),
    "3:4": (480, 640),
    "1:1": (480, 480),
    "4:3": (640, 480),
    "16:9": (640, 360),
    "21:9": (640, 274),
}
PRICE_MICROS = 400_000
LIMITS = {"x-api-version": "2026-04-01", "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"}


class Server(Fake):
    """Plays both APIs. The key is `KEY`; every film lasts as long as was asked."""

    name = "luma"
    looks = 1

    def __init__(self, script: Any = None, port: int = 0) -> None:
        super().__init__(script, port)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.balance = 100

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Creates, looks, hands out files, tells the balance."""
        self._serve(exchange, path, fault)
        return None

    def _serve(self, exchange: Exchange, path: str, fault: Fault | None) -> None:
        if path.startswith("/files/"):
            return self._file(exchange, path, fault)
        if exchange.headers.get("authorization") != f"Bearer {KEY}":
            return _error(exchange, 401, "Invalid API key")
        legacy = path.startswith(LEGACY)
        rest = path.removeprefix(LEGACY if legacy else AGENTS)
        if exchange.method == "POST" and rest in ("/generations", "/generations/video"):
            return self._create(exchange, legacy, fault)
        if rest == "/credits" and legacy:
            return as_json(exchange, {"credit_balance": float(self.balance)})
        if exchange.method == "GET" and rest.startswith("/generations/"):
            return self._look(exchange, rest.rsplit("/", 1)[1], fault)
        return _error(exchange, 404, "Not found")

    def _create(self, exchange: Exchange, legacy: bool, fault: Fault | None) -> None:
        body = body_of(exchange)
        if fault is not None and fault.name in _REFUSALS:
            status, words = _REFUSALS[fault.name]
            return _error(exchange, status, str(fault.told.get("words", words)))
        wrong = _wrong(body, legacy)
        if wrong:
            return _error(exchange, 400 if legacy else 422, wrong)
        if self.balance <= 0:
            return _error(exchange, 402, "Insufficient balance")
        job = {"id": str(uuid.UUID(int=len(self.jobs) + 1)), "body": body, "legacy": legacy}
        job |= {"left": self.looks, "fault": fault}
        self.jobs[str(job["id"])] = job
        self.taken({"id": job["id"], **body}, usd_micros=PRICE_MICROS)
        self.balance -= 1
        return as_json(exchange, self._told(job, "queued"), 201)

    def _look(self, exchange: Exchange, ref: str, fault: Fault | None) -> None:
        job = self.jobs.get(ref)
        if job is None or (fault is not None and fault.name == "forgotten"):
            return _error(exchange, 404, "Generation not found")
        if fault is not None and fault.name == "unknown_state":
            return as_json(exchange, self._told(job, "polishing"))
        return as_json(exchange, self._told(job, self._state(job), output=fault is None))

    def _state(self, job: dict[str, Any]) -> str:
        fault: Fault | None = job["fault"]
        if job["left"] > 0 or (fault is not None and fault.name == "stuck"):
            job["left"] -= 1
            return "dreaming" if job["legacy"] else "processing"
        return "failed" if fault is not None and fault.name in _FAILURES else "completed"

    def _told(self, job: dict[str, Any], state: str, *, output: bool = True) -> dict[str, Any]:
        told: dict[str, Any] = {"id": job["id"], "state": state, "created_at": "2026-11-21T12:00:00Z"}
        fault: Fault | None = job["fault"]
        done = state == "completed" and output
        url = f"{self.origin}/files/{job['id']}.mp4?X-Amz-Signature=loopback"
        failure = _FAILURES.get(fault.name, "") if fault is not None and state == "failed" else ""
        code = str(fault.told.get("code", failure)) if fault is not None and failure else None
        if job["legacy"]:
            return told | {"assets": {"video": url} if done else None, "failure_reason": code}
        reason = f"The generation ended: {code}." if code else None
        return told | {
            "model": job["body"].get("model"),
            "output": [{"type": "video", "url": url}] if done else [],
            "failure_code": code,
            "failure_reason": reason,
        }

    def _file(self, exchange: Exchange, path: str, fault: Fault | None) -> None:
        job = self.jobs.get(path.removeprefix("/files/").removesuffix(".mp4"))
        if job is None or (fault is not None and fault.name == "expired"):
            return exchange.send(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        film = _film(job["body"])
        if fault is not None and fault.name == "half":
            film = film[: len(film) // 2]
        if fault is not None and fault.name == "not_film":
            film = b"<html>Sign in</html>"
        return exchange.send(200, film, "video/mp4")


_REFUSALS = {
    "no_balance": (402, "Insufficient balance"),
    "busy": (429, "Too many concurrent generations"),
    "broken": (422, "prompt: value is not valid"),
    "refused_prompt": (400, "The prompt was flagged by content moderation"),
}
_FAILURES = {"moderated": "content_moderated", "final": "invalid_request", "again": "generation_failed"}


def _wrong(body: dict[str, Any], legacy: bool) -> str:
    """What the contract has against a request; empty: nothing."""
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= (5000 if legacy else 6000):
        return "prompt: length"
    if body.get("aspect_ratio") not in SHAPES:
        return "aspect_ratio: not one of them"
    if legacy:
        fits = body.get("model") in ("ray-2", "ray-flash-2") and body.get("duration") in ("5s", "9s")
        return "" if fits else "model or duration"
    video = body.get("video")
    if body.get("model") != "ray-3.2" or body.get("type") != "video" or not isinstance(video, dict):
        return "model or type"
    return "" if video.get("duration") in ("5s", "10s") else "video.duration"


def _film(body: dict[str, Any]) -> bytes:
    video = body.get("video")
    told = video.get("duration") if isinstance(video, dict) else body.get("duration")
    width, height = SHAPES[str(body["aspect_ratio"])]
    return media.shot(float(str(told).removesuffix("s")), width, height, len(str(body["prompt"])))


def _error(exchange: Exchange, status: int, words: str) -> None:
    as_json(exchange, {"detail": words}, status)
