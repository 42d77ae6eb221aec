"""ElevenLabs' speech as the desk asks it: one line a request, and the answer is its sound."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import spooled
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit.elevenlabs import NAMED, caller, charged, told_by
from noktvrn.providers.registry import price
from noktvrn.settings import Settings

NAME = "elevenlabs_voice"
FORM = "mp3_44100_128"
DEADLINE_S = 120.0
MOST_BYTES = 20_000_000
LINE = "line.mp3"


class VoiceService:
    """Takes orders of `{"voice": ..., "body": ...}`. Two at once is what the smallest plan allows."""

    caps = Caps(at_once=2, deadline_s=DEADLINE_S)

    def __init__(self, settings: Settings) -> None:
        self._caller = caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Asks for the line and waits for it."""
        place = slip.spool / LINE
        reply = self._caller.post_into(
            f"/v1/text-to-speech/{order.request['voice']}",
            order.request["body"],
            into=place,
            query={"output_format": FORM},
            deadline_s=DEADLINE_S,
            max_bytes=MOST_BYTES,
        )
        if not reply.ok:
            raise told_by(reply)
        return _submitted(place, reply.headers)

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """The answer that had come whole when its process ended; None: it had not."""
        found = spooled(spool / LINE)
        return None if found is None else _submitted(found.path, found.headers)

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: an answer is the line, so there is nothing to look at."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def _submitted(file: Path, headers: Mapping[str, str]) -> Submitted:
    clip = headers.get("request-id") or "line"
    return Submitted(
        files=(Inline(clip=clip[:100], path=file, kind="audio"),),
        charged=charged(headers, price(NAME)["credit_micros"]),
    )
