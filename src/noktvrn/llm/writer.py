"""Plays the role Writer with language models, and always ends with a valid answer.

Each endpoint is asked at most twice (once, and once more with the list of what was wrong), then the next one.
Where it is unknown whether a request was served, nobody else is paid for the same wish: the embedded writer,
which is handed in, writes it.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError, Outside, Refused, Unavailable
from noktvrn.llm.captions import captions_job
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.profile import profile_job
from noktvrn.llm.prompt import Words, prompt, words
from noktvrn.llm.repair import read
from noktvrn.llm.result import Fallback, Reply, Task, UnfitError
from noktvrn.llm.titles import titles_job
from noktvrn.model.artist import Profile
from noktvrn.model.noun import canonical_digest
from noktvrn.model.song import Lyrics
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, outcome_unknown
from noktvrn.outbound.rules import Rules
from noktvrn.outbound.tickets import Order, Tickets
from noktvrn.roles.writer import (
    Captions,
    CaptionsRequest,
    LyricsRequest,
    ProfileRequest,
    TitlesRequest,
    Writer,
)

ROUNDS = 2
KEPT = 200
REST = timedelta(minutes=2)
"""How long an endpoint is left alone after an outage, so that a run waits for a dead server once."""
OUTAGES = frozenset(
    [OUTCOME_UNKNOWN, "outside.unreachable", "outside.busy", "outside.quota", "outside.key_refused"]
)
log = logging.getLogger("noktvrn.llm")
Value = TypeVar("Value")


class LlmWriter:
    """`fallback` writes whatever no model wrote. Safe to share between threads."""

    name = "llm"

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        fallback: Writer,
        tickets: Tickets,
        clock: Clock,
        *,
        deadline_s: float = 90.0,
        private_hosts: Collection[str] = (),
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._fallback = fallback
        self._tickets = tickets
        self._clock = clock
        self._deadline_s = deadline_s
        self._private_hosts = private_hosts
        self._fallbacks: deque[Fallback] = deque(maxlen=KEPT)
        self._resting: dict[Endpoint, datetime] = {}
        self._lock = threading.Lock()

    @property
    def fallbacks(self) -> tuple[Fallback, ...]:
        """The answers of models that were not used, oldest first; the last `KEPT` of them."""
        with self._lock:
            return tuple(self._fallbacks)

    def profile(self, request: ProfileRequest) -> Profile:
        """The embedded writer's profile with a model's texts; a note ("Notice: ...") names the model."""
        base = self._fallback.profile(request)
        return self._write(profile_job(request, base), lambda: _told(base))

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        """Titles, best first; what a model is short of, the embedded writer adds."""
        chosen = self._write(titles_job(request), lambda: ())
        if len(chosen) == request.count:
            return chosen
        avoid = (*request.avoid, *chosen)
        rest = request.model_copy(update={"count": request.count - len(chosen), "avoid": avoid})
        return (*chosen, *self._fallback.titles(rest))

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        """Words that fit the plan."""
        return self._write(lyrics_job(request), lambda: self._fallback.lyrics(request))

    def captions(self, request: CaptionsRequest) -> Captions:
        """The words around a release."""
        return self._write(captions_job(request), lambda: self._fallback.captions(request))

    def _write(self, job: Job[Draft, Work], embedded: Callable[[], Work]) -> Work:
        for endpoint in self._endpoints:
            try:
                return self._drafted(job, endpoint)
            except LabelError as error:
                self._note(job.task, endpoint, error)
                if outcome_unknown(error) and not endpoint.free:
                    break
        return embedded()

    def _drafted(self, job: Job[Draft, Work], endpoint: Endpoint) -> Work:
        """The work by one endpoint. Raises Refused when neither answer fits."""
        asked = prompt(job.task)
        problems: tuple[str, ...] = ()
        for number in range(ROUNDS):
            told = words(asked, job.facts, problems)
            key = {"by": [endpoint.base_url, endpoint.model], "prompt": asked.ref, "wish": job.wish}
            reply = self._asked(job.task, endpoint, told, f"llm:{canonical_digest([key, number])}")
            try:
                return job.finish(
                    read(_whole(reply, endpoint), job.shape), f"{endpoint.name}/{endpoint.model}"
                )
            except UnfitError as unfit:
                problems = unfit.problems
        raise Refused(
            f"{endpoint.title} wrote nothing that fits.", code="llm.unfit", hint="Try another model."
        )

    def _asked(self, task: Task, endpoint: Endpoint, told: Words, key: str) -> Reply:
        """The reply to these words: the stored one, where they were sent before."""

        def send() -> str:
            from noktvrn.llm.protocol import ask_now

            rules = Rules(
                named=endpoint.title, deadline_s=self._deadline_s, private_hosts=self._private_hosts
            )
            self._check_rest(endpoint)
            try:
                return ask_now(endpoint, told, rules).model_dump_json()
            except Outside as error:
                if error.code in OUTAGES:
                    self._resting[endpoint] = self._clock.now() + REST
                raise

        order = Order(key, endpoint.name, f"llm.{task}", told.digest(), free=endpoint.free)
        return Reply.model_validate_json(self._tickets.ask(order, send))

    def _check_rest(self, endpoint: Endpoint) -> None:
        """Raises Unavailable while an endpoint rests. Stored answers of its are used all the same."""
        if self._clock.now() < self._resting.get(endpoint, datetime.min.replace(tzinfo=UTC)):
            raise Unavailable(
                f"{endpoint.title} failed a moment ago and is left alone for a while.",
                code="llm.resting",
                hint="It is asked again within minutes.",
            )

    def _note(self, task: Task, endpoint: Endpoint, error: LabelError) -> None:
        note = Fallback(
            task=task,
            provider=endpoint.name,
            model=endpoint.model,
            code=error.code,
            message=error.message,
            at=self._clock.now(),
        )
        with self._lock:
            self._fallbacks.append(note)
        log.warning("no %s from %s: %s (%s)", task, endpoint.name, error.message, error.code)


def _whole(reply: Reply, endpoint: Endpoint) -> str:
    """The text of a complete reply. Raises Refused for any other: asking the same again is no cure."""
    if reply.finish == "stop" and reply.text.strip():
        return reply.text
    why = {"length": "was cut off", "content_filter": "was filtered", "malformed": "is no answer"}
    raise Refused(
        f"{endpoint.title}'s answer {why.get(reply.finish, 'is empty')}.",
        code=f"llm.{reply.finish}" if reply.finish in why else "llm.empty",
        hint="Try another model.",
    )


def _told(base: Profile) -> Profile:
    notice = "Notice: no language model gave a usable answer; the embedded writer wrote this profile."
    return base.model_copy(update={"notes": (*base.notes, notice)})
