"""What a production may cost before anything is spent: who would be asked first for each part, and who else.

Providers name the price of an order when they order, so the orders of a production like this one are made up
and stopped at the desk: the quotes are the providers' own, nothing is sent, nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from noktvrn.artist.builder import build
from noktvrn.kernel.errors import LabelError
from noktvrn.kernel.ids import parse
from noktvrn.label.casting import CLOSING, chains
from noktvrn.label.office import Office
from noktvrn.label.specimens import Specimen
from noktvrn.model.artist import Profile
from noktvrn.model.brief import Brief
from noktvrn.outbound.budgets import caps_for
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
from noktvrn.outbound.jobs.service import Service
from noktvrn.production.scratch import fresh_folder
from noktvrn.providers import registry
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import Role
from noktvrn.storage.ledger import artists, budgets, caps

EMBEDDED = "the embedded engine"
BY_THE_WORD = "at most, with every text judged and mended; `noktvrn llm usage` tells what it cost so far"
FREE = "free of charge, by its licence"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider would take for a part at most: by unit (millionths for USD), and how long it usually is
    at it. `note` says what is not counted; `ready` is false where it cannot be asked now."""

    provider: str
    charges: dict[str, int]
    usual_s: float = 0.0
    note: str = ""
    ready: bool = True

    def times(self, songs: int) -> Offer:
        """The same for so many songs."""
        charges = {unit: songs * amount for unit, amount in self.charges.items()}
        return replace(self, charges=charges, usual_s=songs * self.usual_s)


@dataclass(frozen=True, slots=True)
class PartEstimate:
    """A part, and who is asked for it, in order; the last one needs nothing."""

    part: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left in a budget that is counted and capped, in one unit."""

    scope: str
    unit: str
    left: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """All parts, and what is left in every budget they would count in."""

    parts: tuple[PartEstimate, ...]
    left: tuple[Left, ...]

    @property
    def total(self) -> dict[str, int]:
        """The most the first ones asked would take together, by unit."""
        found: Counter[str] = Counter()
        for part in self.parts:
            found.update(part.offers[0].charges)
        return dict(found)


class _Stopped(Exception):
    """An order that came as far as the desk."""

    def __init__(self, order: JobOrder) -> None:
        super().__init__(order.provider)
        self.order = order


class _Stop:
    """A desk that lets nothing through."""

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        """Raises what was ordered."""
        raise _Stopped(order)


class Estimates:
    """Verbs about what things would cost."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio
        self._booking = office.booking

    def of(
        self,
        artist_id: str | None = None,
        *,
        prompt: str = "",
        duration_s: int | None = None,
        takes: int | None = None,
        with_video: bool = True,
        songs: int = 1,
    ) -> Estimate:
        """A production of this artist, or the debut of one made of `prompt`. Spends nothing, asks nobody.

        Of a record words, recordings and voices are counted for each of its `songs`, the rest once.

        Raises:
            NotFound: no such artist. Invalid: a provider is cast that does not exist, or nothing can be made
                of the prompt.
        """
        settings = self._studio.settings
        count = takes or settings.takes
        order = chains(settings)
        with fresh_folder(self._studio.scratch) as folder:
            length = duration_s or Brief.model_fields["duration_s"].default
            specimen = Specimen(self._profile(artist_id, prompt), length, folder, settings)
            parts = [
                self._part("track", order["composer"], "composer", specimen, count, songs),
                self._part("cover", order["illustrator"], "illustrator", specimen, 1),
            ]
            if any(registry.paid(name, settings) for name in order["singer"]):
                parts.insert(1, self._part("voice", order["singer"], "singer", specimen, count, songs))
            if models := self._models(specimen, prompt, songs):
                parts.insert(0, models)
            if with_video:
                parts += self._films(order, specimen)
        return Estimate(tuple(parts), tuple(self._left(parts, artist_id or "")))

    def _profile(self, artist_id: str | None, prompt: str) -> Profile:
        """The artist's, or one the embedded writer makes of the prompt: it costs nothing and is not kept."""
        if artist_id is not None:
            with self._studio.database.read() as connection:
                return artists.get(connection, parse("artist", artist_id)).profile
        kit = Kit(self._studio.clock, self._studio.scratch)
        writer = registry.open_player("writer", "procedural_writer", self._studio.settings, kit)
        now = self._studio.clock.now()
        return build(writer, prompt=prompt, seed=0, taken_names=(), now=now)[0].profile

    def _models(self, specimen: Specimen, prompt: str, songs: int) -> PartEstimate | None:
        """The language models that write the words; None where the embedded writer does. Of a debut, the
        profile's are among them."""
        from noktvrn.llm.endpoints import endpoints
        from noktvrn.llm.forecast import at_most

        settings = self._studio.settings
        jobs, offers = [*specimen.writing(prompt)] * songs, []
        for one in endpoints(settings):
            most = at_most(one, jobs, iterations=settings.llm_iterations)
            offers.append(Offer(one.ref, {"USD": most}, note=BY_THE_WORD) if most else Offer(one.ref, {}))
        return PartEstimate("words", (*offers, Offer(EMBEDDED, {}))) if offers else None

    def _films(self, order: dict[Role, tuple[str, ...]], specimen: Specimen) -> list[PartEstimate]:
        found = []
        for kind, shots in specimen.shots.items():
            footage = [
                Offer(name, {}, note="free of charge, by its licence") for name in order["stock_library"]
            ]
            cameras = [self._offer(name, "camera", specimen, shots) for name in order["camera"]]
            found.append(PartEstimate(kind, (*footage, *cameras, Offer(EMBEDDED, {}))))
        return found

    def _part(
        self, part: str, names: Iterable[str], role: Role, specimen: Specimen, count: int, songs: int = 1
    ) -> PartEstimate:
        """`count` pieces for each of `songs`: what comes by one order is one song's."""
        offers = (self._offer(name, role, specimen, count) for name in names)
        return PartEstimate(part, tuple(offer.times(songs) for offer in offers))

    def _offer(self, name: str, role: Role, specimen: Specimen, count: int) -> Offer:
        """All orders for `count` pieces; pieces that come by one order are paid once."""
        if name == CLOSING.get(role):
            return Offer(EMBEDDED, {})
        manifest = registry.manifest_of(name)
        absent = registry.missing(manifest, self._studio.settings)
        if absent:
            needs = ", ".join(map(registry.variable, absent))
            return Offer(name, {}, note=f"needs {needs}", ready=False)
        if not registry.costs(manifest, self._studio.settings):
            return Offer(name, {}, float(manifest.price.get("usual_s", 0)), manifest.cost)
        orders = {one.key: one for one in self._orders(name, role, specimen, count)}
        if not orders:
            return Offer(name, {}, note=f"not told beforehand: {manifest.cost}")
        charges: Counter[str] = Counter()
        for one in orders.values():
            charges.update({charge.unit: charge.amount for charge in one.quote.charges})
        charges.update(_lossless(manifest.price, list(charges), count))
        usual = sum(one.quote.usual_s for one in orders.values())
        return Offer(name, dict(charges), usual)

    def _orders(self, name: str, role: Role, specimen: Specimen, count: int) -> list[JobOrder]:
        kit = Kit(self._studio.clock, self._studio.scratch, jobs=_Stop(), rights=self._booking.rights)
        found = []
        try:
            player: Any = registry.open_player(role, name, self._studio.settings, kit)
            for number in range(1, count + 1):
                try:
                    specimen.ask(role, player, number)
                except _Stopped as stopped:
                    found.append(stopped.order)
        except LabelError:
            return found
        return found

    def _left(self, parts: Iterable[PartEstimate], artist_id: str) -> Iterable[Left]:
        """Of each capped budget the offers would count in, widest first."""
        offers = [offer for part in parts for offer in part.offers if offer.charges]
        seen: dict[tuple[str, str], int] = {}
        with self._studio.database.read() as connection:
            known = caps.known(connection)
            spent = {(one.scope, one.currency): one.spent + one.held for one in budgets.every(connection)}
        for offer in offers:
            scopes = caps_for(
                self._studio.settings,
                provider=offer.provider.partition("/")[0],
                task="",
                artist_id=artist_id,
                now=self._studio.clock.now(),
            )
            for unit in offer.charges:
                for scope in caps.over(known, scopes, unit):
                    if scope.cap_micros is not None and scope.name != "task:":
                        key = (scope.name, unit)
                        seen[key] = scope.cap_micros - spent.get(key, 0)
        return [Left(scope, unit, left) for (scope, unit), left in seen.items()]


def _lossless(price: Mapping[str, Any], units: Iterable[str], count: int) -> dict[str, int]:
    """What the lossless files of `count` songs cost where each is an order of its own: such a manifest has
    `wav_micros`, and `wav_credits` of the service's own unit."""
    own = [unit for unit in units if unit != "USD"]
    found = {"USD": count * int(price["wav_micros"])} if "wav_micros" in price else {}
    return found | {unit: count * int(price["wav_credits"]) for unit in own if "wav_credits" in price}
