"""Where the prompt rules voices out, nobody sings: no sample, no singer, no place kept for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.label.label_samples import enter_artist, label_at

from noktvrn.label.label import Label
from noktvrn.label.portraits import portrayed
from noktvrn.model.artist import Artist
from noktvrn.production.vocals import voices
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        yield label


def made(label: Label, prompt: str) -> Artist:
    profile = ProceduralWriter(load(label.settings)).profile(ProfileRequest(prompt=prompt, seed=3))
    return enter_artist(label).model_copy(update={"profile": profile})


@pytest.mark.parametrize(("prompt", "sings"), [("techno, no vocals at all", False), ("a folk singer", True)])
def test_only_an_artist_with_a_voice_is_given_a_singer(label: Label, prompt: str, sings: bool) -> None:
    artist = made(label, prompt)
    assert artist.profile.voice.sings is sings
    assert bool(voices(label.office.studio.cast, artist.profile)) is sings


def test_an_instrumental_artist_has_pictures_and_no_voice_sample(label: Label) -> None:
    artist = portrayed(label.office.studio, made(label, "techno, no vocals at all"))
    assert artist.avatar is not None and artist.voice_sample is None
