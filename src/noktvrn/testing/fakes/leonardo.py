"""Leonardo.ai on loopback: v1 and v2 creation, looks, the price calculator, the account.

Beside the faults any server can have, a rule for a creating POST may say `bad_key` (`status`),
`moderated`, `no_credits`, `too_many`, `invalid_in_200` (v2 says so with HTTP 200 and a list), `service_error`
(500), `fails`, `stuck`, `lettered` (`words`), `small` (`side`), `adult`; for a look `forgotten`,
`unknown_status`, `no_images`; for a file `expired`, `half`, `not_picture`.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault
from noktvrn.testing.loopback import Exchange

KEY = "11111111-2222-3333-4444-555555555555"
USER = "99999999-8888-7777-6666-555555555555"
COST = 14
_JOB = re.compile(r"^/v1/generations/([0-9a-f-]{36})$")


class Server(Fake):
    """Plays `cloud.leonardo.ai/api/rest`. The key is `KEY`."""

    name = "leonardo"
    looks = 1

    def __init__(self, script: Any = None, port: int = 0) -> None:
        super().__init__(script, port)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.credits = 5000

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Creates, looks, lists, counts, hands out files."""
        self._serve(exchange, path, fault)
        return None

    def _serve(self, exchange: Exchange, path: str, fault: Fault | None) -> None:
        if path.startswith("/cdn/"):
            return self._file(exchange, path, fault)
        if exchange.headers.get("authorization") != f"Bearer {KEY}":
            return _error(exchange, 401, "Authentication hook unauthorized this request", "access-denied")
        if exchange.method == "POST" and path in ("/v1/generations", "/v2/generations"):
            return self._create(exchange, path.startswith("/v2"), fault)
        if exchange.method == "POST" and path == "/v1/pricing-calculator":
            return as_json(exchange, {"calculateProductionApiServiceCost": {"cost": COST}})
        if path == "/v1/me":
            return as_json(exchange, {"user_details": [self._account()]})
        if path == f"/v1/generations/user/{USER}":
            return as_json(exchange, {"generations": [self._row(job) for job in _latest(self.jobs)]})
        if found := _JOB.match(path):
            return self._look(exchange, found[1], fault)
        return _error(exchange, 404, "Not found", "not-found")

    def _account(self) -> dict[str, Any]:
        return {
            "user": {"id": USER, "username": "loopback"},
            "apiPaidTokens": self.credits,
            "apiSubscriptionTokens": 0,
            "apiConcurrencySlots": 10,
        }

    def _create(self, exchange: Exchange, second: bool, fault: Fault | None) -> None:
        body = body_of(exchange)
        if fault is not None and fault.name in _REFUSALS:
            status, words = _REFUSALS[fault.name]
            return _error(exchange, int(fault.told.get("status", status)), words)
        wrong = _wrong(body, second)
        if (wrong and second) or (fault is not None and fault.name == "invalid_in_200"):
            told = {"message": wrong or "Invalid parameters", "extensions": {"code": "VALIDATION_ERROR"}}
            return as_json(exchange, [told])
        if wrong:
            return _error(exchange, 400, wrong, "validation-failed")
        if self.credits < COST:
            return _error(exchange, 402, "Not enough API tokens.")
        job = {"id": str(uuid.UUID(int=len(self.jobs) + 1)), "body": body, "second": second, "fault": fault}
        job["left"] = self.looks
        self.jobs[str(job["id"])] = job
        self.credits -= COST
        self.taken({"id": job["id"], **body}, leonardo_credits=COST)
        if second:
            cost = {"amount": "0.0280", "unit": "DOLLARS"}
            return as_json(exchange, {"generate": {"generationId": job["id"], "cost": cost}})
        return as_json(exchange, {"sdGenerationJob": {"generationId": job["id"], "apiCreditCost": COST}})

    def _look(self, exchange: Exchange, ref: str, fault: Fault | None) -> None:
        job = self.jobs.get(ref)
        if job is None or (fault is not None and fault.name == "forgotten"):
            return as_json(exchange, {"generations_by_pk": None})
        status = self._status(job)
        if fault is not None and fault.name == "unknown_status":
            status = "POLISHING"
        row = self._row(job) | {"status": status}
        if status == "COMPLETE" and not (fault is not None and fault.name == "no_images"):
            row["generated_images"] = [self._image(job)]
        return as_json(exchange, {"generations_by_pk": row})

    def _status(self, job: dict[str, Any]) -> str:
        fault: Fault | None = job["fault"]
        if job["left"] > 0 or (fault is not None and fault.name == "stuck"):
            job["left"] -= 1
            return "PENDING"
        return "FAILED" if fault is not None and fault.name == "fails" else "COMPLETE"

    def _row(self, job: dict[str, Any]) -> dict[str, Any]:
        told = job["body"].get("parameters", job["body"])
        row = {"id": job["id"], "prompt": told["prompt"], "seed": told.get("seed"), "status": "PENDING"}
        return row | {"createdAt": "2026-11-21T12:00:00", "generated_images": []}

    def _image(self, job: dict[str, Any]) -> dict[str, Any]:
        fault: Fault | None = job["fault"]
        url = f"{self.origin}/cdn/{job['id']}.png"
        return {"id": job["id"], "url": url, "nsfw": fault is not None and fault.name == "adult"}

    def _file(self, exchange: Exchange, path: str, fault: Fault | None) -> None:
        job = self.jobs.get(path.removeprefix("/cdn/").removesuffix(".png"))
        if job is None or (fault is not None and fault.name == "expired"):
            return exchange.send(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        told = job["body"].get("parameters", job["body"])
        picture = drawn(told, job["fault"])
        if fault is not None and fault.name == "half":
            picture = picture[: len(picture) // 2]
        if fault is not None and fault.name == "not_picture":
            picture = b"<html>Sign in</html>"
        return exchange.send(200, picture, "image/png")


_REFUSALS = {
    "bad_key": (400, "Invalid response from authorization hook"),
    "moderated": (403, "content moderation filter: gore"),
    "no_credits": (400, "Not enough API tokens."),
    "too_many": (429, "Too many concurrent generations, please try again later."),
    "service_error": (500, "Service Error"),
}


def drawn(told: dict[str, Any], fault: Fault | None) -> bytes:
    """The picture a job makes: by its seed; with words on it, or another side, where its fault says so."""
    name, extra = (fault.name, fault.told) if fault is not None else ("", {})
    side = int(extra.get("side", 0)) if name == "small" else 0
    words = str(extra.get("words", "DREAMSCAPE")) if name == "lettered" else ""
    width, height = side or int(told.get("width", 1024)), side or int(told.get("height", 1024))
    return media.picture(width, height, "PNG", int(told.get("seed") or 0), words)


def _latest(jobs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return list(reversed(jobs.values()))[:20]


def _wrong(body: dict[str, Any], second: bool) -> str:
    """What the contract has against a request; empty: nothing."""
    told = body.get("parameters") if second else body
    if not isinstance(told, dict) or not isinstance(told.get("prompt"), str):
        return 'expecting a value for non-nullable variable: "prompt"'
    if len(told["prompt"]) > 1500:
        return "Invalid prompt, maximum length of 1500 characters exceeded."
    if not body.get("model" if second else "modelId"):
        return "model is required"
    sides = (told.get("width"), told.get("height"))
    fits = all(isinstance(side, int) and 32 <= side <= 2048 and side % 8 == 0 for side in sides)
    return "" if fits else "invalid dimensions"


def _error(exchange: Exchange, status: int, words: str, code: str = "unexpected") -> None:
    as_json(exchange, {"error": words, "path": "$", "code": code}, status)
