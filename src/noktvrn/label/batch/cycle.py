"""A cycle from its choice to its end.

The choice is a row of the ledger before anything is started, and each start is a transaction of its own that
finds what an earlier attempt has done. So a cycle may die anywhere and be gone on with by anybody, or be done
by several at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from noktvrn.kernel.errors import LabelError
from noktvrn.kernel.seeds import seed_of
from noktvrn.label.artists import Artists
from noktvrn.label.batch import trying
from noktvrn.label.batch.nouns import Begun, Chosen, Cycle, Skipped, Story
from noktvrn.label.batch.recruiting import next_prompt
from noktvrn.label.batch.standings import choose
from noktvrn.label.batch.starting import ACTOR, Starting
from noktvrn.label.lifecycle import Lifecycle
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.storage.ledger import batch, events, switch
from noktvrn.storage.ledger.batch import SLOT_OPEN, Slot
from noktvrn.words.prompt import clean


class Cycles:
    """Opens cycles and sees them to their end."""

    def __init__(self, office: Office, artists: Artists, runs: Runs, lifecycle: Lifecycle) -> None:
        self._office = office
        self._studio = office.studio
        self._artists = artists
        self._runs = runs
        self._lifecycle = lifecycle

    def run(self, schedule: str, slot: datetime) -> Cycle:
        """The cycle of a slot, done once however often it is asked for.

        Raises:
            NotReady: the label is stopped; what was begun is gone on with once it works again.
            Invalid: the person's variants or prompts cannot be read.
        """
        with self._studio.database.read() as connection:
            switch.check(connection)
            known = batch.find_slot(connection, schedule, slot)
        if known is None:
            self._lifecycle.check()
            known = self._opened(schedule, slot)
        return self.finish(known)

    def preview(self) -> Story:
        """What a cycle would choose now; nothing is written or started."""
        now = self._studio.clock.now()
        return self._choice("preview", now, now)

    def left_open(self) -> tuple[Slot, ...]:
        """Cycles somebody began and nobody saw to their end, oldest first."""
        with self._studio.database.read() as connection:
            return tuple(batch.open_slots(connection))

    def _opened(self, schedule: str, slot: datetime) -> Slot:
        """The slot's row: with a choice of ours, or as somebody else wrote it a moment earlier."""
        now = self._studio.clock.now()
        trying.read_back(self._studio.database, now)
        story = self._choice(schedule, slot, now)
        with self._studio.database.begin() as connection:
            switch.check(connection)
            batch.open_slot(connection, schedule, slot, story.as_data(), now)
            found = batch.find_slot(connection, schedule, slot)
        assert found is not None  # noqa: S101 - it is there since the statement before
        return found

    def _choice(self, schedule: str, slot: datetime, now: datetime) -> Story:
        settings = self._studio.settings
        with self._studio.database.read() as connection:
            selection, note = choose(connection, settings, now)
            known = trying.standing(connection, settings, now)
            prompt = next_prompt(connection, settings)
        chosen = tuple(
            Chosen(
                artist_id=one.artist_id,
                why=one.why.value,
                brief_id=one.brief_id,
                variant=trying.drawn(known, one.artist_id, schedule, slot),
            )
            for one in selection.chosen
        )
        passed = {reason.value: count for reason, count in sorted(selection.passed.items())}
        return Story(chosen=chosen, passed=passed, prompt=prompt, note=note)

    def finish(self, slot: Slot) -> Cycle:
        """Does what the row says, if it is not done yet. A choice that has grown old is let go.

        Raises:
            NotReady: the label was stopped meanwhile; the slot stays open.
        """
        if slot.state != SLOT_OPEN:
            return Cycle.of(slot)
        with self._studio.database.read() as connection:
            switch.check(connection)
        story, now = Story.model_validate(slot.data), self._studio.clock.now()
        if now - slot.opened_at > timedelta(seconds=self._studio.settings.batch_catch_up_s):
            news = {"note": "left undone for too long; let go", "begun": self._begun_before(slot)}
            return self._closed(slot, story.model_copy(update=news))
        joined, trouble = self._recruited(story.prompt)
        starting = Starting(
            self._office, self._artists, self._runs, trying.known_variants(self._studio.settings)
        )
        ends = [starting.start(slot, choice) for choice in story.chosen]
        news = {
            "joined": joined,
            "begun": tuple(end for end in ends if isinstance(end, Begun)),
            "skipped": tuple(end for end in ends if isinstance(end, Skipped)),
            "note": "; ".join(part for part in (story.note, trouble) if part),
        }
        return self._closed(slot, story.model_copy(update=news))

    def _begun_before(self, slot: Slot) -> tuple[Begun, ...]:
        """What was started of the slot before somebody died over it."""
        with self._studio.database.read() as connection:
            known = batch.begun_in(connection, slot.schedule, slot.slot)
        return tuple(
            Begun(artist_id=one.artist_id, name=name, run_id=one.run_id, why=one.why, variant=one.variant)
            for one, name in known
        )

    def _recruited(self, prompt: str) -> tuple[str, str]:
        """The name of the artist a sentence makes, or what kept it from being made. The same sentence and
        seed find the artist they made before."""
        if not prompt:
            return "", ""
        try:
            made = self._artists.create(prompt, seed=seed_of(clean(prompt).text), actor=ACTOR)
        except LabelError as error:
            return "", f"no new artist: {error.message}"
        return made.profile.stage_name, ""

    def _closed(self, slot: Slot, story: Story) -> Cycle:
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            if batch.close_slot(connection, slot.schedule, slot.slot, story.as_data(), now):
                events.add(
                    connection,
                    kind="batch.done",
                    subject=slot.slot.isoformat(),
                    state="done",
                    detail={"schedule": slot.schedule, "started": len(story.begun)},
                    at=now,
                )
            found = batch.find_slot(connection, slot.schedule, slot.slot)
        assert found is not None  # noqa: S101 - slots are never deleted
        return Cycle.of(found)
