"""What every mastered take gets, whoever made it: its marks, its place in the vault, a preview."""

from __future__ import annotations

from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Unavailable
from noktvrn.model.asset import AudioAsset
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Provenance, mixed
from noktvrn.music import encode, producer
from noktvrn.production.scene import Scene

FLAC, MP3 = "audio/flac", "audio/mpeg"


def tags(scene: Scene, title: str, *parts: Provenance) -> dict[str, str]:
    """The tags of a file: whose it is, and what its parts were made by."""
    return {
        "TITLE": title,
        "ARTIST": scene.artist.profile.stage_name,
        "LABEL": scene.studio.settings.label_name,
        "DIGITALSOURCETYPE": mixed(part.source_type for part in parts).value,
    }


def kept_master(scene: Scene, take: producer.MasteredTake) -> AudioAsset:
    """The master in the vault."""
    return _kept(scene, take, take.path, FLAC, "master.flac", bits=24)


def kept_preview(scene: Scene, take: producer.MasteredTake) -> tuple[AudioAsset | None, tuple[Finding, ...]]:
    """An MP3 of the master; without ffmpeg none, and a finding that says so."""
    try:
        ffmpeg = find_ffmpeg(scene.studio.settings.ffmpeg)
    except Unavailable as error:
        told = Finding(
            rule="track.no_preview", severity=Severity.INFO, message=error.message, hint=error.hint
        )
        return None, (told,)
    path = encode.lossy(take.path, scene.folder / "preview.mp3", ffmpeg)
    return _kept(scene, take, path, MP3, "preview.mp3", bits=None), ()


def kept_beside(
    scene: Scene,
    take: producer.MasteredTake,
    title: str,
    made_by: Provenance,
    made: producer.MasteredStem,
    name: str,
) -> AudioAsset:
    """A file beside the master (a stem, the instrumental), tagged and in the vault."""
    producer.tag_master(made.path, tags(scene, f"{title} ({made.name})", made_by))
    return AudioAsset(
        **scene.keep(made.path, FLAC, name).as_data(),
        pcm_sha256=made.pcm_sha256,
        duration_s=take.duration_s,
        sample_rate=producer.RATE,
        bits=24,
    )


def _kept(
    scene: Scene, take: producer.MasteredTake, path: Path, media_type: str, name: str, *, bits: int | None
) -> AudioAsset:
    return AudioAsset(
        **scene.keep(path, media_type, name).as_data(),
        pcm_sha256=take.pcm_sha256,
        duration_s=take.duration_s,
        sample_rate=producer.RATE,
        bits=bits,
    )
