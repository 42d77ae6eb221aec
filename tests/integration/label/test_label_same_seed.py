"""Same sentence, same seed: the same work in any home. Another seed: another artist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noktvrn.label.debut import debut
from noktvrn.label.label import open_label
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.results import Words
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs

PROMPT = "Glacial strings for an empty museum"


@dataclass(frozen=True)
class Made:
    artist_id: str
    profile: str
    words: str
    pcm: str
    master: str
    cover: bytes


def make(home: Path, seed: int) -> Made:
    with open_label(Settings(home=home, _env_file=None)) as label:
        result = debut(
            label,
            PROMPT,
            seed=seed,
            duration_s=40,
            with_video=False,
            autopilot=True,
            watcher=lambda _sight: None,
            judge=None,
            actor="test",
        )
        assert result.release is not None, result.run.error
        with label.office.studio.database.read() as connection:
            words = runs.result(connection, result.run, StageName.LYRICS)
            track = runs.result(connection, result.run, StageName.TRACK)
        assert words is not None
        assert track is not None
        master = Track.model_validate(track.result).master
        with Image.open(label.releases.shelf(result.release).cover) as picture:
            pixels = np.asarray(picture).tobytes()
        return Made(
            artist_id=result.artist.id,
            profile=result.artist.profile.digest(),
            words=Words.model_validate(words.result).digest(),
            pcm=master.pcm_sha256,
            master=master.sha256,
            cover=pixels,
        )


@pytest.mark.long
def test_the_same_seed_makes_the_same_and_another_seed_another(tmp_path: Path) -> None:
    first = make(tmp_path / "one", 5)
    assert make(tmp_path / "two", 5) == first
    other = make(tmp_path / "one", 6)
    for name in ("artist_id", "profile", "words", "pcm", "cover"):
        assert getattr(other, name) != getattr(first, name), name
