"""What is read of a job's record, and how the job stands by it.

There are two shapes: that of /generate (`status`, `response.sunoData`) and that of the market (`state`, and
`resultJson`, a string, or `sunoData`). Statuses we do not know are those of a job that goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator

from noktvrn.outbound.jobs.nouns import Progress, Remote
from noktvrn.outbound.troubles import quoted
from noktvrn.providers.suno_gateway.gateway import BY_ITS_RULES, Answer

WAITING = {"PENDING", "waiting", "queuing"}
PARTLY = {"FIRST_SUCCESS"}
DONE = {"SUCCESS", "success"}
UNTOLD = {"CALLBACK_EXCEPTION"}
"""They could not tell us by a callback; that says nothing of the song."""
FAILED = {"CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "GENERATE_WAV_FAILED", "fail", "failed"}
REJECTED = {"SENSITIVE_WORD_ERROR"}
MOST_CLIPS = 8
LONGEST_JSON = 1_000_000
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


class Clip(Answer):
    """One song of a job. Without an address its sound is not there yet."""

    id: str = Field(default="", max_length=200)
    audioUrl: str | None = Field(default=None, max_length=4000)  # noqa: N815 - theirs
    title: str | None = Field(default=None, max_length=1000)
    duration: float | None = Field(default=None, ge=0, le=100_000)

    @field_validator("audioUrl")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return value if value and urlsplit(value).scheme in ("http", "https") else None


class Clips(Answer):
    """The songs of a job."""

    sunoData: tuple[Clip, ...] | None = Field(default=None, max_length=MOST_CLIPS)  # noqa: N815 - theirs


class Lossless(Answer):
    """Where the lossless file lies: its docs and its answers spell the field in two ways."""

    audioWavUrl: str | None = Field(default=None, max_length=4000)  # noqa: N815 - theirs
    audio_wav_url: str | None = Field(default=None, max_length=4000)


class Record(Answer):
    """A job of /generate or of the market, whatever of both is there."""

    status: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=100)
    successFlag: str | None = Field(default=None, max_length=100)  # noqa: N815 - theirs
    response: Any = None
    sunoData: Any = None  # noqa: N815 - theirs
    resultJson: Any = None  # noqa: N815 - theirs
    errorMessage: Any = None  # noqa: N815 - theirs
    failMsg: Any = None  # noqa: N815 - theirs

    @property
    def told(self) -> str:
        """The status by any of its names."""
        return self.status or self.state or self.successFlag or ""

    @property
    def why(self) -> str:
        """Their words on what went wrong."""
        return quoted(str(self.errorMessage or self.failMsg or self.told))

    @property
    def answer(self) -> dict[str, Any]:
        """What the job came to; empty as long as there is nothing."""
        return self.response if isinstance(self.response, dict) else {}


def songs(record: Record, ref: str) -> Progress:
    """How a job that makes songs stands.

    Raises:
        ValidationError: what ought to be songs is something else.
    """
    clips = _clips(record, ref)
    ready = _files(clips)
    told = record.told
    if told in FAILED and ready:  # one of two songs is there, and paid for
        return Progress(state="ready", files=ready)
    if told in REJECTED or (told in FAILED and BY_ITS_RULES.search(record.why)):
        return Progress(state="rejected", message=record.why)
    if told in FAILED:
        return Progress(state="failed", message=record.why)
    if told in DONE | UNTOLD and ready and len(ready) == len(clips):
        return Progress(state="ready", files=ready)
    if ready and told in PARTLY | DONE | UNTOLD:
        return Progress(state="partial", files=ready, share=0.5)
    return Progress(state="queued" if told in WAITING else "running")


def lossless(record: Record, ref: str) -> Progress:
    """How a job that makes a lossless file stands. Raises as `songs`."""
    found = Lossless.model_validate(record.answer)
    url = found.audioWavUrl or found.audio_wav_url
    told = record.successFlag or record.told
    if url and told in DONE | UNTOLD:
        return Progress(state="ready", files=(Remote(clip=ref, url=url, kind="audio"),))
    if told in FAILED | REJECTED:
        return Progress(state="failed", message=record.why)
    return Progress(state="queued" if told in WAITING else "running")


def _clips(record: Record, ref: str) -> tuple[Clip, ...]:
    """Every song that is told of, each once."""
    found: dict[str, Clip] = {}
    for place, clip in enumerate(_told(record), 1):
        name = clip.id or f"{ref}-{place}"
        if name not in found or not found[name].audioUrl:
            found[name] = clip
    return tuple(clip.model_copy(update={"id": name}) for name, clip in found.items())


def _told(record: Record) -> Iterator[Clip]:
    result = _result(record.resultJson)
    places = [record.answer, {"sunoData": record.sunoData}, result, {"sunoData": result.get("data")}]
    for place in places:
        if isinstance(place.get("sunoData"), list):
            yield from Clips.model_validate(place).sunoData or ()
    urls = result.get("resultUrls")
    for url in urls[:MOST_CLIPS] if isinstance(urls, list) else ():
        if not urlsplit(str(url)).path.lower().endswith(PICTURES):
            yield Clip.model_validate({"audioUrl": url})


def _result(told: Any) -> dict[str, Any]:
    """The object a string of the market's holds; empty where it holds none."""
    if not isinstance(told, str) or len(told) > LONGEST_JSON:
        return told if isinstance(told, dict) else {}
    try:
        data = json.loads(told) if told else {}
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _files(clips: tuple[Clip, ...]) -> tuple[Remote, ...]:
    return tuple(
        Remote(
            clip=clip.id,
            url=clip.audioUrl,
            kind="audio",
            duration_s=clip.duration or None,
            title=(clip.title or "")[:200],
        )
        for clip in clips
        if clip.audioUrl
    )


def record_of(data: Any) -> Record | None:
    """The record in an envelope's data; None: it is none."""
    try:
        return Record.model_validate(data)
    except ValidationError:
        return None
