"""Where Telegram brings updates, for a label that does not fetch them itself."""

from __future__ import annotations

import hmac
import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from noktvrn.api.routes.common import PROBLEMS, TheLabel
from noktvrn.api.security import TooLarge
from noktvrn.kernel.errors import Invalid, NotAllowed, NotReady

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
MOST_BYTES = 64 * 1024

router = APIRouter(prefix="/hooks/telegram", tags=["hooks"], responses=PROBLEMS)


@router.post("", operation_id="hear_telegram", summary="An update of the label's bot")
async def hear(label: TheLabel, request: Request) -> dict[str, bool]:
    """Answered once it is dealt with: whatever is not comes again. Repeats get the same answer."""
    secret = label.settings.telegram_webhook_secret
    if not secret or not label.phone.is_set:
        raise NotReady("No webhook of Telegram is set here.", code="telegram.no_webhook")
    given = request.headers.get(SECRET, "").encode()
    if not hmac.compare_digest(given, secret.get_secret_value().encode()):
        raise NotAllowed("This update is not from Telegram.", code="hook.unsigned")
    await run_in_threadpool(label.phone.hear, await _update(request))
    return {"heard": True}


async def _update(request: Request) -> dict[str, Any]:
    """The update, read no further than it may be long. Raises Invalid."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise TooLarge(f"An update may have {MOST_BYTES} bytes.", code="api.body")
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    if not isinstance(update, dict):
        raise Invalid("An update is a JSON object.", code="request.invalid", hint="See the Bot API.")
    return update
