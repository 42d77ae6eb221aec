"""The phone's rows: updates that were dealt with, buttons, what each chat shows, who was asked why."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import phone_buttons, phone_previews, phone_questions, phone_updates, reviews

BUTTON_BYTES = 12
"""96 bits: nobody guesses one."""


class Button(NamedTuple):
    """What a button stands for: an action on exactly this work, from exactly this chat, once, in time."""

    artist_id: str
    run_id: str
    chat: int
    action: str
    approval_hash: str
    expires_at: datetime


class Question(NamedTuple):
    """Whose next words are the reason of a rejection."""

    chat: int
    sender: int
    artist_id: str
    run_id: str
    approval_hash: str
    expires_at: datetime


class Shown(NamedTuple):
    """What a chat shows of a review. `data`: the messages by step, and the step that is being sent."""

    artist_id: str
    run_id: str
    chat: int
    approval_hash: str
    state: str
    data: dict[str, Any]
    opened_at: datetime
    due_at: datetime | None


def see(connection: sa.Connection, bot: str, update_id: int, kind: str, at: datetime) -> bool:
    """Notes an update as dealt with; False: it was. Of two at once the second waits for the first."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(phone_updates).values(bot=bot, update_id=update_id, kind=kind, at=at)
    entered = row.on_conflict_do_nothing().returning(phone_updates.c.update_id)
    return connection.execute(entered).first() is not None


def seen(connection: sa.Connection, bot: str, update_id: int) -> bool:
    """Whether an update was dealt with."""
    mine = phone_updates.c
    query = sa.select(mine.kind).where(mine.bot == bot, mine.update_id == update_id)
    return connection.execute(query).first() is not None


def tally(connection: sa.Connection, bot: str, since: datetime) -> dict[str, int]:
    """How many updates of each kind came in since a moment."""
    mine = phone_updates.c
    query = sa.select(mine.kind, sa.func.count()).where(mine.bot == bot, mine.at >= since).group_by(mine.kind)
    return {kind: int(number) for kind, number in connection.execute(query)}


def forget(connection: sa.Connection, before: datetime) -> int:
    """Removes what is no longer needed: updates Telegram has forgotten as well, buttons and questions whose
    time was over by then. Returns how many updates."""
    connection.execute(phone_buttons.delete().where(phone_buttons.c.expires_at < before))
    connection.execute(phone_questions.delete().where(phone_questions.c.expires_at < before))
    return connection.execute(phone_updates.delete().where(phone_updates.c.at < before)).rowcount


def make_button(connection: sa.Connection, button: Button) -> str:
    """Enters a button; returns the secret it is pressed with, which is kept nowhere."""
    secret = secrets.token_urlsafe(BUTTON_BYTES)
    connection.execute(phone_buttons.insert().values(**button._asdict(), digest=_digest(secret)))
    return secret


def button_of(connection: sa.Connection, secret: str, at: datetime) -> Button | None:
    """The button of a secret, as long as it counts; None: there is none, it was used, or its time is over."""
    mine = phone_buttons.c
    query = sa.select(*(mine[name] for name in Button._fields)).where(
        mine.digest == _digest(secret), mine.used_at.is_(None), mine.expires_at > at
    )
    row = connection.execute(query).first()
    return Button(*row) if row is not None else None


def use(connection: sa.Connection, secret: str, at: datetime) -> bool:
    """Uses a button up; False: it was, or there is none."""
    mine = phone_buttons.c
    fresh = phone_buttons.update().where(mine.digest == _digest(secret), mine.used_at.is_(None))
    return connection.execute(fresh.values(used_at=at)).rowcount == 1


def drop_buttons(connection: sa.Connection, run_id: str, chat: int) -> None:
    """Makes every button of a run in a chat count no more."""
    mine = phone_buttons.c
    connection.execute(phone_buttons.delete().where(mine.run_id == run_id, mine.chat == chat))


def ask(connection: sa.Connection, question: Question) -> None:
    """Notes that somebody was asked; a question before it is forgotten."""
    answered(connection, question.chat, question.sender)
    connection.execute(phone_questions.insert().values(**question._asdict()))


def asked(connection: sa.Connection, chat: int, sender: int, at: datetime) -> Question | None:
    """What somebody was asked in a chat and may still answer."""
    mine = phone_questions.c
    query = sa.select(*(mine[name] for name in Question._fields)).where(
        mine.chat == chat, mine.sender == sender, mine.expires_at > at
    )
    row = connection.execute(query).first()
    return Question(*row) if row is not None else None


def answered(connection: sa.Connection, chat: int, sender: int) -> None:
    """Nothing is asked of them any more."""
    mine = phone_questions.c
    connection.execute(phone_questions.delete().where(mine.chat == chat, mine.sender == sender))


def shown(connection: sa.Connection, run_id: str, artist_id: str, chat: int) -> Shown | None:
    """What a chat shows of a run's review."""
    mine = phone_previews.c
    query = sa.select(*(mine[name] for name in Shown._fields)).where(
        mine.artist_id == artist_id, mine.run_id == run_id, mine.chat == chat
    )
    row = connection.execute(query).first()
    return Shown(*row) if row is not None else None


def put(connection: sa.Connection, row: Shown) -> None:
    """Writes down what a chat shows."""
    mine = phone_previews.c
    key = (mine.artist_id == row.artist_id, mine.run_id == row.run_id, mine.chat == row.chat)
    changed = connection.execute(phone_previews.update().where(*key).values(**row._asdict()))
    if changed.rowcount == 0:
        connection.execute(phone_previews.insert().values(**row._asdict()))


def unsettled(connection: sa.Connection, chat: int, *, limit: int = 500) -> tuple[str, ...]:
    """Runs whose review and what the chat shows of it may differ, longest open first. It goes through
    everything that is open, so it is for beginnings; afterwards events tell."""
    mine, ours = phone_previews.c, reviews.c
    both = reviews.outerjoin(
        phone_previews,
        sa.and_(mine.artist_id == ours.artist_id, mine.run_id == ours.run_id, mine.chat == chat),
    )
    is_open = ours.closed_at.is_(None)
    other = sa.or_(
        mine.state.is_(None),
        mine.state != "shown",
        mine.opened_at != ours.opened_at,
        mine.approval_hash != ours.approval_hash,
    )
    still_up = sa.and_(ours.closed_at.is_not(None), mine.state.in_(["waiting", "shown"]))
    query = sa.select(ours.run_id).select_from(both).where(sa.or_(sa.and_(is_open, other), still_up))
    return tuple(connection.execute(query.order_by(ours.opened_at).limit(limit)).scalars())


def due(connection: sa.Connection, at: datetime, chats: Sequence[int]) -> tuple[str, ...]:
    """Runs whose verdict can no longer be taken back, while a chat still offers it."""
    mine = phone_previews.c
    query = sa.select(mine.run_id).where(mine.state == "decided", mine.due_at <= at, mine.chat.in_(chats))
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
