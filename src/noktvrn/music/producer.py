"""The producer: sums, masters and measures every engine's recording, the same way for all of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from pydantic import Field

from noktvrn.kernel.errors import NotReady, Refused, Unavailable
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.asset import Sha256
from noktvrn.model.noun import Noun
from noktvrn.model.sound import SoundIdentity, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.roles.composer import Recording, StemFile
from noktvrn.sound.analysis import fingerprint, meters
from noktvrn.sound.analysis import listening as analysis
from noktvrn.sound.files import flac, id3
from noktvrn.sound.mastering.master import Character, master

Samples = NDArray[np.float32]

RATE = 44100
MARK = "DIGITALSOURCETYPE"
TARGET_LUFS = -14.0

_ENCODE_S = 300.0
_MIN_FRAMES = 3 * RATE
_MAX_FRAMES = 15 * 60 * RATE


class MasteredStem(Noun):
    """A stem as 24-bit FLAC."""

    name: str
    path: Path
    pcm_sha256: Sha256


class MasteredTake(Noun):
    """A finished take: the 24-bit, 44.1 kHz FLAC master, what the meters read, and its stems."""

    path: Path
    pcm_sha256: Sha256
    duration_s: float
    figures: AudioFigures
    stems: tuple[MasteredStem, ...]
    stem_gain_db: float = Field(description="the one gain all stems share: 0, or down in steps of 6.02 dB")


def produce(
    recording: Recording, *, profile_sound: SoundIdentity, folder: Path, target_lufs: float = TARGET_LUFS
) -> MasteredTake:
    """Mixes and masters `recording` into `folder` (made if missing): `target_lufs` +-0.3 LU, <= -1.0 dBTP.

    Raises:
        Refused: a stem is no 44.1 kHz stereo file of the others' length, or a file cannot be written.
        Invalid: the sum is silent or holds values that are no numbers.
    """
    (folder / "stems").mkdir(parents=True, exist_ok=True)
    mix, peak = _sum(recording.stems)
    master(mix, RATE, Character(profile_sound.brightness, profile_sound.drive), target_lufs=target_lufs)
    path = folder / "master.flac"
    pcm = flac.write_flac(
        path, flac.chunks(mix), RATE, 24, derive_seed(profile_sound.seed, "dither", "master")
    )
    figures = measure(mix, RATE, recording.timeline)
    del mix
    gain = _headroom(peak)
    stems = tuple(
        _keep(stem, folder / "stems" / f"{place:02d}-{_file_name(stem.name)}.flac", gain, profile_sound.seed)
        for place, stem in enumerate(recording.stems, 1)
    )
    return MasteredTake(
        path=path,
        pcm_sha256=pcm,
        duration_s=figures.duration_s,
        figures=figures,
        stems=stems,
        stem_gain_db=20 * float(np.log10(gain)),
    )


def measure(audio: Samples, rate: int, timeline: Timeline | None) -> AudioFigures:
    """Every figure of `audio` (2, n): meters, analysis and fingerprint."""
    figures = meters.measure(audio, rate, timeline)
    heard = analysis.listen(audio, rate)
    return figures.model_copy(
        update={
            "tempo_bpm": analysis.tempo(heard.onsets),
            "key": analysis.key(heard.chroma),
            "fingerprint": fingerprint.spell(heard),
        }
    )


def tag_master(path: Path, tags: Mapping[str, str]) -> None:
    """Gives the FLAC file these tags and no others, in one step; its samples stay what they are."""
    flac.write_tags(path, tags)


def preview(master: Path, out: Path, ffmpeg: Path) -> Path:
    """An MP3 (VBR, about 190 kbit/s) of the master with the master's tags, at `out`.

    Raises:
        NotReady: the master does not carry its disclosure mark yet.
        Unavailable: this ffmpeg cannot make MP3.
    """
    tags = _marked(master)
    command = [str(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(master)]
    command += ["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "libmp3lame", "-q:a", "2"]
    command += ["-id3v2_version", "0", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp3", str(out)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_ENCODE_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            "This ffmpeg made no MP3 preview.",
            code="audio.no_preview",
            hint="Install an ffmpeg with libmp3lame (Debian, Ubuntu: apt install ffmpeg).",
        ) from error
    id3.write_id3(out, tags)
    return out


def preview_flac16(master: Path, out: Path) -> Path:
    """A 16-bit dithered FLAC of the master with the master's tags, for stores that take no more.

    Raises:
        NotReady: the master does not carry its disclosure mark yet.
    """
    tags = _marked(master)
    audio, rate = flac.read_audio(master)
    flac.write_flac(out, flac.chunks(audio), rate, 16, derive_seed(0, "dither", 16))
    flac.write_tags(out, tags)
    return out


def _marked(master: Path) -> dict[str, str]:
    tags = flac.read_tags(master)
    if not tags.get(MARK):
        raise NotReady(
            f"{master.name} does not say how it was made.",
            code="audio.unmarked",
            hint=f"Tag the master with {MARK} first; nothing leaves the house without it.",
        )
    return tags


def _sum(stems: tuple[StemFile, ...]) -> tuple[Samples, float]:
    """The sum of all stems (2, n) and the highest sample of any of them. One stem is read at a time."""
    frames = _check(stems)
    mix = np.zeros((2, frames), np.float32)
    peak = 0.0
    for stem in stems:
        at = 0
        for piece in _read(stem):
            mix[:, at : at + piece.shape[1]] += piece
            at += piece.shape[1]
            peak = max(peak, float(np.abs(piece).max()))
    return mix, peak


def _check(stems: tuple[StemFile, ...]) -> int:
    facts = [flac.probe(stem.path) for stem in stems]
    for stem, fact in zip(stems, facts, strict=True):
        if fact.sample_rate != RATE or fact.channels != 2:
            raise _refused(stem, f"{fact.channels} channels at {fact.sample_rate} Hz")
        if fact.frames != facts[0].frames or not _MIN_FRAMES <= fact.frames <= _MAX_FRAMES:
            raise _refused(stem, f"{fact.frames} samples where {facts[0].frames} (3 s to 15 min) were due")
    return facts[0].frames


def _refused(stem: StemFile, why: str) -> Refused:
    return Refused(
        f"Stem {stem.name} has {why}.",
        code="recording.bad_stem",
        hint="A composer delivers stereo stems of one length at 44.1 kHz; convert them or cast another one.",
    )


def _read(stem: StemFile) -> Iterator[Samples]:
    try:
        with soundfile.SoundFile(stem.path) as source:
            while (piece := source.read(flac.CHUNK, dtype="float32")).shape[0]:
                yield np.ascontiguousarray(piece.T)
    except soundfile.SoundFileError as error:
        raise _refused(stem, "samples that do not decode") from error


def _headroom(peak: float) -> float:
    """The gain, a power of two, that lets the loudest stem fit below full scale."""
    return float(2.0 ** -max(0, int(np.ceil(np.log2(max(peak, 1e-9))))))


def _keep(stem: StemFile, path: Path, gain: float, seed: int) -> MasteredStem:
    pieces = (piece * np.float32(gain) for piece in _read(stem))
    pcm = flac.write_flac(path, pieces, RATE, 24, derive_seed(seed, "dither", stem.name))
    return MasteredStem(name=stem.name, path=path, pcm_sha256=pcm)


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)[:40] or "stem"
