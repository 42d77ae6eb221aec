"""Songs people make at an outside studio: sessions shown, held, imported, confirmed; terms acknowledged."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import Conflict, Invalid, Mistake, NotFound, NotReady
from noktvrn.kernel.ids import PREFIXES, parse
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.finding import Report
from noktvrn.model.run import Run, RunState
from noktvrn.model.studio import Plan, StudioEvent, StudioSession, StudioTerms, TermsKind
from noktvrn.model.terms import Terms
from noktvrn.production.telling import tell_all
from noktvrn.roles.messenger import Notice
from noktvrn.storage import audit
from noktvrn.storage.ledger import studio, terms

if TYPE_CHECKING:
    from noktvrn.providers.suno_session.books import Books
    from noktvrn.providers.suno_session.sitting import News, Patience

SENTENCES: dict[TermsKind, str] = {
    "site": "I have read the site's terms, I sign in myself, and I press Create and Download myself.",
    "bas": "I start the application myself, I answer for what it does, and I confirm what it made.",
}
CONFIRMATION = "I created this song myself and may release it."
TERMS_URL = "https://suno.com/terms"

_ORDER = re.compile(rf"{PREFIXES['studio']}_[0-9a-z]{{13}}")

Listener = Callable[["News"], None]


class StudioSessions:
    """Verbs about the outside studio."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio
        self._office = office

    def every(self) -> tuple[StudioSession, ...]:
        """All sessions, newest first."""
        with self._studio.database.read() as connection:
            return studio.every(connection)

    def get(self, session_id: str) -> tuple[StudioSession, tuple[StudioEvent, ...]]:
        """A session and its story. Raises NotFound."""
        with self._studio.database.read() as connection:
            session = studio.get(connection, parse("studio", session_id))
            return session, studio.story(connection, session)

    def acknowledged(self, kind: TermsKind, *, actor: str) -> StudioTerms | None:
        """This person's word on these terms that holds; None: they never gave it."""
        with self._studio.database.read() as connection:
            return studio.terms_of(connection, kind, actor)

    def acknowledge(
        self, kind: TermsKind, sentence: str, *, plan: Plan | None = None, actor: str = "person"
    ) -> StudioTerms:
        """Keeps a person's word on the terms they work under, with its date and the sentence they typed.

        Raises:
            Invalid: it is not the sentence, or the plan is missing.
        """
        _check_sentence(sentence, SENTENCES[kind])
        if kind == "site" and plan is None:
            raise Invalid(
                "The plan at the site is missing; it settles what may be done with the songs.",
                code="studio.no_plan",
                hint="Say --plan free or --plan paid.",
            )
        word = StudioTerms(
            kind=kind,
            actor=actor[:80],
            sentence=SENTENCES[kind],
            plan=plan if kind == "site" else None,
            terms_url=TERMS_URL if kind == "site" else "",
            at=self._studio.clock.now(),
        )
        with self._studio.database.begin() as connection:
            studio.put_terms(connection, word)
            audit.record(
                connection,
                "studio.acknowledged",
                artist_id=audit.LABEL,
                subject=kind,
                actor=actor,
                at=word.at,
                detail={"sentence": word.sentence, "plan": word.plan, "terms": word.terms_url},
            )
        return word

    def resume(
        self,
        session_id: str,
        listener: Listener,
        *,
        actor: str,
        patience: Patience | None = None,
        again: bool = False,
    ) -> StudioSession:
        """Goes on with a session: opens, fills in, waits for the person, takes the song home.

        `again` fills in (or hands over) once more what was filled in before.

        Raises:
            NotFound: no such session. NotReady: this person has not acknowledged the terms, needs more time
                or has to mend something. Conflict: another session works at the studio, or it is complete.
        """
        from noktvrn.providers.suno_session.drivers import driver_for
        from noktvrn.providers.suno_session.sitting import Patience, Sitting

        session, _ = self.get(session_id)
        if session.complete:
            raise Conflict(
                f"{session.pack.title!r} is here already.",
                code="studio.complete",
                hint=_next_step(session) or f"`noktvrn studio show {session.id}` tells of it.",
            )
        self._must_have_acknowledged(session, actor)
        driver = driver_for(session, self._books, self._studio.settings, again=again)

        def told(news: News) -> None:
            listener(news)
            if news.person:
                self._notify(news)

        return Sitting(self._books, driver, told, patience or Patience(), again=again).hold(session.id)

    def check(self, *, actor: str, wait_s: float = 60.0) -> Report:
        """Looks whether everything the house fills in is on the studio's page, and says what is missing.

        Raises:
            NotReady: the terms are not acknowledged, or there is no browser. Conflict: a session is at work.
        """
        from noktvrn.providers.suno_session.self_check import check_page

        if self.acknowledged("site", actor=actor) is None:
            raise _not_acknowledged("site")
        return check_page(self._studio.settings, wait_s)

    def bring(self, session_id: str, path: Path, *, actor: str) -> StudioSession:
        """Imports a file for a session, whatever it is called. The file itself is only read.

        Raises:
            NotFound: no such session or file. Outside: it is no song that plays.
        """
        session, _ = self.get(session_id)
        if not path.is_file():
            raise NotFound(f"There is no file {path}.", code="studio.no_file", hint="Check the path.")
        done = self._books.bring(session.id, path)
        self._recorded(done, "studio.imported", actor, {"file": done.files[-1].asset.sha256})
        return done

    def collect(self) -> tuple[StudioSession, ...]:
        """Looks into the inbox for every session that waits; returns those that got a song."""
        from noktvrn.providers.suno_session.intake import look_in

        inbox = self._studio.settings.studio_inbox
        waiting = [session for session in self.every() if not session.complete]
        looked = [(session, look_in(self._books, inbox, session)) for session in waiting]
        return tuple(after for before, after in looked if len(after.files) > len(before.files))

    def tend(self) -> None:
        """What a worker does about it: looks into the inbox, tells people once that a run waits for them, and
        lets runs go on whose song is here."""
        waiting = [run for run in Runs(self._office).every() if _ORDER.search(_stands_still(run))]
        if not waiting:
            return
        self.collect()
        known = {session.id: session for session in self.every()}
        for run in waiting:
            session = known.get(_ORDER.findall(run.hint)[0])
            if session is not None and session.complete:
                with contextlib.suppress(Mistake):  # a person was faster
                    Runs(self._office).resume(run.id, actor="worker")
            elif session is not None:
                tell_all(self._studio, _asks(run, session))

    def confirm(self, session_id: str, sentence: str, *, actor: str) -> StudioSession:
        """A person's word that they created the song; what a BAS application made may be released by it only.

        Raises:
            NotFound: no such session. NotReady: there is no song yet. Invalid: it is not the sentence.
        """
        _check_sentence(sentence, CONFIRMATION)
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            session = studio.held(connection, parse("studio", session_id))
            if not session.files:
                raise NotReady(
                    "There is no song to confirm yet.",
                    code="studio.no_song",
                    hint=f"`noktvrn studio resume {session.id}` goes on.",
                )
            confirmed = {"confirmed_by": actor[:80], "confirmed_at": now, "updated_at": now}
            session = session.model_copy(update=confirmed)
            studio.put(connection, session)
            terms.add(connection, _word(session, actor, now))
            studio.note(connection, session, "confirmed", now, {"by": actor, "sentence": CONFIRMATION})
            audit.record(
                connection,
                "studio.confirmed",
                artist_id=session.artist_id,
                subject=session.id,
                actor=actor,
                at=now,
                detail={"sentence": CONFIRMATION, "files": [f.asset.sha256 for f in session.files]},
            )
        return session

    @cached_property
    def _books(self) -> Books:
        from noktvrn.providers.suno_session.books import books_of

        return books_of(self._studio.settings, self._office.booking.kit)

    def _must_have_acknowledged(self, session: StudioSession, actor: str) -> None:
        kinds: tuple[TermsKind, ...] = ("site", "bas") if session.driver == "bas" else ("site",)
        for kind in kinds:
            if self.acknowledged(kind, actor=actor) is None:
                raise _not_acknowledged(kind)

    def _notify(self, news: News) -> None:
        """Tells the messengers, since the person may not sit before the window."""
        session = news.session
        notice = Notice(
            key=f"studio:{session.id}:{news.event}:{self._studio.clock.now():%Y%m%d%H%M}",
            kind="warning",
            title=f"The studio session {session.id} needs you",
            text=f"{session.pack.title}: {news.text} {news.hint}",
            run_id=session.run_id,
            artist_id=session.artist_id if session.artist_id != audit.LABEL else "",
        )
        tell_all(self._studio, notice)

    def _recorded(self, session: StudioSession, act: str, actor: str, detail: dict[str, str]) -> None:
        with self._studio.database.begin() as connection:
            audit.record(
                connection,
                act,
                artist_id=session.artist_id,
                subject=session.id,
                actor=actor,
                at=self._studio.clock.now(),
                detail=detail,
            )


def _word(session: StudioSession, actor: str, at: datetime) -> Terms:
    """The confirmation as a record of terms for this very session, which delivery looks for."""
    return Terms(
        provider=session.id,
        plan=session.plan,
        dsp_release="yes",
        since=session.opened_at.date(),
        url=TERMS_URL,
        recorded_by=actor[:80],
        recorded_at=at,
    )


def _stands_still(run: Run) -> str:
    """The hint of a run that stopped: where it waits for a person, it names the session."""
    return run.hint if run.state is RunState.FAILED else ""


def _asks(run: Run, session: StudioSession) -> Notice:
    return Notice(
        key=f"studio:{session.id}:{len(session.files)}",
        kind="warning",
        title=f"{session.pack.title} waits for you at the studio",
        text=f"{run.error} {run.hint}",
        run_id=run.id,
        artist_id=run.artist_id,
    )


def _next_step(session: StudioSession) -> str:
    return f"`noktvrn run resume {session.run_id}` goes on with its run." if session.run_id else ""


def _not_acknowledged(kind: TermsKind) -> NotReady:
    from noktvrn.providers.suno_session.books import unacknowledged

    return unacknowledged(kind)


def _check_sentence(typed: str, sentence: str) -> None:
    """What was typed must be the sentence; case, quotes and spaces do not count."""
    if _plain(typed) != _plain(sentence):
        raise Invalid("That is not the sentence.", code="studio.sentence", hint=f"Type it whole: {sentence}")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return " ".join(folded.strip(" \"'.").split())
