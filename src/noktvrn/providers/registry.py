"""Who can play which role. Manifests are read without importing code; code is imported when cast."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import AliasChoices, Field, ValidationError, field_validator

from noktvrn import providers
from noktvrn.kernel.errors import Fault, Invalid, NotFound, NotReady
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Rights
from noktvrn.providers._kit import Health, Kit
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service

Role = Literal[
    "writer",
    "composer",
    "singer",
    "illustrator",
    "filmmaker",
    "camera",
    "stock_library",
    "messenger",
    "distributor",
    "evaluator",
]


class Manifest(Noun):
    """`manifest.toml` of a provider's folder."""

    id: str = Field(pattern="^[a-z][a-z0-9_]{1,39}$")
    title: str
    roles: tuple[Role, ...]
    needs: tuple[str, ...] = ()
    """Settings that must be set before it can play (field names of `Settings`)."""
    licence_class: str
    terms: str = ""
    cost: str = "free"
    limits: str = ""
    docs: str = ""
    paid: bool = Field(default=False, description="asks for money or credits")
    paid_if: str = Field(default="", description="the setting that makes it a paid one where it is set")
    unofficial: bool = Field(default=False, description="resells without the maker's sanction")
    price: dict[str, Any] = Field(default={}, description="dated figures its quotes are made of")
    rights: dict[str, Any] = Field(default={}, description="fields of Rights: what its terms say by default")

    @field_validator("price")
    @classmethod
    def _dated(cls, value: dict[str, Any]) -> dict[str, Any]:
        if value:
            date.fromisoformat(str(value.get("as_of", "")))
            if not value.get("source"):
                raise ValueError("a price needs `source`: whose figures these are")
        return value

    @field_validator("rights")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        Rights.model_validate(value)
        return value


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every provider of this package, by id. Folders that begin with an underscore are none.

    Raises:
        Fault: a manifest cannot be read, or does not name its own folder.
    """
    found = [path for home in providers.__path__ for path in Path(home).glob("[!_]*/manifest.toml")]
    return tuple(_read(path) for path in sorted(found))


def _read(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise Fault(f"The manifest {path.parent.name}/{path.name} cannot be read: {error}") from error
    if manifest.id != path.parent.name:
        raise Fault(f"The manifest {path.parent.name}/{path.name} is of another provider, {manifest.id}.")
    return manifest


def players(role: Role) -> tuple[Manifest, ...]:
    """Every provider that plays a role."""
    return tuple(manifest for manifest in manifests() if role in manifest.roles)


def find(name: str) -> Manifest | None:
    """The provider's manifest, or None."""
    return next((manifest for manifest in manifests() if manifest.id == name), None)


def manifest_of(name: str) -> Manifest:
    """The provider's manifest. Raises NotFound."""
    found = find(name)
    if found is None:
        raise NotFound(
            f"There is no provider {name}.",
            code="provider.not_found",
            hint="`noktvrn provider list` shows those there are.",
        )
    return found


def paid(name: str, settings: Settings) -> bool:
    """Whether a provider asks for money or credits, or was told by the settings that it costs some."""
    found = find(name)
    return found is not None and costs(found, settings)


def is_outside(name: str) -> bool:
    """Whether a provider's work is done elsewhere, so that this machine only waits for it."""
    found = find(name)
    return found is not None and (found.paid or bool(found.price))


def costs(manifest: Manifest, settings: Settings) -> bool:
    """Whether what it makes costs money or credits: always, or by a setting of the person's."""
    return manifest.paid or bool(manifest.paid_if and getattr(settings, manifest.paid_if, None))


def price(name: str) -> Mapping[str, Any]:
    """The provider's dated figures, as its manifest has them. Raises NotFound."""
    return manifest_of(name).price


def rights_of(name: str) -> Rights:
    """Under which rights a provider's work is made where no person has recorded plan and terms.

    What an outside provider's manifest does not say is not known: `dsp_release` is `unknown` then.
    Raises NotFound.
    """
    manifest = manifest_of(name)
    if not manifest.rights and manifest.licence_class == "procedural" and not manifest.paid:
        return Rights()
    told = {"dsp_release": "unknown", "licence": f"by the terms of {manifest.title}", **manifest.rights}
    return Rights.model_validate(told)


def missing(manifest: Manifest, settings: Settings) -> tuple[str, ...]:
    """The settings a provider needs and does not have."""
    return tuple(name for name in manifest.needs if not getattr(settings, name, None))


def variable(name: str) -> str:
    """The environment variable a setting is read from."""
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field is not None else None
    return str(alias.choices[0] if isinstance(alias, AliasChoices) else alias or name.upper())


def check_cast(role: Role, names: tuple[str, ...]) -> None:
    """Passes where every one of these providers plays the role. Raises Invalid; imports no provider."""
    known = [manifest.id for manifest in players(role)]
    for name in names:
        if name not in known:
            raise Invalid(
                f"No provider called {name} plays {role}.",
                code="provider.unknown",
                hint=f"Players of {role}: {', '.join(known)}.",
            )


def open_player(role: Role, provider: str, settings: Settings, kit: Kit) -> Any:
    """The provider's player, checked against its manifest. The caller names the role's Protocol.

    Raises:
        Invalid: there is no such provider, or it does not play the role.
        NotReady: a setting it needs is not set.
    """
    check_cast(role, (provider,))
    return _module(provider, settings).open(settings, kit)


def open_service(provider: str, purpose: str, settings: Settings, kit: Kit) -> Service | None:
    """What the provider tells the house of its jobs of one purpose; None: it orders none.

    Raises:
        NotFound: there is no such provider. NotReady: a setting it needs is not set.
    """
    module = _module(provider, settings)
    if not hasattr(module, "service"):
        return None
    return cast("Service", module.service(settings, kit, purpose))


def health(provider: str, settings: Settings, kit: Kit) -> Health | None:
    """What a free question to the provider's service comes to; None: there is nothing to ask.

    Raises:
        NotFound: there is no such provider. NotReady: a setting it needs is not set.
        Outside: the service does not answer, or says no.
    """
    module = _module(provider, settings)
    return cast("Health", module.health(settings, kit)) if hasattr(module, "health") else None


def signed(provider: str, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a callback may be a provider's. One that signs nothing is known by the token in the path alone;
    nobody calls back for a provider that is not there or has no key."""
    try:
        module = _module(provider, settings)
    except (NotFound, NotReady):
        return False
    return bool(module.signed(settings, headers, body, now)) if hasattr(module, "signed") else True


def _module(provider: str, settings: Settings) -> Any:
    manifest = manifest_of(provider)
    absent = missing(manifest, settings)
    if absent:
        raise NotReady(
            f"{manifest.title} needs {', '.join(map(variable, absent))}.",
            code="provider.unset",
            hint=_how_to_set(absent),
        )
    return importlib.import_module(f"noktvrn.providers.{provider}")


def _how_to_set(names: tuple[str, ...]) -> str:
    """A setting nobody reads yet is one of a provider that is being written."""
    unread = [name for name in names if name not in Settings.model_fields]
    if unread:
        return f"No setting is read from there yet: add {', '.join(unread)} to settings.py and .env.example."
    return "Set it in the environment or in .env."
