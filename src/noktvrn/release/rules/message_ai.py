"""What the message says about generative AI, after the definitions of ERN 4.3.2."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from noktvrn.model.finding import Severity
from noktvrn.release.cases import PACKAGE, PackageCase
from noktvrn.release.disclosure import contains_ai, recording_share, release_share
from noktvrn.release.rulebook import Note

_AGAIN = "Seal the release again; a message is never edited by hand."


@PACKAGE.rule("message.ai.declared", Severity.ERROR, 42)
def declared(case: PackageCase) -> Iterator[Note]:
    """Recording, image and release each say what the disclosure says."""
    if case.message is None:
        return
    draft = case.release.draft
    for path, shares in (
        ("ResourceList/SoundRecording", [recording_share(track.disclosure) for track in draft.tracks]),
        ("ResourceList/Image", [draft.disclosure.artwork.share]),
        ("ReleaseList/Release", [release_share(draft.disclosure)]),
    ):
        said = [element.findtext("ContainsAI") for element in case.message.iterfind(path)]
        wanted = [contains_ai(share) for share in shares]
        if said != wanted:
            yield Note(f"ContainsAI of {path.rpartition('/')[2]} is not {', '.join(wanted)}.", _AGAIN)


@PACKAGE.rule("message.ai.contributors", Severity.ERROR, 43)
def contributors(case: PackageCase) -> Iterator[Note]:
    """All: generative contributors only. None: no contributor Partly or All. A person is never All."""
    if case.message is None:
        return
    for resource in case.message.iterfind("ResourceList/*"):
        said = resource.findtext("ContainsAI")
        for contributor in resource.iterfind("Contributor"):
            share = _contribution(contributor)
            if said == "All" and not _generative(contributor):
                yield Note("A person contributes to what is declared all generated.", _AGAIN)
            if said == "None" and share in ("Partly", "All"):
                yield Note("A machine contributes to what is declared human.", _AGAIN)
            if (share == "All") != _generative(contributor):
                yield Note("A contribution is All exactly where the contributor is generative.", _AGAIN)


def _generative(contributor: etree._Element) -> bool:
    return contributor.findtext("SpecialContributor") == "GenerativeAI"


def _contribution(contributor: etree._Element) -> str:
    default = "All" if _generative(contributor) else "None"
    return contributor.findtext("AiContribution") or default
