"""Buttons and answers to questions: what they stand for, done once, and told to whoever pressed.

A verdict and the update it came with are one transaction: delivered twice it counts once, and a button is
used up by what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, LabelError, Mistake
from noktvrn.label.phone.incoming import Incoming
from noktvrn.storage.ledger import phone
from noktvrn.storage.ledger.phone import Button, Question

if TYPE_CHECKING:
    from noktvrn.label.label import Label

ANSWER_WITHIN = timedelta(minutes=10)
LONGEST_REASON = 2000
SEEN, USED = "phone.seen", "phone.used"
DEAD = "This button does not count any more."
ASKED = "Why? Your next message here is the reason; /cancel takes the question back."


class Told(NamedTuple):
    """What to say to who pressed: in passing, or so that they have to look (`alert`); `asks`: an answer is
    waited for."""

    text: str
    alert: bool = False
    asks: bool = False


class Verdicts:
    """From a press to a verb, and to the words for who pressed."""

    def __init__(self, label: Label, bot: str) -> None:
        self._label = label
        self._studio = label.office.studio
        self._bot = bot

    def press(self, got: Incoming) -> Told:
        """Does what the button stands for; returns what to say.

        Raises:
            Conflict `phone.seen`: this update was dealt with.
        """
        now = self._studio.clock.now()
        with self._studio.database.read() as connection:
            button = phone.button_of(connection, got.data, now)
        if button is None or button.chat != got.chat:
            self.dismiss(got, "dead")
            return Told(DEAD, alert=True)
        try:
            return self._act(got, button)
        except Mistake as error:
            if error.code == SEEN:
                raise
            self.dismiss(got, "refused")
            return Told(_told(error), alert=True)

    def _act(self, got: Incoming, button: Button) -> Told:
        by, desk = got.person.actor, self._label.desk
        taken = self.taking(got, "verdict", used=True)
        if button.action == "approve":
            desk.approve(
                button.run_id, by=by, door="telegram", approval_hash=button.approval_hash, also=taken
            )
            return Told("Approved.")
        if button.action == "reject":
            desk.reject(
                button.run_id,
                by=by,
                door="telegram",
                reason="",
                approval_hash=button.approval_hash,
                also=taken,
            )
            return Told("Rejected.")
        if button.action == "undo":
            desk.undo(button.run_id, by=by, door="telegram", also=taken)
            return Told("Taken back.")
        if button.action == "take":
            return self._another_take(got, button)
        self._ask(got, button)
        return Told(ASKED, asks=True)

    def _another_take(self, got: Incoming, button: Button) -> Told:
        """One transaction: never ordered twice, and never in place of what somebody decided meanwhile."""
        take = self.taking(got, "take", used=True)

        def also(connection: sa.Connection) -> None:
            take(connection)
            self._label.desk.check_lies(connection, button.run_id, button.approval_hash)

        self._label.remakes.remake(button.run_id, by=got.person.actor, only="take", also=also)
        return Told("Another take is being made.")

    def _ask(self, got: Incoming, button: Button) -> None:
        until = self._studio.clock.now() + ANSWER_WITHIN
        question = Question(
            got.chat, got.person.number, button.artist_id, button.run_id, button.approval_hash, until
        )
        with self._studio.database.begin() as connection:
            self.taking(got, "question")(connection)  # the buttons stay: the question may go unanswered
            phone.ask(connection, question)

    def answer(self, got: Incoming, *, cancel: bool = False) -> str | None:
        """Takes words for the reason somebody was asked for; None: nobody asked.

        Raises:
            Conflict `phone.seen`: this update was dealt with.
        """
        with self._studio.database.read() as connection:
            question = phone.asked(connection, got.chat, got.person.number, self._studio.clock.now())
        if question is None:
            return None
        take = self.taking(got, "verdict")

        def also(connection: sa.Connection) -> None:
            take(connection)
            phone.answered(connection, got.chat, got.person.number)

        if cancel:
            with self._studio.database.begin() as connection:
                also(connection)
            return "Nothing is asked any more."
        try:
            self._label.desk.reject(
                question.run_id,
                by=got.person.actor,
                door="telegram",
                reason=" ".join(got.text.split())[:LONGEST_REASON],
                approval_hash=question.approval_hash,
                also=also,
            )
        except Mistake as error:
            if error.code == SEEN:
                raise
            with self._studio.database.begin() as connection:
                also(connection)
            return _told(error)
        return "Rejected, with your reason."

    def dismiss(self, got: Incoming, kind: str) -> None:
        """Notes an update as dealt with, nothing having come of it. Raises Conflict `phone.seen`."""
        with self._studio.database.begin() as connection:
            self.taking(got, kind)(connection)

    def taking(self, got: Incoming, kind: str, *, used: bool = False) -> Callable[[sa.Connection], None]:
        """Rows that make this update and its button count once, for the transaction of what it does."""
        now = self._studio.clock.now()

        def take(connection: sa.Connection) -> None:
            if not phone.see(connection, self._bot, got.update_id, kind, now):
                raise Conflict("This update was dealt with.", code=SEEN)
            if used and not phone.use(connection, got.data, now):
                raise Conflict(DEAD, code=USED)

        return take


def _told(error: LabelError) -> str:
    """A refusal in the few words a button's answer has room for."""
    if error.code == "review.changed":
        return "It has changed since: look at the new preview, then decide."
    return error.message
