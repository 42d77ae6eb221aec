"""What a caller must never repeat: the secrets it sends, blotted out of whatever comes back.

Services like to quote a bad key, and a body that is kept for a report, a row or a message would keep it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from pydantic import SecretStr

from noktvrn.outbound.failures import redact

SHORTEST = 6
"""Anything shorter stands in texts by chance."""
SCHEMES = frozenset(["bearer", "basic", "apikey"])


class Secrets:
    """The secrets among the values of headers and queries, in every spelling they are sent in."""

    def __init__(self, values: Iterable[str]) -> None:
        split = {word for value in values for word in value.split() if len(word) >= SHORTEST}
        words = {word for word in split if word.lower() not in SCHEMES}
        spelt = {form for word in words for form in (word, quote(word, safe=""), word.replace("/", r"\/"))}
        self._words = sorted(spelt, key=len, reverse=True)
        self._raw = [word.encode("utf-8", "replace") for word in self._words]

    @classmethod
    def of(cls, *sent: Mapping[str, object]) -> Secrets:
        """Those of what is sent by name: each SecretStr, and every authorization."""
        return cls(
            plain(value)
            for told in sent
            for name, value in told.items()
            if isinstance(value, SecretStr) or name.lower() == "authorization"
        )

    def __repr__(self) -> str:
        return "Secrets(...)"

    def out_of(self, text: str) -> str:
        """The text without any of them."""
        return redact(text, self._words)

    def out_of_body(self, body: bytes) -> bytes:
        """The same of a body."""
        for word in self._raw:
            body = body.replace(word, b"[secret]")
        return body


def plain(value: object) -> str:
    """The value as it is sent, without the blanks a pasted key ends in."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return ("true" if value else "false") if isinstance(value, bool) else str(value).strip()
