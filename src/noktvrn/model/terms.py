"""What a person has recorded of a provider's plan and terms: since which day, and whether stores may sell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Rights

Allowed = Literal["yes", "no", "unknown"]


class Terms(Noun):
    """One record: by this plan and these terms the provider's work is made from `since` on, until another
    record begins. Recorded once, never changed; the last one recorded for a day counts."""

    provider: str = Field(pattern="^[a-z][a-z0-9_]{1,39}$")
    plan: str = Field(min_length=1, max_length=80)
    dsp_release: Allowed
    since: date
    url: str = Field(default="", max_length=400, pattern=r"^(https?://[^\s]+)?$")
    recorded_by: str
    recorded_at: datetime

    def over(self, template: Rights) -> Rights:
        """The rights of what is made under these terms, by a provider whose manifest says `template`."""
        told: dict[str, object] = {
            "dsp_release": self.dsp_release,
            "plan_tier": self.plan,
            "terms_on": self.since.isoformat(),
        }
        if self.dsp_release == "yes":  # what stores may sell may be used commercially
            told["commercial"] = True
        return template.model_copy(update=told | ({"terms_url": self.url} if self.url else {}))


def covering(records: Iterable[Terms], day: date) -> Terms | None:
    """The record that holds on a day: the latest beginning, and of those the last one recorded."""
    begun = [record for record in records if record.since <= day]
    return max(begun, key=lambda record: (record.since, record.recorded_at), default=None)


def allowed(made: Rights, record: Terms | None) -> Allowed:
    """Whether stores may sell what was made under `made`, with the record that covers its day by now.

    A `no` is never cured, nor is what may not be used commercially by terms that are known. An unknown one
    is as the record says.
    """
    if made.dsp_release == "unknown":
        return record.dsp_release if record is not None else "unknown"
    if made.dsp_release == "no" or not made.commercial:
        return "no"
    return "no" if record is not None and record.dsp_release == "no" else "yes"
