"""The lossless file of a song, asked for as an order of its own."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from noktvrn.outbound.jobs.nouns import JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Slip
from noktvrn.providers.suno_gateway.gateway import SUCCESS, Envelope, Gateway, Task
from noktvrn.providers.suno_gateway.records import lossless
from noktvrn.providers.suno_gateway.songs import CAPS, NOWHERE, Looks
from noktvrn.settings import Settings


class WavService:
    """Takes orders of `{"taskId": ..., "audioId": ...}`."""

    purpose = "compose.wav"

    def __init__(self, settings: Settings) -> None:
        self._gateway = Gateway(settings)
        self.caps = replace(CAPS, first_look_s=5.0, private_hosts=self._gateway.asset_hosts)
        self._looks = Looks(self._gateway)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Orders the file. One that was ordered before is told by its old name, whatever the code says."""
        body = {**order.request, "callBackUrl": slip.callback or NOWHERE}
        envelope = self._gateway.ordered("/wav/generate", body)
        if envelope.code == SUCCESS:
            return Submitted(ref=self._gateway.task(envelope))
        before = _known(envelope, str(order.request["taskId"]))
        if before:
            return Submitted(ref=before, charged=())
        raise self._gateway.refused(envelope, paid=True)

    def look(self, ref: str) -> Progress:
        """How the file stands."""
        return self._looks.taken("/wav/record-info", ref, lossless)

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def _known(envelope: Envelope, song: str) -> str:
    """The name of the job that makes the file already; empty: none is told, or only that of the song."""
    try:
        told = Task.model_validate(envelope.data).taskId
    except ValidationError:
        return ""
    return "" if told == song or envelope.code not in (400, 409) else told
