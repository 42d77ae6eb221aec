"""OpenAI's speech on loopback, by the published description of `/audio/speech`."""

from __future__ import annotations

import struct
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault
from noktvrn.testing.loopback import Exchange

KEY = "sk-fake-openai-speech"
RATE = 24_000
MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
VOICES = (
    *("alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse"),
    *("marin", "cedar"),
)
FORMS = ("mp3", "wav")
FIELDS = {"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"}
REFUSALS: dict[str, tuple[int, str, str, str]] = {
    "bad_key": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    "permission": (403, "invalid_request_error", "missing_scope", "You have insufficient permissions."),
    "insufficient_quota": (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "rate_limit": (429, "requests", "rate_limit_exceeded", "Rate limit reached for tts-1."),
    "hard_limit": (
        400,
        "invalid_request_error",
        "billing_hard_limit_reached",
        "Billing hard limit has been reached.",
    ),
    "moderation": (400, "invalid_request_error", "content_policy_violation", "Not allowed by our system."),
    "model_gone": (404, "invalid_request_error", "model_not_found", "The model does not exist."),
    "server_error": (500, "server_error", "", "The server had an error while processing your request."),
    "overloaded": (503, "server_error", "", "The engine is currently overloaded."),
}


class Server(Fake):
    """Speaks 24 kHz mono; a WAV's head tells no length, since it is sent while it is spoken."""

    name = "openai_speech"
    key = KEY

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        del query
        if exchange.headers.get("authorization") != f"Bearer {self.key}":
            refuse(exchange, "bad_key")
        elif fault is not None and fault.name in REFUSALS:
            refuse(exchange, fault.name)
        elif exchange.method == "GET" and path.startswith("/v1/models/"):
            self._model(exchange, path.rpartition("/")[2])
        elif path == "/v1/audio/speech":
            self._speech(exchange, fault)
        else:
            refuse(exchange, "model_gone")
        return None

    def _model(self, exchange: Exchange, model: str) -> None:
        if model in MODELS:
            as_json(exchange, {"id": model, "object": "model", "owned_by": "system"})
        else:
            refuse(exchange, "model_gone")

    def _speech(self, exchange: Exchange, fault: Fault | None) -> None:
        body = body_of(exchange)
        wrong = _wrong(body)
        if wrong:
            told = {"message": f"Invalid value for {wrong}", "type": "invalid_request_error"}
            as_json(exchange, {"error": {**told, "param": wrong, "code": "invalid_value"}}, 400)
            return
        text, speed = str(body["input"]), float(body.get("speed", 1.0))
        self.taken({"speech": body}, characters=len(text))
        voice = body["voice"] if isinstance(body["voice"], str) else body["voice"]["id"]
        if body.get("response_format", "mp3") == "wav":
            sound, kind = _untold(media.speech(text, voice, speed, RATE, "WAV")), "audio/wav"
        else:
            sound, kind = media.speech(text, voice, speed, RATE, "MP3"), "audio/mpeg"
        _send(exchange, sound, kind, fault, len(self.submissions))


def refuse(exchange: Exchange, name: str) -> None:
    """One of the refusals by its name."""
    status, kind, code, message = REFUSALS[name]
    as_json(
        exchange, {"error": {"message": message, "type": kind, "param": None, "code": code or None}}, status
    )


def _send(exchange: Exchange, sound: bytes, kind: str, fault: Fault | None, number: int) -> None:
    name = fault.name if fault else ""
    if name == "empty":
        sound = b""
    if name == "html_as_audio":
        sound = b"<!doctype html><html><body>Sign in</body></html>"
    if name == "json_as_audio":
        sound = b'{"audio": "aGVsbG8="}'
    exchange.send(200, sound, kind, {"x-request-id": f"req_{number:06d}"})


def _wrong(body: dict[str, Any]) -> str:
    """The field the description does not allow, or nothing."""
    text = body.get("input")
    voice = body.get("voice")
    named = voice in VOICES or (isinstance(voice, dict) and set(voice) == {"id"})
    classic = str(body.get("model")).startswith("tts-1")
    checks = {
        "model": body.get("model") in MODELS,
        "input": isinstance(text, str) and 0 < len(text) <= 4096,
        "voice": named,
        "instructions": not (classic and body.get("instructions")),
        "response_format": body.get("response_format", "mp3") in FORMS,
        "speed": 0.25 <= float(body.get("speed", 1.0)) <= 4.0,
        "body": not set(body) - FIELDS,
    }
    return next((name for name, good in checks.items() if not good), "")


def _untold(wave: bytes) -> bytes:
    """The WAV with sizes that stand for `unknown`."""
    unknown = struct.pack("<I", 0xFFFFFFFF)
    place = wave.index(b"data") + 4
    return wave[:4] + unknown + wave[8:place] + unknown + wave[place + 4 :]
