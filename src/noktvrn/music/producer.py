"""The producer: sums, masters and measures every engine's recording, the same way for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from pydantic import Field

from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.asset import Sha256
from noktvrn.model.noun import Noun
from noktvrn.model.sound import SoundIdentity, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.roles.composer import Recording, StemFile
from noktvrn.sound.analysis import fingerprint, meters
from noktvrn.sound.analysis.key import key
from noktvrn.sound.analysis.listening import listen
from noktvrn.sound.analysis.onsets import strikes_per_second
from noktvrn.sound.analysis.tempo import tempo
from noktvrn.sound.files import flac
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.mixing.vocal import place_voice, sit_voice
from noktvrn.sound.style import load_style

Samples = NDArray[np.float32]

RATE = 44100
TARGET_LUFS = -14.0
VOICE = "voice"
"""The name of the stem of whoever sings beside the composer's own."""

_MIN_FRAMES = 3 * RATE
_MAX_FRAMES = 15 * 60 * RATE


class MasteredStem(Noun):
    """A stem as 24-bit FLAC."""

    name: str
    path: Path
    pcm_sha256: Sha256


class Wants(Noun):
    """What is wanted beside the master."""

    stems: bool = False
    instrumental: bool = Field(default=False, description="the same song without its singer")


MASTER_ONLY = Wants()


class MasteredTake(Noun):
    """A finished take: the 24-bit, 44.1 kHz FLAC master, what the meters read, and what was asked for beside
    it."""

    path: Path
    pcm_sha256: Sha256
    duration_s: float
    figures: AudioFigures
    instrumental: MasteredStem | None = Field(default=None, description="mastered without the voice")
    stems: tuple[MasteredStem, ...] = ()
    stem_gain_db: float = Field(
        default=0.0, description="the one gain all stems share: 0, or down in steps of 6.02 dB"
    )


def target_of(style_id: str, loudness: Literal["stores", "genre"]) -> float:
    """The loudness (LUFS) a style is mastered to: the stores' usual, or the genre's own habit."""
    return load_style(style_id).targets.lufs if loudness == "genre" else TARGET_LUFS


def produce(
    recording: Recording,
    *,
    profile_sound: SoundIdentity,
    folder: Path,
    target_lufs: float = TARGET_LUFS,
    voice: StemFile | None = None,
    wants: Wants = MASTER_ONLY,
) -> MasteredTake:
    """Mixes and masters `recording` into `folder` (made if missing): `target_lufs` +-0.3 LU, <= -1.0 dBTP.

    A dry `voice` gets its place in front of it. Its stem is the placed voice; the others are as they came.

    Raises:
        Refused: a stem is no 44.1 kHz stereo file of the others' length, or a file cannot be written.
        Invalid: the sum is silent or holds values that are no numbers.
    """
    (folder / "stems").mkdir(parents=True, exist_ok=True)
    seed = profile_sound.seed
    mix, peak = _sum(recording.stems)
    checkpoint.reached()
    without = (
        _without_voice(mix, folder, profile_sound, target_lufs) if voice and wants.instrumental else None
    )
    sung = _sung(mix, voice, recording.timeline, seed) if voice else None
    path = folder / "master.flac"
    checkpoint.reached()
    pcm = _mastered(mix, path, profile_sound, target_lufs)
    checkpoint.reached()
    figures = measure(mix, RATE, recording.timeline)
    del mix
    gain = _headroom(peak if sung is None else max(peak, float(np.abs(sung).max())))
    stems = _stems(recording.stems, sung, folder / "stems", gain, seed) if wants.stems else ()
    return MasteredTake(
        path=path,
        pcm_sha256=pcm,
        duration_s=figures.duration_s,
        figures=figures,
        instrumental=without,
        stems=stems,
        stem_gain_db=20 * float(np.log10(gain)),
    )


def _sung(mix: Samples, voice: StemFile, timeline: Timeline, seed: int) -> Samples:
    """The placed voice (2, n); it sits in `mix` then, which made room for it."""
    dry, _ = _sum((voice,))
    if dry.shape != mix.shape:
        raise _refused(voice, f"{dry.shape[1]} samples where {mix.shape[1]} were due")
    placed = place_voice(dry, timeline.sections, 60.0 / timeline.tempo_bpm, seed)
    sit_voice(mix, placed, timeline.sections)
    return placed


def _without_voice(mix: Samples, folder: Path, sound: SoundIdentity, target_lufs: float) -> MasteredStem:
    path = folder / "instrumental.flac"
    pcm = _mastered(mix.copy(), path, sound, target_lufs)
    return MasteredStem(name="instrumental", path=path, pcm_sha256=pcm)


def _mastered(mix: Samples, path: Path, sound: SoundIdentity, target_lufs: float) -> str:
    """Masters `mix` in place and writes it; the hash of its samples."""
    master(mix, RATE, Character(sound.brightness, sound.drive), target_lufs=target_lufs)
    return flac.write_flac(path, flac.chunks(mix), RATE, 24, derive_seed(sound.seed, "dither", "master"))


def _stems(
    stems: tuple[StemFile, ...], sung: Samples | None, folder: Path, gain: float, seed: int
) -> tuple[MasteredStem, ...]:
    sources = [(stem.name, _read(stem)) for stem in stems]
    sources += [] if sung is None else [(VOICE, flac.chunks(sung))]
    return tuple(
        _keep(name, pieces, folder / f"{place:02d}-{_file_name(name)}.flac", gain, seed)
        for place, (name, pieces) in enumerate(sources, 1)
    )


def measure(audio: Samples, rate: int, timeline: Timeline | None) -> AudioFigures:
    """Every figure of `audio` (2, n): meters, analysis and fingerprint."""
    figures = meters.measure(audio, rate, timeline)
    checkpoint.reached()
    heard = listen(audio, rate)
    pulse, home = tempo(heard.onsets), key(heard.pitches)
    return figures.model_copy(
        update={
            "tempo_bpm": pulse.bpm if pulse else None,
            "key": home.name if home else None,
            "strikes_per_s": round(strikes_per_second(heard.onsets.full), 3),
            "fingerprint": fingerprint.spell(heard),
        }
    )


def tag_master(path: Path, tags: Mapping[str, str]) -> None:
    """Gives the FLAC file these tags and no others, in one step; its samples stay what they are."""
    flac.write_tags(path, tags)


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


def _keep(name: str, pieces: Iterable[Samples], path: Path, gain: float, seed: int) -> MasteredStem:
    scaled = (piece * np.float32(gain) for piece in pieces)
    pcm = flac.write_flac(path, scaled, RATE, 24, derive_seed(seed, "dither", name))
    return MasteredStem(name=name, path=path, pcm_sha256=pcm)


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)[:40] or "stem"
