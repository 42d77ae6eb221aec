"""Copies of a master for ears and stores: MP3, AAC and Opus through ffmpeg, 16-bit FLAC of our own.

Each copy carries the master's tags, its disclosure mark among them; a master without the mark is not copied.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from noktvrn.kernel.errors import NotReady, Unavailable
from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.files import flac, id3

MARK = "DIGITALSOURCETYPE"

Codec = Literal["mp3", "aac", "opus"]

_ENCODE_S = 300.0

_KNOWN_TO_MP4 = {
    "TITLE": "title",
    "ARTIST": "artist",
    "ALBUM": "album",
    "ALBUMARTIST": "album_artist",
    "DATE": "date",
    "GENRE": "genre",
    "COPYRIGHT": "copyright",
}


@dataclass(frozen=True, slots=True)
class _Encoder:
    """What ffmpeg is asked for: encoder and quality, container, and whether it writes the tags itself."""

    suffix: str
    media_type: str
    sound: tuple[str, ...]
    container: tuple[str, ...]
    tagged: bool
    name: str


_ENCODERS: dict[Codec, _Encoder] = {
    "mp3": _Encoder(
        ".mp3", "audio/mpeg", ("-c:a", "libmp3lame", "-q:a", "2"), ("-f", "mp3"), False, "libmp3lame"
    ),
    "aac": _Encoder(
        ".m4a",
        "audio/mp4",
        ("-c:a", "aac", "-b:a", "192k"),
        ("-movflags", "+faststart", "-f", "ipod"),
        True,
        "aac",
    ),
    "opus": _Encoder(
        ".opus", "audio/ogg", ("-c:a", "libopus", "-b:a", "128k"), ("-f", "opus"), True, "libopus"
    ),
}
"""MP3 at VBR 2 (about 190 kbit/s) with ID3v2.4 tags of our own; AAC in MP4; Opus in Ogg."""


CODECS: dict[str, Codec] = {codec: codec for codec in _ENCODERS}
"""Every codec by its name."""


def suffix(codec: Codec) -> str:
    """How a file of the codec is called."""
    return _ENCODERS[codec].suffix


def media_type(codec: Codec) -> str:
    """Its media type."""
    return _ENCODERS[codec].media_type


def lossy(master: Path, out: Path, ffmpeg: Path, codec: Codec = "mp3", *, quality: str = "") -> Path:
    """A lossy copy of the master at `out`, the same bytes for the same master and ffmpeg. `quality` is an
    MP3's, 0 (best) to 9; left out, the house's.

    Raises:
        NotReady: the master does not carry its disclosure mark yet.
        Unavailable: this ffmpeg cannot write the codec.
    """
    tags, encoder = marked(master), _ENCODERS[codec]
    command = [str(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(master)]
    command += ["-map", "0:a:0", "-map_metadata", "-1", *encoder.sound]
    command += ["-q:a", quality] if quality else []
    command += _arguments(tags, codec) if encoder.tagged else ["-id3v2_version", "0"]
    command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", *encoder.container, str(out)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_ENCODE_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            f"This ffmpeg made no {codec.upper()} preview.",
            code="audio.no_preview",
            hint=f"Install an ffmpeg with {encoder.name} (Debian, Ubuntu: apt install ffmpeg).",
        ) from error
    if not encoder.tagged:
        id3.write_id3(out, tags)
    return out


def _arguments(tags: Mapping[str, str], codec: Codec) -> list[str]:
    """Ogg takes every tag; MP4 only those players know, so there the mark and codes stand in the comment."""
    if codec == "aac":
        rest = "; ".join(f"{name}={tags[name]}" for name in sorted(tags) if name not in _KNOWN_TO_MP4)
        tags = {_KNOWN_TO_MP4[name]: tags[name] for name in tags if name in _KNOWN_TO_MP4} | {"comment": rest}
    return [part for name, value in sorted(tags.items()) for part in ("-metadata", f"{name}={value}")]


def flac16(master: Path, out: Path) -> Path:
    """A 16-bit dithered FLAC of the master, for stores that take no more.

    Raises:
        NotReady: the master does not carry its disclosure mark yet.
    """
    tags = marked(master)
    audio, rate = flac.read_audio(master)
    flac.write_flac(out, flac.chunks(audio), rate, 16, derive_seed(0, "dither", 16))
    flac.write_tags(out, tags)
    return out


def marked(master: Path) -> dict[str, str]:
    """The master's tags. Raises NotReady when its disclosure mark is not among them."""
    tags = flac.read_tags(master)
    if not tags.get(MARK):
        raise NotReady(
            f"{master.name} does not say how it was made.",
            code="audio.unmarked",
            hint=f"Tag the master with {MARK} first; nothing leaves the house without it.",
        )
    return tags
