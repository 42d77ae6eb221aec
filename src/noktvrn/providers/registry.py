"""Who can play which role. Manifests are read without importing code; code is imported when cast."""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, ValidationError

from noktvrn.kernel.errors import Fault, Invalid, NotReady
from noktvrn.model.noun import Noun
from noktvrn.providers._kit import Kit
from noktvrn.settings import Settings

Role = Literal[
    "writer", "composer", "singer", "illustrator", "filmmaker", "messenger", "distributor", "evaluator"
]


class Manifest(Noun):
    """`manifest.toml` of a provider's folder."""

    id: str
    title: str
    roles: tuple[Role, ...]
    needs: tuple[str, ...] = ()
    """Settings that must be set before it can play (field names of `Settings`)."""
    licence_class: str
    terms: str = ""
    cost: str = "free"
    limits: str = ""
    docs: str = ""


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every provider of this package, by id.

    Raises:
        Fault: a manifest cannot be read.
    """
    here = Path(__file__).parent
    return tuple(_read(path) for path in sorted(here.glob("*/manifest.toml")))


def _read(path: Path) -> Manifest:
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Fault(f"The manifest {path.parent.name}/{path.name} cannot be read: {error}") from error


def players(role: Role) -> tuple[Manifest, ...]:
    """Every provider that plays a role."""
    return tuple(manifest for manifest in manifests() if role in manifest.roles)


def missing(manifest: Manifest, settings: Settings) -> tuple[str, ...]:
    """The settings a provider needs and does not have."""
    return tuple(name for name in manifest.needs if not getattr(settings, name, None))


def variable(name: str) -> str:
    """The environment variable a setting is read from."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0] if isinstance(alias, AliasChoices) else alias or name)


def open_player(role: Role, provider: str, settings: Settings, kit: Kit) -> Any:
    """The provider's player, checked against its manifest. The caller names the role's Protocol.

    Raises:
        Invalid: there is no such provider, or it does not play the role.
        NotReady: a setting it needs is not set.
    """
    known = {manifest.id: manifest for manifest in players(role)}
    if provider not in known:
        raise Invalid(
            f"No provider called {provider} plays {role}.",
            code="provider.unknown",
            hint=f"Players of {role}: {', '.join(known)}.",
        )
    absent = missing(known[provider], settings)
    if absent:
        raise NotReady(
            f"{known[provider].title} needs {', '.join(map(variable, absent))}.",
            code="provider.unset",
            hint="Set it in the environment or in .env.",
        )
    module = importlib.import_module(f"noktvrn.providers.{provider}")
    return module.open(settings, kit)
