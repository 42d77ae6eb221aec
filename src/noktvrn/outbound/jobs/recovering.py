"""Orders nobody knows the end of: what a dead process left open, and what is asked for afterwards.

They are looked for in the spool first, then at the service where it can tell. What is not found there is
never sent again by itself.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs import asking, endings, pacing, sidecar, taking
from noktvrn.outbound.jobs.endings import HOUR
from noktvrn.outbound.jobs.nouns import Inline, Submitted
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.jobs.service import Salvages
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job


def recovered(case: Case, job: Job) -> None:
    """Finds out about an order whose sender died, or was interrupted."""
    said = _left_behind(case, job) or _found(case)
    if said is not None:
        taking.taken(case, job, said)
        return
    error = trouble(Trouble.UNKNOWN, case.order.provider, "the process that sent the order ended")
    endings.lost_sight(case.room, job, error, case.service.caps.finds)


def sought(case: Case, job: Job) -> None:
    """Looks for an order of unknown outcome: in the spool, and at the service where it can tell."""
    case.sought = True
    said = _left_behind(case, job) or _found(case)
    if said is not None:
        taking.taken(case, job, said)
        return
    now = case.room.now()
    goes_on = case.service.caps.finds and now < job.opened_at + _patience(case)
    again = now + HOUR if goes_on else None
    case.room.write(lambda books: jobs.note(books, job, next_look_at=again))


def _patience(case: Case) -> timedelta:
    caps = case.service.caps
    return timedelta(seconds=caps.deadline_s + caps.stale_s)


def _left_behind(case: Case, job: Job) -> Submitted | None:
    """What the process had heard before it died: all of the answer, or nothing."""
    folder = case.room.folder(job)
    return sidecar.read(folder) or _salvaged(case, folder) or _inline(case, folder)


def _salvaged(case: Case, folder: Path) -> Submitted | None:
    service = case.service
    if not isinstance(service, Salvages) or not folder.is_dir():
        return None
    try:
        return asking.answer(case, lambda: service.salvage(case.order, folder))
    except LabelError:
        return None


def _inline(case: Case, folder: Path) -> Submitted | None:
    """Files that came whole, where they are what was ordered."""
    found = []
    for path in sidecar.whole_files(folder):
        try:
            case.room.door.check(path, kind=case.order.kind)
        except LabelError:
            continue
        found.append(Inline(clip=path.stem, path=path, kind=case.order.kind))
    return Submitted(files=tuple(found)) if found else None


def _found(case: Case) -> Submitted | None:
    if not case.service.caps.finds:
        return None
    try:
        pacing.turn(case)
        ref = asking.answer(case, lambda: case.service.find(case.order))
    except LabelError:
        return None
    return Submitted(ref=ref) if ref else None
