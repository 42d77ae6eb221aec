"""The producer: any recording becomes a delivered master, marked, measured and repeatable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid, NotFound, Refused
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import SoundIdentity, Timeline
from noktvrn.music import producer
from noktvrn.roles.composer import Recording, StemFile
from noktvrn.sound.files import flac
from noktvrn.sound.style import load_style

Samples = NDArray[np.float32]

RATE = 44100
SOUND = SoundIdentity(seed=7, style="house")


def stem(seed: int, seconds: float = 12.0) -> Samples:
    """Struck chords with noise: enough for every meter."""
    rng = np.random.Generator(np.random.PCG64(seed))
    time = np.arange(round(seconds * RATE)) / RATE
    strike = np.exp(-4 * (time % 0.5))
    tones = sum(np.sin(2 * np.pi * hertz * time + seed) for hertz in (110.0 * seed, 220.0 * seed, 330.5))
    level = np.where(time < seconds / 2, 0.05, 0.1)
    wave = level * strike * np.stack([tones + 0.3 * rng.standard_normal(time.size) for _ in range(2)])
    return np.asarray(wave, dtype=np.float32)


def recording(folder: Path, *stems: Samples, rate: int = RATE) -> Recording:
    files = []
    for number, samples in enumerate(stems):
        path = folder / f"{number}.wav"
        soundfile.write(path, samples.T, rate, subtype="FLOAT")
        files.append(StemFile(name=f"Stem {number}/ä", path=path))
    timeline = Timeline(
        duration_s=12.0, tempo_bpm=120.0, key="A minor", beats=(), downbeats=(), sections=(), chords=()
    )
    provenance = Provenance(engine="test", engine_version="1")
    return Recording(stems=tuple(files), timeline=timeline, provenance=provenance)


@pytest.fixture
def take(tmp_path: Path) -> producer.MasteredTake:
    return producer.produce(
        recording(tmp_path, stem(1), stem(2)),
        profile_sound=SOUND,
        folder=tmp_path / "take",
        wants=producer.Wants(stems=True),
    )


def test_the_master_meets_the_delivery_targets(take: producer.MasteredTake) -> None:
    assert flac.probe(take.path) == flac.FlacFacts(RATE, 2, 24, 12 * RATE)
    assert take.figures.integrated_lufs == pytest.approx(-14.0, abs=0.3)
    assert take.figures.true_peak_dbtp <= -1.0
    assert take.duration_s == 12.0 and take.figures.fingerprint
    assert take.pcm_sha256 == flac.pcm_sha256(take.path)


def test_figures_are_those_of_the_file(take: producer.MasteredTake) -> None:
    audio, rate = flac.read_audio(take.path)
    again = producer.measure(audio, rate, None)
    assert again.integrated_lufs == pytest.approx(take.figures.integrated_lufs, abs=1e-3)
    assert again.true_peak_dbtp == pytest.approx(take.figures.true_peak_dbtp, abs=1e-3)
    assert (again.tempo_bpm, again.key) == (take.figures.tempo_bpm, take.figures.key)


def test_stems_are_kept_and_add_up(take: producer.MasteredTake) -> None:
    assert [s.name for s in take.stems] == ["Stem 0/ä", "Stem 1/ä"]
    assert len({s.path for s in take.stems}) == 2 and take.stem_gain_db == 0
    for number, kept in enumerate(take.stems, 1):
        back, _ = flac.read_audio(kept.path)
        assert np.abs(back - stem(number)).max() < 2e-7
        assert kept.pcm_sha256 == flac.pcm_sha256(kept.path)


def test_stems_nobody_asked_for_are_not_made(tmp_path: Path) -> None:
    take = producer.produce(recording(tmp_path, stem(1)), profile_sound=SOUND, folder=tmp_path / "take")
    assert not take.stems and not any((tmp_path / "take" / "stems").iterdir())


def test_a_stem_above_full_scale_lowers_all_by_one_gain(tmp_path: Path) -> None:
    loud = recording(tmp_path, stem(1) * np.float32(30), stem(2))
    wants = producer.Wants(stems=True)
    take = producer.produce(loud, profile_sound=SOUND, folder=tmp_path / "take", wants=wants)
    gain = 10 ** (take.stem_gain_db / 20)
    back, _ = flac.read_audio(take.stems[1].path)
    assert gain < 0.5 and np.abs(back - stem(2) * gain).max() < 2e-7
    assert np.abs(flac.read_audio(take.stems[0].path)[0]).max() < 1.0


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    made = recording(tmp_path, stem(1), stem(3))
    one, other = (producer.produce(made, profile_sound=SOUND, folder=tmp_path / n) for n in ("a", "b"))
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.figures == other.figures


def test_masters_are_made_for_stores_unless_the_genre_is_asked_for() -> None:
    assert producer.target_of("ambient", "stores") == producer.target_of("techno", "stores") == -14.0
    assert producer.target_of("techno", "genre") == load_style("techno").targets.lufs == -12.0
    assert producer.target_of("folk", "genre") == -14.0


def test_a_loud_genre_gets_its_own_target(tmp_path: Path) -> None:
    take = producer.produce(
        recording(tmp_path, stem(1)), profile_sound=SOUND, folder=tmp_path / "take", target_lufs=-10.0
    )
    assert take.figures.integrated_lufs == pytest.approx(-10.0, abs=0.3)
    assert take.figures.true_peak_dbtp <= -1.0


@pytest.mark.parametrize(
    ("stems", "rate"),
    [
        ((stem(1), stem(2, 11.0)), RATE),
        ((stem(1)[:1],), RATE),
        ((stem(1),), 48000),
        ((stem(1, 1.0),), RATE),
    ],
    ids=["lengths differ", "mono", "another rate", "too short"],
)
def test_stems_off_the_contract_are_refused(tmp_path: Path, stems: tuple[Samples, ...], rate: int) -> None:
    with pytest.raises(Refused) as caught:
        producer.produce(
            recording(tmp_path, *stems, rate=rate), profile_sound=SOUND, folder=tmp_path / "take"
        )
    assert caught.value.code == "recording.bad_stem" and caught.value.hint


def singer(folder: Path, seconds: float = 12.0) -> StemFile:
    """A dry voice that sings every other two seconds."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 220.0 * n * time) / n for n in range(1, 12))
    dry = np.where(time % 4 < 2, 0.1, 0.0) * tone
    path = folder / "voice.wav"
    soundfile.write(path, np.stack([dry, dry], axis=1).astype(np.float32), RATE, subtype="FLOAT")
    return StemFile(name="voice", path=path)


def test_a_voice_is_heard_in_the_master_and_kept_apart(tmp_path: Path) -> None:
    made = recording(tmp_path, stem(1), stem(2))
    plain, sung = (
        producer.produce(
            made,
            profile_sound=SOUND,
            folder=tmp_path / name,
            voice=voice,
            wants=producer.Wants(stems=True, instrumental=True),
        )
        for name, voice in (("plain", None), ("sung", singer(tmp_path)))
    )
    assert plain.instrumental is None and len(plain.stems) == 2
    assert [s.name for s in sung.stems] == ["Stem 0/ä", "Stem 1/ä", "voice"]
    assert sung.figures.integrated_lufs == pytest.approx(-14.0, abs=0.3)
    assert sung.instrumental is not None and sung.instrumental.pcm_sha256 == plain.pcm_sha256
    assert sung.pcm_sha256 != plain.pcm_sha256


def test_a_voice_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="voice"):
        producer.produce(
            recording(tmp_path, stem(1)),
            profile_sound=SOUND,
            folder=tmp_path / "take",
            voice=singer(tmp_path, 11.0),
        )


def test_silence_is_no_master(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="silent"):
        producer.produce(recording(tmp_path, stem(1) * 0), profile_sound=SOUND, folder=tmp_path / "take")


def test_a_missing_stem_is_not_found(tmp_path: Path) -> None:
    made = recording(tmp_path, stem(1))
    made.stems[0].path.unlink()
    with pytest.raises(NotFound):
        producer.produce(made, profile_sound=SOUND, folder=tmp_path / "take")
