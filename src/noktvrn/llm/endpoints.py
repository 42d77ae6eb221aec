"""Which language models can be asked, in which order: the settings over the dated table `endpoints.toml`.

Beside the bundled services stand servers of the person's own: `local`, and those of the TOML file that
`NOKTVRN_LLM_SERVERS` names. They are free by declaration and get their own, longer time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.prices import FREE, Rates, dearer, own_rates, rates_of
from noktvrn.settings import Settings

Wire = Literal["openai", "anthropic"]
Structured = Literal["json_schema", "json_object", "none"]
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service and the model asked there. `limit` is what its wire calls the longest answer.

    `structured` is the best way it is known to be told the shape of an answer; `quality` how good its writing
    is thought to be before anything is known, 0..1 by task; `rates` None where nobody knows what it costs;
    `deadline_s` the seconds one question may take, None for the label's setting; `refuses` the fields of a
    request that its server takes for an error.
    """

    name: str
    title: str
    base_url: str
    model: str
    limit: str
    key: SecretStr | None = None
    free: bool = False
    wire: Wire = "openai"
    structured: Structured = "json_object"
    context_tokens: int = 8_192
    longest_answer: int = 4_096
    rates: Rates | None = None
    quality: Mapping[str, float] = field(default_factory=dict, hash=False)
    deadline_s: float | None = None
    prices: Path | None = None
    refuses: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """Service and model: `openai/gpt-5.4-mini`."""
        return f"{self.name}/{self.model}"

    def prior(self, task: str) -> float:
        """How good its writing of this kind is thought to be, 0..1."""
        return self.quality.get(task, self.quality.get("other", 0.5))

    def rates_for(self, answered_by: str) -> Rates | None:
        """The rates of an answer: those of the model that gave it, where that is another and dearer."""
        if self.free or answered_by in ("", self.model):
            return self.rates
        return dearer(self.rates, rates_of(self.name, answered_by, self.prices))


class _Row(BaseModel):
    """A row of the table. One of the person's own may leave out all but base URL and model."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: str = ""
    base_url: str
    model: str
    wire: Wire = "openai"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    structured: Structured = "json_object"
    context_tokens: int = Field(default=8_192, gt=0)
    longest_answer: int = Field(default=4_096, gt=0)
    free: bool = False
    quality: dict[str, float] = {"other": 0.45}
    refuses: tuple[str, ...] = ()


NOBODY = ("none",)
"""The order of a label whose words are all the embedded writer's, whatever keys there are."""


def endpoints(settings: Settings) -> tuple[Endpoint, ...]:
    """Every endpoint with a key or a base URL of its own, in the order of `NOKTVRN_LLM`; servers of the
    person's own that are not named there come last. `NOKTVRN_LLM=none`: none at all.

    Raises:
        Invalid: the order names an unknown service, a server of one's own has no model, or a file that a
            setting names cannot be used.
    """
    if settings.llm == NOBODY:
        return ()
    own = _own_rows(settings.llm_servers)
    names = dict.fromkeys((*settings.llm, *own))
    found = (
        _own_endpoint(name, own[name], settings) if name in own else _endpoint(name, own, settings)
        for name in names
    )
    return tuple(endpoint for endpoint in found if endpoint is not None)


def _endpoint(name: str, own: Mapping[str, _Row], settings: Settings) -> Endpoint | None:
    rows = _rows()
    if name not in rows:
        raise Invalid(
            f"NOKTVRN_LLM names {name!r}, which is no known service.",
            code="llm.unknown_service",
            hint=f"Known are {', '.join((*rows, *own))}; `none` alone asks no model.",
        )
    row = rows[name]
    key = _key(getattr(settings, f"{name}_api_key"), row.title)
    own_url: str | None = getattr(settings, f"{name}_base_url")
    if key is None and own_url is None:
        return None
    base_url = own_url or row.base_url
    model = getattr(settings, f"{name}_model") or row.model
    if not base_url or not model:
        raise Invalid(
            f"{row.title} has no {'model' if base_url else 'base URL'}.",
            code="llm.incomplete",
            hint="Set NOKTVRN_LLM_URL and NOKTVRN_LLM_MODEL.",
        )
    return _made(name, row.model_copy(update={"base_url": base_url, "model": model}), key, settings)


def _own_endpoint(name: str, row: _Row, settings: Settings) -> Endpoint:
    return _made(name, row.model_copy(update={"free": True, "title": row.title or name}), None, settings)


def _made(name: str, row: _Row, key: SecretStr | None, settings: Settings) -> Endpoint:
    """A server of the person's own is free, unless their table of prices says what it costs."""
    _check_url(row)
    priced = own_rates(name, row.model, settings.prices)
    return Endpoint(
        name=name,
        key=key,
        rates=priced or (FREE if row.free else rates_of(name, row.model)),
        deadline_s=settings.local_timeout_s if row.free else settings.llm_timeout_s,
        prices=settings.prices,
        **row.model_dump() | {"free": row.free and priced is None},
    )


def _key(told: SecretStr | None, title: str) -> SecretStr | None:
    """The key without the blanks that copying leaves around it; None where nothing else was there.

    Raises:
        Invalid: no key has such characters in it, and no header could carry them.
    """
    text = told.get_secret_value().strip() if told is not None else ""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise Invalid(
            f"The key of {title} is none.", code="llm.bad_key", hint="Copy it anew: one line, without blanks."
        )
    return SecretStr(text) if text else None


def _check_url(row: _Row) -> None:
    """Raises Invalid, which does not quote it, for a URL that takes no path or that holds a secret."""
    try:
        parts = urlsplit(row.base_url)
        good = row.base_url.isprintable() and not (parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:
        good = False
    if not good:
        raise Invalid(
            f"The base URL of {row.title} cannot be used.",
            code="llm.bad_url",
            hint="Write it like https://host/v1, without query or password; keys have settings of their own.",
        )


@cache
def _rows() -> dict[str, _Row]:
    table = tomllib.loads((Path(__file__).parent / "endpoints.toml").read_text("utf-8"))
    return {name: _Row.model_validate(row) for name, row in table.items() if isinstance(row, dict)}


def _own_rows(path: Path | None) -> dict[str, _Row]:
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        rows = {name: _Row.model_validate(row) for name, row in table.items()}
    except (OSError, ValueError, ValidationError):
        raise _unusable(path, "is no table of servers") from None
    for name in rows:
        if name in _rows() or not _NAME.fullmatch(name):
            raise _unusable(path, f"has a server called {name[:40]!r}, which is taken or no name")
    return rows


def _unusable(path: Path, why: str) -> Invalid:
    return Invalid(
        f"{path.name} {why}.",
        code="llm.servers",
        hint='Write tables like [studio] with base_url = "http://127.0.0.1:1234/v1" and model = "...".',
    )
