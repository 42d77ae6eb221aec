"""A BAS application with remote control, as far as it can be seen from outside: its WebSocket server.

It writes the songs of a task into the folder the task names. Faults, by the rule's `on`: `OPEN /` takes
`refused` (a bad login), `silent`, `reset`; `TASK /suno_song` takes `failed`, `reset`, `silent`, `garbage`,
`no_files`, `outside` (a file that lies elsewhere), `not_a_song`, `split` and `joined` (frames cut otherwise
than messages).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.script import Script

END = "---Message--End---"
_SILENT = logging.getLogger("noktvrn.testing.bas")
_SILENT.disabled = True


class Server:
    """The application. `submissions` are the tasks it took, `said` every type of message it heard."""

    name = "bas"

    def __init__(
        self, script: Script | None = None, port: int = 0, *, login: str = "", password: str = ""
    ) -> None:
        self.script = script or Script()
        self.submissions: list[dict[str, Any]] = []
        self.said: list[str] = []
        self._login = (login, password)
        self._server = serve(self._play, "127.0.0.1", port, logger=_SILENT, compression=None)
        self.port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="bas", daemon=True)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()

    def _play(self, line: ServerConnection) -> None:
        read = ""
        try:
            for frame in line:
                read += frame if isinstance(frame, str) else frame.decode()
                while END in read:
                    text, _, read = read.partition(END)
                    self._heard(line, json.loads(text))
        except ConnectionClosed:
            return

    def _heard(self, line: ServerConnection, message: dict[str, Any]) -> None:
        kind, data = message["type"], message["data"]
        self.said.append(kind)
        if kind == "remote_control_data":
            self._opened(line, data)
        elif kind == "accept_resources":
            _say(line, "thread_start", 0, {"thread_id": 1})
        elif kind == "run_task":
            self._task(line, message["id"], data)

    def _opened(self, line: ServerConnection, data: dict[str, Any]) -> None:
        fault = self.script.fault("OPEN", "/")
        if fault and fault.name == "reset":
            line.close()
        elif (fault and fault.name == "refused") or (data["login"], data["password"]) != self._login:
            _say(line, "message", 0, f"bad login {data['login']} {data['password']}")
        elif not (fault and fault.name == "silent"):
            _say(line, "initialize", 0, {})

    def _task(self, line: ServerConnection, number: int, data: dict[str, Any]) -> None:
        job = json.loads(data["params"])
        self.submissions.append({"function": data["function_name"], **job})
        found = self.script.fault("TASK", f"/{data['function_name']}")
        fault = found.name if found else ""
        if fault == "reset":
            line.close()
        elif fault == "garbage":
            line.send("{not json" + END)
        elif fault != "silent":
            send = _SENDS.get(fault, _whole)
            send(line, _message("run_task", number, json.dumps(_result(fault, job, len(self.submissions)))))


def _result(fault: str, job: dict[str, Any], order: int) -> dict[str, Any]:
    if fault == "failed":
        return {"Success": False, "Message": "the page changed", "Result": None}
    if fault == "no_files":
        return {"Success": True, "Message": None, "Result": "done"}
    folder = Path(job["folder"])
    if fault == "outside":
        folder = folder.parent
    body = b"<html>no</html>" if fault == "not_a_song" else media.song(32.0, seed=order)
    path = folder / f"{job['title']}.mp3"
    path.write_bytes(body)
    return {"Success": True, "Message": None, "Result": {"files": [str(path)], "clip_id": f"clip-{order}"}}


def _message(kind: str, number: int, data: object) -> str:
    return json.dumps({"async": False, "type": kind, "id": number, "data": data}) + END


def _say(line: ServerConnection, kind: str, number: int, data: object) -> None:
    line.send(_message(kind, number, data))


def _whole(line: ServerConnection, text: str) -> None:
    line.send(text)


def _split(line: ServerConnection, text: str) -> None:
    for place in range(0, len(text), 7):
        line.send(text[place : place + 7])


def _joined(line: ServerConnection, text: str) -> None:
    line.send(_message("log", 0, "working") + text + _message("log", 0, "done"))


_SENDS: dict[str, Callable[[ServerConnection, str], None]] = {"split": _split, "joined": _joined}
