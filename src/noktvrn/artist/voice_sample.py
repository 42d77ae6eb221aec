"""The voice sample: the artist's own voice alone in a small room, marked as what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from noktvrn.artist.motif import motif
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist
from noktvrn.model.provenance import Provenance
from noktvrn.roles.singer import Singer, SingingRequest
from noktvrn.sound.files import flac
from noktvrn.sound.mixing.vocal import place_voice
from noktvrn.sound.score import RATE

PEAK = 0.7
"""Highest sample, about -3 dBFS."""
BITS: Literal[16] = 16


class VoiceSample:
    """A written sample: where it lies, what its samples hash to, how long it is and what made it."""

    def __init__(self, path: Path, pcm_sha256: str, duration_s: float, provenance: Provenance) -> None:
        self.path = path
        self.pcm_sha256 = pcm_sha256
        self.duration_s = duration_s
        self.provenance = provenance


def record(artist: Artist, singer: Singer, folder: Path, *, label_name: str) -> VoiceSample:
    """The artist's signature motif sung by `singer`, as a FLAC file in `folder` (existing).

    Its tags say that it was generated (IPTC digital source type) and that the artist is an AI persona. The
    same artist gives the same bytes.

    Raises:
        Unavailable, Invalid: what the singer raises.
    """
    profile = artist.profile
    lines, span, beat_s = motif(profile)
    seed = derive_seed(artist.seed, "voice sample")
    request = SingingRequest(
        lines=lines,
        language=profile.language,
        identity=profile.sound,
        voice=f"{profile.voice.type}, {profile.voice.delivery}",
        duration_s=span.end_s,
        seed=seed,
        folder=folder,
    )
    sung = singer.sing(request)
    dry, _ = flac.read_audio(sung.stem.path)
    placed = place_voice(dry, [span], beat_s, seed)
    placed *= PEAK / max(1e-6, float(np.abs(placed).max()))
    path = folder / "voice-sample.flac"
    pcm = flac.write_flac(path, flac.chunks(placed), RATE, BITS, derive_seed(seed, "dither"))
    flac.write_tags(path, _tags(artist, sung.provenance, label_name))
    return VoiceSample(path, pcm, placed.shape[1] / RATE, sung.provenance)


def _tags(artist: Artist, made_by: Provenance, label_name: str) -> dict[str, str]:
    name = artist.profile.stage_name
    return {
        "TITLE": f"{name} (voice sample)",
        "ARTIST": name,
        "LABEL": label_name,
        "DIGITALSOURCETYPE": made_by.source_type.value,
        "DESCRIPTION": f"Generated voice of {name}, an AI persona. Engine: {made_by.engine}.",
    }
