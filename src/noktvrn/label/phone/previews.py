"""Previews in the chats: what lies on the desk is shown there, and what has left it is shown as decided.

For every chat and review one row says what is shown. Each look brings chat and desk together, whoever changed
the desk through which door. Sending is not idempotent at Telegram, so each message is written down before and
after: one whose outcome nobody knows (a worker died, the network broke) is sent once more and says so. A
doubled preview is ugly; a missing one would leave a release waiting for nobody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from string import digits
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import LabelError, NotFound
from noktvrn.label.phone import sheets
from noktvrn.label.phone.pace import Pace
from noktvrn.label.phone.parcels import packed
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.production.faults import About
from noktvrn.providers.telegram.bot import Bot, Enclosure, Keyboard
from noktvrn.providers.telegram.replies import FloodedError
from noktvrn.storage.ledger import events, phone, reviews, runs, switch
from noktvrn.storage.ledger.phone import Button, Shown

if TYPE_CHECKING:
    from noktvrn.label.label import Label

PICTURES, SOUND, KEYBOARD = "pictures", "sound", "keyboard"
AGAIN = "Sent once more: nobody knows whether the first one arrived."
BUTTONS = (
    (("approve", "Approve"), ("reject", "Reject")),
    (("reason", "Reject with reason"), ("take", "Another take")),
)
MOST_IN_ALBUM = 10
LONGEST_WAIT_S = 3.0
"""A chat that must be left alone for longer is looked at again later; the others are not kept waiting."""
AWAY_S = 30.0
"""How long a chat is left alone after something went wrong there."""
AT_ONCE = 20
"""Runs looked at in one round."""
LOOK_THROUGH_S = 600.0
TOLD = ("review.", "verdict.", "run.")

log = logging.getLogger("noktvrn.phone")


class NotNowError(Exception):
    """The chat has to be left alone, or Telegram is away: later."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A review as the desk has it now."""

    run: Run
    item: ReviewItem
    is_open: bool
    is_closed: bool
    verdict: Verdict | None
    draft: ReleaseDraft | None


class Previews:
    """Brings chats and desk together. One thread of one process at a time does it (`Phone`)."""

    def __init__(
        self, label: Label, bot: Bot, pace: Pace, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._label = label
        self._studio = label.office.studio
        self._bot = bot
        self._pace = pace
        self._pause = pause
        self._chats = label.settings.telegram_chats
        self._place: int | None = None
        self._looked_through = 0.0
        self._dirty: dict[str, None] = {}

    def show(self) -> int:
        """One round: brings what has changed into the chats; returns how many runs are left for the next."""
        if self._label.switch.state() is not None:
            return len(self._dirty)  # what is missed is found afterwards: events wait
        self._collect()
        for run_id in list(self._dirty)[:AT_ONCE]:
            settled = [self._settled(run_id, chat) for chat in self._chats]
            self._dirty.pop(run_id)
            if not all(settled):
                self._dirty[run_id] = None  # behind the others, which need not wait for it
        return len(self._dirty)

    def _collect(self) -> None:
        """Notes which runs to look at: at first and now and then all that differ, else those told of."""
        now = self._studio.clock.now()
        with self._studio.database.read() as connection:
            if self._place is None or time.monotonic() - self._looked_through > LOOK_THROUGH_S:
                self._place = events.last(connection)
                self._looked_through = time.monotonic()
                for chat in self._chats:
                    self._note(phone.unsettled(connection, chat))
            while told := events.after(connection, self._place):
                self._place = told[-1].number
                self._note(one.run_id for one in told if one.run_id and one.kind.startswith(TOLD))
            self._note(phone.due(connection, now, self._chats))

    def _note(self, found: Iterable[str]) -> None:
        self._dirty |= dict.fromkeys(found)

    def _settled(self, run_id: str, chat: int) -> bool:
        """Brings one chat and one review together; False: not now."""
        try:
            self._settle(run_id, chat)
        except NotNowError:
            return False
        except FloodedError as flooded:
            self._pace.pause(chat, flooded.wait_s)
            return False
        except LabelError as error:
            log.warning("A preview of %s could not be brought into a chat: %s", run_id, error.message)
            self._pace.pause(chat, AWAY_S)
            return not error.retryable and error.code != switch.STOPPED
        except Exception as error:  # one that cannot be read must not keep the others from being shown
            log.exception("A preview of %s broke.", run_id)
            self._label.faults.note(error, About(run_id=run_id, stage="the phone"))
        return True

    def _settle(self, run_id: str, chat: int) -> None:
        sight = self._see(run_id)
        if sight is None:
            return
        with self._studio.database.read() as connection:
            row = phone.shown(connection, run_id, sight.run.artist_id, chat)
        if sight.is_open:
            self._bring(sight, self._begun(sight, row, chat))
        elif row is not None and self._is_stale(sight, row):
            self._conclude(sight, row)

    def _see(self, run_id: str) -> Sight | None:
        with self._studio.database.read() as connection:
            run, item = runs.find(connection, run_id), reviews.find(connection, run_id)
            if run is None or item is None:
                return None
            lies = reviews.is_open(connection, run_id)
            record = runs.result(connection, run, StageName.VALIDATE)
            result = record.result if record is not None else None
            return Sight(
                run=run,
                item=item,
                is_open=lies and run.state is RunState.AWAITING_REVIEW,
                is_closed=not lies,
                verdict=reviews.verdict_of(connection, run_id),
                draft=ReleaseDraft.model_validate(result) if result is not None else None,
            )

    def _is_stale(self, sight: Sight, row: Shown) -> bool:
        """Whether the chat shows something else than the desk: an open preview, or a way back."""
        if row.state == "decided":
            return row.due_at is not None and row.due_at <= self._studio.clock.now()
        return sight.is_closed and row.state != "closed"

    def _begun(self, sight: Sight, row: Shown | None, chat: int) -> Shown:
        """The row to go on with: as it is, from its keyboard on, or anew where the work has changed."""
        item = sight.item
        if row is not None and row.approval_hash == item.approval_hash:
            if row.state in ("waiting", "shown") and row.opened_at == item.opened_at:
                return row
            return self._put(row._replace(state="waiting", opened_at=item.opened_at, due_at=None))
        if row is not None:
            self._retire(sight, row)
        fresh = Shown(
            item.artist_id, item.run_id, chat, item.approval_hash, "waiting", {}, item.opened_at, None
        )
        return self._put(fresh)

    def _bring(self, sight: Sight, row: Shown) -> None:
        """Sends what has not been sent; goes on where an earlier look was broken off."""
        if row.state == "shown":
            return
        if self._pace.wait_s(row.chat) > LONGEST_WAIT_S:
            raise NotNowError  # before anything is packed for it
        with packed(self._studio, sight.run) as parcel:
            first = [replace(one, caption=sheets.headline(sight.item)) for one in parcel.pictures[:1]]
            row = self._send_files(row, PICTURES, [*first, *parcel.pictures[1:]])
            row = self._send_files(row, SOUND, parcel.sounds)
            notes = [*parcel.notes, *row.data.get("notes", [])]
            if row.data.get("sending") == KEYBOARD:
                notes.append(AGAIN)
            self._send_keyboard(sight, row, notes)

    def _send_files(self, row: Shown, step: str, found: list[Enclosure]) -> Shown:
        """Sends files as albums of ten, one alone as it is. Each album is a step of its own: it is not sent
        again because of what becomes of the next."""
        for place in range(0, len(found), MOST_IN_ALBUM):
            name = f"{step}{place}" if place else step
            if name not in row.data:
                some = found[place : place + MOST_IN_ALBUM]
                row = self._sent(row, name, partial(self._send_some, row.chat, some), messages=len(some))
        return row

    def _send_some(self, chat: int, some: list[Enclosure]) -> list[int]:
        return [self._bot.send_file(chat, some[0])] if len(some) == 1 else [*self._bot.send_album(chat, some)]

    def _send_keyboard(self, sight: Sight, row: Shown, notes: list[str]) -> None:
        keyboard = self._keyboard(sight, row)
        text = sheets.open_sheet(sight.item, sight.draft, notes)
        if row.data.get(KEYBOARD):
            self._ready(row.chat)
            row = self._edited(row, text, keyboard)
        if not row.data.get(KEYBOARD):
            sent = [told for name, told in row.data.items() if name.startswith((PICTURES, SOUND))]

            def send() -> list[int]:
                reply_to = max((number for some in sent for number in some), default=None)
                return [self._bot.send_text(row.chat, text, keyboard=keyboard, reply_to=reply_to)]

            row = self._sent(row, KEYBOARD, send)
        self._put(row._replace(state="shown"))

    def _keyboard(self, sight: Sight, row: Shown) -> Keyboard:
        """New buttons for exactly this work; those before them count no more."""
        item = sight.item
        with self._studio.database.begin() as connection:
            phone.drop_buttons(connection, item.run_id, row.chat)
            return [
                [
                    (words, phone.make_button(connection, _button(item, row.chat, act, item.expires_at)))
                    for act, words in line
                ]
                for line in BUTTONS
            ]

    def _conclude(self, sight: Sight, row: Shown) -> None:
        """The keyboard goes; who decided stands there, and for a while the way back."""
        until = self._undo_until(sight)
        keyboard: Keyboard = ()
        with self._studio.database.begin() as connection:
            phone.drop_buttons(connection, row.run_id, row.chat)
            if until is not None:
                button = _button(sight.item, row.chat, "undo", until)
                keyboard = [[("Undo", phone.make_button(connection, button))]]
        if row.data.get(KEYBOARD):
            self._ready(row.chat)
            row = self._edited(row, sheets.closed_sheet(sight.item, sight.run, sight.verdict), keyboard)
        self._put(row._replace(state="decided" if until is not None else "closed", due_at=until))

    def _undo_until(self, sight: Sight) -> datetime | None:
        """Until when the verdict can be taken back; None: it cannot."""
        verdict, grace = sight.verdict, timedelta(seconds=self._studio.settings.undo_s)
        if verdict is None or sight.run.state is not RunState(verdict.decision):
            return None
        until = verdict.at + grace
        return until if until > self._studio.clock.now() else None

    def _retire(self, sight: Sight, row: Shown) -> None:
        if row.data.get(KEYBOARD):
            self._ready(row.chat)
            self._edited(row, sheets.replaced_sheet(sheets.headline(sight.item), row.run_id), ())

    def _edited(self, row: Shown, text: str, keyboard: Keyboard) -> Shown:
        """The row; without its keyboard's message where that is gone."""
        try:
            self._bot.edit_text(row.chat, row.data[KEYBOARD][0], text, keyboard=keyboard)
        except NotFound:
            left = {name: told for name, told in row.data.items() if name != KEYBOARD}
            return self._put(row._replace(data=left))
        return row

    def _sent(self, row: Shown, step: str, send: Callable[[], list[int]], *, messages: int = 1) -> Shown:
        """One step, written down before and after. What Telegram refuses is told and left out."""
        if row.data.get("sending") == step:
            row = self._put(row._replace(data={**row.data, "notes": [*row.data.get("notes", []), AGAIN]}))
        self._ready(row.chat, messages)
        row = self._put(row._replace(data={**row.data, "sending": step}))
        try:
            numbers = send()
        except LabelError as error:
            if outcome_unknown(error):
                raise  # it stays written down as being sent
            row = self._put(row._replace(data=_without(row.data, "sending")))
            if error.retryable or step == KEYBOARD:
                raise
            notes = [
                *row.data.get("notes", []),
                f"The {step.rstrip(digits)} could not be sent: {error.message}",
            ]
            return self._put(row._replace(data={**row.data, step: [], "notes": notes}))
        return self._put(row._replace(data={**_without(row.data, "sending"), step: numbers}))

    def _ready(self, chat: int, messages: int = 1) -> None:
        """Waits for the chat's turn. Raises NotNowError where that is far away."""
        wait_s = self._pace.wait_s(chat)
        if wait_s > LONGEST_WAIT_S:
            raise NotNowError
        self._pause(wait_s)
        self._pace.sent(chat, messages)

    def _put(self, row: Shown) -> Shown:
        with self._studio.database.begin() as connection:
            phone.put(connection, row)
        return row


def _button(item: ReviewItem, chat: int, action: str, until: datetime) -> Button:
    return Button(item.artist_id, item.run_id, chat, action, item.approval_hash, until)


def _without(data: dict[str, object], name: str) -> dict[str, object]:
    return {key: told for key, told in data.items() if key != name}
