"""Plays the role Writer: every word of the label goes through the orchestrator, with or without models.

What no model wrote the embedded writer writes, which is handed in.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from noktvrn.llm.agents.loop import improved_now
from noktvrn.llm.captions import captions_job
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.orchestrator import Orchestrator
from noktvrn.llm.profile import profile_job
from noktvrn.llm.result import Fallback, OrchestrationResult, OrchestrationStatus, Outcome
from noktvrn.llm.titles import titles_job
from noktvrn.model.artist import Profile
from noktvrn.model.noun import Noun
from noktvrn.model.song import Lyrics
from noktvrn.roles.writer import (
    Captions,
    CaptionsRequest,
    LyricsRequest,
    ProfileRequest,
    TitlesRequest,
    Writer,
)

if TYPE_CHECKING:
    from noktvrn.llm.agents.loop import Care
    from noktvrn.llm.trials.trials import Trials

KEPT = 200
Request = TypeVar("Request", bound=Noun)


class LlmWriter:
    """`fallback` writes whatever no model wrote. Safe to share between threads.

    With `care` drafts are judged and mended (`llm.agents`); `trials` are those the prompts are chosen by.
    `artist_of` tells whose budget pays for a run or an artist; empty: nobody's in particular.
    """

    name = "llm"

    def __init__(
        self,
        orchestrator: Orchestrator,
        fallback: Writer,
        care: Care | None = None,
        trials: Trials | None = None,
        artist_of: Callable[[str], str] = lambda _subject: "",
    ) -> None:
        self.orchestrator = orchestrator
        self._fallback = fallback
        self._care = care
        self._trials = trials
        self._artist_of = artist_of
        self._fallbacks: deque[Fallback] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    @property
    def fallbacks(self) -> tuple[Fallback, ...]:
        """The answers of models that were not used, oldest first; the last `KEPT` of them."""
        with self._lock:
            return tuple(self._fallbacks)

    def profile(self, request: ProfileRequest) -> Profile:
        """The embedded writer's profile with a model's texts; a note ("Notice: ...") names the model."""
        base = self._fallback.profile(request)
        result = self._run(replace(profile_job(request, base), embedded=lambda: base))
        return _told(base) if result.status is OrchestrationStatus.DEGRADED else _value(result)

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        """Titles, best first; what a model is short of, the embedded writer adds."""
        job = _with_embedded(titles_job(request), self._fallback.titles, request)
        chosen = _value(self._run(job))
        if len(chosen) == request.count:
            return chosen
        avoid = (*request.avoid, *chosen)
        rest = request.model_copy(update={"count": request.count - len(chosen), "avoid": avoid})
        return (*chosen, *self._fallback.titles(rest))

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        """Words that fit the plan."""
        job = _with_embedded(lyrics_job(request), self._fallback.lyrics, request)
        return _value(self._run(job))

    def captions(self, request: CaptionsRequest) -> Captions:
        """The words around a release."""
        job = _with_embedded(captions_job(request), self._fallback.captions, request)
        return _value(self._run(job))

    def job(self, task: str, request: str) -> Job[Any, Any]:
        """The job of a stored request (JSON), to judge an answer anew."""
        if task == "profile":
            wish = ProfileRequest.model_validate_json(request)
            return profile_job(wish, self._fallback.profile(wish))
        if task == "titles":
            return titles_job(TitlesRequest.model_validate_json(request))
        if task == "lyrics":
            return lyrics_job(LyricsRequest.model_validate_json(request))
        return captions_job(CaptionsRequest.model_validate_json(request))

    def _run(self, job: Job[Draft, Work]) -> OrchestrationResult[Work]:
        if job.subject and not job.artist_id:
            job = replace(job, artist_id=self._artist_of(job.subject))
        if self._care is None:
            result = self.orchestrator.run(job)
        else:
            result = improved_now(self.orchestrator, job, self._care, trials=self._trials)
        answered = {(a.provider, a.model) for a in result.attempts if a.outcome is Outcome.ANSWERED}
        every = {(attempt.provider, attempt.model): attempt.code for attempt in result.attempts}
        missed = {model: code for model, code in every.items() if model not in answered}
        if missed:
            at = self.orchestrator.desk.clock.now()
            with self._lock:
                self._fallbacks += [
                    Fallback(task=job.task, provider=provider, model=model, code=code, at=at)
                    for (provider, model), code in missed.items()
                ]
        return result


def _with_embedded(
    job: Job[Draft, Work], write: Callable[[Request], Work], request: Request
) -> Job[Draft, Work]:
    """The job with the embedded writer behind it, who may be told a manner."""
    return replace(
        job,
        embedded=partial(write, request),
        mannered=lambda manner: write(request.model_copy(update={"manner": manner})),
    )


def _value(result: OrchestrationResult[Work]) -> Work:
    """The work: with an embedded writer there always is one."""
    assert result.value is not None  # noqa: S101 - every job of this writer has an embedded way
    return result.value


def _told(base: Profile) -> Profile:
    notice = "Notice: no language model gave a usable answer; the embedded writer wrote this profile."
    return base.model_copy(update={"notes": (*base.notes, notice)})
