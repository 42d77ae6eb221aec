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
        told = {"dsp_release": self.dsp_release, "plan_tier": self.plan, "terms_on": self.since.isoformat()}
        return template.model_copy(update=told | ({"terms_url": self.url} if self.url else {}))


def covering(records: Iterable[Terms], day: date) -> Terms | None:
    """The record that holds on a day: the latest beginning, and of those the last one recorded."""
    begun = [record for record in records if record.since <= day]
    return max(begun, key=lambda record: (record.since, record.recorded_at), default=None)


def allowed(made: Rights, record: Terms | None) -> Allowed:
    """Whether stores may sell what was made under `made`, with the record that covers its day by now.

    A `no` is never cured: neither the one it was made under, nor the record's. An unknown one is as the
    record says.
    """
    if not made.commercial or made.dsp_release == "no":
        return "no"
    if record is None or record.dsp_release == "unknown":
        return made.dsp_release
    return record.dsp_release
