"""How an ERN message is read for checking: its anchors, references and values, without any schema file.

libxml2 ignores ID and IDREF in an XSD, and nobody may ship DDEX's schemas, so the house checks on its own
what a store's importer would trip over.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

PARTS = ("MessageHeader", "PartyList", "ResourceList", "ReleaseList", "DealList")
ANCHORS = {
    "PartyReference": "P",
    "ResourceReference": "A",
    "ReleaseReference": "R",
    "TechnicalResourceDetailsReference": "T",
}
REFERENCES = {
    "ArtistPartyReference": "P",
    "ContributorPartyReference": "P",
    "ReleaseLabelReference": "P",
    "ReleaseResourceReference": "A",
    "LinkedReleaseResourceReference": "A",
    "DealReleaseReference": "R",
}


def texts(root: etree._Element, path: str) -> tuple[str, ...]:
    """The texts at an ElementPath below the root, in document order."""
    return tuple((element.text or "") for element in root.iterfind(path))


def anchors(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Every anchor as (name of its element, value)."""
    return _named(root, ANCHORS)


def references(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Every reference as (name of its element, value)."""
    return _named(root, REFERENCES)


def _named(root: etree._Element, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for element in root.iter(*names):
        yield str(element.tag), element.text or ""
