"""Songs as the desk asks for them: ordered once, and looked at until they are there.

There is no list of jobs, no cancelling and no idempotency key: one POST is one bill, and what broke off is
settled by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from noktvrn.outbound.jobs.nouns import JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.providers.suno_gateway.gateway import SUCCESS, Envelope, Gateway
from noktvrn.providers.suno_gateway.models import limits_of
from noktvrn.providers.suno_gateway.records import Record, record_of, songs
from noktvrn.settings import Settings

NOWHERE = "https://callback.invalid/none"
"""The address of callbacks, which every order must have, where nobody listens (RFC 2606)."""

MARKET = "jobs:"
"""What the names of jobs of the market begin with in our books: they are looked up elsewhere."""

UNHEARD_OF = frozenset({404, 422})
MISSES = 3
CAPS = Caps(first_look_s=20.0, longest_look_s=30.0, deadline_s=900.0, requests=20, per_s=10.0)
"""Facts of 2026-11-21: 20 requests in 10 s, a song in about two minutes."""


class SongService:
    """Takes orders of what /generate is sent, without the address of the callback."""

    purpose = "compose"

    def __init__(self, settings: Settings) -> None:
        self._gateway = Gateway(settings)
        self.caps = replace(CAPS, private_hosts=self._gateway.asset_hosts)
        self._looks = Looks(self._gateway)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Orders two songs."""
        callback = slip.callback or NOWHERE
        model = str(order.request["model"])
        if limits_of(model).market:
            given = {name: value for name, value in order.request.items() if name != "model"}
            body = {"model": model, "callBackUrl": callback, "input": given}
            return Submitted(ref=MARKET + self._ordered("/jobs/createTask", body))
        return Submitted(ref=self._ordered("/generate", {**order.request, "callBackUrl": callback}))

    def look(self, ref: str) -> Progress:
        """How the songs stand."""
        of_the_market = ref.startswith(MARKET)
        path = "/jobs/recordInfo" if of_the_market else "/generate/record-info"
        return self._looks.taken(path, ref.removeprefix(MARKET), songs)

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False

    def _ordered(self, path: str, body: dict[str, Any]) -> str:
        envelope = self._gateway.ordered(path, body)
        if envelope.code != SUCCESS:
            raise self._gateway.refused(envelope, paid=True)
        return self._gateway.task(envelope)


class Looks:
    """Looks at records. A job it does not know three times in a row is lost: for a moment after an order it
    may not be written down there yet."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._misses: Counter[str] = Counter()

    def taken(self, path: str, task: str, stands: Callable[[Record, str], Progress]) -> Progress:
        """How a job stands by its record.

        Raises:
            Outside: the answer says no, or is none of theirs.
        """
        envelope = self._gateway.asked(path, taskId=task)
        if envelope.code in UNHEARD_OF:
            return self._missed(task, envelope)
        if envelope.code != SUCCESS:
            raise self._gateway.refused(envelope, paid=False)
        self._misses.pop(task, None)
        if envelope.data is None:
            return Progress(state="running")
        return self._read(envelope, task, stands)

    def _read(self, envelope: Envelope, task: str, stands: Callable[[Record, str], Progress]) -> Progress:
        record = record_of(envelope.data)
        if record is not None:
            try:
                return stands(record, task)
            except ValidationError:
                pass
        raise self._gateway.broken("a record that is none")

    def _missed(self, task: str, envelope: Envelope) -> Progress:
        self._misses[task] += 1
        if self._misses[task] < MISSES:
            return Progress(state="running")
        return Progress(state="lost", message=f"It knows no such job ({envelope.code}).")
