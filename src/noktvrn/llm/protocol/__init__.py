"""The wire to a language model: words go out, one reply comes back, whole or piece by piece.

What went wrong is read from the transport's trace and the answer's own bytes, never from a library's
exception: those carry bodies, headers and keys, and end in here with all they carry. The libraries are
loaded with the first question.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import BudgetSpent, LabelError, NotReady, Refused
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.prompt import Words
from noktvrn.llm.protocol.veil import Veil
from noktvrn.llm.protocol.witness import Facts, Finish, ended
from noktvrn.llm.result import Reply
from noktvrn.outbound.failures import failure, redact
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules
from noktvrn.storage.storable import storable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model

    from noktvrn.llm.protocol.door import Door

LONGEST_NAME = 80


async def ask(endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None = None) -> Reply:
    """One request, one reply. `shape` is sent as a schema where the endpoint takes one.

    `Reply.finish` is `stop` for a whole answer with words in it. Every other end was answered too, and maybe
    paid for: `length` (cut off), `content_filter` (declined), `empty`, `malformed` (a 200 without an answer).

    Raises:
        NotReady: the protocol library is not installed.
        NotAllowed: the base URL is not one the house goes to.
        Outside: no answer. `outbound.failures.outcome_unknown` tells whether it may have been served; the
            codes `llm.too_long`, `llm.filtered` and `llm.model_gone` blame this request or model alone.
    """
    model, door = _ready(endpoint, rules, streamed=False)
    text = await _text(model, door, endpoint, words, shape)
    if text is not None and door.facts is not None:
        finish = "empty" if door.facts.finish == "stop" and not text.strip() else door.facts.finish
        return _reply(text, replace(door.facts, finish=finish), endpoint)
    if _answered(door):
        return _reply("", replace(door.facts or Facts("malformed"), finish="malformed"), endpoint)
    raise _failure(door, endpoint)


def ask_now(endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None = None) -> Reply:
    """`ask` for plain code."""
    return run(ask(endpoint, words, rules, shape))


async def stream(
    endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None = None
) -> AsyncGenerator[str | Reply, None]:
    """The pieces of the text as they come, then one `Reply` with all of it.

    Ends and errors are those of `ask`, and one more end: `truncated`, a stream that broke off without the
    net's fault or ended without saying so. An error after the first piece may have been served in part.
    Close it (`aclosing`) to hang up before the end.
    """
    model, door = _ready(endpoint, replace(rules, stream=True), streamed=True)
    veil = Veil(_secrets(endpoint))
    said: list[str] = []
    final: ModelResponse | None = None
    try:
        from noktvrn.llm.protocol import models

        door.open()
        asked = models.question(words), models.limits(words, endpoint), models.shape_of(endpoint, shape)
        async with model.request_stream(*asked) as response:
            async for event in response:
                if piece := veil.let_through(models.piece_of(event)):
                    said.append(piece)
                    yield piece
            final = response.get()
    except Exception:  # noqa: S110 - the trace has the reason, and the library's error holds secrets
        pass
    if final is None and not _answered(door):
        raise _failure(door, endpoint)
    if rest := veil.rest():
        said.append(rest)
        yield rest
    text = "".join(said)
    name = (final.model_name if final else None) or ""
    yield _reply(text, Facts(_stream_end(final, text), name, door.stream.claims), endpoint)


def _ready(endpoint: Endpoint, rules: Rules, *, streamed: bool) -> tuple[Model, Door]:
    try:
        from noktvrn.llm.protocol.door import Door
        from noktvrn.llm.protocol.models import model_of

        return model_of(endpoint), Door(rules, endpoint, streamed=streamed)
    except ImportError as error:
        if (error.name or "").startswith("noktvrn"):
            raise
    extra = "anthropic" if endpoint.wire == "anthropic" else "llm"
    raise NotReady(
        f"The library that speaks with {endpoint.title} is not installed.",
        code="llm.not_installed",
        hint=f"Install noktvrn with the extra [{extra}].",
    )


async def _text(
    model: Model, door: Door, endpoint: Endpoint, words: Words, shape: type[BaseModel] | None
) -> str | None:
    """The text of the answer, or None: the door has the reason. Any library error ends here."""
    from noktvrn.llm.protocol import models

    door.open()
    try:
        asked = models.question(words), models.limits(words, endpoint), models.shape_of(endpoint, shape)
        return models.text_of(await model.request(*asked))
    except Exception:
        return None


def _answered(door: Door) -> bool:
    return not door.broken and 200 <= door.trace.status < 300


def _stream_end(final: ModelResponse | None, text: str) -> Finish:
    """A stream is whole only when it said so: libraries take a silent end for a good one."""
    details = (final.provider_details or {}) if final else {}
    if final is not None and (final.finish_reason == "content_filter" or "refusal" in details):
        return "content_filter"
    if not details.get("finish_reason"):
        return "truncated" if text else "malformed"
    finish = ended(details["finish_reason"])
    return "empty" if finish == "stop" and not text.strip() else finish


def _reply(text: str, facts: Facts, endpoint: Endpoint) -> Reply:
    secrets = _secrets(endpoint)
    return Reply(
        text=redact(storable(text), secrets),
        finish=facts.finish,
        model=redact(storable(facts.model), secrets)[:LONGEST_NAME],
        input_tokens=facts.claims.given,
        output_tokens=facts.claims.made,
        cached_tokens=facts.claims.cached,
    )


def _failure(door: Door, endpoint: Endpoint) -> LabelError:
    """The error a failed question stands for; no word of the answer is in it."""
    who, status = endpoint.title, door.trace.status
    if door.reason == "quota":
        return BudgetSpent(
            f"{who} says that the quota is spent ({status}).",
            code="outside.quota",
            hint="Top up the account there.",
        )
    if door.reason == "key":
        return Refused(
            f"{who} refused the key ({status}).", code="outside.key_refused", hint="Check its key and rights."
        )
    if door.reason == "filtered":
        return Refused(
            f"{who} declined to write this ({status}).", code="llm.filtered", hint="Ask for it differently."
        )
    if door.reason == "too_long" or status == 413:
        return Refused(
            f"The question is too long for {who} ({status}).",
            code="llm.too_long",
            hint="Ask a model that takes more.",
        )
    if door.reason == "model_gone" or status == 404:
        return Refused(
            f"{who} has no model {endpoint.model[:LONGEST_NAME]!r} ({status}).",
            code="llm.model_gone",
            hint="Check the model and the base URL: noktvrn llm doctor.",
        )
    return failure(door.trace, who)


def _secrets(endpoint: Endpoint) -> list[str]:
    return [endpoint.key.get_secret_value()] if endpoint.key else []
