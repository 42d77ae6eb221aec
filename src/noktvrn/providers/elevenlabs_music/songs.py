"""ElevenLabs Music as the desk asks it: one request, and the answer is the song.

There is no cancelling, no idempotency key and no list of past songs: what broke off is settled by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import spooled
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit.elevenlabs import NAMED, caller, charged, told_by
from noktvrn.providers.elevenlabs_music.pcm import as_wav
from noktvrn.providers.registry import price
from noktvrn.settings import Settings

NAME = "elevenlabs_music"
DEADLINE_S = 600.0
MOST_BYTES = 120_000_000
"""Ten minutes of 44.1 kHz PCM, and a little."""


class MusicService:
    """Takes orders of `{"output_format": ..., "body": ...}`."""

    caps = Caps(at_once=2, deadline_s=DEADLINE_S)

    def __init__(self, settings: Settings) -> None:
        self._caller = caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Asks for the song and waits for it."""
        form = str(order.request["output_format"])
        place = _place(order, slip.spool)
        reply = self._caller.post_into(
            "/v1/music",
            order.request["body"],
            into=place,
            query={"output_format": form},
            deadline_s=DEADLINE_S,
            max_bytes=MOST_BYTES,
        )
        if not reply.ok:
            raise told_by(reply)
        return _submitted(order, place, reply.headers)

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """The answer that had come whole when its process ended; None: it had not."""
        found = spooled(_place(order, spool))
        return None if found is None else _submitted(order, found.path, found.headers)

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: an answer is the song, so there is nothing to look at."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def _place(order: JobOrder, spool: Path) -> Path:
    """Where the answer's body is streamed to: raw samples are no file yet, so they are hidden."""
    return spool / (".song.pcm" if str(order.request["output_format"]).startswith("pcm") else "song.mp3")


def _submitted(order: JobOrder, file: Path, headers: Mapping[str, str]) -> Submitted:
    if headers.get("content-type", "audio/").partition("/")[0] not in ("audio", "application"):
        # It stays in the spool: a song under another name is known by its bytes there.
        raise trouble(Trouble.CONTRACT, NAMED, "the answer is no sound")
    song = as_wav(file, file.with_name("song.wav"), asked_s(order)) if file.suffix == ".pcm" else file
    clip = headers.get("song-id") or headers.get("request-id") or "song"
    return Submitted(
        files=(Inline(clip=clip[:100], path=song, kind="audio"),),
        charged=charged(headers, price(NAME)["credit_micros"]),
    )


def asked_s(order: JobOrder) -> float:
    """How long the ordered song is to be, in seconds."""
    body = order.request["body"]
    if "music_length_ms" in body:
        return float(body["music_length_ms"]) / 1000.0
    return sum(float(chunk["duration_ms"]) for chunk in body["composition_plan"]["chunks"]) / 1000.0
