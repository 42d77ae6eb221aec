"""Providers: who plays what, whether they would play now, and under which terms their work is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.label.office import Office
from noktvrn.model.provenance import Rights
from noktvrn.model.terms import Terms
from noktvrn.providers import registry
from noktvrn.providers._kit import Health
from noktvrn.providers.registry import Manifest
from noktvrn.storage import audit
from noktvrn.storage.ledger import breakers, jobs, terms
from noktvrn.storage.ledger.breakers import Breaker
from noktvrn.storage.ledger.jobs import Job

LAST_TICKETS = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the house knows of a provider. `missing` are variables that are not set; `rights` those of
    work made today; `resting` are breakers that are not closed; `tickets` the last ones, newest first."""

    manifest: Manifest
    missing: tuple[str, ...]
    rights: Rights
    records: tuple[Terms, ...]
    resting: tuple[Breaker, ...]
    tickets: tuple[Job, ...]


class Providers:
    """Verbs about providers."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio
        self._booking = office.booking

    def sheet(self, name: str) -> Sheet:
        """One provider. Raises NotFound."""
        manifest = registry.manifest_of(name)
        rights = self._booking.rights(name)
        with self._studio.database.read() as connection:
            return Sheet(
                manifest=manifest,
                missing=tuple(map(registry.variable, registry.missing(manifest, self._studio.settings))),
                rights=rights,
                records=terms.of_provider(connection, name),
                resting=tuple(one for one in breakers.every(connection) if _is_of(one, name)),
                tickets=tuple(jobs.every(connection, provider=name)[: -LAST_TICKETS - 1 : -1]),
            )

    def test(self, name: str) -> Health | None:
        """What one free question to the provider comes to; None: there is nothing to ask.

        One that is well is not left alone any more, whatever it did before.

        Raises:
            NotFound: no such provider. NotReady: a setting it needs is not set.
            Outside: it does not answer, or says no.
        """
        found = registry.health(name, self._studio.settings, self._booking.kit)
        if found is not None and found.well:
            self._wake(name)
        return found

    def _wake(self, name: str) -> None:
        with self._studio.database.begin() as connection:
            for one in breakers.every(connection):
                if one.name == name and one.state != "closed":
                    breakers.save(connection, Breaker(one.name), self._studio.clock.now())

    def record_terms(
        self,
        name: str,
        *,
        plan: str,
        dsp_release: str,
        since: date,
        url: str = "",
        actor: str = "person",
    ) -> Terms:
        """A person's word on plan and terms, for all that is made from `since` on; written into the trail.

        Raises:
            NotFound: no such provider. Invalid: a value cannot be, such as a day that lies ahead.
        """
        registry.manifest_of(name)
        now = self._studio.clock.now()
        if since > now.date():
            raise Invalid(
                f"{since} lies ahead.", code="terms.bad_date", hint="Record terms once they have begun."
            )
        record = _terms(
            {
                "provider": name,
                "plan": plan,
                "dsp_release": dsp_release,
                "since": since,
                "url": url,
                "recorded_by": actor,
                "recorded_at": now,
            }
        )
        with self._studio.database.begin() as connection:
            terms.add(connection, record)
            audit.record(
                connection,
                "provider.terms",
                artist_id=audit.LABEL,
                subject=name,
                actor=actor,
                at=now,
                detail={
                    "plan": plan,
                    "dsp_release": dsp_release,
                    "since": since.isoformat(),
                    "url": url,
                },
            )
        return record


def _is_of(breaker: Breaker, name: str) -> bool:
    own = breaker.name in (name, f"charge/{name}") or breaker.name.startswith(f"{name}/")
    return own and breaker.state != "closed"


def _terms(values: dict[str, object]) -> Terms:
    try:
        return Terms.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            f"The {first['loc'][0]} cannot be: {first['msg']}.",
            code="terms.invalid",
            hint="A plan has a short name, --dsp-release is yes, no or unknown, and --url an http address.",
        ) from error
