"""The label as a whole: one attribute per noun, each with its verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock, SystemClock
from noktvrn.label.artists import Artists
from noktvrn.label.batch.verbs import Batch
from noktvrn.label.booking import Booking
from noktvrn.label.books import Books
from noktvrn.label.casting import cast_roles
from noktvrn.label.desk import Desk
from noktvrn.label.events import Events
from noktvrn.label.exports import Exports
from noktvrn.label.faults import Faults
from noktvrn.label.figures import Figures
from noktvrn.label.hooks import Hooks
from noktvrn.label.house import House
from noktvrn.label.imports import Imports
from noktvrn.label.lifecycle import Lifecycle
from noktvrn.label.money import Cashbook
from noktvrn.label.office import Office
from noktvrn.label.plans import Plans
from noktvrn.label.profiles import Profiles
from noktvrn.label.prompts import Prompts
from noktvrn.label.providers import Providers
from noktvrn.label.releases import Releases
from noktvrn.label.remaking import Remakes
from noktvrn.label.runs import Runs
from noktvrn.label.stranded import Stranded
from noktvrn.label.switch import Switch
from noktvrn.label.takes import Takes
from noktvrn.label.turns import Turns
from noktvrn.label.vault import VaultDesk
from noktvrn.label.voices import Voices
from noktvrn.label.words import WritersRoom
from noktvrn.outbound import gate
from noktvrn.production.queues import EVERY, Queue
from noktvrn.production.studio import Studio
from noktvrn.production.telling import tell_all
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import removals
from noktvrn.storage.redis.aids import join
from noktvrn.storage.vault import open_vault

if TYPE_CHECKING:
    from noktvrn.label.phone.phone import Phone
    from noktvrn.production.engine import Executor


class Label:
    """Open it with `open_label`, close it when done."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.settings = office.studio.settings
        self.house = House(office)
        self.artists = Artists(office)
        self.profiles = Profiles(office)
        self.lifecycle = Lifecycle(office, self.artists)
        self.runs = Runs(office)
        self.takes = Takes(office)
        self.remakes = Remakes(office)
        self.batch = Batch(office, self.artists, self.runs, self.lifecycle)
        self.imports = Imports(office, self.runs)
        self.desk = Desk(office)
        self.releases = Releases(office)
        self.exports = Exports(office)
        self.plans = Plans(office)
        self.figures = Figures(office)
        self.voices = Voices(office)
        self.words = WritersRoom(office)
        self.money = Cashbook(office)
        self.prompts = Prompts(office)
        self.providers = Providers(office)
        self.hooks = Hooks(office)
        self.books = Books(office)
        self.vault = VaultDesk(office)
        self.switch = Switch(office)
        self.turns = Turns(office, self.runs, self.remakes)
        self.stranded = Stranded(office, self.runs)
        self.events = Events(office)
        self.faults = Faults(office)

    @cached_property
    def phone(self) -> Phone:
        """The desk on a phone."""
        from noktvrn.label.phone.phone import Phone  # most commands never need it

        return Phone(self)

    def close(self) -> None:
        """Lets go of what only one process holds at a time."""
        if "phone" in self.__dict__:
            self.phone.close()

    @contextmanager
    def working(self, serves: Sequence[Queue] = EVERY) -> Iterator[Executor]:
        """This process takes work from the queues it `serves` until the block ends."""
        with self.office.working(serves) as executor:
            yield executor


@contextmanager
def open_label(settings: Settings, clock: Clock | None = None) -> Iterator[Label]:
    """The label of these settings; makes the home and the ledger the first time.

    Raises:
        NotAllowed: the home cannot be written.
        Unavailable: the database does not answer.
    """
    clock = clock or SystemClock()
    database = Database(settings)
    aids = join(settings, database)
    vault = open_vault(settings, lambda artist_id, sha256: _story(database, artist_id, sha256))
    booking = Booking(settings, clock, database, vault, lambda notice: tell_all(studio, notice))
    studio = Studio(
        settings=settings,
        database=database,
        vault=vault,
        clock=clock,
        cast=cast_roles(settings, clock, database, booking.kit),
    )
    office = Office(studio, booking)
    try:
        label = Label(office)
        label.house.make_ready()
        with gate.watching(database), closing(label):
            yield label
    finally:
        aids.close()
        office.close()


def _story(database: Database, artist_id: str, sha256: str) -> str:
    with database.read() as connection:
        return removals.story(connection, artist_id, sha256)
