"""The wire to a BAS application with remote control, as its documentation has it.

WebSocket on this machine, text frames; every message is a JSON object followed by `---Message--End---`:
`{"async": bool, "type": str, "id": int, "data": any}`. We say `remote_control_data`; it says `initialize`, we
`accept_resources`; it says `thread_start`, and takes tasks (`message` before that: it refuses the login).
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noktvrn.kernel.errors import LabelError, NotReady, Unavailable
from noktvrn.outbound.troubles import Trouble, trouble

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

END = "---Message--End---"
WHO = "The BAS application"
LARGEST = 1_000_000
_SILENT = logging.getLogger("noktvrn.bas.wire")
_SILENT.disabled = True  # the library would log frames, and with them the password


class Message(BaseModel):
    """One message; what we do not know in it is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: str = Field(default="", max_length=80)
    id: int = 0
    data: Any = None


class Done(BaseModel):
    """What a task came to. `Result` is the function's own word."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    success: bool = Field(alias="Success")
    message: str | None = Field(default=None, alias="Message", max_length=20_000)
    result: Any = Field(default=None, alias="Result")


class Wire:
    """A connection to the application; one task at a time."""

    def __init__(self, port: int, *, patience_s: float = 20.0) -> None:
        self._port = port
        self._patience_s = patience_s
        self._line: ClientConnection | None = None
        self._held = contextlib.ExitStack()
        self._read = ""
        self._next = 1
        self._thread = 1

    def open(self, script: str, login: str, password: str) -> None:
        """Connects, signs in and starts a thread.

        Raises:
            Unavailable: nothing listens there, or it does not answer. Refused: it refuses the login, or
                speaks something else. NotReady: the extra is not installed.
        """
        self._line = _connected(self._port, self._patience_s, self._held)
        self._say("remote_control_data", {"script": script, "login": login, "password": password})
        until = time.monotonic() + self._patience_s
        while True:
            heard = self._heard_before(until)
            if heard.type == "initialize":
                self._say("accept_resources", {"-bas-empty-script-": True})
            elif heard.type == "message":
                raise trouble(Trouble.AUTH, WHO)  # its words may repeat the password
            elif heard.type == "thread_start":
                self._say("start_thread", {"thread_id": self._thread})
                return

    def run(self, function: str, params: object) -> int:
        """Hands a task over; returns its number, which its answer carries."""
        told = {"thread_id": self._thread, "function_name": function, "params": json.dumps(params)}
        return self._say("run_task", told, later=True)

    def answer(self, number: int, within_s: float) -> Done | None:
        """What the task came to; None: nothing yet.

        Raises:
            Unavailable: the connection is gone. Refused: it answers in a way we do not understand.
        """
        until = time.monotonic() + within_s
        while (heard := self._heard(until)) is not None:
            if heard.id == number and heard.type == "run_task":
                return _done(heard.data)
        return None

    def close(self) -> None:
        """Stops the thread and hangs up."""
        if self._line is None:
            return
        with contextlib.suppress(LabelError):
            self._say("stop_thread", {"thread_id": self._thread})
        self._held.close()
        self._line = None

    def _say(self, kind: str, data: object, *, later: bool = False) -> int:
        number, self._next = self._next, self._next + 1
        message = json.dumps({"async": later, "type": kind, "id": number, "data": data})
        try:
            self._connection.send(message + END)
        except (OSError, _closed()) as error:
            raise _hung_up() from error
        return number

    def _heard_before(self, until: float) -> Message:
        heard = self._heard(until)
        if heard is None:
            raise Unavailable(
                f"{WHO} does not answer on port {self._port}.",
                code="studio.bas_silent",
                hint="Start it with --remote-control and look whether it runs.",
            )
        return heard

    def _heard(self, until: float) -> Message | None:
        """The next message; None: there is none before `until`."""
        while END not in self._read:
            try:
                frame = self._connection.recv(timeout=max(0.0, until - time.monotonic()))
            except TimeoutError:
                return None
            except (OSError, _closed()) as error:
                raise _hung_up() from error
            self._read += frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
            if len(self._read) > LARGEST:
                raise trouble(Trouble.CONTRACT, WHO, "a message without an end")
        text, _, self._read = self._read.partition(END)
        try:
            return Message.model_validate_json(text)
        except ValidationError as error:
            raise trouble(Trouble.CONTRACT, WHO, "a message that is no message") from error

    @property
    def _connection(self) -> ClientConnection:
        if self._line is None:
            raise _hung_up()
        return self._line


def _done(data: object) -> Done:
    try:
        return Done.model_validate_json(data) if isinstance(data, str) else Done.model_validate(data)
    except ValidationError as error:
        raise trouble(Trouble.CONTRACT, WHO, "an answer that says not how it went") from error


def _connected(port: int, patience_s: float, held: contextlib.ExitStack) -> ClientConnection:
    try:
        from websockets.exceptions import InvalidHandshake
        from websockets.sync.client import connect
    except ImportError:
        raise NotReady(
            "What speaks to a BAS application is not installed.",
            code="studio.no_websockets",
            hint="Install the extra: pip install 'noktvrn[studio]'; or set NOKTVRN_STUDIO=manual.",
        ) from None
    try:
        going = connect(
            f"ws://127.0.0.1:{port}",
            open_timeout=patience_s,
            close_timeout=2,
            ping_interval=None,
            compression=None,
            max_size=LARGEST,
            proxy=None,
            logger=_SILENT,
        )
        return held.enter_context(going)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise Unavailable(
            f"No BAS application answers on port {port} of this machine.",
            code="studio.no_bas",
            hint="Start it yourself with --remote-control --remote-control-port, and set NOKTVRN_BAS_PORT.",
        ) from error


def _closed() -> type[Exception]:
    from websockets.exceptions import ConnectionClosed

    return ConnectionClosed


def _hung_up() -> Unavailable:
    return Unavailable(
        f"{WHO} hung up.", code="studio.bas_gone", hint="Look at it, start it again, and resume the session."
    )
