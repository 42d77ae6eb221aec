"""A bot of Telegram's: the dozen methods the label needs, each one request.

Sending is not idempotent: there is no key to send along. Who sends writes down before and after it
(`label/phone/previews.py`). Editing is: a message that is so already counts as edited.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from noktvrn.kernel.errors import LabelError
from noktvrn.model.noun import canonical_json
from noktvrn.outbound.calls import Caller
from noktvrn.outbound.form import Attachment
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers.telegram.replies import TOO_LATE, UNCHANGED, WHO, refused_with, result_of

CALL_S, UPLOAD_S, POLL_S = 20.0, 180.0, 25
UPLOAD_BYTES, PHOTO_BYTES, THUMBNAIL_BYTES = 50_000_000, 10_000_000, 200_000
TEXT, CAPTION, ANSWER = 4096, 1024, 200
WANTED = ["message", "callback_query"]

Kind = Literal["audio", "photo", "video", "document"]
Keyboard = Sequence[Sequence[tuple[str, str]]]
"""Rows of buttons: the words on each, and its data (1 to 64 bytes)."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to send, and what is told of it."""

    kind: Kind
    path: Path
    media_type: str
    filename: str
    caption: str = ""
    title: str = ""
    performer: str = ""
    duration_s: float = 0.0


class Bot:
    """Safe to share between threads. Every method raises, beside what it names, what `result_of` raises, and:

    NotAllowed: the address is not one the house goes to. Unavailable: Telegram cannot be reached, or gave no
    whole answer.
    """

    def __init__(self, token: SecretStr, base_url: str, *, private_hosts: Collection[str] = ()) -> None:
        secret = token.get_secret_value().strip()
        self.number = secret.partition(":")[0] if secret.partition(":")[0].isdigit() else "0"
        """The bot's own number, the part of its token that is no secret."""
        address = f"{base_url.rstrip('/')}/bot{secret}"
        self._caller = Caller(
            address, named=WHO, deadline_s=CALL_S, private_hosts=private_hosts, secrets=[SecretStr(secret)]
        )

    def __repr__(self) -> str:
        return f"Bot({self.number})"

    def me(self) -> dict[str, Any]:
        """Who the bot is."""
        return _object(self._ask("getMe", {}))

    def updates(self, offset: int, *, timeout_s: int = POLL_S) -> list[dict[str, Any]]:
        """What came in from `offset` on, oldest first; waits so many seconds for the first one.

        Everything below the offset is forgotten there.
        """
        told: dict[str, Any] = {"timeout": timeout_s, "limit": 100, "allowed_updates": WANTED}
        if offset:
            told["offset"] = offset
        found = self._ask("getUpdates", told, deadline_s=timeout_s + CALL_S)
        if not isinstance(found, list):
            raise trouble(Trouble.CONTRACT, WHO, "its updates are no list")
        return [one for one in found if isinstance(one, dict)]

    def send_text(
        self,
        chat: int,
        text: str,
        *,
        keyboard: Keyboard = (),
        reply_to: int | None = None,
        ask: bool = False,
    ) -> int:
        """Sends words; returns the message's number. `ask` opens the person's keyboard for a reply."""
        told: dict[str, Any] = {"chat_id": chat, "text": _cut(text, TEXT), **_reply(reply_to)}
        if keyboard:
            told["reply_markup"] = _markup(keyboard)
        elif ask:
            told["reply_markup"] = {"force_reply": True, "selective": True}
        return _number(self._ask("sendMessage", told))

    def send_file(self, chat: int, enclosure: Enclosure, *, reply_to: int | None = None) -> int:
        """Sends one file; returns the message's number."""
        told = {"chat_id": chat, **_described(enclosure), **_reply(reply_to)}
        part = Attachment(enclosure.kind, enclosure.path, enclosure.media_type, enclosure.filename)
        return _number(self._upload(f"send{enclosure.kind.capitalize()}", told, [part]))

    def send_album(self, chat: int, enclosures: Sequence[Enclosure]) -> tuple[int, ...]:
        """Sends 2 to 10 files as one album; returns the number of each message. It can have no buttons."""
        parts = [
            Attachment(f"file{place}", one.path, one.media_type, one.filename)
            for place, one in enumerate(enclosures)
        ]
        media = [
            {"type": one.kind, "media": f"attach://{part.field}", **_described(one)}
            for one, part in zip(enclosures, parts, strict=True)
        ]
        sent = self._upload("sendMediaGroup", {"chat_id": chat, "media": media}, parts)
        return tuple(_number(one) for one in sent) if isinstance(sent, list) else ()

    def edit_text(self, chat: int, message: int, text: str, *, keyboard: Keyboard = ()) -> None:
        """Makes a message say something else, with these buttons or none; one that is so already is fine.

        Raises NotFound: the message is not there any more.
        """
        told: dict[str, Any] = {"chat_id": chat, "message_id": message, "text": _cut(text, TEXT)}
        if keyboard:
            told["reply_markup"] = _markup(keyboard)
        self._unless((UNCHANGED,), "editMessageText", told)

    def answer(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Stops a button's spinning, with a line of words. One that is too late is no matter."""
        told = {"callback_query_id": query, "text": _cut(text, ANSWER), "show_alert": alert}
        self._unless(TOO_LATE, "answerCallbackQuery", told)

    def set_webhook(self, url: str, secret: SecretStr) -> None:
        """Lets updates come by themselves, each with the secret in a header."""
        told = {"url": url, "secret_token": secret.get_secret_value(), "allowed_updates": WANTED}
        self._ask("setWebhook", {**told, "max_connections": 4})

    def delete_webhook(self) -> None:
        """Goes back to fetching."""
        self._ask("deleteWebhook", {"drop_pending_updates": False})

    def webhook(self) -> dict[str, Any]:
        """Where updates go, and how many wait."""
        return _object(self._ask("getWebhookInfo", {}))

    def _unless(self, phrases: tuple[str, ...], method: str, told: dict[str, Any]) -> None:
        try:
            self._ask(method, told)
        except LabelError as error:
            if not refused_with(error, phrases):
                raise

    def _ask(self, method: str, told: dict[str, Any], *, deadline_s: float | None = None) -> Any:
        return result_of(self._caller.post(f"/{method}", told, deadline_s=deadline_s))

    def _upload(self, method: str, told: Mapping[str, object], parts: Sequence[Attachment]) -> Any:
        fields = {name: one if isinstance(one, str) else canonical_json(one) for name, one in told.items()}
        return result_of(self._caller.post_form(f"/{method}", fields, parts, deadline_s=UPLOAD_S))


def _described(one: Enclosure) -> dict[str, Any]:
    told: dict[str, Any] = {"caption": _cut(one.caption, CAPTION)} if one.caption else {}
    if one.kind == "video":
        told["supports_streaming"] = True
    if one.kind == "audio":
        told |= {"title": one.title, "performer": one.performer}
    return told | ({"duration": round(one.duration_s)} if one.duration_s else {})


def _markup(keyboard: Keyboard) -> dict[str, Any]:
    return {
        "inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in keyboard]
    }


def _reply(to: int | None) -> dict[str, Any]:
    if to is None:
        return {}
    return {"reply_parameters": {"message_id": to, "allow_sending_without_reply": True}}


def _cut(text: str, most: int) -> str:
    """Within the limit, which Telegram counts in UTF-16 units."""
    units = text.encode("utf-16-le", "replace")
    return text if len(units) <= 2 * most else units[: 2 * most - 2].decode("utf-16-le", "ignore") + "…"


def _number(message: object) -> int:
    number = message.get("message_id") if isinstance(message, dict) else None
    if not isinstance(number, int):
        raise trouble(Trouble.CONTRACT, WHO, "a message without a number")
    return number


def _object(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise trouble(Trouble.CONTRACT, WHO, "its answer is no object")
    return found
