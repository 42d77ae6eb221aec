"""Typed ids: a short prefix that says what it names, and thirteen characters of base32.

An id is either drawn (`draw`) or derived from what it names (`derive`): a derived id makes a repeated
request find the first one's result, and makes the same seed give the same work in any home.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import NewType

from noktvrn.kernel.errors import Invalid

ArtistId = NewType("ArtistId", str)
BriefId = NewType("BriefId", str)
RunId = NewType("RunId", str)
TrackId = NewType("TrackId", str)
ReleaseId = NewType("ReleaseId", str)
VerdictId = NewType("VerdictId", str)
DeliveryId = NewType("DeliveryId", str)
PlanId = NewType("PlanId", str)
TicketId = NewType("TicketId", str)
ConsentId = NewType("ConsentId", str)

PREFIXES = {
    "artist": "art",
    "brief": "brf",
    "run": "run",
    "track": "trk",
    "release": "rel",
    "verdict": "vrd",
    "delivery": "dlv",
    "plan": "pln",
    "ticket": "tkt",
    "consent": "cns",
    "session": "ses",
    "studio": "stu",
    "fault": "flt",
}

_LISTED = {"consent": "voice consent", "fault": "faults"}
"""Kinds whose list is shown by a command of another name."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 13
_SHAPE = re.compile(rf"[a-z]{{3}}_[{_ALPHABET}]{{{_LENGTH}}}")


def derive(kind: str, *parts: object) -> str:
    """An id that is a pure function of `parts` (64 bits of BLAKE2b over their text)."""
    text = "\x1f".join([kind, *(str(part) for part in parts)])
    return _spell(kind, int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))


def draw(kind: str) -> str:
    """A fresh random id of 64 bits."""
    return _spell(kind, secrets.randbits(64))


def parse(kind: str, text: str) -> str:
    """`text` if it is an id of this kind.

    Raises:
        Invalid: it is not; the message shows the shape wanted.
    """
    prefix = PREFIXES[kind]
    if not _SHAPE.fullmatch(text) or not text.startswith(prefix + "_"):
        shown = text if len(text) <= 40 else text[:40] + "..."
        listed = _LISTED.get(kind, kind)
        raise Invalid(
            f"{shown!r} is not the id of {'an' if kind[0] in 'aeiou' else 'a'} {kind}.",
            code=f"{kind}.bad_id",
            hint=f"Ids look like {prefix}_{'0' * _LENGTH}; `noktvrn {listed} list` shows those there are.",
        )
    return text


def _spell(kind: str, number: int) -> str:
    letters = [_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(_LENGTH))]
    return f"{PREFIXES[kind]}_{''.join(letters)}"
