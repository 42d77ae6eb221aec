"""The Telegram Bot API on loopback: methods, messages, albums, queued updates, one poller, the limits.

The token is `TOKEN`. A test or a person plays the people in the chats: `fake.says(...)`, `fake.presses(...)`,
or `POST /_updates` with a list of updates (their `update_id` is given where they have none). `GET /_books`
tells what was sent. Beside the faults any server can have, a rule for `POST /bot...` may say `flood`
(`retry_after`: 429 for that chat), `bad_gateway` (502 with a page), `conflict` (409), `not_found` (the
message to edit is gone), `old_query` (the answer to a button comes too late).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from noktvrn.testing.fakes.fake import Answer, Fake, as_json
from noktvrn.testing.fakes.script import Fault
from noktvrn.testing.loopback import Exchange

TOKEN = "123456789:a-token-of-nobody-for-loopback-only"  # noqa: S105 - of a bot that is not there
BOT = {"id": 123456789, "is_bot": True, "first_name": "Desk", "username": "noktvrn_fake_bot"}
UPLOAD_BYTES, PHOTO_BYTES = 50_000_000, 10_000_000
TEXT, CAPTION, ANSWER, DATA = 4096, 1024, 200, 64
FILES = ("audio", "photo", "video", "document")
Params = dict[str, Any]


class BadRequestError(Exception):
    """What the API has against a request: status and description."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


class Server(Fake):
    """Plays `api.telegram.org`."""

    name = "telegram"

    def __init__(self, script: Any = None, port: int = 0) -> None:
        super().__init__(script, port)
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        """Every message as it stands now, by chat and number; `edits` counts its changes."""
        self.answers: list[Params] = []
        self.calls: Counter[str] = Counter()
        self.now: Callable[[], float] = time.time
        """The clock of messages, as seconds since 1970."""
        self.webhook: Params = {}
        self.updates: list[dict[str, Any]] = []
        """What no poller has confirmed yet."""
        self._numbers = count(1000)
        self._message_ids = count(1)
        self._polls: list[asyncio.Event] = []

    def says(self, sender: int, chat: int, text: str, **more: Any) -> int:
        """A person writes into a chat; returns the update's number."""
        message = {"message_id": next(self._message_ids), "date": int(self.now()), "text": text, **more}
        message |= {"from": _person(sender), "chat": _chat(chat)}
        return self.queue({"message": message})

    def presses(self, sender: int, chat: int, message_id: int, data: str) -> int:
        """A person presses a button; returns the update's number."""
        held = {"message_id": message_id, "date": int(self.now()), "chat": _chat(chat)}
        query = {"id": f"q{next(self._numbers)}", "from": _person(sender), "message": held, "data": data}
        return self.queue({"callback_query": query})

    def queue(self, update: dict[str, Any]) -> int:
        """Queues an update as it is, its number given where it has none."""
        number = int(update.get("update_id") or next(self._numbers))
        self.updates.append({**update, "update_id": number})
        return number

    def buttons(self, chat: int) -> dict[str, tuple[int, str]]:
        """The buttons that can be pressed in a chat: words -> message and data, the newest of each."""
        found: dict[str, tuple[int, str]] = {}
        for (where, number), message in sorted(self.messages.items()):
            if where == chat:
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                found |= {one["text"]: (number, one["callback_data"]) for row in rows for one in row}
        return found

    def texts(self, chat: int) -> list[str]:
        """What stands in a chat, oldest first."""
        told = sorted(self.messages.items())
        return [one.get("text") or one.get("caption", "") for (where, _), one in told if where == chat]

    def books(self) -> dict[str, Any]:
        """What was sent, too."""
        sent = [{"chat": chat, "message_id": number, **one} for (chat, number), one in self.messages.items()]
        return super().books() | {"messages": sent, "calls": dict(self.calls), "answers": self.answers}

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one method."""
        if path == "/_updates":
            as_json(exchange, [self.queue(one) for one in json.loads(exchange.body)])
            return None
        token, _, method = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or token != TOKEN:
            _refused(exchange, BadRequestError(401, "Unauthorized"))
            return None
        try:
            params, files = _read(exchange, query)
            self.calls[method.lower()] += 1
            _fail(fault)
            if method.lower() == "getupdates":
                return self._polled(exchange, params)
            as_json(exchange, {"ok": True, "result": self._done(method.lower(), params, files)})
        except BadRequestError as wrong:
            _refused(exchange, wrong)
        return None

    def _done(self, method: str, params: Params, files: dict[str, int]) -> Any:
        if method == "getme":
            return BOT
        if method in ("setwebhook", "deletewebhook"):
            self.webhook = {"url": params.get("url", ""), "secret_token": params.get("secret_token", "")}
            return True
        if method == "getwebhookinfo":
            waiting = len(self.updates)
            return {"url": self.webhook.get("url", ""), "pending_update_count": waiting}
        if method == "answercallbackquery":
            self.answers.append(params)
            return _within(str(params.get("text", "")), ANSWER, "MESSAGE_TOO_LONG", empty=True)
        if method == "setmycommands":
            return True
        if method == "sendmediagroup":
            return self._album(params, files)
        if method.startswith("send"):
            return self._sent(params, _content(method.removeprefix("send"), params, files))
        if method in ("editmessagetext", "editmessagereplymarkup", "editmessagecaption"):
            return self._edited(params)
        raise BadRequestError(404, "Not Found")

    def _sent(self, params: Params, content: Params) -> dict[str, Any]:
        chat, number = int(params["chat_id"]), next(self._message_ids)
        markup = params.get("reply_markup", {})
        _check_keyboard(markup)
        reply = params.get("reply_parameters", {}).get("message_id")
        self.messages[chat, number] = {**content, "reply_markup": markup, "reply_to": reply, "edits": 0}
        return {"message_id": number, "date": int(self.now()), "chat": _chat(chat), **content}

    def _album(self, params: Params, files: dict[str, int]) -> list[dict[str, Any]]:
        media = params.get("media", [])
        kinds = {one["type"] for one in media}
        if not 2 <= len(media) <= 10 or ("audio" in kinds and len(kinds) > 1):
            raise BadRequestError(400, "Bad Request: wrong media group")
        return [self._sent({"chat_id": params["chat_id"]}, _album_item(one, files)) for one in media]

    def _edited(self, params: Params) -> dict[str, Any]:
        key = int(params["chat_id"]), int(params["message_id"])
        if key not in self.messages:
            raise BadRequestError(400, "Bad Request: message to edit not found")
        known: Params = self.messages[key]
        _check_keyboard(params.get("reply_markup", {}))
        told: Params = {name: params[name] for name in ("text", "caption") if name in params}
        changed = {**known, **told, "reply_markup": params.get("reply_markup", {})}
        if changed == known:
            raise BadRequestError(400, "Bad Request: message is not modified: it is the same")
        self.messages[key] = {**changed, "edits": known["edits"] + 1}
        return {"message_id": key[1], "date": int(self.now()), "chat": _chat(key[0])}

    def _polled(self, exchange: Exchange, params: Params) -> Answer:
        if self.webhook.get("url"):
            raise BadRequestError(409, "Conflict: can't use getUpdates method while webhook is active")
        for other in self._polls:
            other.set()
        return self._wait(exchange, params)

    async def _wait(self, exchange: Exchange, params: Params) -> None:
        ousted = asyncio.Event()
        self._polls.append(ousted)
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        for _ in range(int(float(params.get("timeout", 0)) * 50)):
            if self.updates or ousted.is_set() or exchange.gone.is_set():
                break
            await asyncio.sleep(0.02)
        self._polls.remove(ousted)
        if ousted.is_set():
            wrong = "Conflict: terminated by other getUpdates request"
            return _refused(exchange, BadRequestError(409, wrong))
        return as_json(exchange, {"ok": True, "result": self.updates[:limit]})


def _fail(fault: Fault | None) -> None:
    """Raises what the fault says."""
    if fault is None:
        return
    if fault.name == "flood":
        wait = int(fault.told.get("retry_after", 1))
        raise BadRequestError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    if fault.name == "conflict":
        raise BadRequestError(409, "Conflict: terminated by other getUpdates request")
    if fault.name == "not_found":
        raise BadRequestError(400, "Bad Request: message to edit not found")
    if fault.name == "old_query":
        raise BadRequestError(400, "Bad Request: query is too old and response timeout expired")
    if fault.name == "bad_gateway":
        raise BadRequestError(502, "Bad Gateway")


def _refused(exchange: Exchange, wrong: BadRequestError) -> None:
    body: dict[str, Any] = {"ok": False, "error_code": wrong.status, "description": wrong.description}
    if wrong.parameters:
        body["parameters"] = wrong.parameters
    as_json(exchange, body, wrong.status)


def _content(kind: str, params: Params, files: dict[str, int]) -> Params:
    if kind == "message":
        _within(str(params.get("text", "")), TEXT, "message is too long")
        return {"text": params["text"]}
    _within(str(params.get("caption", "")), CAPTION, "message caption is too long", empty=True)
    if kind not in FILES or kind not in files:
        raise BadRequestError(400, f"Bad Request: there is no {kind} in the request")
    _check_size(kind, files[kind])
    told = ("caption", "title", "performer", "duration")
    return {"kind": kind, "size": files[kind], **{name: params[name] for name in told if name in params}}


def _album_item(told: Params, files: dict[str, int]) -> Params:
    part = str(told["media"]).removeprefix("attach://")
    if part not in files:
        raise BadRequestError(400, f"Bad Request: wrong file identifier {part}")
    _check_size(told["type"], files[part])
    caption = str(told.get("caption", ""))
    _within(caption, CAPTION, "message caption is too long", empty=True)
    return {"kind": told["type"], "size": files[part], "caption": caption, "album": True}


def _check_size(kind: str, size: int) -> None:
    if size > UPLOAD_BYTES:
        raise BadRequestError(413, "Request Entity Too Large")
    if kind == "photo" and size > PHOTO_BYTES:
        raise BadRequestError(400, "Bad Request: PHOTO_SAVE_FILE_INVALID")


def _check_keyboard(markup: Params) -> None:
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(button["callback_data"].encode()) <= DATA:
                raise BadRequestError(400, "Bad Request: BUTTON_DATA_INVALID")


def _within(text: str, most: int, words: str, *, empty: bool = False) -> bool:
    if len(text) > most:
        raise BadRequestError(400, f"Bad Request: {words}")
    if not text and not empty:
        raise BadRequestError(400, "Bad Request: message text is empty")
    return True


def _read(exchange: Exchange, query: dict[str, str]) -> tuple[Params, dict[str, int]]:
    """The parameters of a request, and the size of each file in it, whatever form they came in."""
    kind = exchange.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        fields, files = _parts(exchange.body, kind.partition("boundary=")[2].strip('"'))
    elif kind.startswith("application/json") and exchange.body:
        return {**query, **json.loads(exchange.body)}, {}
    else:
        fields, files = {name: all_[-1] for name, all_ in parse_qs(exchange.body.decode()).items()}, {}
    return {**query, **{name: _value(name, text) for name, text in fields.items()}}, files


def _value(name: str, text: str) -> Any:
    return json.loads(text) if name in ("reply_markup", "media", "reply_parameters") else text


def _parts(body: bytes, boundary: str) -> tuple[dict[str, str], dict[str, int]]:
    fields: dict[str, str] = {}
    files: dict[str, int] = {}
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        top, _, content = part.partition(b"\r\n\r\n")
        name = top.partition(b'name="')[2].partition(b'"')[0].decode()
        if b"filename=" in top:
            files[name] = len(content) - 2
        else:
            fields[name] = content[:-2].decode()
    return fields, files


def _person(number: int) -> Params:
    return {"id": number, "is_bot": False, "first_name": f"P{number}", "username": f"person{number}"}


def _chat(number: int) -> Params:
    return {"id": number, "type": "private" if number > 0 else "supergroup"}
