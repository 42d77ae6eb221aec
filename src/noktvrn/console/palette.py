"""The palette: every verb of the place, the ways between places, and the way to any run by its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text
from textual.command import DiscoveryHit, Hit, Hits, Provider

from noktvrn.console.screens.place import Place
from noktvrn.console.verbs import GOING, Verb

if TYPE_CHECKING:
    from noktvrn.console.app import Console

RUN = re.compile(r"run_[0-9a-z]{4,40}")


class Offer(NamedTuple):
    """Something the palette offers."""

    told: str
    shell: str
    act: Callable[[], object]


class Palette(Provider):
    """What can be done here."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for offer in self._offers():
            yield DiscoveryHit(Text(offer.told), offer.act, offer.told, offer.shell or None)

    async def search(self, query: str) -> Hits:
        """What fits; an id of a run is a place to go to."""
        matcher = self.matcher(query)
        for offer in (*self._runs(query), *self._offers()):
            score = matcher.match(f"{offer.told} {offer.shell}")
            if score > 0:
                yield Hit(score, Text(offer.told), offer.act, offer.told, offer.shell or None)

    @property
    def _console(self) -> Console:
        return self.app  # type: ignore[return-value]

    def _offers(self) -> Iterator[Offer]:
        place = self.screen if isinstance(self.screen, Place) else None
        if place is not None:
            selected = place.selected()
            for verb in place.VERBS:
                yield Offer(_told(verb), verb.on_shell(selected), partial(self._do, place, verb))
        for verb in GOING:
            yield Offer(_told(verb), verb.command, partial(self._console.run_action, verb.action))

    def _runs(self, query: str) -> Iterable[Offer]:
        for run_id in RUN.findall(query.strip()):
            yield Offer(
                f"Go to {run_id}", f"noktvrn run show {run_id}", partial(self._console.go_to_run, run_id)
            )

    async def _do(self, place: Place[object], verb: Verb) -> None:
        await self._console.run_action(verb.action, place)


def _told(verb: Verb) -> str:
    return f"{verb.told}  ({verb.spelt})"
