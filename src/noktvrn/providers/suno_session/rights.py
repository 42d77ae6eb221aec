"""Under which rights a song was made: by the plan on that day, and by whose hand."""

from __future__ import annotations

from noktvrn.model.provenance import Rights
from noktvrn.model.studio import StudioSession


def rights_of_session(template: Rights, session: StudioSession) -> Rights:
    """The rights of a session's songs. `template` are the provider's today, with what a person recorded.

    A free plan's songs are never commercial, also after a later subscription. A paid plan's may be released,
    by the word of the person who typed it; where the template says no, it is no. What a BAS application made
    is `unknown` until the person has confirmed that they created it.
    """
    told = {
        "plan_tier": session.plan,
        "terms_on": session.terms_on,
        "licence": f"made by a person at the studio under their {session.plan} plan, by their word",
    }
    if session.plan == "free":
        return template.model_copy(update={**told, "commercial": False, "dsp_release": "no"})
    release = "no" if template.dsp_release == "no" else "yes"
    if session.driver == "bas" and session.confirmed_at is None and release == "yes":
        release = "unknown"
    return template.model_copy(update={**told, "commercial": release != "no", "dsp_release": release})


def terms_holder(session: StudioSession) -> str:
    """Under which name a person's later word on the terms of a session's songs is recorded.

    What a BAS application made has a name of its own for each session: no record of the provider's terms
    clears it, only the person's confirmation of this very session.
    """
    return session.id if session.driver == "bas" else "suno_session"
