"""An order was taken: what the service said is kept on the disk first, and then in the ledger."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict
from noktvrn.outbound.jobs import accounts, endings, sidecar
from noktvrn.outbound.jobs.nouns import Inline, Remote, Submitted
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.troubles import Trouble, quoted, trouble
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.ticket_files import FileRow
from noktvrn.storage.ledger.tickets import Event, TicketState

LONGEST_NAME = 400


def taken(case: Case, job: Job, said: Submitted) -> None:
    """Writes down what became of an order, whoever heard of it: who sent it, or who found it later.

    An answer that names neither a job nor a file leaves the outcome unknown.
    """
    if not said.files and not plain(said.ref):
        error = trouble(Trouble.CONTRACT, case.order.provider, "it names neither a job nor a file")
        endings.lost_sight(case.room, job, error, case.service.caps.finds)
        return
    with contextlib.suppress(OSError):  # a full disk must not keep it out of the ledger too
        sidecar.write(case.room.folder(job), said)
    try:
        _entered(case, job, said)
    except Conflict:
        mine = _given_up(case, job)
        if mine is None:
            raise
        _entered(case, mine, said)


def _given_up(case: Case, job: Job) -> Job | None:
    """The order, ours again, where somebody took us for dead while we waited for the answer."""
    now = case.room.find(job.key)
    if now is None or now.state is not TicketState.UNKNOWN:
        return None
    return case.room.taken(now) if now.data.get("attempt") == job.data.get("attempt") else None


def _entered(case: Case, job: Job, said: Submitted) -> None:
    event: Event = "arrive" if said.files else "submit"
    changed = _changed(case, job, said)

    def work(books: sa.Connection) -> Job:
        ticket_files.put(books, job.id, [_here(file) for file in said.files])
        return jobs.move(books, job, event, at=case.room.now(), told=_heard(said), **changed)

    case.room.write(work)


def there(file: Remote) -> FileRow:
    """A file that lies at the service, as the ledger keeps it."""
    title = quoted(file.title)
    return FileRow(
        plain(file.clip), file.kind, url=file.url.strip("\x00"), title=title, duration_s=file.duration_s
    )


def plain(name: str) -> str:
    """A service's name for something, as the ledger takes it and a terminal may show it."""
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]


def _here(file: Inline) -> FileRow:
    return FileRow(plain(file.clip), file.kind, path=str(file.path), duration_s=file.duration_s)


def _changed(case: Case, job: Job, said: Submitted) -> dict[str, Any]:
    now, caps = case.room.now(), case.service.caps
    deadline = now + timedelta(seconds=caps.deadline_s)
    data = {**job.data, **until(deadline, caps.stale_s)}
    for name in ("error", "code"):
        data.pop(name, None)
    if said.charged is not None:
        data["charged"] = accounts.amounts(said.charged)
    first = now if said.files else now + timedelta(seconds=caps.first_look_s)
    return {"ref": plain(said.ref), "data": data, "next_look_at": first, "closed_at": None}


def until(deadline: datetime, stale_s: float) -> dict[str, str]:
    """How long somebody waits for a job, and how long it is looked after beyond that."""
    expires = deadline + timedelta(seconds=stale_s)
    return {"deadline_at": deadline.isoformat(), "expires_at": expires.isoformat()}


def _heard(said: Submitted) -> dict[str, Any]:
    return {"ref": plain(said.ref), "files": len(said.files)}
