"""The ERN message against the house's own rules, and against DDEX's schema where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from noktvrn.kernel.errors import Invalid
from noktvrn.model.finding import Severity
from noktvrn.release import ern, schema, structure
from noktvrn.release.cases import PACKAGE, PackageCase
from noktvrn.release.identifiers import FORMS
from noktvrn.release.rulebook import Note
from noktvrn.release.sealing import DEMO_SENDER

_AGAIN = "Seal the release again; a message is never edited by hand."


@PACKAGE.rule("message.readable", Severity.ERROR, 64)
def readable(case: PackageCase) -> Iterator[Note]:
    """Well-formed XML without a document type."""
    try:
        schema.parse(case.message_bytes)
    except OSError:
        yield Note("The message is missing.", _AGAIN)
    except Invalid as error:
        yield Note(error.message, _AGAIN)


@PACKAGE.rule("message.schema", Severity.ERROR, 64)
def by_schema(case: PackageCase) -> Iterator[Note]:
    """Valid by DDEX's XSD, where a schema folder is configured."""
    if case.schema_dir is None or case.message is None:
        return
    for told in schema.violations(case.message_bytes, case.schema_dir):
        yield Note(f"The message breaks the schema: {told}", _AGAIN)


@PACKAGE.rule("message.references", Severity.ERROR, 64)
def references(case: PackageCase) -> Iterator[Note]:
    """Anchors are unique, well named, and every reference finds one of its kind."""
    if case.message is None:
        return
    anchors = list(structure.anchors(case.message))
    for value, count in Counter(value for _, value in anchors).items():
        if count > 1:
            yield Note(f"The anchor {value} is used {count} times.", _AGAIN)
    for name, value in anchors:
        if not value.startswith(structure.ANCHORS[name]):
            yield Note(f"{name} cannot be called {value!r}.", _AGAIN)
    known = {value for _, value in anchors}
    for name, value in structure.references(case.message):
        if value not in known or not value.startswith(structure.REFERENCES[name]):
            yield Note(f"{name} points at {value!r}, which is not there.", _AGAIN)


@PACKAGE.rule("message.version", Severity.ERROR, 65)
def version(case: PackageCase) -> Iterator[Note]:
    """Namespace, profile, allowed values and the five parts in their order."""
    root = case.message
    if root is None:
        return
    if root.tag != f"{{{ern.NAMESPACE}}}NewReleaseMessage":
        yield Note(f"The message is a {root.tag}.", _AGAIN)
    if (root.get("ReleaseProfileVersionId"), root.get("AvsVersionId")) != (ern.PROFILE, ern.AVS_VERSION):
        yield Note("Profile or version of the allowed values is another.", _AGAIN)
    if tuple(child.tag for child in root) != structure.PARTS:
        yield Note("The parts of the message are not in their order.", _AGAIN)


@PACKAGE.rule("message.parties", Severity.ERROR, 8)
def parties(case: PackageCase) -> Iterator[Note]:
    """Sender and recipient differ, and a demo sender sends tests only."""
    if case.message is None:
        return
    sender = case.message.findtext("MessageHeader/MessageSender/PartyId")
    recipients = structure.texts(case.message, "MessageHeader/MessageRecipient/PartyId")
    control = case.message.findtext("MessageHeader/MessageControlType")
    if not sender or not recipients or sender in recipients:
        yield Note("Sender and recipient of the message are the same or missing.", "Set the DPIDs.")
    test = sender == DEMO_SENDER or case.release.identifiers.test_range
    if test != (control == "TestMessage"):
        yield Note("A test is not marked as one, or a real message is.", _AGAIN)


@PACKAGE.rule("message.identifiers", Severity.ERROR, 7)
def identifiers(case: PackageCase) -> Iterator[Note]:
    """Every identifier has its form and check digit; ISRC and UPC are the sealed ones."""
    root = case.message
    if root is None:
        return
    for element in root.iter(*FORMS):
        if not FORMS[str(element.tag)](element.text or ""):
            yield Note(f"{element.tag} {element.text!r} does not check.", _AGAIN)
    codes = case.release.identifiers
    if structure.texts(root, ".//ISRC") != codes.recordings or structure.texts(root, ".//ICPN") != (
        codes.upc,
    ):
        yield Note("The codes of the message are not the sealed ones.", _AGAIN)


@PACKAGE.rule("message.text", Severity.ERROR, 81)
def text(case: PackageCase) -> Iterator[Note]:
    """Titles in their order, artist and lines of the message are the approved ones."""
    root, draft = case.message, case.release.draft
    if root is None:
        return
    titles = (*(track.title for track in draft.tracks), draft.title)
    for path in (".//DisplayTitleText", ".//TitleText"):
        if structure.texts(root, path) != titles:
            yield Note(f"{path[3:]} of the message is not the approved {draft.title!r}.", _AGAIN)
    for path, approved in (
        (".//DisplayArtistName", draft.artist_name),
        (".//PLineText", f"℗ {draft.p_line}"),
        (".//CLineText", f"© {draft.c_line}"),
        (".//GenreText", draft.genre),
    ):
        if set(structure.texts(root, path)) != {approved}:
            yield Note(f"{path[3:]} of the message is not the approved {approved!r}.", _AGAIN)


@PACKAGE.rule("message.group", Severity.ERROR, 62)
def group(case: PackageCase) -> Iterator[Note]:
    """Numbers 1..n, every recording once in the group, one track release each."""
    root = case.message
    if root is None:
        return
    recordings = sorted(structure.texts(root, "ResourceList/SoundRecording/ResourceReference"))
    items = "ReleaseList/Release/ResourceGroup/ResourceGroupContentItem"
    numbers = structure.texts(root, f"{items}/SequenceNumber")
    if numbers != tuple(str(place) for place in range(1, len(recordings) + 1)):
        yield Note("The tracks are not numbered from one.", _AGAIN)
    for name, path in (
        ("resource group", f"{items}/ReleaseResourceReference"),
        ("track releases", "ReleaseList/TrackRelease/ReleaseResourceReference"),
    ):
        if sorted(structure.texts(root, path)) != recordings:
            yield Note(f"The {name} do not hold every recording once.", _AGAIN)


@PACKAGE.rule("message.cover", Severity.ERROR, 63)
def cover(case: PackageCase) -> Iterator[Note]:
    """One front cover, linked to the release."""
    root = case.message
    if root is None:
        return
    links = [
        link.text
        for link in root.iterfind("ReleaseList/Release/ResourceGroup/LinkedReleaseResourceReference")
        if link.get("LinkDescription") == "CoverArt"
    ]
    fronts = [
        image.findtext("ResourceReference")
        for image in root.iterfind("ResourceList/Image")
        if image.findtext("Type") == "FrontCoverImage"
    ]
    if len(links) != 1 or links != fronts:
        yield Note("The message links not exactly one front cover.", _AGAIN)


@PACKAGE.rule("message.deals", Severity.ERROR, 50)
def deals(case: PackageCase) -> Iterator[Note]:
    """Every release has one set of deals; each names where and from when."""
    root = case.message
    if root is None:
        return
    dealt = Counter(structure.texts(root, "DealList/ReleaseDeal/DealReleaseReference"))
    releases = structure.texts(root, "ReleaseList//ReleaseReference")
    if dealt != Counter(releases):
        yield Note("The deals do not cover every release exactly once.", _AGAIN)
    for terms in root.iter("DealTerms"):
        territories = structure.texts(terms, "TerritoryCode")
        if not territories or ("Worldwide" in territories and len(territories) > 1):
            yield Note("A deal says everywhere and somewhere, or nowhere.", "Name Worldwide or countries.")
        if terms.findtext("ValidityPeriod/StartDate") != case.release.release_on.isoformat():
            yield Note("A deal does not begin on the release date.", _AGAIN)


@PACKAGE.rule("message.uses", Severity.ERROR, 52)
def uses(case: PackageCase) -> Iterator[Note]:
    """Commercial models and uses go together."""
    for terms in _terms(case):
        allowed = {
            use
            for model in structure.texts(terms, "CommercialModelType")
            for use in ern.USE_TYPES.get(model, ())
        }
        if set(structure.texts(terms, "UseType")) != allowed:
            yield Note("A deal allows uses its commercial model does not have.", _AGAIN)


@PACKAGE.rule("message.training", Severity.ERROR, 41)
def training(case: PackageCase) -> Iterator[Note]:
    """Nobody is allowed to train models on it unless the label chose so."""
    for terms in _terms(case):
        if any("Training" in use or "DataMining" in use for use in structure.texts(terms, "UseType")):
            yield Note("A deal allows training models on the music.", "Remove that use from the deals.")


@PACKAGE.rule("message.advisory", Severity.ERROR, 57)
def advisory(case: PackageCase) -> Iterator[Note]:
    """The advisory of the recording rolls up to the release."""
    root = case.message
    if root is None:
        return
    draft = case.release.draft
    for path, of in (("ResourceList/SoundRecording", draft.tracks), ("ReleaseList/Release", (draft,))):
        wanted = tuple("Explicit" if one.advisory == "explicit" else "NotExplicit" for one in of)
        if structure.texts(root, f"{path}/ParentalWarningType") != wanted:
            yield Note(f"The advisory of {path.rpartition('/')[2]} is not {', '.join(wanted)}.", _AGAIN)


@PACKAGE.rule("message.type", Severity.ERROR, 61)
def release_type(case: PackageCase) -> Iterator[Note]:
    """Single, EP or Album, as it was approved."""
    if case.message is None:
        return
    wanted = ern.RELEASE_TYPES[case.release.draft.kind]
    if structure.texts(case.message, "ReleaseList/Release/ReleaseType") != (wanted,):
        yield Note(f"The message does not call the release a {wanted}.", _AGAIN)


@PACKAGE.rule("message.files", Severity.ERROR, 79)
def files(case: PackageCase) -> Iterator[Note]:
    """Each resource is named once, and hash and size are those on disk."""
    root = case.message
    if root is None:
        return
    named = [_file(element) for element in root.iter("File")]
    resources = sorted(path for path, _ in case.release.files if path.startswith("resources/"))
    if sorted(path for path, _, _ in named) != resources:
        yield Note("The message does not name every resource once.", _AGAIN)
    sealed = dict(case.release.files)
    for path, sha256, size in named:
        if sealed.get(path) != sha256:
            yield Note(f"The hash of {path} in the message is not the sealed one.", _AGAIN)
        place = case.folder / path
        if path in sealed and place.is_file() and str(place.stat().st_size) != size:
            yield Note(f"The size of {path} in the message is not that on disk.", _AGAIN)


def _file(element: etree._Element) -> tuple[str, str, str]:
    return (
        element.findtext("URI") or "",
        element.findtext("HashSum/HashSumValue") or "",
        element.findtext("FileSize") or "",
    )


def _terms(case: PackageCase) -> Iterator[etree._Element]:
    if case.message is not None:
        yield from case.message.iter("DealTerms")
