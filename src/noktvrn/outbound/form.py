"""Forms with files in them (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a form: the field's name, and what the other side shall call it."""

    field: str
    path: Path
    media_type: str
    filename: str


def encoded(fields: Mapping[str, str], files: Iterable[Attachment]) -> tuple[str, bytes]:
    """The media type, with its boundary, and the body. Raises OSError where a file cannot be read."""
    boundary = f"noktvrn{secrets.token_hex(16)}"
    parts = [_part(boundary, f'name="{_quoted(name)}"', "", text.encode()) for name, text in fields.items()]
    for one in files:
        named = f'name="{_quoted(one.field)}"; filename="{_quoted(one.filename)}"'
        parts.append(_part(boundary, named, f"Content-Type: {one.media_type}\r\n", one.path.read_bytes()))
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", body


def _part(boundary: str, named: str, kind: str, content: bytes) -> bytes:
    top = f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\n{kind}\r\n"
    return top.encode() + content + b"\r\n"


def _quoted(name: str) -> str:
    """A name that cannot leave its quotes (the HTML standard's way)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
