"""FLAC masters, 24-bit or 16-bit with dither, and their Vorbis comments, which change no sample.

File bytes are a pure function of samples, bits and tags. A song's identity is the SHA-256 of its decoded
samples, which tags never change. Contracts: RFC 9639 (FLAC), the Vorbis I comment header.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid, LabelError, NotFound, Refused

Samples = NDArray[np.float32]
Words = NDArray[np.int32]
Bits = Literal[16, 24]

CHUNK = 1 << 16
MAX_TAGS = 512
MAX_TAG_BYTES = 1 << 20

_VENDOR = b"noktvrn"
_MAX_BLOCKS = 128
_COMMENT, _PADDING = 4, 1


@dataclass(frozen=True)
class FlacFacts:
    """What a FLAC file says of itself."""

    sample_rate: int
    channels: int
    bits: int
    frames: int


def chunks(audio: Samples) -> Iterator[Samples]:
    """`audio` (channels, n) in pieces of `CHUNK` samples."""
    for start in range(0, audio.shape[1], CHUNK):
        yield audio[:, start : start + CHUNK]


def quantise(piece: Samples, bits: Bits, rng: np.random.Generator) -> Words:
    """Left-justified 32-bit words (n, channels) of `piece` (channels, n) at `bits`, with TPDF dither of one
    step either way. True zero stays true zero, so that a faded end is silent."""
    top = 1 << (bits - 1)
    noise = rng.integers(0, 1 << 16, (*piece.shape, 2), dtype=np.uint16)
    steps = piece * np.float32(top)
    dither = (noise[..., 0].astype(np.float32) - noise[..., 1].astype(np.float32)) / np.float32(1 << 16)
    steps += np.where(piece == 0, np.float32(0), dither)
    whole = np.clip(np.rint(steps), -top, top - 1).astype(np.int32)
    return np.ascontiguousarray(np.left_shift(whole, 32 - bits).T)


def write_flac(path: Path, pieces: Iterable[Samples], rate: int, bits: Bits, seed: int) -> str:
    """Writes `pieces` (2, m) as one FLAC file and returns the SHA-256 of its decoded samples.

    Raises:
        Refused: the file cannot be written (a full disk, a read-only folder).
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    digest = hashlib.sha256()
    try:
        with soundfile.SoundFile(path, "w", rate, 2, f"PCM_{bits}", format="FLAC") as out:
            for piece in pieces:
                words = quantise(piece, bits, rng)
                digest.update(words.astype("<i4", copy=False).tobytes())
                out.write(words)
    except (soundfile.SoundFileError, OSError) as error:
        raise _unwritable(path, error) from error
    return digest.hexdigest()


def pcm_sha256(path: Path) -> str:
    """SHA-256 of the decoded samples: interleaved little-endian 32-bit words, left-justified.

    Raises:
        Refused: it does not decode.
    """
    digest = hashlib.sha256()
    for words in read_words(path):
        digest.update(words.astype("<i4", copy=False).tobytes())
    return digest.hexdigest()


def read_words(path: Path) -> Iterator[Words]:
    """The decoded samples in pieces of (m, channels) left-justified 32-bit words."""
    for piece in _decode(path, "int32"):
        yield np.asarray(piece, dtype=np.int32)


def read_audio(path: Path) -> tuple[Samples, int]:
    """The whole file as (channels, n) float32 and its rate.

    Raises:
        NotFound: no such file.
        Refused: it does not decode.
    """
    facts = probe(path)
    try:
        audio = np.empty((facts.channels, facts.frames), np.float32)
    except MemoryError as error:  # a broken header tells of hours by the thousand
        raise _broken(path, "it says that it is longer than fits in memory") from error
    at = 0
    for piece in _decode(path, "float32"):
        audio[:, at : at + piece.shape[0]] = piece.T
        at += piece.shape[0]
    if at != facts.frames:
        raise _broken(path, "it ends before its last sample")
    return audio, facts.sample_rate


_BITS = {"PCM_16": 16, "PCM_24": 24, "PCM_S8": 8, "FLOAT": 32, "PCM_32": 32, "DOUBLE": 64}


def probe(path: Path) -> FlacFacts:
    """Rate, channels, bits and frames of a sound file. Raises as `read_audio`."""
    try:
        with soundfile.SoundFile(_existing(path)) as source:
            return FlacFacts(source.samplerate, source.channels, _BITS.get(source.subtype, 0), source.frames)
    except soundfile.SoundFileError as error:
        raise _broken(path, "it does not open") from error


def _decode(path: Path, dtype: str) -> Iterator[NDArray[np.generic]]:
    try:
        with soundfile.SoundFile(_existing(path)) as source:
            while (piece := source.read(CHUNK, dtype=dtype, always_2d=True)).shape[0]:
                yield piece
    except soundfile.SoundFileError as error:
        raise _broken(path, "it does not decode") from error


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise NotFound(f"There is no sound file {path.name}.", code="audio.not_found", hint="Check the path.")
    return path


def _broken(path: Path, why: str) -> LabelError:
    return Refused(
        f"{path.name} is no sound FLAC file: {why}.", code="audio.corrupt", hint="Render or fetch it again."
    )


def _unwritable(path: Path, error: Exception) -> LabelError:
    return Refused(
        f"{path.name} could not be written: {error}.",
        code="audio.unwritable",
        hint="Check free space and rights.",
    )


def read_tags(path: Path) -> dict[str, str]:
    """The Vorbis comments by upper-case name; a repeated name keeps its values apart by "; ".

    Raises:
        NotFound: no such file.
        Refused: no FLAC, or a comment block that breaks its own lengths.
    """
    with _existing(path).open("rb") as source:
        for kind, body in _blocks(source, path):
            if kind == _COMMENT:
                return _parse_comments(body, path)
    return {}


def write_tags(path: Path, tags: Mapping[str, str]) -> None:
    """Replaces all comments of the file by `tags`, sorted by name; the audio frames are copied as they are.
    The new file takes the old one's place in one step.

    Raises:
        Invalid: a name Vorbis comments cannot hold, or more than the limits.
        NotFound, Refused: as `read_tags`.
    """
    comments = _spell_comments(tags)
    fresh = path.with_name(path.name + ".tagging")
    try:
        with _existing(path).open("rb") as source, fresh.open("wb") as out:
            kept = [b for b in _blocks(source, path) if b[0] not in (_COMMENT, _PADDING)]
            kept.insert(1, (_COMMENT, comments))
            out.write(b"fLaC")
            for place, (kind, body) in enumerate(kept):
                last = 0x80 if place == len(kept) - 1 else 0
                out.write(bytes([last | kind]) + len(body).to_bytes(3, "big") + body)
            while piece := source.read(1 << 20):
                out.write(piece)
        fresh.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        fresh.unlink(missing_ok=True)


def _blocks(source: BinaryIO, path: Path) -> list[tuple[int, bytes]]:
    """Every metadata block as (kind, body); leaves `source` at the first audio frame."""
    if source.read(4) != b"fLaC":
        raise _broken(path, "it does not begin as FLAC does")
    found: list[tuple[int, bytes]] = []
    while len(found) < _MAX_BLOCKS:
        head = source.read(4)
        if len(head) < 4:
            raise _broken(path, "a metadata block is cut off")
        body = source.read(int.from_bytes(head[1:], "big"))
        if len(body) < int.from_bytes(head[1:], "big"):
            raise _broken(path, "a metadata block is cut off")
        found.append((head[0] & 0x7F, body))
        if head[0] & 0x80:
            return found
    raise _broken(path, f"it has more than {_MAX_BLOCKS} metadata blocks")


def _parse_comments(body: bytes, path: Path) -> dict[str, str]:
    tags: dict[str, str] = {}
    try:
        at = 4 + struct.unpack_from("<I", body)[0]
        (count,) = struct.unpack_from("<I", body, at)
        at += 4
        for _ in range(min(count, MAX_TAGS)):
            (size,) = struct.unpack_from("<I", body, at)
            if at + 4 + size > len(body):
                raise _broken(path, "a comment is longer than its block")
            name, _, value = body[at + 4 : at + 4 + size].decode().partition("=")
            tags[name.upper()] = f"{tags[name.upper()]}; {value}" if name.upper() in tags else value
            at += 4 + size
    except (struct.error, UnicodeDecodeError) as error:
        raise _broken(path, "its comments are garbled") from error
    return tags


def _spell_comments(tags: Mapping[str, str]) -> bytes:
    if len(tags) > MAX_TAGS:
        raise _bad_tag(f"{len(tags)} tags are more than {MAX_TAGS}")
    lines = [_spell_comment(name, tags[name]) for name in sorted(tags)]
    head = len(_VENDOR).to_bytes(4, "little") + _VENDOR + len(lines).to_bytes(4, "little")
    body = head + b"".join(len(line).to_bytes(4, "little") + line for line in lines)
    if len(body) > MAX_TAG_BYTES:
        raise _bad_tag(f"the tags are longer than {MAX_TAG_BYTES} bytes")
    return body


def _spell_comment(name: str, value: str) -> bytes:
    if not name or any(not 0x20 <= ord(c) <= 0x7D or c == "=" for c in name):
        raise _bad_tag(f"{name!r} cannot be the name of a tag")
    try:
        return f"{name.upper()}={value}".encode()
    except UnicodeEncodeError as error:
        raise _bad_tag(f"{name} holds a character that is none") from error


def _bad_tag(why: str) -> Invalid:
    return Invalid(
        f"The file cannot carry these tags: {why}.", code="audio.bad_tag", hint="Shorten or rename it."
    )
