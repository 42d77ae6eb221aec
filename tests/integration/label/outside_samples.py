"""A label whose services are fakes on loopback, with secrets that must turn up nowhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from noktvrn.outbound.jobs import planning
from noktvrn.testing.fakes import luma, openai_images, pexels, suno
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

SUNO_KEY = "suno-secret-0451aa17"
SECRETS = (SUNO_KEY, openai_images.KEY, pexels.KEY, luma.KEY)
EVERYTHING_FAILS = [{"on": "* *", "fault": "status", "status": 400}]


@dataclass(frozen=True)
class Outside:
    """The services."""

    suno: suno.Server
    images: openai_images.Server
    pexels: pexels.Server
    luma: luma.Server
    told: dict[str, str] = field(default_factory=dict)
    """The settings that cast them."""

    @property
    def all(self) -> tuple[Fake, ...]:
        return (self.suno, self.images, self.pexels, self.luma)

    @property
    def asked(self) -> int:
        """How many requests reached anybody."""
        return sum(len(one.asked) for one in self.all)

    @property
    def submissions(self) -> int:
        return sum(len(one.submissions) for one in self.all)


@contextmanager
def outside(patch: pytest.MonkeyPatch, rules: list[dict[str, object]] | None = None) -> Iterator[Outside]:
    """Fakes of four services, cast by the environment; nobody is waited for longer than a moment."""
    with ExitStack() as stack:
        served = Outside(
            suno=stack.enter_context(suno.Server(_script(rules))),
            images=stack.enter_context(openai_images.Server(_script(rules))),
            pexels=stack.enter_context(pexels.Server(_script(rules))),
            luma=stack.enter_context(luma.Server(_script(rules))),
        )
        told = {
            "NOKTVRN_LLM": "local",
            "NOKTVRN_COMPOSER": "suno_gateway",
            "NOKTVRN_ILLUSTRATOR": "openai_images",
            "NOKTVRN_FOOTAGE": "pexels",
            "NOKTVRN_CAMERA": "luma",
            "NOKTVRN_PATIENCE": "0",
            "SUNO_API_KEY": SUNO_KEY,
            "SUNO_BASE_URL": served.suno.origin,
            "OPENAI_API_KEY": openai_images.KEY,
            "OPENAI_BASE_URL": f"{served.images.origin}/v1",
            "PEXELS_KEY": pexels.KEY,
            "PEXELS_BASE_URL": f"{served.pexels.origin}/v1",
            "LUMA_API_KEY": luma.KEY,
            "LUMA_BASE_URL": served.luma.origin,
        }
        for name, value in told.items():
            patch.setenv(name, value)
        served.told.update(told)
        patch.setattr(planning, "_pause_s", lambda _case, _job: 0.02)
        yield served


def _script(rules: list[dict[str, object]] | None) -> Script:
    return Script([dict(rule) for rule in rules or []])


def dumped(home: Path) -> str:
    """Every row of the ledger as text."""
    with sqlite3.connect(home / "label.db") as books:
        return "\n".join(books.iterdump())


def places_of(secret: str, home: Path) -> list[str]:
    """Every file below the home, and the ledger's dump, in which a secret stands."""
    raw = secret.encode()
    found = [str(path) for path in sorted(home.rglob("*")) if path.is_file() and raw in path.read_bytes()]
    return found + (["the ledger"] if secret in dumped(home) else [])
