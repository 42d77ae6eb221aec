"""XSD validation, where the user has a folder with DDEX's schema files (their licence forbids shipping them).

The folder holds `release-notification.xsd` and `allowed-value-sets.xsd` of ERN 4.3.2, or a folder `ern432`
with them. The message schema must be the published build: a changed schema would approve anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from noktvrn.kernel.errors import Invalid

MESSAGE_SCHEMA = "release-notification.xsd"
MESSAGE_SCHEMA_SHA256 = "def25b4e72696c9b"
MAX_BYTES = 8 << 20


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parse(message: bytes) -> etree._Element:
    """A message, read without entities, network or document type.

    Raises:
        Invalid: not well-formed, too large, or it brings a DTD.
    """
    if len(message) > MAX_BYTES:
        raise _bad("it is larger than 8 MB")
    try:
        root = etree.fromstring(message, _parser())
    except etree.XMLSyntaxError as error:
        raise _bad(str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise _bad("it brings a document type")
    return root


def violations(message: bytes, folder: Path) -> tuple[str, ...]:
    """What the schema says against a message: one line each, none when it is valid.

    Raises:
        Invalid: the folder holds no usable schema, or the message cannot be read.
    """
    schema = _load(_schema_file(folder))
    root = parse(message)
    if schema.validate(root):
        return ()
    return tuple(f"line {entry.line}: {entry.message}" for entry in cast("Iterable[Any]", schema.error_log))


def _schema_file(folder: Path) -> Path:
    for place in (folder / MESSAGE_SCHEMA, folder / "ern432" / MESSAGE_SCHEMA):
        if place.is_file():
            return place
    raise Invalid(
        f"There is no {MESSAGE_SCHEMA} in {folder}.",
        code="ddex.no_schema",
        hint="Unpack DDEX's ERN 4.3.2 schema files there, or unset NOKTVRN_DDEX_SCHEMA_DIR.",
    )


@lru_cache(maxsize=2)
def _load(path: Path) -> etree.XMLSchema:
    if not hashlib.sha256(path.read_bytes()).hexdigest().startswith(MESSAGE_SCHEMA_SHA256):
        raise Invalid(
            f"{path} is not the published ERN 4.3.2 schema.",
            code="ddex.changed_schema",
            hint="Take the file of 18 June 2025 from DDEX unchanged.",
        )
    return etree.XMLSchema(etree.parse(str(path), _parser()))


def _bad(why: str) -> Invalid:
    return Invalid(
        f"The message cannot be read: {why}.",
        code="ddex.unreadable",
        hint="Seal the release again; a message is never edited by hand.",
    )
