"""Whether stores may sell every part: by the terms it was made under, and by what a person recorded since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from noktvrn.kernel.errors import NotAllowed
from noktvrn.kernel.ids import PREFIXES
from noktvrn.model.provenance import Provenance, Rights
from noktvrn.model.terms import Terms, allowed

BY_APPLICATION = f"{PREFIXES['studio']}_"
"""What a person's own application made is cleared by their confirmation of that very session only."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A part, where it comes from, the day it was made, and the record of terms that covers that day."""

    part: str
    made: Provenance
    made_on: date
    record: Terms | None = None

    @property
    def rights(self) -> Rights:
        """The rights it was made under. What came in late was laid under that day's terms: those a person
        recorded from a day after its order on say nothing of it."""
        told = self.made.rights
        later = told.plan_tier and told.terms_on > self.made_on.isoformat()
        if not (later and self.made.ticket and told.dsp_release == "yes"):
            return told
        return told.model_copy(update={"dsp_release": "unknown"})

    @property
    def cleared(self) -> bool:
        """Whether only a record of later lets it through: its terms were not known when it was made."""
        return self.rights.dsp_release == "unknown" and allowed(self.rights, self.record) == "yes"


def check_rights(claims: Sequence[Claim], run_id: str) -> None:
    """Store rule 37: every part was made under terms that let stores sell it.

    Raises:
        NotAllowed: one was not, or nobody knows; the message names the part, the provider and the reason.
    """
    for claim in claims:
        said = allowed(claim.rights, claim.record)
        if said == "no":
            raise _forbidden(claim, _others(claims, "no", claim))
        if said == "unknown":
            raise _unknown(claim, _others(claims, "unknown", claim), run_id)


def _others(claims: Iterable[Claim], said: str, but: Claim) -> str:
    """`, like the cover and the video`, so that nobody mends one part after another."""
    parts = [
        claim.part
        for claim in claims
        if claim.part != but.part
        and claim.made.made_by == but.made.made_by
        and allowed(claim.rights, claim.record) == said
    ]
    return f" (so are: {', '.join(parts)})" if parts else ""


def _forbidden(claim: Claim, others: str) -> NotAllowed:
    rights = claim.rights
    plan = f" on the plan {rights.plan_tier}" if rights.plan_tier else ""
    barred = rights.dsp_release == "yes" and not rights.commercial
    why = "for no commercial use" if barred else "under terms that let no store sell it"
    return NotAllowed(
        f"The {claim.part} was made by {claim.made.made_by}{plan} {why}{others}.",
        code="delivery.rights_no",
        hint="Make it again with another provider or plan; a plan bought later does not cure it.",
    )


def _unknown(claim: Claim, others: str, run_id: str) -> NotAllowed:
    name = claim.made.made_by
    word = f"Read its terms, then: noktvrn provider terms {name} --plan PLAN --dsp-release yes "
    word += f"--since {claim.made_on} --url URL"
    if name.startswith(BY_APPLICATION):
        word = f"If you created it: noktvrn studio confirm {name}"
    return NotAllowed(
        f"Nobody has recorded whether stores may sell the {claim.part}: it was made by {name} on "
        f"{claim.made_on}, under terms that are not known{others}.",
        code="delivery.rights_unknown",
        hint=f"{word}; then: noktvrn run resume {run_id}",
    )
