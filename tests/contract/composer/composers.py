"""Every player of the Composer role, and what it needs to play in a test: settings, and a server to ask.

A new composer is one more row: its provider, the fake it asks (none for one that asks nobody), and its
settings by the fake's address.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import outside_kit
from tests.contract.composer.by_hand import Person, studio_kit

from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.composer import Composer
from noktvrn.settings import Settings
from noktvrn.testing.fakes import acestep, elevenlabs, lyria, suno
from noktvrn.testing.fakes.fake import Fake

SECRET = "planted-secret-5f2c"
"""The key every composer is given that takes one; nothing that is written may hold it."""


PROGRAM = (
    shlex.join(
        [
            sys.executable,
            "-c",
            """
import json, sys, numpy, soundfile
brief = json.load(sys.stdin)
time = numpy.arange(int(44100 * brief["duration_s"])) / 44100
beat = numpy.exp(-9 * (time % 0.5)) * numpy.sin(2 * numpy.pi * (200 + brief["seed"] % 90) * time)
soundfile.write(sys.argv[1], 0.4 * beat, 44100, format="WAV")
""",
        ]
    )
    + " {out} {seed}"
)


@dataclass(frozen=True)
class Row:
    """One composer. `settings` get the fake's origin; `word` is what a person's word makes of its rights."""

    provider: str
    fake: Callable[[], Fake] | None = None
    settings: Callable[[str], dict[str, Any]] = lambda origin: {}
    word: tuple[str, ...] = ()


@dataclass(frozen=True)
class House:
    """One composer in a house of its own."""

    composer: Composer
    fake: Fake | None
    kit: Kit
    settings: Settings
    row: Row


def _suno() -> suno.Server:
    fake = suno.Server()
    fake.seconds = 21.0
    return fake


def _acestep() -> acestep.Server:
    fake = acestep.Server()
    fake.key = SECRET
    return fake


def _elevenlabs() -> elevenlabs.Server:
    fake = elevenlabs.Server()
    fake.key = SECRET
    return fake


def _lyria() -> lyria.Server:
    fake = lyria.Server()
    fake.key = SECRET
    return fake


COMPOSERS: dict[str, Row] = {
    "procedural_music": Row("procedural_music"),
    "suno_gateway": Row(
        "suno_gateway", _suno, lambda origin: {"suno_api_key": SECRET, "suno_base_url": origin}
    ),
    "suno_gateway at kie": Row(
        "suno_gateway",
        _suno,
        lambda origin: {
            "suno_api_key": SECRET,
            "suno_base_url": origin,
            "suno_dialect": "kie",
            "suno_model": "V6",
        },
    ),
    "acestep": Row("acestep", _acestep, lambda origin: {"acestep_url": origin, "acestep_api_key": SECRET}),
    "elevenlabs_music": Row(
        "elevenlabs_music",
        _elevenlabs,
        lambda origin: {"elevenlabs_api_key": SECRET, "elevenlabs_base_url": origin},
    ),
    "elevenlabs_music as samples": Row(
        "elevenlabs_music",
        _elevenlabs,
        lambda origin: {
            "elevenlabs_api_key": SECRET,
            "elevenlabs_base_url": origin,
            "elevenlabs_output": "pcm_44100",
        },
    ),
    "lyria": Row("lyria", _lyria, lambda origin: {"gemini_api_key": SECRET, "lyria_base_url": origin}),
    "command": Row("command", None, lambda origin: {"composer_command": PROGRAM}),
    "suno_session": Row(
        "suno_session",
        None,
        lambda origin: {"studio": "manual"},
        word=("commercial", "dsp_release", "licence", "plan_tier", "terms_on"),
    ),
}


@contextmanager
def house_of(name: str, tmp_path: Path) -> Iterator[House]:
    """The composer of this name, its server started, on a ledger of its own."""
    row = COMPOSERS[name]
    if row.fake is None:
        with _opened(row, tmp_path, None) as house:
            yield house
        return
    with row.fake() as fake, _opened(row, tmp_path, fake) as house:
        yield house


@contextmanager
def _opened(row: Row, tmp_path: Path, fake: Fake | None) -> Iterator[House]:
    told = row.settings(fake.origin if fake is not None else "")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    settings = Settings(home=outside_kit.home(tmp_path), studio_inbox=inbox, _env_file=None, **told)
    with ExitStack() as stack:
        kit, _rows = stack.enter_context(outside_kit.opened(settings))
        if settings.studio is not None:
            kit = stack.enter_context(studio_kit(settings, kit))
        composer: Composer = open_player("composer", row.provider, settings, kit)
        if settings.studio is not None:
            composer = Person(composer, inbox)
        yield House(composer, fake, kit, settings, row)
