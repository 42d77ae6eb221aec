"""Plays the server of ACE-Step 1.5: tasks are released, queried, and their songs lie on the same server.

Faults of its own, beside those every fake has:

- on `POST /release_task`: `full` (429, the queue), `no_task_id` (taken, and the answer does not name it),
  `detail` (`status`, `detail`), and what becomes of the task: `fails` (`message`), `stuck`, `elsewhere`
  (`file`: what the result names), `no_file`, `garbled` (a result that is no JSON), `made` (`bpm`).
- on `POST /query_result`: `forgets` (every task, as after a restart), `no_rows`, `code` (`code`, `error`).
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Answer, Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass
class Task:
    """One song that was asked for."""

    body: dict[str, Any]
    ready_at: float
    fate: Fault


class Server(Fake):
    """`key`, where it is set, has to come as a bearer token with everything, downloads too; `making_s` is how
    long a song takes."""

    name = "acestep"

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        super().__init__(script, port)
        self.key = ""
        self.making_s = 0.0
        self._tasks: dict[str, Task] = {}
        self._songs: dict[str, Task] = {}

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request."""
        fault = fault or Fault("")
        if self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            as_json(exchange, {"detail": "Invalid API key"}, 401)
        elif path == "/v1/audio":
            self._song(exchange, query.get("path", ""))
        elif path == "/release_task":
            self._release(exchange, fault)
        elif path == "/query_result":
            self._query(exchange, fault)
        elif path == "/v1/models":
            _wrap(exchange, {"models": [{"name": "acestep-v15-turbo"}], "default_model": "acestep-v15-turbo"})
        elif path == "/health":
            _wrap(exchange, {"status": "ok"})
        else:
            as_json(exchange, {"detail": "Not Found"}, 404)
        return None

    def _release(self, exchange: Exchange, fault: Fault) -> None:
        body = body_of(exchange)
        wrong = _wrong(body)
        if fault.name == "full":
            as_json(exchange, {"detail": "Server busy: queue is full"}, 429)
        elif fault.name == "detail":
            as_json(exchange, {"detail": fault.told.get("detail", "no")}, int(fault.told.get("status", 400)))
        elif wrong:
            as_json(exchange, {"detail": wrong}, 400)
        else:
            name = str(uuid.UUID(int=len(self.submissions) + 1))
            self._tasks[name] = Task(body, time.monotonic() + self.making_s, fault)
            self.taken(body)
            told = (
                {}
                if fault.name == "no_task_id"
                else {"task_id": name, "status": "queued", "queue_position": 1}
            )
            _wrap(exchange, told)

    def _query(self, exchange: Exchange, fault: Fault) -> None:
        if fault.name == "forgets":
            self._tasks.clear()
        if fault.name == "code":
            _wrap(exchange, None, int(fault.told.get("code", 500)), str(fault.told.get("error", "no")))
            return
        names = [] if fault.name == "no_rows" else body_of(exchange).get("task_id_list", [])
        _wrap(exchange, [self._row(str(name)) for name in names])

    def _row(self, name: str) -> dict[str, Any]:
        """A task it does not know looks like one that waits, with an empty result."""
        task = self._tasks.get(name)
        if task is None:
            return {"task_id": name, "status": 0, "result": "[]", "progress_text": ""}
        if task.fate.name == "stuck" or time.monotonic() < task.ready_at:
            waits = json.dumps([{"file": "", "status": 0, "progress": 0.4, "stage": "generating"}])
            return {"task_id": name, "status": 0, "result": waits, "progress_text": "generating"}
        if task.fate.name == "fails":
            told = json.dumps(
                [{"file": "", "status": 2, "error": task.fate.told.get("message", "CUDA is full")}]
            )
            return {"task_id": name, "status": 2, "result": told, "progress_text": ""}
        result = "{[" if task.fate.name == "garbled" else json.dumps([self._made(name, task)])
        return {"task_id": name, "status": 1, "result": result, "progress_text": "done"}

    def _made(self, name: str, task: Task) -> dict[str, Any]:
        place = f"/out/{name}.flac"
        self._songs[place] = task
        file = "" if task.fate.name == "no_file" else f"/v1/audio?path={quote(place, safe='')}"
        return {
            "file": task.fate.told.get("file", file) if task.fate.name == "elsewhere" else file,
            "status": 1,
            "metas": {"bpm": task.body["bpm"], "duration": task.body["audio_duration"]},
            "seed_value": str(task.body["seed"]),
        }

    def _song(self, exchange: Exchange, place: str) -> None:
        task = self._songs.get(place)
        if task is None:
            as_json(exchange, {"detail": "Audio file not found"}, 404)
            return
        bpm = float(task.fate.told.get("bpm", task.body["bpm"]))
        song = media.song(
            float(task.body["audio_duration"]),
            "FLAC",
            seed=int(task.body["seed"]),
            bpm=bpm,
            tonic=_tonic(str(task.body["key_scale"])),
        )
        exchange.send(200, song, "audio/flac")


def _wrap(exchange: Exchange, data: object, code: int = 200, error: str | None = None) -> None:
    as_json(exchange, {"data": data, "code": code, "error": error, "timestamp": 1, "extra": None})


def _wrong(body: dict[str, Any]) -> str:
    """What is wrong with a request; empty: nothing."""
    if any(name.endswith("_path") for name in body):
        return "paths are not taken"
    seconds = body.get("audio_duration")
    if not isinstance(seconds, int | float) or not 10 <= seconds <= 600:
        return "audio_duration must be within 10 and 600"
    if not isinstance(body.get("bpm"), int) or not 30 <= body["bpm"] <= 300:
        return "bpm must be within 30 and 300"
    if body.get("time_signature", "4") not in ("2", "3", "4", "6"):
        return "time_signature must be one of 2, 3, 4, 6"
    return "" if body.get("prompt") or body.get("lyrics") else "prompt or lyrics are needed"


def _tonic(key: str) -> int:
    """The minor tonic of a key such as `C# major`."""
    name, _, mode = key.partition(" ")
    sharp = name.count("#") - name[1:].count("b")
    return (_TONICS[name[0]] + sharp - (3 if mode == "major" else 0)) % 12
