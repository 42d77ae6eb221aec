"""What a person can ask by a word that begins with a slash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from noktvrn.kernel.errors import Mistake
from noktvrn.label.phone.incoming import Person
from noktvrn.label.phone.sheets import headline
from noktvrn.label.phone.verdicts import SEEN

if TYPE_CHECKING:
    from noktvrn.label.label import Label

LISTED = 20
HOLDS_FOR = timedelta(minutes=10)
"""How old a word may be that lets the label do more: Telegram keeps it for a day where nobody listens, and
somebody may have stopped the label meanwhile for a reason."""
HELP = """/status - how the label stands
/queue - what waits for a verdict
/run ID - one run and its stages
/autopilot on or off - verdicts within the caps without you
/stop WHY - no paid or outward call begins any more
/start - the label goes on
/budget - what was spent
Under every preview: Approve, Reject, Reject with reason, Another take."""


class Asked(NamedTuple):
    """Who asks, and how long ago that was said. `also`: rows that make it count once, for the transaction of
    what it does."""

    person: Person
    ago: timedelta
    also: Callable[[sa.Connection], None]


Verb = Callable[["Label", Asked, Sequence[str]], str]


def obey(label: Label, asked: Asked, text: str) -> str:
    """Does what is asked; returns what to say. `text` begins with a slash.

    Raises:
        Conflict `phone.seen`: this update was dealt with.
    """
    name, *words = text.split()
    verb = VERBS.get(name[1:].partition("@")[0].lower())
    if verb is None:
        return f"There is no {name[:20]}.\n\n{HELP}"
    try:
        return verb(label, asked, words)
    except Mistake as error:
        if error.code == SEEN:
            raise
        return f"{error.message} {error.hint}".strip()


def _help(_label: Label, _asked: Asked, _words: Sequence[str]) -> str:
    return HELP


def _status(label: Label, _asked: Asked, _words: Sequence[str]) -> str:
    stop = label.switch.state()
    lines = [f"Stopped by {stop.by}: {stop.reason or 'no reason given'}" if stop else "The label works."]
    lines += [f"{number} {state.replace('_', ' ')}" for state, number in label.desk.standing().items()]
    lines.append(f"Autopilot is {'on' if label.desk.may_autopilot() else 'off'}.")
    return "\n".join(lines)


def _queue(label: Label, _asked: Asked, _words: Sequence[str]) -> str:
    items, number = label.desk.queue(limit=LISTED), label.desk.count()
    lines = [f"{headline(item)}\n  {item.run_id}, until {item.expires_at:%m-%d %H:%M}" for item in items]
    more = [f"... and {number - len(items)} more"] if number > len(items) else []
    return "\n".join([*lines, *more]) or "Nothing waits for a verdict."


def _run(label: Label, _asked: Asked, words: Sequence[str]) -> str:
    if not words:
        return "Which one? /run ID"
    sight = label.runs.look(words[0])
    lines = [f"{sight.run.id} is {sight.run.state.value.replace('_', ' ')}"]
    lines += [f"{record.stage.value}: {record.state}" for record in sight.stages]
    return "\n".join([*lines, *filter(None, [sight.run.error, sight.run.hint])])


def _autopilot(label: Label, asked: Asked, words: Sequence[str]) -> str:
    wish = words[0].lower() if words else ""
    if wish not in ("on", "off"):
        return f"{label.desk.allowance().line}\n/autopilot on or off"
    if wish == "on" and asked.ago > HOLDS_FOR:
        return _too_old(asked)
    on = label.desk.switch_autopilot(wish == "on", by=asked.person.actor, also=asked.also)
    if wish == "on" and not on:
        return "The settings switch autopilot off (NOKTVRN_AUTOPILOT); a phone is not above them."
    return f"Autopilot is {wish}."


def _stop(label: Label, asked: Asked, words: Sequence[str]) -> str:
    stop = label.switch.stop(by=asked.person.actor, reason=" ".join(words)[:500])
    return f"Stopped by {stop.by}. /start lets the label go on."


def _start(label: Label, asked: Asked, _words: Sequence[str]) -> str:
    if label.switch.state() is None:
        return f"The label works.\n\n{HELP}"  # also what a person's first word to a bot is
    if asked.ago > HOLDS_FOR:
        return _too_old(asked)
    label.switch.start(by=asked.person.actor, also=asked.also)
    return "The label goes on."


def _too_old(asked: Asked) -> str:
    return f"That was said {asked.ago // timedelta(minutes=1)} minutes ago. Say it again if it still holds."


def _budget(label: Label, _asked: Asked, _words: Sequence[str]) -> str:
    lines = []
    for line in label.money.budgets()[:LISTED]:
        cap = f" of {_amount(line.cap, line.currency)}" if line.cap is not None else ""
        held = f", {_amount(line.held, line.currency)} held" if line.held else ""
        lines.append(f"{line.scope}: {_amount(line.spent, line.currency)}{cap}{held}")
    return "\n".join(lines) or "Nothing was spent."


def _amount(number: int, currency: str) -> str:
    return f"{number / 1_000_000:.2f} USD" if currency == "USD" else f"{number} {currency}"


VERBS: dict[str, Verb] = {
    "help": _help,
    "status": _status,
    "queue": _queue,
    "run": _run,
    "autopilot": _autopilot,
    "stop": _stop,
    "start": _start,
    "budget": _budget,
}
