"""The signature motif and the voice sample: short, the artist's own, the same every time, and marked."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from noktvrn.artist.builder import build
from noktvrn.artist.motif import HOME, motif
from noktvrn.artist.voice_sample import PEAK, record
from noktvrn.model.artist import Artist
from noktvrn.model.provenance import SourceType
from noktvrn.providers.formant_singer.singer import FormantSinger
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.settings import Settings
from noktvrn.sound.files import flac

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TABLES = load(Settings(_env_file=None))


def made(seed: int, prompt: str = "a shy folk singer of long winters") -> Artist:
    writer = ProceduralWriter(TABLES)
    return build(writer, prompt=prompt, seed=seed, taken_names=(), now=NOW, reference=TABLES)[0]


@pytest.mark.parametrize("seed", range(12))
def test_a_motif_is_short_sung_on_the_name_and_comes_home(seed: int) -> None:
    artist = made(seed, prompt=("dub", "hard techno", "a cappella folk", "trap")[seed % 4])
    lines, span, beat_s = motif(artist.profile)
    assert len(lines) == 2
    assert 4.0 <= span.end_s <= 5.6
    assert 0.45 <= beat_s <= 0.56
    for line in lines:
        assert line.text == artist.profile.stage_name
        assert 3 <= len(line.syllables) <= 5
        notes = [note for syllable in line.syllables for note in syllable.notes]
        assert all(one.end_s <= other.start_s for one, other in pairwise(notes))
        assert all(abs(note.pitch - HOME) <= 12 for note in notes)
    assert lines[1].syllables[-1].notes[-1].pitch == HOME


def test_two_artists_have_two_motifs() -> None:
    told = {motif(made(seed).profile)[0][0].model_dump_json() for seed in range(6)}
    assert len(told) >= 5


def test_a_sample_is_the_same_every_time_quick_and_marked(tmp_path: Path) -> None:
    artist = made(1)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    began = time.process_time()
    first, second = (record(artist, FormantSinger(), folder, label_name="Test House") for folder in folders)
    assert (time.process_time() - began) / 2 < 3.0
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.pcm_sha256 == flac.pcm_sha256(first.path)
    tags = flac.read_tags(first.path)
    assert tags["DIGITALSOURCETYPE"] == SourceType.ALGORITHMIC.value
    assert tags["ARTIST"] == artist.profile.stage_name
    assert "AI persona" in tags["DESCRIPTION"]
    audio, rate = flac.read_audio(first.path)
    assert 4.0 <= audio.shape[1] / rate <= 5.6
    assert np.abs(audio).max() == pytest.approx(PEAK, abs=0.01)
    assert float(np.sqrt((audio**2).mean())) > 0.03
