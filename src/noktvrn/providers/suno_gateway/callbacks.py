"""Whether a callback may be one of theirs. It is a hint and no more: its body is not signed, and what it says
is looked up before anything follows from it.

kie.ai signs `task id . timestamp` with the key of its settings (HMAC-SHA256, base64) where that is switched
on there; sunoapi.org signs nothing, and the token in the path stands for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from noktvrn.settings import Settings

WINDOW_S = 300
MOST_BYTES = 262_144
STAMP, SIGNATURE = "x-webhook-timestamp", "x-webhook-signature"


def signed(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """True where nothing is signed, or the signature is theirs and not older than five minutes.

    `headers` by names in lower case.
    """
    key = settings.suno_webhook_hmac_key
    if settings.suno_dialect != "kie" or key is None:
        return True
    stamp, task = headers.get(STAMP, ""), _task(body)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and task):
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW_S:
        return False
    wanted = signature(key.get_secret_value(), task, stamp)
    return hmac.compare_digest(wanted.encode(), headers.get(SIGNATURE, "").encode())


def signature(key: str, task: str, stamp: str) -> str:
    """What kie.ai writes for a job and a moment."""
    digest = hmac.new(key.encode(), f"{task}.{stamp}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def _task(body: bytes) -> str:
    """The job a callback names, by any of its spellings; empty: none."""
    if len(body) > MOST_BYTES:
        return ""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    inner = data.get("data") if isinstance(data, dict) else None
    for place in (inner, data):
        for name in ("task_id", "taskId"):
            if isinstance(place, dict) and isinstance(place.get(name), str):
                return str(place[name])[:200]
    return ""
