"""The writers' room as the label shows it: models, their health, what was asked, what it cost, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from noktvrn.kernel.errors import Invalid, LabelError, NotFound
from noktvrn.label.office import Office
from noktvrn.label.rejudging import job_of
from noktvrn.storage.ledger import words

if TYPE_CHECKING:
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.llm.health import Health
    from noktvrn.llm.orchestrator import Orchestrator
    from noktvrn.llm.prompt import Words
    from noktvrn.llm.result import Reply, Task
    from noktvrn.llm.routing import Choice
    from noktvrn.llm.writer import LlmWriter
    from noktvrn.storage.ledger.words import Call, Review, Session, Span, Tally


@dataclass(frozen=True, slots=True)
class Story:
    """A session with everything that belongs to it."""

    session: Session
    calls: tuple[Call, ...]
    reviews: tuple[Review, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "session": self.session._asdict(),
            "calls": [call._asdict() for call in self.calls],
            "reviews": [review._asdict() for review in self.reviews],
        }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A stored answer judged anew: `problems` are empty where it would be used today."""

    call: Call
    problems: tuple[str, ...]
    work: Any = None


class WritersRoom:
    """Verbs about the language models and what they wrote."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    @cached_property
    def _writer(self) -> LlmWriter:
        writer = self._studio.cast.writer()
        from noktvrn.llm.writer import LlmWriter

        assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
        return writer

    @property
    def _room(self) -> Orchestrator:
        return self._writer.orchestrator

    def models(self) -> tuple[Endpoint, ...]:
        """The models that may be asked, in the order of the settings."""
        return self._room.desk.endpoints

    def resting(self) -> frozenset[str]:
        """The names of services and models that are left alone at the moment."""
        return frozenset(one.name for one in self._room.desk.breakers.every() if one.state != "closed")

    def doctor(self, *, ask: bool = False) -> tuple[Health, ...]:
        """Looks at every model; with `ask` each is sent one tiny question, by ticket and budget."""
        from noktvrn.llm.health import doctor
        from noktvrn.outbound.loop import run

        hosts = self._room.desk.terms.private_hosts
        question = self._ping if ask else None
        return run(doctor(self.models(), private_hosts=hosts, question=question))

    def doubts(self) -> tuple[str, ...]:
        """What the settings say of models that has no effect, or may cost what nobody counts."""
        from noktvrn.llm.health import doubts

        return doubts(self.models(), self._studio.settings)

    def log(
        self, *, task: str = "", subject: str = "", status: str = "", limit: int = 50
    ) -> tuple[Session, ...]:
        """Sessions, newest first."""
        with self._studio.database.read() as connection:
            return words.sessions(connection, task=task, subject=subject, status=status, limit=limit)

    def show(self, session_id: str) -> Story:
        """One session. Raises NotFound."""
        with self._studio.database.read() as connection:
            session = words.find(connection, session_id)
            calls, reviews = words.calls_of(connection, session_id), words.reviews_of(connection, session_id)
        return Story(session, calls, reviews)

    def usage(self, by: Span, *, days: int = 30) -> tuple[Tally, ...]:
        """What was used in the last days."""
        with self._studio.database.read() as connection:
            since = self._studio.clock.now() - timedelta(days=days)
            return words.usage(connection, by, since=since)

    def replay(self, session_id: str) -> tuple[Rehearsal, ...]:
        """Judges the stored answers of a session anew, by today's rules; no request leaves the house.

        Raises:
            NotFound: there is no such session, or it kept no words.
        """
        story = self.show(session_id)
        request = story.session.data.get("request")
        told = [call for call in story.calls if "text" in call.data]
        if request is None or not told:
            raise NotFound(
                f"The session {session_id} kept no words to judge.",
                code="session.no_words",
                hint="Words are kept where a model was asked and NOKTVRN_LLM_STORE is content.",
            )
        job = job_of(self._writer, story.session.task, request)
        return tuple(self._judged(job, call) for call in told)

    def explain(self, task: str) -> Choice:
        """Whom a piece of writing of this kind would be given to now, and why.

        Raises:
            Invalid: there is no such task.
        """
        from noktvrn.llm.result import Task

        known = get_args(Task)
        if task not in known:
            raise Invalid(
                f"There is no task {task[:40]!r}.", code="llm.task", hint=f"Tasks are {', '.join(known)}."
            )
        desk = self._room.desk
        chosen: Task = task  # type: ignore[assignment]  # it is one of them
        return desk.ranking.choose(chosen, desk.endpoints, desk.seed("explain"), desk.clock.now())

    async def _ping(self, endpoint: Endpoint, asked: Words) -> Reply:
        from noktvrn.kernel.ids import draw
        from noktvrn.llm.prices import cost, usage_of, worst_case
        from noktvrn.llm.result import Reply
        from noktvrn.outbound.tickets import Order, Receipt

        desk = self._room.desk

        async def send() -> Receipt:
            rules = desk.rules(endpoint, desk.question_s(endpoint), 0.0)
            reply = await desk.send(endpoint, asked, rules, None)
            spent, known = cost(endpoint.rates_for(reply.model), usage_of(reply, asked))
            return Receipt(reply.model_dump_json(), spent, known)

        order = Order(
            f"llm:doctor:{draw('ticket')}",
            endpoint.name,
            "llm.doctor",
            asked.digest(),
            free=endpoint.free,
            scopes=desk.caps(endpoint.name, "doctor", ""),
            worst_micros=worst_case(endpoint.rates, asked),
        )
        return Reply.model_validate_json((await desk.tickets.asked(order, send)).text)

    def _judged(self, job: Any, call: Call) -> Rehearsal:
        from noktvrn.llm.asking import whole
        from noktvrn.llm.repair import read
        from noktvrn.llm.result import Reply, UnfitError

        author = f"{call.provider}/{call.model}"
        reply = Reply(text=call.data["text"], finish=call.data.get("finish", "stop"))
        try:
            work = job.finish(read(whole(reply, author), job.shape), author)
        except UnfitError as unfit:
            return Rehearsal(call, unfit.problems)
        except LabelError as error:
            return Rehearsal(call, (error.message,))
        return Rehearsal(call, (), work)
