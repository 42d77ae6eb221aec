"""OpenAI's image generation on loopback, by the published schema.

Beside the faults any server can have, a rule for `POST /v1/images/generations` may say `moderated`,
`policy`, `no_quota`, `hard_limit`, `rate`, `bad_model`, `lettered` (`words`), `small` (`side`), `url_only`,
`no_data`, `bad_base64`, `cut_base64`, `not_picture`, `escaped` (slashes with backslashes, as some servers
write JSON).
"""

from __future__ import annotations

import base64
import json
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault
from noktvrn.testing.loopback import Exchange

KEY = "sk-loopback"
MODELS = ("gpt-image-2", "gpt-image-1.5", "gpt-image-1", "gpt-image-1-mini")
FIXED = ("1024x1024", "1536x1024", "1024x1536", "auto")
KNOWN = {"model", "prompt", "n", "size", "quality", "output_format", "output_compression"}
KNOWN |= {"background", "moderation", "user", "stream", "partial_images"}


class Server(Fake):
    """Plays `api.openai.com`. The key is `KEY`; a picture costs its tokens."""

    name = "openai_images"

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Paints at once, or tells of a model."""
        self._serve(exchange, path, fault)
        return None

    def _serve(self, exchange: Exchange, path: str, fault: Fault | None) -> None:
        if exchange.headers.get("authorization") != f"Bearer {KEY}":
            return _error(exchange, 401, "Incorrect API key provided.", "invalid_api_key")
        if exchange.method == "GET" and path.startswith("/v1/models/"):
            return self._model(exchange, path.rsplit("/", 1)[1])
        if exchange.method != "POST" or path != "/v1/images/generations":
            return _error(exchange, 404, "Unknown request URL.", None)
        body = body_of(exchange)
        if fault is not None and fault.name in _REFUSALS:
            status, words, code = _REFUSALS[fault.name]
            return _error(exchange, status, words, code)
        wrong = _wrong(body)
        if wrong:
            return _error(exchange, 400, wrong, None)
        return self._paint(exchange, body, fault)

    def _model(self, exchange: Exchange, name: str) -> None:
        if name not in MODELS:
            return _error(exchange, 404, f"The model '{name}' does not exist", "model_not_found")
        return as_json(exchange, {"id": name, "object": "model", "owned_by": "system"})

    def _paint(self, exchange: Exchange, body: dict[str, Any], fault: Fault | None) -> None:
        told = str(body.get("size", "auto"))
        width, height = (1024, 1024) if told == "auto" else map(int, told.split("x"))
        name, extra = (fault.name, fault.told) if fault is not None else ("", {})
        side = int(extra.get("side", 0)) if name == "small" else 0
        words = str(extra.get("words", "DREAMSCAPE")) if name == "lettered" else ""
        data = media.picture(side or width, side or height, "PNG", len(str(body["prompt"])), words)
        tokens = width * height // 1000
        self.taken(body, output_tokens=tokens)
        image = {"b64_json": base64.b64encode(_spoilt(data, name)).decode()}
        answer = _answer([image], told, tokens)
        exchange.send(200, _text(answer, name).encode())


def _spoilt(data: bytes, fault: str) -> bytes:
    return b"<html>Sign in</html>" * 50 if fault == "not_picture" else data


def _answer(images: list[dict[str, str]], size: str, tokens: int) -> dict[str, Any]:
    usage = {"input_tokens": 120, "output_tokens": tokens, "total_tokens": 120 + tokens}
    usage_details = {"text_tokens": 120, "image_tokens": 0}
    return {
        "created": 1_790_000_000,
        "background": "opaque",
        "data": images,
        "output_format": "png",
        "quality": "medium",
        "size": size,
        "usage": {**usage, "input_tokens_details": usage_details},
    }


def _text(answer: dict[str, Any], fault: str) -> str:
    """The answer as it is sent."""
    if fault == "url_only":
        answer["data"] = [{"url": "https://images.example/1.png"}]
    if fault == "no_data":
        answer["data"] = []
    if fault == "bad_base64":
        answer["data"][0]["b64_json"] = "***" + answer["data"][0]["b64_json"][3:]
    if fault == "cut_base64":
        text = answer["data"][0]["b64_json"]
        answer["data"][0]["b64_json"] = text[: len(text) // 8 * 4 + 1]
    text = json.dumps(answer)
    return text.replace("/", "\\/") if fault == "escaped" else text


_REFUSALS: dict[str, tuple[int, str, str]] = {
    "moderated": (400, "Your request was rejected by the safety system.", "moderation_blocked"),
    "policy": (400, "Your prompt may contain text that is not allowed.", "content_policy_violation"),
    "no_quota": (429, "You exceeded your current quota.", "insufficient_quota"),
    "hard_limit": (400, "Billing hard limit has been reached.", "billing_hard_limit_reached"),
    "rate": (429, "Rate limit reached for images per minute.", "rate_limit_exceeded"),
    "bad_model": (404, "The model does not exist or you do not have access.", "model_not_found"),
}


def _wrong(body: dict[str, Any]) -> str:
    """What the schema has against a request; empty: nothing."""
    unknown = set(body) - KNOWN
    if unknown:
        return f"Unknown parameter: '{min(unknown)}'."
    if body.get("model") not in MODELS:
        return "Without a model this is dall-e-2, which is not served here."
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= 32_000:
        return "Invalid 'prompt'."
    size = str(body.get("size", "auto"))
    if size in FIXED or (body["model"] == "gpt-image-2" and _any_size(size)):
        return ""
    return f"Invalid size '{size}'."


def _any_size(size: str) -> bool:
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        return False
    w, h = int(width), int(height)
    return w % 16 == 0 and h % 16 == 0 and max(w, h) <= 3840 and w <= 3 * h and h <= 3 * w


def _error(exchange: Exchange, status: int, words: str, code: str | None) -> None:
    told = {"message": words, "type": "invalid_request_error", "param": None, "code": code}
    exchange.send(status, json.dumps({"error": told}).encode(), headers={"x-request-id": "req_loopback"})
