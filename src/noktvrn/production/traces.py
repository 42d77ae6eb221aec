"""What of an error may be kept: where it passed through our code and what it said, without anybody's secret.

A message can quote a key, an address with a password, a page of lyrics or the name of the person's home, so
it is kept as one short line with these blotted out. Of the trace only our own functions stay: file, line
and name, never the text of a line nor the value of a variable.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from pydantic import SecretStr

import noktvrn
from noktvrn.kernel.errors import LabelError
from noktvrn.settings import Settings

LONGEST = 300
LOOKED_AT = 2000
"""So much of a message is looked through for secrets, in time that grows with its square; the rest is cut."""
MOST_FRAMES = 30
DEEPEST = 200
SHORTEST_SECRET = 4

_ROOT = Path(noktvrn.__file__).parent
_HIDDEN = (
    (re.compile(r"(?i)\b(bearer|basic|apikey)\s+[^\s'\"]+"), r"\1 [secret]"),
    (re.compile(r"(?i)\b([\w-]*(?:key|token|secret|password|signature))(['\"]?\s*[=:]\s*['\"]?)[^\s'\",&}]+"),
     r"\1\2[secret]"),
    (re.compile(r"(\w+://)[^/\s@]+@"), r"\1[secret]@"),
    (re.compile(r"\b(?:sk|pk|xai|gsk|ghp|nok)[-_][\w-]{12,}"), "[secret]"),
    (re.compile(r"\b\d{6,}:[\w-]{30,}"), "[secret]"),  # a bot's token
    (re.compile(r"input_value=.*?(?=, input_type=|$)"), "input_value=..."),
)  # fmt: skip
_SAME = (
    (re.compile(r"\b[a-z]{3}_[0-9a-z]{13}\b"), "<id>"),
    (re.compile(r"(['\"`]).*?\1"), "<text>"),
    (re.compile(r"(?:~|\.{0,2})/[^\s:,]+"), "<path>"),
    (re.compile(r"\b(?:0x)?[0-9a-f]{8,}\b"), "<hex>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
)


def place_of(error: BaseException) -> str:
    """The innermost function of ours an error came out of, as `room/file.py:function`; empty: none."""
    return next((place for place, _ in reversed(_ours(error))), "")


def trace_of(error: BaseException) -> tuple[str, ...]:
    """The way of an error through our code, outermost first, as `room/file.py:function, line 12`."""
    return tuple(f"{place}, line {line}" for place, line in _ours(error))[-MOST_FRAMES:]


def told_by(error: BaseException, settings: Settings) -> str:
    """What an error says, in one line that may be kept."""
    return kept_words(error.message if isinstance(error, LabelError) else str(error), settings)


def kept_words(text: str, settings: Settings) -> str:
    """The first line of a text as it may be kept: without secrets, and short."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for secret in _secrets(settings):
        first = first.replace(secret, "[secret]")
    if len(first) > LOOKED_AT:  # the last word may be half a secret nobody would know any more
        first = first[:LOOKED_AT].rpartition(" ")[0] or first[:LOOKED_AT]
    for pattern, instead in _HIDDEN:
        first = pattern.sub(instead, first)
    for home, sign in ((str(settings.home), "<home>"), (str(Path.home()), "~")):
        first = first.replace(home, sign) if len(home) > 1 else first
    return first if len(first) <= LONGEST else first[: LONGEST - 3] + "..."


def same_words(message: str) -> str:
    """The message without what differs between two times of the same fault: ids, numbers, paths, quotes."""
    for pattern, sign in _SAME:
        message = pattern.sub(sign, message)
    return message


def _ours(error: BaseException) -> list[tuple[str, int]]:
    """Places and lines of ours, from the outermost of the last error to the innermost of its first cause."""
    found = []
    for frame in traceback.extract_tb(error.__traceback__, limit=-DEEPEST):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT):
            found.append((f"{path.relative_to(_ROOT).as_posix()}:{frame.name}", frame.lineno or 0))
    return found + _ours(error.__cause__) if error.__cause__ is not None else found


def _secrets(settings: Settings) -> list[str]:
    values = [getattr(settings, name) for name in type(settings).model_fields]
    single = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    told = [one.get_secret_value() for one in single if isinstance(one, SecretStr)]
    return sorted((one for one in told if len(one) >= SHORTEST_SECRET), key=len, reverse=True)
