"""Takes secrets out of an answer, also out of one that comes in pieces: a key cut in two is still a key."""

from __future__ import annotations

from collections.abc import Iterable

from noktvrn.outbound.failures import redact
from noktvrn.storage.storable import storable


class Veil:
    """Pieces go in, clean pieces come out. Only an end that could be the beginning of a secret waits."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]
        self._held = ""

    def let_through(self, piece: str) -> str:
        """What is clean of all that came so far and was not let through yet; often the piece itself."""
        text = redact(self._held + storable(piece), self._secrets)
        waiting = max((_begun(text, secret) for secret in self._secrets), default=0)
        self._held = text[len(text) - waiting :]
        return text[: len(text) - waiting]

    def rest(self) -> str:
        """What still waits, once nothing more comes."""
        held, self._held = self._held, ""
        return held


def _begun(text: str, secret: str) -> int:
    """How many characters at the end of the text are the beginning of the secret."""
    start = text.find(secret[0], max(0, len(text) - len(secret) + 1))
    while start >= 0 and not secret.startswith(text[start:]):
        start = text.find(secret[0], start + 1)
    return len(text) - start if start >= 0 else 0
