"""The label as a whole: one attribute per noun, each with its verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock, SystemClock
from noktvrn.label.booking import Booking
from noktvrn.label.casting import cast_roles
from noktvrn.label.house import House
from noktvrn.label.office import Office
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
    from noktvrn.label.artists import Artists
    from noktvrn.label.batch.verbs import Batch
    from noktvrn.label.books import Books
    from noktvrn.label.desk import Desk
    from noktvrn.label.events import Events
    from noktvrn.label.exports import Exports
    from noktvrn.label.faults import Faults
    from noktvrn.label.figures import Figures
    from noktvrn.label.hooks import Hooks
    from noktvrn.label.imports import Imports
    from noktvrn.label.lifecycle import Lifecycle
    from noktvrn.label.money import Cashbook
    from noktvrn.label.phone.phone import Phone
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
    from noktvrn.production.engine import Executor


class Label:
    """Open it with `open_label`, close it when done.

    A noun's room is imported when the noun is first used: most commands need one or two of them, and all
    together cost a second.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.settings = office.studio.settings
        self.house = House(office)

    @cached_property
    def artists(self) -> Artists:
        """Artists: create, look, evolve."""
        from noktvrn.label.artists import Artists

        return Artists(self.office)

    @cached_property
    def profiles(self) -> Profiles:
        """The profiles of artists over time."""
        from noktvrn.label.profiles import Profiles

        return Profiles(self.office)

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle of artists."""
        from noktvrn.label.lifecycle import Lifecycle

        return Lifecycle(self.office, self.artists)

    @cached_property
    def runs(self) -> Runs:
        """Runs: start, watch, resume, cancel."""
        from noktvrn.label.runs import Runs

        return Runs(self.office)

    @cached_property
    def takes(self) -> Takes:
        """Takes of runs and releases."""
        from noktvrn.label.takes import Takes

        return Takes(self.office)

    @cached_property
    def remakes(self) -> Remakes:
        """Parts of runs made anew."""
        from noktvrn.label.remaking import Remakes

        return Remakes(self.office)

    @cached_property
    def batch(self) -> Batch:
        """The label by itself."""
        from noktvrn.label.batch.verbs import Batch

        return Batch(self.office, self.artists, self.runs, self.lifecycle)

    @cached_property
    def imports(self) -> Imports:
        """A person's own recordings, covers and words."""
        from noktvrn.label.imports import Imports

        return Imports(self.office, self.runs)

    @cached_property
    def desk(self) -> Desk:
        """What waits for a verdict, and the verdicts."""
        from noktvrn.label.desk import Desk

        return Desk(self.office)

    @cached_property
    def releases(self) -> Releases:
        """Sealed releases."""
        from noktvrn.label.releases import Releases

        return Releases(self.office)

    @cached_property
    def exports(self) -> Exports:
        """Copies of a run's song."""
        from noktvrn.label.exports import Exports

        return Exports(self.office)

    @cached_property
    def plans(self) -> Plans:
        """Content calendars."""
        from noktvrn.label.plans import Plans

        return Plans(self.office)

    @cached_property
    def figures(self) -> Figures:
        """What listeners did."""
        from noktvrn.label.figures import Figures

        return Figures(self.office)

    @cached_property
    def voices(self) -> Voices:
        """Consents to people's voices."""
        from noktvrn.label.voices import Voices

        return Voices(self.office)

    @cached_property
    def words(self) -> WritersRoom:
        """The writers' room."""
        from noktvrn.label.words import WritersRoom

        return WritersRoom(self.office)

    @cached_property
    def money(self) -> Cashbook:
        """Tickets and budgets."""
        from noktvrn.label.money import Cashbook

        return Cashbook(self.office)

    @cached_property
    def prompts(self) -> Prompts:
        """Prompts and their trials."""
        from noktvrn.label.prompts import Prompts

        return Prompts(self.office)

    @cached_property
    def providers(self) -> Providers:
        """Who plays what, and under which terms."""
        from noktvrn.label.providers import Providers

        return Providers(self.office)

    @cached_property
    def hooks(self) -> Hooks:
        """Callbacks of outside services."""
        from noktvrn.label.hooks import Hooks

        return Hooks(self.office)

    @cached_property
    def books(self) -> Books:
        """The books as a whole."""
        from noktvrn.label.books import Books

        return Books(self.office)

    @cached_property
    def vault(self) -> VaultDesk:
        """The vault as a person looks after it."""
        from noktvrn.label.vault import VaultDesk

        return VaultDesk(self.office)

    @cached_property
    def switch(self) -> Switch:
        """The label's one switch."""
        from noktvrn.label.switch import Switch

        return Switch(self.office)

    @cached_property
    def turns(self) -> Turns:
        """Runs on their way once more."""
        from noktvrn.label.turns import Turns

        return Turns(self.office, self.runs, self.remakes)

    @cached_property
    def stranded(self) -> Stranded:
        """Runs that have no workflow any more."""
        from noktvrn.label.stranded import Stranded

        return Stranded(self.office, self.runs)

    @cached_property
    def events(self) -> Events:
        """What changes in the label."""
        from noktvrn.label.events import Events

        return Events(self.office)

    @cached_property
    def faults(self) -> Faults:
        """What went wrong."""
        from noktvrn.label.faults import Faults

        return Faults(self.office)

    @cached_property
    def phone(self) -> Phone:
        """The desk on a phone."""
        from noktvrn.label.phone.phone import Phone

        return Phone(self)

    def move_in(self) -> None:
        """Imports every noun's room now. For whoever uses the label on several threads: none of them waits
        for another's imports then, and the first one to ask is answered as fast as the next."""
        for name, noun in vars(Label).items():
            if isinstance(noun, cached_property):
                getattr(self, name)

    def close(self) -> None:
        """Lets go of what only one process holds at a time."""
        if "phone" in self.__dict__:
            self.phone.close()

    @contextmanager
    def working(self, serves: Sequence[Queue] = EVERY) -> Iterator[Executor]:
        """This process takes work from the queues it `serves` until the block ends."""
        self.move_in()
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
