"""Looks whether language models could be asked: the library, the server, the key, the model's name.

It reads the list of models every service gives for nothing. Only a question proves that there is credit; one
tiny one is sent where the caller hands in a way to ask, so that it goes through the books like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from noktvrn.kernel.errors import LabelError
from noktvrn.llm.endpoints import NOBODY, Endpoint
from noktvrn.llm.prompt import Words
from noktvrn.llm.result import Reply, Task
from noktvrn.llm.routing import Steering
from noktvrn.model.noun import Noun
from noktvrn.settings import Settings

if TYPE_CHECKING:
    import httpx2

State = Literal["ready", "unlisted", "not_installed", "failed"]
Question = Callable[[Endpoint, Words], Awaitable[Reply]]

PING = Words(system="Answer in one word.", user="Say yes.", max_tokens=64)
MOST_SHOWN = 20
PRIVATE_DOMAINS = frozenset(["local", "lan", "internal", "arpa", "localhost", "test"])
ANTHROPIC_VERSION = "2026-10-21"
_LIBRARIES = {"openai": ("pydantic_ai", "openai"), "anthropic": ("pydantic_ai", "anthropic")}


class Health(Noun):
    """How it stands with one endpoint.

    `ready`: it answers, takes the key and lists the model (and answered, where it was asked). `unlisted`: it
    answers, but lists no such model; `models` are some it has. `failed`: `code` is the error's. `hint` tells
    the person what to do next; no word of the server's stands in it. `priced`: its cost is known.
    """

    provider: str
    model: str
    state: State
    code: str = ""
    message: str = ""
    hint: str = ""
    models: tuple[str, ...] = ()
    priced: bool = False


async def doctor(
    endpoints: Sequence[Endpoint],
    *,
    deadline_s: float = 10.0,
    private_hosts: Collection[str] = (),
    question: Question | None = None,
) -> tuple[Health, ...]:
    """The health of every endpoint, in their order, all looked at together. Never raises for one of them.

    `question` asks an endpoint (through tickets and budgets); without it nothing here costs anything.
    """
    looks = (_look(endpoint, deadline_s, private_hosts, question) for endpoint in endpoints)
    return tuple(await asyncio.gather(*looks))


async def _look(
    endpoint: Endpoint, deadline_s: float, private_hosts: Collection[str], question: Question | None
) -> Health:
    found = Health(
        provider=endpoint.name, model=endpoint.model, state="ready", priced=endpoint.rates is not None
    )
    if not all(find_spec(name) for name in _LIBRARIES[endpoint.wire]):
        extra = "anthropic" if endpoint.wire == "anthropic" else "llm"
        return _with(found, "not_installed", "llm.not_installed", "The library is missing.", _install(extra))
    try:
        models = await _listed(endpoint, deadline_s, private_hosts)
        if models is not None and not _has(models, endpoint.model):
            return _with(
                found.model_copy(update={"models": models[:MOST_SHOWN]}),
                "unlisted",
                "llm.model_gone",
                f"{endpoint.title} lists no model {endpoint.model!r}.",
                _another(endpoint),
            )
        if question is not None:
            await question(endpoint, PING)
    except LabelError as error:
        return _with(found, "failed", error.code, error.message, error.hint)
    return found


def doubts(endpoints: Sequence[Endpoint], settings: Settings) -> tuple[str, ...]:
    """What the settings say that has no effect, or may cost what nobody counts; one sentence each.

    Raises:
        Invalid: a pin is none.
    """
    steering, hosts = Steering.of(settings), settings.private_hosts
    pins = [
        f"NOKTVRN_LLM_PINS gives {task} to {name}, which is no model that can be asked."
        for task, name in steering.pins.items()
        if not any(steering.pinned(task, one.ref) for one in endpoints)
    ]
    tasks = [
        f"NOKTVRN_LLM_PINS pins {task!r}, which is no task." for task in steering.pins.keys() - get_args(Task)
    ]
    free = [
        f"{one.title} counts as free, but lies at a public address. If it is billed, NOKTVRN_PRICES says so."
        for one in endpoints
        if one.free and _is_public(urlsplit(one.base_url).hostname or "", hosts)
    ]
    return (*_keyless(endpoints, settings), *pins, *sorted(tasks), *free)


def _keyless(endpoints: Sequence[Endpoint], settings: Settings) -> Iterator[str]:
    """Services a person has named in NOKTVRN_LLM that cannot be asked; the default order names none."""
    there = {one.name for one in endpoints}
    absent = [name for name in settings.llm if name not in there and name not in NOBODY]
    if absent and "llm" in settings.model_fields_set:
        wanted = ", ".join(
            "NOKTVRN_LLM_URL" if one == "local" else f"{one.upper()}_API_KEY" for one in absent
        )
        yield f"NOKTVRN_LLM names {', '.join(absent)}, which cannot be asked: set {wanted}, or leave it out."


def _is_public(host: str, private_hosts: Collection[str]) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_global
    return "." in host and host not in private_hosts and host.rpartition(".")[2] not in PRIVATE_DOMAINS


def _with(found: Health, state: State, code: str, message: str, hint: str) -> Health:
    return found.model_copy(update={"state": state, "code": code, "message": message, "hint": hint})


def _another(endpoint: Endpoint) -> str:
    """Where its model is named."""
    if f"{endpoint.name}_model" not in Settings.model_fields:
        return "Name one it has in the file of NOKTVRN_LLM_SERVERS."
    own = "NOKTVRN_LLM_MODEL" if endpoint.name == "local" else f"{endpoint.name.upper()}_MODEL"
    return f"Set {own} to one it has."


def _install(extra: str) -> str:
    return f"Install noktvrn with the extra [{extra}]."


async def _listed(
    endpoint: Endpoint, deadline_s: float, private_hosts: Collection[str]
) -> tuple[str, ...] | None:
    """The names of the models there, or None where the server has no such list."""
    import httpx2

    from noktvrn.outbound.failures import failure
    from noktvrn.outbound.guard import GuardedTransport
    from noktvrn.outbound.rules import Rules

    transport = GuardedTransport(
        Rules(named=endpoint.title, deadline_s=deadline_s, patience_s=0.0, private_hosts=private_hosts)
    )
    response = None
    with contextlib.suppress(httpx2.HTTPError, httpx2.InvalidURL):
        response = await transport.handle_async_request(_request(endpoint))
    if response is not None and response.is_success:
        return _names(await response.aread())
    if response is not None and response.status_code == 404:
        return None
    raise failure(transport.trace, endpoint.title)


def _request(endpoint: Endpoint) -> httpx2.Request:
    import httpx2

    headers = {"authorization": f"Bearer {endpoint.key.get_secret_value()}"} if endpoint.key else {}
    base_url = endpoint.base_url.rstrip("/")
    if endpoint.wire == "openai":
        return httpx2.Request("GET", f"{base_url}/models", headers=headers)
    headers["anthropic-version"] = ANTHROPIC_VERSION
    return httpx2.Request("GET", f"{base_url.removesuffix('/v1')}/v1/models?limit=1000", headers=headers)


def _names(body: bytes) -> tuple[str, ...] | None:
    try:
        rows = json.loads(body)["data"]
        names = [row["id"] for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return tuple(name[:100] for name in names if isinstance(name, str) and name.isprintable())


def _has(models: tuple[str, ...], model: str) -> bool:
    """Whether the list has the model. Gemini puts a folder before a name, Ollama a tag behind it."""
    return bool({model, f"models/{model}", f"{model}:latest"} & set(models))
