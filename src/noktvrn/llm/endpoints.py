"""Which language models can be asked, in which order: the settings over the dated table `endpoints.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from noktvrn.kernel.errors import Invalid
from noktvrn.settings import Settings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service and the model asked there. `limit` is what its wire calls the longest answer."""

    name: str
    title: str
    base_url: str
    model: str
    limit: str
    key: SecretStr | None = None
    free: bool = False


def endpoints(settings: Settings) -> tuple[Endpoint, ...]:
    """Every endpoint with a key or a base URL of its own, in the order of `NOKTVRN_LLM`.

    Raises:
        Invalid: the order names an unknown service, or a server of one's own has no model.
    """
    found = (_endpoint(name, settings) for name in settings.llm)
    return tuple(endpoint for endpoint in found if endpoint is not None)


def _endpoint(name: str, settings: Settings) -> Endpoint | None:
    rows = _rows()
    if name not in rows:
        raise Invalid(
            f"NOKTVRN_LLM names {name!r}, which is no known service.",
            code="llm.unknown_service",
            hint=f"Known are {', '.join(rows)}.",
        )
    row = rows[name]
    key: SecretStr | None = getattr(settings, f"{name}_api_key")
    own_url: str | None = getattr(settings, f"{name}_base_url")
    if key is None and own_url is None:
        return None
    base_url = own_url or row["base_url"]
    model = getattr(settings, f"{name}_model") or row["model"]
    if not base_url or not model:
        raise Invalid(
            f"{row['title']} has no {'model' if base_url else 'base URL'}.",
            code="llm.incomplete",
            hint="Set NOKTVRN_LLM_URL and NOKTVRN_LLM_MODEL.",
        )
    return Endpoint(name, row["title"], base_url, model, row["limit"], key, row.get("free", False))


@cache
def _rows() -> dict[str, dict[str, Any]]:
    table = tomllib.loads((Path(__file__).parent / "endpoints.toml").read_text("utf-8"))
    return {name: row for name, row in table.items() if isinstance(row, dict)}
