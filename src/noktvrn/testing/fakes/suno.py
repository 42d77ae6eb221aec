"""Plays sunoapi.org and kie.ai: envelopes, two songs for each order, callbacks, lossless files.

Faults of its own, beside those every fake has (`on` a path of /api/v1 unless told otherwise):

- `code` (`code`, `msg`, `data`, `http`): refused in the envelope, nothing taken; `http` is the HTTP status.
- `code_after` (the same): refused in the envelope, but taken and billed.
- `no_task_id`: taken and billed, and the answer does not name the job.
- on an order, what becomes of it: `fails` (`status`, `message`), `first_then_fail`, `moderated`, `one_song`,
  `callback_exception`, `stuck`, `expires` (its files answer 403), `as_urls` (a market's job told by
  `resultUrls`), `made` (`seconds`, `bpm`).
- on an order, its callbacks: `callbacks` (`types` in their order, `forged`, `skew_s`, `early`).
- on a look: `says` (`status`), `forgets` (every job, as after a restart).
- on anything: `credits` (`left`), then as usual.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

PREFIX = "/api/v1"
SONG_COST, WAV_COST = 12, 1
FORBIDDEN = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>'
)
LIMITS = {"V4": (3000, 200, 80), "V4_5ALL": (5000, 1000, 80)}
USUAL = (5000, 1000, 100)
_BPM = re.compile(r"(\d{2,3}(?:\.\d+)?) bpm", re.IGNORECASE)
_KEY = re.compile(r"\b([A-G][b#]?) (major|minor|dorian|phrygian|lydian|mixolydian)\b")
_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MAJOR = ("major", "lydian", "mixolydian")


@dataclass
class Job:
    """One order: `fate` is how it ends, `ready_at` when."""

    task: str
    kind: str
    body: dict[str, Any]
    ready_at: float
    fate: Fault
    clips: list[str] = field(default_factory=list)


class Server(Fake):
    """`credits` are what is left, `hmac_key` signs callbacks (kie.ai), `told` are the statuses callbacks were
    answered with, `making_s` is how long a job takes."""

    name = "suno"

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        super().__init__(script, port)
        self.credits = 1_000
        self.hmac_key = ""
        self.making_s = 0.0
        self.seconds = 40.0
        self.told: list[int] = []
        self._jobs: dict[str, Job] = {}
        self._files: dict[str, tuple[Job, int]] = {}
        self._callers: list[threading.Thread] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.answered(5.0)
        super().__exit__(kind, error, trace)

    def answered(self, seconds: float) -> None:
        """Waits, so long for each order, until its callbacks were sent and answered."""
        for caller in tuple(self._callers):
            caller.join(seconds)

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        fault = fault or Fault("")
        if path.startswith("/files/"):
            self._file(exchange, path.removeprefix("/files/"))
            return None
        if fault.name == "credits":
            self.credits = int(fault.told["left"])
        if fault.name == "code":
            _code(exchange, fault)
        elif not exchange.headers.get("authorization", "").removeprefix("Bearer").strip():
            _say(exchange, 401, "You do not have access permissions")
        elif exchange.method == "POST":
            self._order(exchange, path.removeprefix(PREFIX), fault)
        else:
            self._look(exchange, path.removeprefix(PREFIX), query, fault)
        return None

    def _order(self, exchange: Exchange, path: str, fault: Fault) -> None:
        body = body_of(exchange)
        checks = {
            "/generate": _song_trouble,
            "/jobs/createTask": _market_trouble,
            "/wav/generate": _wav_trouble,
        }
        if path not in checks:
            _say(exchange, 404, "Not found")
            return
        refused = checks[path](body)
        cost = WAV_COST if path == "/wav/generate" else SONG_COST
        if refused is not None:
            _say(exchange, *refused)
        elif self.credits < cost:
            _say(exchange, 429, "The current credits are insufficient. Please top up.")
        elif path == "/wav/generate" and (before := self._wav_of(body)):
            _say(exchange, 409, "The WAV record already exists.", {"taskId": before})
        else:
            self._take(exchange, path, body, cost, fault)

    def _take(self, exchange: Exchange, path: str, body: dict[str, Any], cost: int, fault: Fault) -> None:
        task = hashlib.md5(f"{path}{len(self.submissions)}".encode(), usedforsecurity=False).hexdigest()
        job = Job(task, path, body, time.monotonic() + self.making_s, fault)
        self._jobs[task] = job
        self._lay_out(job)
        self.credits -= cost
        self.taken({"path": path, **body}, credits=cost)
        if fault.name == "code_after":
            _code(exchange, fault)
        elif fault.name == "no_task_id":
            _say(exchange, 200, "success", {})
        else:
            _say(exchange, 200, "success", {"taskId": task})
        self._call_back(job)

    def _lay_out(self, job: Job) -> None:
        count = 1 if job.kind == "/wav/generate" or job.fate.name == "one_song" else 2
        form = "wav" if job.kind == "/wav/generate" else "mp3"
        for place in range(count):
            clip = f"{job.task[:8]}-0000-4000-8000-{place:012d}"
            source = (job, place)
            if form == "wav":
                clip = str(job.body["audioId"])
                source = self._files.get(f"{clip}.mp3", source)
            job.clips.append(clip)
            self._files[f"{clip}.{form}"] = source

    def _wav_of(self, body: dict[str, Any]) -> str:
        jobs = (job for job in self._jobs.values() if job.kind == "/wav/generate")
        return next((job.task for job in jobs if job.body["audioId"] == body["audioId"]), "")

    def _look(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault) -> None:
        if fault.name == "forgets":
            self._jobs.clear()
        if path in ("/generate/credit", "/chat/credit"):
            _say(exchange, 200, "success", self.credits)
            return
        job = self._jobs.get(query.get("taskId", ""))
        shapes = {
            "/generate/record-info": self._song_record,
            "/jobs/recordInfo": self._market_record,
            "/wav/record-info": self._wav_record,
        }
        if path not in shapes:
            _say(exchange, 404, "Not found")
        elif job is None:
            _say(exchange, 404, "The task does not exist.")
        else:
            status = str(fault.told["status"]) if fault.name == "says" else self._status(job)
            _say(exchange, 200, "success", {"taskId": job.task, **shapes[path](job, status)})

    def _status(self, job: Job) -> str:
        left = job.ready_at - time.monotonic()
        if job.fate.name == "stuck" or left > self.making_s / 2:
            return "PENDING"
        if left > 0:
            return "FIRST_SUCCESS"
        ends = {
            "fails": str(job.fate.told.get("status", "GENERATE_AUDIO_FAILED")),
            "first_then_fail": "GENERATE_AUDIO_FAILED",
            "moderated": "SENSITIVE_WORD_ERROR",
            "callback_exception": "CALLBACK_EXCEPTION",
        }
        return ends.get(job.fate.name, "SUCCESS")

    def _song_record(self, job: Job, status: str) -> dict[str, Any]:
        return {
            "status": status,
            "type": "GENERATE",
            "param": json.dumps(job.body),
            "errorCode": None,
            "errorMessage": _complaint(job, status),
            "response": {"taskId": job.task, "sunoData": self._songs(job, status)},
        }

    def _market_record(self, job: Job, status: str) -> dict[str, Any]:
        states = {"PENDING": "waiting", "FIRST_SUCCESS": "generating", "SUCCESS": "success"}
        state = states.get(status, status if status not in _ENDS else "fail")
        record: dict[str, Any] = {"state": state, "failCode": None, "failMsg": _complaint(job, status)}
        songs = self._songs(job, status)
        if job.fate.name == "as_urls":
            urls = [song["audioUrl"] for song in songs] + [f"{self.origin}/files/cover.jpeg"]
            return {**record, "resultJson": json.dumps({"resultUrls": urls}) if state == "success" else ""}
        return {**record, "response": {"sunoData": songs}}

    def _wav_record(self, job: Job, status: str) -> dict[str, Any]:
        ready = status in ("SUCCESS", "CALLBACK_EXCEPTION")
        told = status.replace("AUDIO", "WAV").replace("FIRST_SUCCESS", "PENDING")
        url = {"audioWavUrl": f"{self.origin}/files/{job.clips[0]}.wav"} if ready else None
        return {"successFlag": told, "response": url, "errorMessage": _complaint(job, status)}

    def _songs(self, job: Job, status: str) -> list[dict[str, Any]]:
        """The songs as far as they are: after the first, only that one has its file."""
        there = len(job.clips) if status in ("SUCCESS", "CALLBACK_EXCEPTION") else 0
        there = 1 if status == "FIRST_SUCCESS" or job.fate.name == "first_then_fail" else there
        if status == "PENDING":
            return []
        given = job.body.get("input", job.body)
        return [
            {
                "id": clip,
                "audioUrl": f"{self.origin}/files/{clip}.mp3" if place < there else "",
                "streamAudioUrl": f"{self.origin}/files/{clip}",
                "imageUrl": f"{self.origin}/files/{clip}.jpeg",
                "title": given.get("title"),
                "tags": given.get("style"),
                "modelName": "chirp-fake",
                "duration": self._seconds(job) if place < there else None,
            }
            for place, clip in enumerate(job.clips)
        ]

    def _seconds(self, job: Job) -> float:
        return float(job.fate.told.get("seconds", self.seconds))

    def _file(self, exchange: Exchange, name: str) -> None:
        found = self._files.get(name)
        if found is None or found[0].fate.name == "expires":
            exchange.send(403, FORBIDDEN, "application/xml")
            return
        job, place = found
        style = str(job.body.get("input", job.body).get("style", ""))
        bpm, tonic = _pulse(style)
        wav = name.endswith(".wav")
        song = media.song(
            self._seconds(job),
            "WAV" if wav else "MP3",
            seed=place,
            bpm=float(job.fate.told.get("bpm", bpm)),
            tonic=tonic,
        )
        exchange.send(200, song, "audio/wav" if wav else "audio/mpeg")

    def _call_back(self, job: Job) -> None:
        address = str(job.body.get("callBackUrl", ""))
        if not address.startswith("http://127.0.0.1:"):
            return
        told = job.fate.told if job.fate.name == "callbacks" else {}
        caller = threading.Thread(target=self._calls, args=(job, address, told), daemon=True)
        self._callers.append(caller)
        caller.start()

    def _calls(self, job: Job, address: str, told: dict[str, Any]) -> None:
        if not told.get("early"):
            time.sleep(max(0.0, job.ready_at - time.monotonic()))
        for kind in told.get("types", ["text", "first", "complete"]):
            body = _callback(job, kind, self._songs(job, "SUCCESS"))
            headers = {"content-type": "application/json", **self._signed(job, told)}
            request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 - loopback
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
                    self.told.append(answer.status)
            except urllib.error.HTTPError as error:
                self.told.append(error.code)
                error.close()
            except OSError:
                self.told.append(0)

    def _signed(self, job: Job, told: dict[str, Any]) -> dict[str, str]:
        if not self.hmac_key:
            return {}
        stamp = str(int(time.time() + float(told.get("skew_s", 0))))
        key = "forged" if told.get("forged") else self.hmac_key
        digest = hmac.new(key.encode(), f"{job.task}.{stamp}".encode(), hashlib.sha256).digest()
        return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": base64.b64encode(digest).decode()}


_ENDS = ("CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR")
_SNAKE = {"audioUrl": "audio_url", "streamAudioUrl": "stream_audio_url", "imageUrl": "image_url"}


def _say(exchange: Exchange, code: int, msg: str, data: object = None) -> None:
    as_json(exchange, {"code": code, "msg": msg, "data": data})


def _code(exchange: Exchange, fault: Fault) -> None:
    told = {"code": int(fault.told.get("code", 500)), "msg": fault.told.get("msg", "no")}
    as_json(exchange, {**told, "data": fault.told.get("data")}, int(fault.told.get("http", 200)))


def _complaint(job: Job, status: str) -> str | None:
    usual = (
        "Song Description contained a sensitive word" if status == "SENSITIVE_WORD_ERROR" else "It failed."
    )
    return str(job.fate.told.get("message", usual)) if status in _ENDS else None


def _song_trouble(body: dict[str, Any]) -> tuple[int, str] | None:
    if not str(body.get("callBackUrl", "")).startswith(("https://", "http://127.0.0.1:")):
        return 400, "Please enter callBackUrl."
    if not isinstance(body.get("instrumental"), bool):
        return 400, "instrumental cannot be null"
    needed = ["style", "title"] + ([] if body["instrumental"] else ["prompt"])
    if body.get("customMode") is not True or not all(body.get(name) for name in needed):
        return 400, "Please enter style, title and prompt."
    most = zip(("prompt", "style", "title"), LIMITS.get(str(body.get("model")), USUAL), strict=True)
    if any(len(str(body.get(name, ""))) > limit for name, limit in most):
        return 413, "The words are too long."
    return None


def _market_trouble(body: dict[str, Any]) -> tuple[int, str] | None:
    given = body.get("input")
    if not body.get("model") or not isinstance(given, dict):
        return 422, "model and input are required"
    return _song_trouble({**given, "model": body["model"], "callBackUrl": body.get("callBackUrl")})


def _wav_trouble(body: dict[str, Any]) -> tuple[int, str] | None:
    if not all(body.get(name) for name in ("taskId", "audioId", "callBackUrl")):
        return 400, "taskId, audioId and callBackUrl are required"
    return None


def _callback(job: Job, kind: str, songs: list[dict[str, Any]]) -> bytes:
    told = [{_SNAKE.get(name, name): value for name, value in song.items()} for song in songs]
    data = {"callbackType": kind, "task_id": job.task, "data": None if kind == "error" else told}
    return json.dumps({"code": 501 if kind == "error" else 200, "msg": kind, "data": data}).encode()


def _pulse(style: str) -> tuple[float, int]:
    """Tempo and minor tonic a style asks for."""
    pace, key = _BPM.search(style), _KEY.search(style)
    tonic = 9
    if key:
        sharp = key[1].count("#") - key[1].count("b")
        tonic = (_TONICS[key[1][0]] + sharp - (3 if key[2] in _MAJOR else 0)) % 12
    return (float(pace[1]) if pace else 120.0), tonic
