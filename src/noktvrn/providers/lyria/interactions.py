"""Lyria as the desk asks it: one request, and the song lies in the JSON of the answer.

There is no idempotency key and no list of past songs. A time-out may be a song that is billed.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from pydantic import SecretStr, ValidationError

from noktvrn.outbound.calls import Caller
from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import Pouring, Spooled, discard, finish, spooled
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.outbound.wire import Wire
from noktvrn.providers._kit import Health
from noktvrn.providers.lyria.dialect import NAMED, Interaction, retry_delay_s, told_by, without_song
from noktvrn.providers.lyria.lifting import Lifted, lift
from noktvrn.settings import Settings

NAME = "lyria"
ADDRESS = "https://generativelanguage.googleapis.com"
DEADLINE_S = 600.0
MOST_BYTES = 64_000_000
ANSWER = ".answer.json"
"""Hidden: it is no song yet."""
SONG = "song.mp3"


class LyriaService:
    """Takes orders of `{"model": ..., "input": ...}`."""

    caps = Caps(at_once=2, deadline_s=DEADLINE_S)

    def __init__(self, settings: Settings) -> None:
        self._model = settings.lyria_model
        self._caller = Caller(
            settings.lyria_base_url or ADDRESS,
            named=NAMED,
            headers={"x-goog-api-key": settings.gemini_api_key or SecretStr("")},
            private_hosts=settings.private_hosts,
        )

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Asks for the song and waits for it. How long the service wants to be left alone stands in its
        body, and is told as if it were a header."""
        place = slip.spool / ANSWER
        with Wire() as wire:
            reply = self._caller.post_into(
                "/v1beta/interactions", order.request, into=place, deadline_s=DEADLINE_S, max_bytes=MOST_BYTES
            )
        if reply.ok:
            return _submitted(place)
        if wire.last is not None and wire.last.retry_after_s is None:
            wire.last.retry_after_s = retry_delay_s(reply)
        raise told_by(reply)

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """The answer that had come whole when its process ended; None: it had not."""
        found = spooled(spool / ANSWER)
        return None if found is None else _submitted(found.path)

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: an answer is the song, so there is nothing to look at."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False

    def health(self) -> Health:
        """Whether the key reaches the model."""
        reply = self._caller.get(f"/v1beta/models/{self._model}")
        if not reply.ok:
            return Health(False, told_by(reply, paid=False).message)
        return Health(True, f"the key reaches {self._model}")


def _submitted(answer: Path) -> Submitted:
    """The song that lies in the answer. The answer is gone then."""
    interaction, lifted = _read(answer)
    song = interaction.song
    if song is None and lifted.files:  # what it is shows when it is looked at: it may be the song
        raise trouble(Trouble.CONTRACT, NAMED, "there is a file in the answer that is not told as a song")
    if song is None:
        discard(answer)
        raise without_song(interaction)
    path = lifted.files.get(song.data) or _short(song.data, answer.with_name(SONG))
    discard(answer)
    clip = interaction.id.rpartition("/")[2] or "song"
    return Submitted(files=(Inline(clip=clip[:100], path=path, kind="audio"),))


def _read(answer: Path) -> tuple[Interaction, Lifted]:
    try:
        lifted = lift(answer, answer.parent, SONG)
        return Interaction.model_validate(json.loads(lifted.skeleton)), lifted
    except (ValueError, RecursionError, ValidationError):
        pass
    raise trouble(Trouble.CONTRACT, NAMED, "the answer is no interaction")


def _short(data: str, path: Path) -> Path:
    """A song of so little sound that it was not lifted."""
    try:
        sound = base64.b64decode(data, validate=True)
    except ValueError:
        raise trouble(Trouble.CONTRACT, NAMED, "the song is no base64") from None
    with Pouring(path) as pouring:
        pouring.take(sound)
    finish(Spooled(path, pouring.size, pouring.sha256))
    return path
