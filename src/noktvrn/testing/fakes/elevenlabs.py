"""ElevenLabs on loopback: songs, spoken lines, stock voices and the account, and its kinds of refusals."""

from __future__ import annotations

import base64
import io
from typing import Any

import soundfile

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

KEY = "sk_fake_elevenlabs"
SONG_FORMS = {"mp3_44100_128", "mp3_44100_192", "mp3_48000_192", "pcm_44100"}
SPEECH_FORMS = {"mp3_44100_128", "mp3_22050_32", "pcm_44100"}
VOICES: list[dict[str, Any]] = [
    {"voice_id": "fakeGeorge0000000001", "name": "George", "gender": "male", "category": "premade"},
    {"voice_id": "fakeSarah00000000002", "name": "Sarah", "gender": "female", "category": "premade"},
    {"voice_id": "fakeRiver00000000003", "name": "River", "gender": "neutral", "category": "premade"},
    {"voice_id": "fakeAlice00000000004", "name": "Alice", "gender": "female", "category": "premade"},
    {"voice_id": "fakeBrian00000000005", "name": "Brian", "gender": "male", "category": "premade"},
    {"voice_id": "fakeMyOwnVoice000006", "name": "Mine", "gender": "female", "category": "cloned"},
    {"voice_id": "fakeFamous0000000007", "name": "A Star", "gender": "male", "category": "famous"},
]
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "quota_exceeded": (401, {"message": "This request exceeds your quota of 10000."}),
    "invalid_api_key": (401, {"message": "Invalid API key"}),
    "missing_permissions": (401, {"message": "The API key you used is missing the permission music."}),
    "limited_access": (403, {"message": "Music is not part of your plan."}),
    "payment_required": (402, {"message": "Please upgrade."}),
    "too_many_concurrent_requests": (429, {"message": "Too many concurrent requests."}),
    "system_busy": (429, {"message": "The system is busy, try again later."}),
    "harmful": (400, {"status": "bad_prompt", "message": "This goes against our terms."}),
    "content_against_policy": (400, {"message": "The text goes against our policy."}),
    "maintenance": (503, {"message": "Down for maintenance."}),
    "server_error": (500, {"message": "Something went wrong."}),
}
SUGGESTED = "A melancholic synth song in the manner of the eighties"
COST_OF_A_MINUTE = 900


class Server(Fake):
    """`limit` credits are in the account; what was billed is taken from them."""

    name = "elevenlabs"

    def __init__(self, script: Script | None = None, port: int = 0, *, limit: int = 1_000_000) -> None:
        super().__init__(script, port)
        self.limit = limit
        self.key = KEY
        self.tier = "creator"
        self.tells_cost = True

    @property
    def left(self) -> int:
        """Credits that are left."""
        return self.limit - self.bill["credits"]

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        if exchange.headers.get("xi-api-key") != self.key:
            refuse(exchange, "invalid_api_key")
        elif fault is not None and fault.name in REFUSALS:
            refuse(exchange, fault.name)
        elif fault is not None and fault.name in ("bad_prompt", "bad_composition_plan"):
            _suggest(exchange, fault)
        elif exchange.method == "GET":
            self._account(exchange, path)
        elif path == "/v1/music":
            self._song(exchange, query, fault)
        elif path.startswith("/v1/text-to-speech/"):
            self._speech(exchange, path.rpartition("/")[2], query, fault)
        else:
            as_json(exchange, {"detail": "Not Found"}, 404)
        return None

    def _account(self, exchange: Exchange, path: str) -> None:
        if path == "/v1/user/subscription":
            used = self.bill["credits"]
            told = {"tier": self.tier, "character_count": used, "character_limit": self.limit}
            as_json(exchange, {**told, "next_character_count_reset_unix": 1798761600, "currency": "usd"})
        elif path == "/v1/voices":
            as_json(exchange, {"voices": [_voice(one) for one in VOICES]})
        elif path.startswith("/v1/voices/"):
            wanted = path.rpartition("/")[2]
            found = [one for one in VOICES if one["voice_id"] == wanted]
            if found:
                as_json(exchange, _voice(found[0]))
            else:
                as_json(exchange, _detail("voice_not_found", f"A voice with id {wanted} was not found."), 400)
        else:
            as_json(exchange, {"detail": "Not Found"}, 404)

    def _song(self, exchange: Exchange, query: dict[str, str], fault: Fault | None) -> None:
        body = body_of(exchange)
        form = query.get("output_format", "mp3_48000_192")
        wrong = _wrong_song(body) or (("query", "output_format") if form not in SONG_FORMS else None)
        if wrong:
            as_json(
                exchange, {"detail": [{"loc": list(wrong), "msg": "invalid", "type": "value_error"}]}, 422
            )
            return
        seconds = _length_ms(body) / 1000.0
        cost = round(COST_OF_A_MINUTE * seconds / 60.0)
        if cost > self.left:
            refuse(exchange, "quota_exceeded")
            return
        self.taken({"song": body}, credits=cost)
        sound = _song_of(seconds, form, int(body.get("seed", 0)) % 97)
        self._send(exchange, sound, cost, fault, "audio/pcm" if form.startswith("pcm") else "audio/mpeg")

    def _speech(self, exchange: Exchange, voice: str, query: dict[str, str], fault: Fault | None) -> None:
        body = body_of(exchange)
        text, settings = str(body.get("text", "")), body.get("voice_settings") or {}
        speed = float(settings.get("speed", 1.0))
        if not text or len(text) > 10_000 or not 0.7 <= speed <= 1.2:
            as_json(exchange, {"detail": [{"loc": ["body", "text"], "msg": "invalid", "type": "x"}]}, 422)
            return
        if voice not in {one["voice_id"] for one in VOICES}:
            as_json(exchange, _detail("voice_not_found", "A voice with this id was not found."), 400)
            return
        if body.get("model_id") == "eleven_multilingual_v2" and "language_code" in body:
            as_json(exchange, _detail("unsupported_language", "This model takes no language_code."), 400)
            return
        if len(text) > self.left:
            refuse(exchange, "quota_exceeded")
            return
        self.taken({"speech": body, "voice": voice}, credits=len(text))
        self._send(exchange, media.speech(text, voice, speed), len(text), fault, "audio/mpeg")

    def _send(self, exchange: Exchange, sound: bytes, cost: int, fault: Fault | None, kind: str) -> None:
        number = len(self.submissions)
        headers = {"request-id": f"req{number:06d}"}
        if self.tells_cost:
            headers["character-cost"] = str(cost)
        exchange.send(200, _spoilt(sound, fault), kind, headers)


def refuse(exchange: Exchange, name: str) -> None:
    """One of the refusals by its name."""
    status, told = REFUSALS[name]
    as_json(exchange, {"detail": {"status": name, **told}}, status)


def _suggest(exchange: Exchange, fault: Fault) -> None:
    """A refusal with a suggestion, beside the status or under `data` (`where`)."""
    plan = {"chunks": [{"positive_styles": [SUGGESTED, "original melody"]}]}
    named = fault.name == "bad_prompt"
    told: dict[str, Any] = (
        {"prompt_suggestion": SUGGESTED} if named else {"composition_plan_suggestion": plan}
    )
    detail = {"status": fault.name, "message": "Your prompt names a copyrighted work."}
    inside = {"data": told} if fault.told.get("where") == "data" else told
    as_json(exchange, {"detail": {**detail, **inside}}, int(fault.told.get("status", 400)))


def _detail(status: str, message: str) -> dict[str, Any]:
    return {"detail": {"status": status, "message": message}}


def _voice(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "voice_id": one["voice_id"],
        "name": one["name"],
        "category": one["category"],
        "labels": {"gender": one["gender"], "accent": "british"},
        "preview_url": "https://example.invalid/preview.mp3",
    }


def _wrong_song(body: dict[str, Any]) -> tuple[str, str] | None:
    """The place of a field the service does not take, or None."""
    if ("prompt" in body) == ("composition_plan" in body):
        return ("body", "prompt")
    if "prompt" in body and ("seed" in body or len(str(body["prompt"])) > 4100):
        return ("body", "seed")
    if not 3_000 <= _length_ms(body) <= 600_000:
        return ("body", "music_length_ms")
    chunks = body.get("composition_plan", {}).get("chunks", [])
    if len(chunks) > 30 or not all(_fits(chunk) for chunk in chunks):
        return ("body", "composition_plan")
    return None


def _fits(chunk: dict[str, Any]) -> bool:
    lines = str(chunk.get("text", "")).split("\n")
    styles = [*chunk.get("positive_styles", []), *chunk.get("negative_styles", [])]
    short = len(lines) <= 30 and all(len(line) <= 200 for line in lines)
    return short and len(styles) <= 52 and 3_000 <= int(chunk["duration_ms"]) <= 120_000


def _length_ms(body: dict[str, Any]) -> int:
    chunks = body.get("composition_plan", {}).get("chunks", [])
    return int(body.get("music_length_ms", 0)) or sum(int(chunk["duration_ms"]) for chunk in chunks)


def _song_of(seconds: float, form: str, seed: int) -> bytes:
    if not form.startswith("pcm"):
        return media.song(round(seconds, 3), "MP3", seed)
    samples, _ = soundfile.read(io.BytesIO(media.song(round(seconds, 3), "WAV", seed)), dtype="int16")
    return bytes(samples.tobytes())


def _spoilt(sound: bytes, fault: Fault | None) -> bytes:
    """What comes instead of a sound: `empty`, `half` (whole by its own length), `html_as_audio`,
    `json_as_audio`."""
    name = fault.name if fault else ""
    if name == "empty":
        return b""
    if name == "half":
        return sound[: len(sound) // 2]
    if name == "html_as_audio":
        return b"<!doctype html><html><body>Sign in</body></html>"
    if name == "json_as_audio":
        return b'{"audio_base64":"' + base64.b64encode(sound[:300]) + b'"}'
    return sound
