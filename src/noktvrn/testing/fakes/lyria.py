"""Lyria on loopback, as the Gemini API plays it: a song in base64 inside JSON, and Google's errors."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

KEY = "AIza-fake-gemini"
MODELS = ("lyria-3.5", "lyria-3-clip-preview", "lyria-3-pro-preview")
_INFO = "type.googleapis.com/google.rpc."
_LENGTH = re.compile(r"Length: about (\d+):(\d\d)")
REFUSALS: dict[str, tuple[int, str, str, list[dict[str, Any]]]] = {
    "bad_key": (
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        [{"@type": _INFO + "ErrorInfo", "reason": "API_KEY_INVALID"}],
    ),
    "invalid": (400, "INVALID_ARGUMENT", "Unsupported response mime type: audio/wav", []),
    "prohibited": (400, "INVALID_ARGUMENT", "The prompt was blocked by our safety policy.", []),
    "permission": (403, "PERMISSION_DENIED", "Your project has been denied access.", []),
    "not_found": (404, "NOT_FOUND", "models/lyria-9 is not found.", []),
    "exhausted": (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota.",
        [{"@type": _INFO + "RetryInfo", "retryDelay": "2s"}],
    ),
    "day_exhausted": (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
        [
            {
                "@type": _INFO + "QuotaFailure",
                "violations": [{"quotaId": "GenerateRequestsPerDayPerProject"}],
            },
            {"@type": _INFO + "RetryInfo", "retryDelay": "38s"},
        ],
    ),
    "unavailable": (503, "UNAVAILABLE", "The model is overloaded.", []),
    "internal": (500, "INTERNAL", "An internal error has occurred.", []),
    "deadline": (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", []),
}
SILENT = {
    "blocked": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "incomplete": "incomplete",
    "budget_exceeded": "budget_exceeded",
    "queued": "queued",
    "in_progress": "in_progress",
    "new_status": "meditating",
}
"""Statuses of answers without a song, by the fault's name."""


class Server(Fake):
    """`seconds` overrides the length that is asked for in words."""

    name = "lyria"

    def __init__(self, script: Script | None = None, port: int = 0, *, seconds: float | None = None) -> None:
        super().__init__(script, port)
        self.seconds = seconds
        self.key = KEY

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        del query
        if exchange.headers.get("x-goog-api-key") != self.key:
            refuse(exchange, "bad_key")
        elif fault is not None and fault.name in REFUSALS:
            refuse(exchange, fault.name, in_list=bool(fault.told.get("in_list")))
        elif exchange.method == "GET":
            _model(exchange, path.rpartition("/")[2])
        elif path == "/v1beta/interactions":
            self._interaction(exchange, fault)
        else:
            refuse(exchange, "not_found")
        return None

    def _interaction(self, exchange: Exchange, fault: Fault | None) -> None:
        body = body_of(exchange)
        model, asked = str(body.get("model")), str(body.get("input", ""))
        if model not in MODELS or not asked or set(body) - {"model", "input"}:
            refuse(exchange, "invalid")
            return
        if fault is None or fault.name != "budget_exceeded":  # then nothing is begun
            self.taken({"model": model, "input": asked}, songs=1)
        number = len(self.submissions)
        parts: list[dict[str, Any]] = [{"type": "text", "text": "[Verse] as it was asked for"}]
        status = SILENT.get(fault.name, "completed") if fault else "completed"
        if fault is None or fault.name not in SILENT:
            parts.append(self._song(model, asked, number, fault))
        told = {
            "id": f"interactions/fake{number:04d}",
            "status": status,
            "model": model,
            "steps": [{"type": "thought", "signature": "x" * 40}, {"type": "model_output", "content": parts}],
            "usage": {"total_tokens": 12},
        }
        _send(exchange, told, fault)

    def _song(self, model: str, asked: str, number: int, fault: Fault | None) -> dict[str, Any]:
        name = fault.name if fault else ""
        sound = media.song(self._length(model, asked), "MP3", number % 7)
        data = base64.b64encode(sound).decode()
        if name == "not_base64":
            data = "*" + data[1:]
        if name == "html_as_audio":
            data = base64.b64encode(b"<!doctype html>" * 4000).decode()
        if name == "empty":
            data = ""
        return {"type": "audio", "mime_type": "audio/mpeg", "data": data}

    def _length(self, model: str, asked: str) -> float:
        if "clip" in model:
            return 30.0
        found = _LENGTH.search(asked)
        told = 60.0 * int(found.group(1)) + int(found.group(2)) if found else 60.0
        return self.seconds or told


def refuse(exchange: Exchange, name: str, *, in_list: bool = False) -> None:
    """One of the refusals by its name."""
    code, status, message, details = REFUSALS[name]
    told = {"error": {"code": code, "status": status, "message": message, "details": details}}
    as_json(exchange, [told] if in_list else told, code)


def _send(exchange: Exchange, told: dict[str, Any], fault: Fault | None) -> None:
    """The answer; `escaped` spells it as Google does at times, `half` ends inside the song, `other_json` is
    none at all."""
    body = json.dumps(told).encode()
    name = fault.name if fault else ""
    if name == "escaped":
        body = json.dumps(told, indent=1).replace("=", "\\u003d").replace("/", "\\/").encode()
    if name == "half":
        body = body[: len(body) // 2]
    if name == "other_json":
        body = b'{"candidates": [{"finishReason": "OTHER"}], "steps": 7}'
    exchange.send(200, body, "application/json; charset=UTF-8")


def _model(exchange: Exchange, model: str) -> None:
    if model in MODELS:
        as_json(exchange, {"name": f"models/{model}", "displayName": "Lyria"})
    else:
        refuse(exchange, "not_found")
