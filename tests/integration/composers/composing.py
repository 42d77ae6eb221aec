"""One song by one provider of synchronous answers, for a test and for the child it kills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.outside_kit import opened, song

from noktvrn.providers.registry import open_player
from noktvrn.roles.composer import Recording
from noktvrn.settings import Settings
from noktvrn.testing.fakes import elevenlabs, lyria

PROVIDERS = ("elevenlabs_music", "elevenlabs_music/pcm_44100", "lyria")


def settings_of(provider: str, origin: str, home: Path) -> Settings:
    """The settings of `provider` or `provider/output`, its service at `origin`."""
    name, _, form = provider.partition("/")
    told: dict[str, Any] = {
        "elevenlabs_music": {"elevenlabs_api_key": elevenlabs.KEY, "elevenlabs_base_url": origin},
        "lyria": {"gemini_api_key": lyria.KEY, "lyria_base_url": origin},
    }[name]
    if form:
        told["elevenlabs_output"] = form
    return Settings(home=home, _env_file=None, **told)


def composed(settings: Settings, provider: str) -> Recording:
    """The song, through a desk on the ledger of the home."""
    folder = settings.home / "work"
    folder.mkdir(exist_ok=True)
    with opened(settings) as (kit, _):
        composer = open_player("composer", provider.partition("/")[0], settings, kit)
        made: Recording = composer.compose(song(folder))
        return made
