"""ID3v2.4 tags of MP3 previews. Contract: the ID3v2.4.0 native frames document.

Tags go by their Vorbis comment names; those ID3 has a frame for get it, all others are user text (TXXX). The
audio frames are copied as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from noktvrn.kernel.errors import Invalid, NotFound, Refused

FRAMES = {
    "TITLE": "TIT2",
    "ARTIST": "TPE1",
    "ALBUM": "TALB",
    "DATE": "TDRC",
    "GENRE": "TCON",
    "TRACKNUMBER": "TRCK",
    "ISRC": "TSRC",
    "LABEL": "TPUB",
    "COPYRIGHT": "TCOP",
}

MAX_TAG_BYTES = 1 << 20

_NAMES = {frame: name for name, frame in FRAMES.items()}
_HEAD = 10
_UTF8 = b"\x03"


def write_id3(path: Path, tags: Mapping[str, str]) -> None:
    """Puts `tags` in front of the MP3 file, in place of an ID3v2 tag it has, in one step.

    Raises:
        Invalid: a value with NUL or a lone surrogate, or more than `MAX_TAG_BYTES`.
        NotFound: no such file.
        Refused: the file's own tag is garbled, or the new one cannot be written.
    """
    frames = b"".join(_frame(name.upper(), tags[name]) for name in sorted(tags))
    if len(frames) > MAX_TAG_BYTES:
        raise _bad_tag(f"they are longer than {MAX_TAG_BYTES} bytes")
    audio = _content(path)
    audio = audio[_tag_size(audio, path) :]
    fresh = path.with_name(path.name + ".tagging")
    try:
        fresh.write_bytes(b"ID3\x04\x00\x00" + _synchsafe(len(frames)) + frames + audio)
        fresh.replace(path)
    except OSError as error:
        raise Refused(
            f"{path.name} could not be written: {error}.",
            code="audio.unwritable",
            hint="Check free space and rights.",
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def read_id3(path: Path) -> dict[str, str]:
    """The UTF-8 text frames of an ID3v2.4 tag by Vorbis comment name. Raises as `write_id3`."""
    content = _content(path)
    tag = content[_HEAD : _tag_size(content, path)]
    return dict(_text_frames(tag, path))


def _frame(name: str, value: str) -> bytes:
    if "\0" in value or not name or not name.isascii() or not name.isprintable():
        raise _bad_tag(f"{name!r} or its value cannot be written")
    try:
        text = value.encode()
    except UnicodeEncodeError as error:
        raise _bad_tag(f"{name} holds a character that is none") from error
    frame = FRAMES.get(name)
    body = _UTF8 + (text if frame else name.encode() + b"\0" + text)
    return (frame or "TXXX").encode() + _synchsafe(len(body)) + b"\0\0" + body


def _text_frames(tag: bytes, path: Path) -> Iterator[tuple[str, str]]:
    at = 0
    while at + _HEAD <= len(tag) and tag[at] != 0:
        frame, size = tag[at : at + 4].decode("latin-1"), _plain(tag[at + 4 : at + 8])
        body = tag[at + _HEAD : at + _HEAD + size]
        if len(body) < size:
            raise _broken(path)
        at += _HEAD + size
        if not body.startswith(_UTF8):
            continue
        text = body[1:].decode(errors="replace")
        if frame == "TXXX":
            name, _, value = text.partition("\0")
            yield name, value
        elif frame in _NAMES:
            yield _NAMES[frame], text


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(f"There is no sound file {path.name}.", code="audio.not_found", hint="Check the path.")
    return path.read_bytes()


def _tag_size(content: bytes, path: Path) -> int:
    """Bytes of the ID3v2 tag at the beginning, header included; 0 without one."""
    if not content.startswith(b"ID3"):
        return 0
    if len(content) < _HEAD:
        raise _broken(path)
    footer = _HEAD if content[5] & 0x10 else 0
    size = _HEAD + _plain(content[6:10]) + footer
    if size > len(content):
        raise _broken(path)
    return size


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _plain(synchsafe: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(synchsafe, (21, 14, 7, 0), strict=True))


def _broken(path: Path) -> Refused:
    return Refused(
        f"{path.name} has a garbled ID3 tag.", code="audio.corrupt", hint="Make the preview again."
    )


def _bad_tag(why: str) -> Invalid:
    return Invalid(
        f"The file cannot carry these tags: {why}.", code="audio.bad_tag", hint="Shorten or rename it."
    )
