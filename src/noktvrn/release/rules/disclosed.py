"""The disclosure is complete, follows the facts, and agrees with the credits."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.model.provenance import FACETS, Share
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.draft import facets
from noktvrn.release.rulebook import Note

_ROLE_OF = {
    "composition": "Composer",
    "lyrics": "Lyricist",
    "vocals": "Vocalist",
    "artwork": "Illustrator",
    "video": "Filmmaker",
}


@DRAFT.rule("release.ai.declared", Severity.ERROR, 42)
def declared(case: DraftCase) -> Iterator[Note]:
    """Every facet that applies names what made it; sound and artwork always apply."""
    for name in FACETS:
        facet = case.draft.disclosure.facet(name)
        if facet.applies and not facet.engine:
            yield Note(f"Nobody is named for the {name}.", "Record which engine or person made it.")
        if not facet.applies and name in ("composition", "instrumentation", "post_production", "artwork"):
            yield Note(f"The {name} is not declared.", "Every release has one: declare it.")


@DRAFT.rule("release.ai.credits", Severity.ERROR, 43)
def agrees_with_credits(case: DraftCase) -> Iterator[Note]:
    """ERN 4.3.2: All means generative contributors only, None means no generative contributor."""
    for name, role in _ROLE_OF.items():
        facet = case.draft.disclosure.facet(name)
        kinds = {credit.generative for credit in case.draft.credits if credit.role == role}
        if facet.applies and facet.share is Share.ALL and False in kinds:
            yield Note(
                f"The {name} is declared all generated, yet a person is credited.", "Declare it partly."
            )
        if facet.share is Share.NONE and True in kinds:
            yield Note(f"The {name} is declared human, yet a machine is credited.", "Declare what it made.")


@DRAFT.rule("release.ai.facts", Severity.ERROR, 44)
def follows_facts(case: DraftCase) -> Iterator[Note]:
    """What is disclosed is what the provenance of the parts says."""
    truth = facets(case.dossier)
    for name in FACETS:
        if case.draft.disclosure.facet(name) != truth.facet(name):
            yield Note(f"The disclosure of the {name} is not what made it.", "Draft the release again.")
    if not case.draft.disclosure.ai_persona:
        yield Note("The artist is not disclosed as an AI persona.", "Every artist of this label is one.")
