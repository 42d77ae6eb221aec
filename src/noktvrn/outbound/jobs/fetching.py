"""Brings the files of a job home: through the door into the spool, checked, into the vault, settled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.errors import LabelError, NotAllowed, Outside
from noktvrn.model.asset import Asset
from noktvrn.outbound.jobs import accounts, asking, endings, planning, sidecar
from noktvrn.outbound.jobs.notices import JobNotice
from noktvrn.outbound.jobs.nouns import Arrived, Delivery
from noktvrn.outbound.jobs.room import Case, Room
from noktvrn.outbound.jobs.taking import there
from noktvrn.outbound.troubles import Trouble, trouble, trouble_of
from noktvrn.storage.audit import LABEL
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.ticket_files import FileRow
from noktvrn.storage.ledger.tickets import Event, TicketState

TRIES = 3
"""How often a file that is gone, or is none, is asked for with a fresh address while somebody waits; after
that once an hour, because it is paid for."""
AGAIN = (Trouble.TRANSIENT, Trouble.RATE, Trouble.BUSY, Trouble.MAINTENANCE)


def fetched(case: Case, job: Job) -> None:
    """Fetches what is not here yet. With everything here the job is stored and settled in one transaction."""
    if job.state is TicketState.READY:
        ready = job
        job = case.room.write(lambda books: jobs.move(books, ready, "fetch", at=case.room.now()))
    elif job.data.get("misses") and job.ref:
        _refresh(case, job)
    failed = fetch_there(case, job)
    if failed is None or _gave_up(case, job, failed):
        _stored(case, job)


def fetch_there(case: Case, job: Job) -> LabelError | None:
    """Fetches every file that can be fetched by now; returns the last trouble there was."""
    last = None
    with case.room.scribe.database.read() as books:
        waiting = ticket_files.waiting(books, job.id)
    for row in waiting:
        try:
            _bring(case, job, row)
        except (Outside, NotAllowed) as error:
            if not (isinstance(error, NotAllowed) or error.code.startswith("outside.")):
                raise  # our own disk or ledger
            last = error
    return last


def delivered(room: Room, job: Job) -> Delivery:
    """What a stored job brought. Raises NotFound where a file has vanished from the vault."""
    with room.scribe.database.read() as books:
        rows = ticket_files.kept(books, job.id)
    return Delivery(
        ticket_id=job.id,
        files=tuple(_arrived(room, job, row) for row in rows),
        ref=job.ref,
        charged=tuple(one for one in accounts.charges(accounts.charged_to(job)) if one.amount),
        cost_known=bool(job.data.get("cost_known", True)),
    )


def artist_of(job: Job) -> str:
    """Under whose name its files lie in the vault."""
    return str(job.order["errand"]["artist_id"]) or LABEL


def kept(
    room: Room, job: Job, row: FileRow, path: Path, media_type: str, duration_s: float | None
) -> FileRow:
    """The row of a checked file, which lies in the vault now."""
    asset = room.vault.put(path, artist_id=artist_of(job), media_type=media_type, name=row.clip)
    return replace(
        row,
        url="",
        path="",
        sha256=asset.sha256,
        media_type=media_type,
        size=asset.size,
        duration_s=duration_s if duration_s is not None else row.duration_s,
    )


def _bring(case: Case, job: Job, row: FileRow) -> None:
    room, door = case.room, case.room.door
    if row.path:
        if not Path(row.path).is_file():
            raise trouble(Trouble.TRANSIENT, job.provider, "its file lies in the spool of another machine")
        found = door.check(Path(row.path), kind=row.kind, duration_s=row.duration_s)
    else:
        found = door.fetch(
            row.url,
            room.folder(job) / f"fetched-{row.number}",
            kind=row.kind,
            named=job.provider,
            private_hosts=case.service.caps.private_hosts,
            duration_s=row.duration_s,
            badge=case.service.caps.badge,
        )
    here = kept(room, job, row, found.path, found.media_type, found.duration_s)
    room.write(lambda books: ticket_files.keep(books, job.id, here))


def _refresh(case: Case, job: Job) -> None:
    """Asks for fresh addresses: those from before led nowhere."""
    try:
        said = asking.answer(case, lambda: case.service.look(job.ref))
    except LabelError:
        return  # then by the old ones
    rows = [there(file) for file in said.files if file.url]
    case.room.write(lambda books: ticket_files.put(books, job.id, rows))


def _gave_up(case: Case, job: Job, error: LabelError) -> bool:
    """What becomes of a job whose files do not come. True: some are here, and nobody waits for the others."""
    kind = trouble_of(error)
    hopeful = kind in AGAIN or (kind is None and not isinstance(error, NotAllowed))
    misses = job.data.get("misses", 0) + (0 if hopeful else 1)
    data = {**job.data, "misses": max(misses, 1) if hopeful else misses}
    tried = not hopeful and (misses >= TRIES or not job.ref)
    if tried:
        with case.room.scribe.database.read() as books:
            if ticket_files.kept(books, job.id):
                return True
    if tried and (not job.ref or case.room.now() >= planning.moment(job, "expires_at")):
        event: Event = "expire" if kind is Trouble.EXPIRED else "fail"
        endings.ended(case.room, job, event, error)
        return False
    noted = case.room.write(lambda books: jobs.note(books, job, data=data))
    if noted is not None:
        planning.later(case, noted, words=error.message, hopeless=tried)
    return False


def _stored(case: Case, job: Job) -> None:
    room, at = case.room, case.room.now()

    def work(books: sa.Connection) -> list[JobNotice]:
        missing = len(ticket_files.waiting(books, job.id))
        told = {"missing": missing} if missing else {}
        checked = jobs.move(books, job, "verify", at=at, told=told)
        bill = endings.billed(books, job, job.data.get("charged"), at)
        endings.closed(books, checked, "store", None, bill, at)
        return endings.news_of(job, bill)

    room.tell(*room.write(work))
    sidecar.clear(room.spool / job.id)


def _arrived(room: Room, job: Job, row: FileRow) -> Arrived:
    asset = Asset(sha256=row.sha256, size=row.size, media_type=row.media_type, name=row.clip)
    return Arrived(
        clip=row.clip,
        sha256=row.sha256,
        media_type=row.media_type,
        size=row.size,
        path=room.vault.path(asset, artist_id=artist_of(job)),
        duration_s=row.duration_s,
        title=row.title,
    )
