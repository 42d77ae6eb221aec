"""Whether a callback may be theirs: signatures, their age, and bodies that are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from noktvrn.providers.suno_gateway import signed
from noktvrn.providers.suno_gateway.callbacks import SIGNATURE, STAMP, signature
from noktvrn.settings import Settings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "hmac-planted-secret"
TASK = "5c79be8e"
BODY = json.dumps({"code": 200, "data": {"callbackType": "complete", "task_id": TASK, "data": []}}).encode()


def settings(**more: Any) -> Settings:
    return Settings(_env_file=None, suno_dialect="kie", suno_webhook_hmac_key=KEY, **more)


def headers(key: str = KEY, task: str = TASK, late_s: float = 0) -> dict[str, str]:
    stamp = str(int(NOW.timestamp() - late_s))
    return {STAMP: stamp, SIGNATURE: signature(key, task, stamp)}


@pytest.mark.parametrize("late_s", [0, 299, -299])
def test_a_fresh_signature_of_theirs_is_taken(late_s: float) -> None:
    assert signed(settings(), headers(late_s=late_s), BODY, NOW)
    assert signed(settings(), headers(), b'{"taskId": "5c79be8e"}', NOW)


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ({}, BODY),
        (headers(key="another"), BODY),
        (headers(task="another"), BODY),
        (headers(late_s=301), BODY),
        (headers(late_s=-301), BODY),
        ({**headers(), STAMP: "soon"}, BODY),
        ({**headers(), STAMP: "9" * 40}, BODY),
        ({**headers(), STAMP: "١٢"}, BODY),
        ({**headers(), SIGNATURE: "é"}, BODY),
        (headers(), b""),
        (headers(), b"[" * 100_000),
        (headers(), b'{"data": 7}'),
        (headers(), b"x" * 300_000),
    ],
)
def test_what_is_forged_late_or_garbled_is_not(told: dict[str, str], body: bytes) -> None:
    assert not signed(settings(), told, body, NOW)


def test_where_nothing_is_signed_the_path_alone_counts() -> None:
    plain = Settings(_env_file=None, suno_dialect="sunoapi", suno_webhook_hmac_key=KEY)
    assert signed(plain, {}, b"", NOW)
    assert signed(Settings(_env_file=None, suno_dialect="kie"), {}, b"", NOW)


def test_the_signature_is_the_documented_one() -> None:
    """base64(HMAC-SHA256(key, task id + "." + timestamp)); the value is from the command line:
    printf 't.1' | openssl dgst -sha256 -hmac k -binary | base64"""
    assert signature("k", "t", "1") == "/v5j7dZAyj30RlWjar58XuXH3rwsWZDAbakz0ozhgM8="
