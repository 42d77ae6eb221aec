"""Songs on a sound bank of the person's own: the same desk, the same length, and plain words without it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from noktvrn.kernel.errors import NotReady, Unavailable
from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SongPlan
from noktvrn.music.planner import plan_song
from noktvrn.providers.procedural_music.composer import ProceduralComposer
from noktvrn.providers.procedural_music.soundfont import SoundfontBand, find_fluidsynth, program_of
from noktvrn.roles.composer import CompositionRequest, Recording
from noktvrn.sound.files import flac
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style, style_ids

BANKS = tuple(Path(f"/usr/share/sounds/sf2/{name}") for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2"))
BANK = next((path for path in BANKS if path.is_file()), None)
installed = pytest.mark.skipif(
    BANK is None or shutil.which("fluidsynth") is None,
    reason="needs fluidsynth and a bank: apt install fluidsynth fluid-soundfont-gm",
)


def plan() -> SongPlan:
    home = load_style("jazz")
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    return plan_song(
        genre="jazz", style="jazz", tempo=tempo, modes=home.modes, mood="", duration_s=30, seed=4
    )


def record(composer: ProceduralComposer, folder: Path) -> Recording:
    folder.mkdir()
    request = CompositionRequest(
        plan=plan(),
        identity=make_identity(4, "jazz", moods=[]),
        lyrics=None,
        title="Bank",
        prompt="",
        seed=4,
        folder=folder,
    )
    return composer.compose(request)


@pytest.mark.long
@installed
def test_a_bank_plays_the_same_song_the_same_way(tmp_path: Path) -> None:
    assert BANK is not None
    composer = ProceduralComposer(SoundfontBand(find_fluidsynth(None), BANK))
    one, again = (record(composer, tmp_path / name) for name in "ab")
    house = record(ProceduralComposer(), tmp_path / "house")
    assert one.stems[0].path.read_bytes() == again.stems[0].path.read_bytes()
    assert one.timeline == house.timeline
    played, own = (flac.read_audio(made.stems[0].path)[0] for made in (one, house))
    assert played.shape == own.shape and np.isfinite(played).all()
    assert not np.allclose(played, own, atol=1e-3)
    assert 20 * np.log10(played.std() / own.std()) == pytest.approx(0.0, abs=6.0)
    assert BANK.name in one.provenance.model and "bank" in one.provenance.rights.licence


def test_every_instrument_of_every_style_has_a_program() -> None:
    for style_id in style_ids():
        for part in load_style(style_id).parts:
            assert all(0 <= program_of(patch, part.line) < 128 for patch in part.patches)
    assert program_of("upright_piano", "chords") != program_of("upright", "walk")


def test_a_missing_bank_or_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no sound bank"):
        SoundfontBand(Path("/bin/true"), tmp_path / "none.sf2")
    with pytest.raises(Unavailable) as caught:
        find_fluidsynth(tmp_path / "fluidsynth")
    assert "NOKTVRN_SOUNDFONT" in caught.value.hint


def test_a_program_that_plays_nothing_is_told(tmp_path: Path) -> None:
    bank = tmp_path / "bank.sf2"
    bank.write_bytes(b"RIFF")
    with pytest.raises(Unavailable, match=r"bank\.sf2"):
        record(ProceduralComposer(SoundfontBand(Path("/bin/true"), bank)), tmp_path / "song")
