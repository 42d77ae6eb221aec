"""The session's books: every step is one transaction, so that nothing done is forgotten or done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import Fault, NotReady
from noktvrn.kernel.ids import derive
from noktvrn.model.noun import canonical_digest
from noktvrn.model.provenance import Rights
from noktvrn.model.studio import (
    DriverName,
    StudioFile,
    StudioPack,
    StudioSession,
    StudioStep,
    StudioTerms,
    TermsKind,
)
from noktvrn.outbound.door import Door
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Kit
from noktvrn.providers.suno_session.pack import as_text
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import studio
from noktvrn.storage.vault import Vault, open_vault

SONGS = 2
"""How many songs the site makes for one order: takes n and n + 1 are served by one session."""


@dataclass(frozen=True, slots=True)
class Books:
    """Sessions in the ledger, songs in the vault, and a folder of papers for each session in the home."""

    database: Database
    vault: Vault
    clock: Clock
    door: Door
    home: Path
    rights: Callable[[str], Rights]

    def ordered(self, errand: Errand, pack: StudioPack, driver: DriverName) -> StudioSession:
        """The session of this order, begun now or long ago; how many songs are wanted of it is kept.

        Raises:
            NotReady: nobody has acknowledged the terms this driver works under.
        """
        order, nth = divmod(max(errand.attempt, 1) - 1, SONGS)
        subject = errand.run_id or errand.artist_id
        key = canonical_digest([subject, errand.stage, order, pack.as_data()])
        with self.database.begin() as connection:
            session = self._known(connection, derive("studio", key))
            if session is None or (session.step is None and session.driver != driver):
                check_terms(connection, driver)
            if session is None:
                session = self._begun(connection, errand, key, pack, driver)
            session = self._wanted(connection, session, nth + 1, driver)
        self._lay_out(session)
        return session

    def held(self, session_id: str) -> StudioSession:
        """A session as it stands now. Raises NotFound."""
        with self.database.read() as connection:
            return studio.get(connection, session_id)

    def step(self, session_id: str, step: StudioStep, **detail: Any) -> StudioSession:
        """Enters a step that is done. A session never goes back; its trouble is over with the next step."""

        def done(session: StudioSession) -> StudioSession:
            last = session.step if session.done(step) else step
            return session.model_copy(update={"step": last, "trouble": ""})

        return self._changed(session_id, step.value, done, detail)

    def trouble(self, session_id: str, kind: str, **detail: Any) -> StudioSession:
        """Enters what a person has to mend first."""
        return self._changed(
            session_id,
            "needs_human",
            lambda session: session.model_copy(update={"trouble": kind}),
            {"trouble": kind, **detail},
        )

    def mended(self, session_id: str) -> StudioSession:
        """Enters that a person has mended what stood in the way."""
        return self._changed(
            session_id, "mended", lambda session: session.model_copy(update={"trouble": ""}), {}
        )

    def bring(self, session_id: str, path: Path, *, named: str = "") -> StudioSession:
        """Takes a song through the door into the vault, once: the same bytes again change nothing.

        The file itself is only read.

        Raises:
            Outside: it is no song that plays. NotFound: no such session.
        """
        session = self.held(session_id)
        checked = self.door.check(path, kind="audio")
        name = named or path.name
        asset = self.vault.put(
            path, artist_id=session.artist_id, media_type=checked.media_type, name=name[:200]
        )
        if asset.sha256 != checked.sha256:
            raise trouble(Trouble.CONTRACT, "The inbox", f"{path.name} changed while it was read")
        file = StudioFile(asset=asset, duration_s=checked.duration_s, brought_at=self.clock.now())

        def taken(session: StudioSession) -> StudioSession:
            if any(known.asset.sha256 == asset.sha256 for known in session.files):
                return session
            return session.model_copy(
                update={
                    "files": (*session.files, file),
                    "step": max(session.step or StudioStep.IMPORTED, StudioStep.IMPORTED, key=_place),
                    "trouble": "",
                }
            )

        return self._changed(session_id, StudioStep.IMPORTED.value, taken, {"file": asset.as_data()})

    def known(self) -> frozenset[str]:
        """The hashes of every song that was ever brought, by any session: none is taken twice."""
        with self.database.read() as connection:
            sessions = studio.every(connection)
        return frozenset(file.asset.sha256 for session in sessions for file in session.files)

    def song(self, session: StudioSession, nth: int) -> Path:
        """Where song number `nth` (from 0) lies in the vault. Raises NotFound when it is gone from there."""
        return self.vault.path(session.files[nth].asset, artist_id=session.artist_id)

    def folder(self, session_id: str) -> Path:
        """The session's papers: pack, log, screenshots, downloads. For the owner's eyes only."""
        folder = self.home / "studio" / session_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _known(self, connection: sa.Connection, session_id: str) -> StudioSession | None:
        if studio.find(connection, session_id) is None:
            return None
        return studio.held(connection, session_id)

    def _begun(
        self, connection: sa.Connection, errand: Errand, key: str, pack: StudioPack, driver: DriverName
    ) -> StudioSession:
        terms, now = check_terms(connection, driver), self.clock.now()
        session = StudioSession(
            id=derive("studio", key),
            artist_id=errand.artist_id or audit.LABEL,
            run_id=errand.run_id,
            key=key,
            driver=driver,
            plan=terms.plan or "free",
            terms_on=terms.at.date().isoformat(),
            pack=pack,
            opened_at=now,
            updated_at=now,
        )
        if not studio.add(connection, session):
            return studio.held(connection, session.id)
        studio.note(connection, session, "asked", now, {"run": errand.run_id, "driver": driver})
        return session

    def _wanted(
        self, connection: sa.Connection, session: StudioSession, wanted: int, driver: DriverName
    ) -> StudioSession:
        """How many songs, and by which driver: another one only as long as nothing was begun with the first,
        since it says whose hand made the song."""
        now = driver if session.step is None else session.driver
        if session.wanted >= wanted and session.driver == now:
            return session
        changed = {"wanted": max(session.wanted, wanted), "driver": now, "updated_at": self.clock.now()}
        session = session.model_copy(update=changed)
        studio.put(connection, session)
        return session

    def _changed(
        self,
        session_id: str,
        event: str,
        change: Callable[[StudioSession], StudioSession],
        detail: dict[str, Any],
    ) -> StudioSession:
        now = self.clock.now()
        with self.database.begin() as connection:
            before = studio.held(connection, session_id)
            session = change(before)
            if session is before:
                return before
            session = session.model_copy(update={"updated_at": now})
            studio.put(connection, session)
            studio.note(connection, session, event, now, detail)
        return session

    def _lay_out(self, session: StudioSession) -> None:
        folder = self.folder(session.id)
        (folder / "pack.txt").write_text(as_text(session.pack), "utf-8")
        data = json.dumps(session.pack.as_data(), ensure_ascii=False, indent=2)
        (folder / "pack.json").write_text(data + "\n", "utf-8")


def books_of(settings: Settings, kit: Kit) -> Books:
    """The books of this home. Raises Fault where the house opened this provider without a ledger."""
    from noktvrn.providers.registry import rights_of

    if kit.database is None:
        raise Fault("This provider was opened without a ledger.")
    return Books(
        database=kit.database,
        vault=open_vault(settings),
        clock=kit.clock,
        door=Door(lambda: find_ffmpeg(settings.ffmpeg)),
        home=settings.home,
        rights=kit.rights or rights_of,
    )


def _place(step: StudioStep) -> int:
    return tuple(StudioStep).index(step)


def check_terms(connection: sa.Connection, driver: DriverName) -> StudioTerms:
    """The word on the site's terms that holds. Raises NotReady where one that is needed was not given."""
    kinds: tuple[TermsKind, ...] = ("site", "bas") if driver == "bas" else ("site",)
    found = [studio.terms_of(connection, kind) for kind in kinds]
    for kind, terms in zip(kinds, found, strict=True):
        if terms is None:
            raise unacknowledged(kind)
    return found[0]  # type: ignore[return-value]  # told above


def unacknowledged(kind: TermsKind) -> NotReady:
    """The error where nobody gave their word on terms that are needed."""
    what = "the terms of the studio" if kind == "site" else "what a BAS application may and may not do here"
    return NotReady(
        f"Nobody has acknowledged {what} yet.",
        code="studio.terms",
        hint=f"`noktvrn studio acknowledge {kind}` asks for it.",
    )
