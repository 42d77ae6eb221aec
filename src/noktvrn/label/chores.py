"""What a worker does beside its queues: each chore at its own pace and on a thread of its own.

A slow one delays nobody, one that fails is told of once and tried again. Whatever a chore does, several
workers may do at the same moment: its rows keep them from doing it twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from noktvrn.kernel.errors import LabelError
from noktvrn.label.clockwatch import ClockWatch
from noktvrn.label.label import Label
from noktvrn.label.studio_sessions import StudioSessions
from noktvrn.production.faults import About
from noktvrn.storage.standing import AWAY, FULL

STOP_WITHIN_S = 2.0
"""How long the end of a worker waits for chores that are under way; what they leave undone is done again."""

LIFECYCLE_EVERY_S = 60.0
STRANDED_EVERY_S = 30.0
LISTEN_AGAIN_S = 0.2
"""How often a worker asks whose turn it is to be looked at; each artist's own pace is a setting."""

log = logging.getLogger("noktvrn.label")


@dataclass(frozen=True, slots=True)
class Chore:
    """What is done again and again, `every_s` seconds after it was done. One that `waits` for the outside is
    left to itself at the end, and done by nobody who does every chore once."""

    name: str
    every_s: float
    act: Callable[[Label], object]
    waits: bool = False


def chores(label: Label) -> tuple[Chore, ...]:
    """The chores of this label, in the order one person alone would do them."""
    look_s = label.settings.poll_interval_s
    clock = ClockWatch(label.office.studio.clock)
    return (
        Chore("outside jobs", look_s, _outside_jobs),
        Chore("studio sessions", look_s, _studio_sessions),
        Chore("the desk", look_s, _desk),
        Chore("held runs", look_s, lambda label: label.switch.let_go_on(by="worker")),
        Chore("waiting runs", 5.0, lambda label: label.turns.admit_waiting()),
        Chore("stranded runs", STRANDED_EVERY_S, lambda label: label.stranded.take_up()),
        Chore("lifecycle", LIFECYCLE_EVERY_S, lambda label: label.lifecycle.check()),
        Chore("cycles left open", LIFECYCLE_EVERY_S, lambda label: label.batch.finish_open()),
        Chore("audit seal", look_s, lambda label: label.house.seal_audit()),
        Chore("the vault", 3600.0, lambda label: label.vault.tidy_daily()),
        Chore("the clock", look_s, lambda _label: clock.look()),
        Chore("old events", 3600.0, lambda label: label.events.forget()),
        Chore("old workflows", 3600.0, _old_workflows),
        *phone_chores(label),
    )


@contextmanager
def keeping(label: Label, some: tuple[Chore, ...] | None = None) -> Iterator[None]:
    """Every chore, or only `some`, is done at its pace until the block ends."""
    leaving = threading.Event()
    threads = {
        threading.Thread(
            target=_keep, args=(label, chore, leaving), name=f"chore: {chore.name}", daemon=True
        ): chore
        for chore in (chores(label) if some is None else some)
    }
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        leaving.set()
        deadline = time.monotonic() + STOP_WITHIN_S
        for thread, chore in threads.items():
            thread.join(0.0 if chore.waits else max(0.0, deadline - time.monotonic()))


def once(label: Label) -> None:
    """Every chore once, one after the other. Raises what the first one raises that fails."""
    for chore in chores(label):
        if not chore.waits:
            chore.act(label)


def _keep(label: Label, chore: Chore, leaving: threading.Event) -> None:
    told = ""
    while not leaving.is_set():
        trouble = _trouble(label, chore)
        if trouble and trouble != told and not leaving.is_set():
            log.warning("%s: %s It is tried again in %g s.", chore.name, trouble, chore.every_s)
        told = trouble
        leaving.wait(chore.every_s)


def _trouble(label: Label, chore: Chore) -> str:
    """Does the chore; returns what went wrong, if anything did."""
    try:
        chore.act(label)
    except LabelError as error:
        label.faults.note(error, About(stage=chore.name))
        return "" if error.code in (AWAY, FULL) else error.message  # which is told of once for all
    except Exception as error:  # the worker's other chores and its queues go on
        label.faults.note(error, About(stage=chore.name))
        log.debug("%s broke", chore.name, exc_info=True)
        return f"{type(error).__name__}: {error}"
    return ""


def _outside_jobs(label: Label) -> None:
    """Jobs nobody waits for: looked at, fetched, found out about."""
    if label.switch.state() is None:
        label.office.booking.tend()


def _studio_sessions(label: Label) -> None:
    """Runs that wait for a person at the outside studio."""
    if label.settings.studio is not None:
        StudioSessions(label.office).tend()


def _desk(label: Label) -> None:
    """Expired reviews, verdicts of the capped autopilot, reminders."""
    label.desk.keep()


def phone_chores(label: Label) -> tuple[Chore, ...]:
    """What keeps the desk on a phone; nothing where no bot is set."""
    if not label.settings.telegram_chats or label.settings.telegram_bot_token is None:
        return ()
    return (
        Chore("words from the phone", LISTEN_AGAIN_S, lambda label: label.phone.listen(), waits=True),
        Chore("previews on the phone", label.settings.poll_interval_s, lambda label: label.phone.show()),
        Chore("old updates of the phone", 3600.0, lambda label: label.phone.tidy()),
    )


def _old_workflows(label: Label) -> int:
    """What the engine still keeps of workflows that ended long ago; returns how many were removed."""
    days = label.settings.keep_workflows_days
    if days is None:
        return 0
    before = label.office.studio.clock.now() - timedelta(days=days)
    return label.office.dispatcher.forget(before)
