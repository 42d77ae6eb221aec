"""What the verbs work with: the studio, who is booked from outside, and the way into the workflow engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from noktvrn.label.booking import Booking
from noktvrn.production.queues import EVERY, Queue
from noktvrn.production.studio import Studio

if TYPE_CHECKING:
    from noktvrn.production.dispatcher import Dispatcher
    from noktvrn.production.engine import Executor


class Office:
    """The studio and the booking, and a dispatcher that is made only when something has to be enqueued."""

    def __init__(self, studio: Studio, booking: Booking) -> None:
        self.studio = studio
        self.booking = booking

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The way into the workflow engine."""
        # The engine costs more than a second to import; a list or a page never needs it.
        from noktvrn.production.dispatcher import Dispatcher

        studio = self.studio
        return Dispatcher(studio.database, studio.settings.durability, studio.cast.outside)

    @contextmanager
    def working(self, serves: Sequence[Queue] = EVERY) -> Iterator[Executor]:
        """This process takes work from the queues it `serves` until the block ends."""
        from noktvrn.production import engine
        from noktvrn.production.stages import STAGES

        with engine.running(self.studio, STAGES, serves) as executor:
            yield executor

    def close(self) -> None:
        """Lets go of every connection."""
        if "dispatcher" in self.__dict__:
            self.dispatcher.close()
        self.booking.close()
        self.studio.database.close()
