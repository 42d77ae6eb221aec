"""The wire to a language model. The one module that knows pydantic-ai, loaded with the first request.

Only its model layer is used: one request, no agent, no repetition of its own, under the guarded transport.
What went wrong is read from the transport's trace, never from a library's exception: those carry bodies,
headers and keys.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import NotReady
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.prompt import Words
from noktvrn.llm.result import Reply
from noktvrn.outbound.failures import failure, redact
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models.openai import OpenAIChatModel

MALFORMED = Reply(text="", finish="malformed")


def ask(endpoint: Endpoint, words: Words, rules: Rules) -> Reply:
    """One request, one reply. A 200 that holds no reply is `MALFORMED`: it was answered, and maybe paid for.

    Raises:
        NotReady: the protocol library is not installed.
        NotAllowed: the base URL is not one the house goes to.
        Outside: no answer; `outbound.failures.outcome_unknown` tells whether it may have been served.
    """
    _load()
    transport = GuardedTransport(rules)
    reply = run(_ask(endpoint, words, transport))
    trace = transport.trace
    if reply is not None:
        return reply
    if trace.whole and 200 <= trace.status < 300:
        return MALFORMED
    raise failure(trace, endpoint.title)


def _load() -> None:
    try:
        import pydantic_ai.models.openai
        import pydantic_ai.providers.openai_compatible  # noqa: F401
    except ImportError:
        raise NotReady(
            "The library that speaks with language models is not installed.",
            code="llm.not_installed",
            hint="Install noktvrn with the extra [llm].",
        ) from None
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that they write down whole requests


async def _ask(endpoint: Endpoint, words: Words, transport: GuardedTransport) -> Reply | None:
    """The reply, or None: the trace has the reason. Any library error ends here, with all it carries."""
    import httpx2
    from pydantic_ai.direct import model_request
    from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

    question = ModelRequest(parts=[SystemPromptPart(words.system), UserPromptPart(words.user)])
    async with httpx2.AsyncClient(transport=transport, trust_env=False) as client:
        try:
            response = await model_request(
                _model(endpoint, client),
                [question],
                model_settings=ModelSettings(max_tokens=words.max_tokens),
                model_request_parameters=ModelRequestParameters(output_mode="prompted"),
                instrument=False,
            )
            return _reply(response, endpoint)
        except Exception:
            return None


def _model(endpoint: Endpoint, client: object) -> OpenAIChatModel:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    key = endpoint.key.get_secret_value() if endpoint.key else "none"
    sdk = AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=key,
        http_client=client,  # type: ignore[arg-type]
        max_retries=0,
    )
    profile = OpenAIModelProfile(
        supports_json_object_output=True,
        openai_chat_supports_max_completion_tokens=endpoint.limit == "max_completion_tokens",
    )
    provider = OpenAICompatibleProvider(endpoint.name, openai_client=sdk, profile=profile)
    return OpenAIChatModel(endpoint.model, provider=provider)


def _reply(response: ModelResponse, endpoint: Endpoint) -> Reply:
    from pydantic_ai.messages import TextPart

    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    secrets = [endpoint.key.get_secret_value()] if endpoint.key else []
    return Reply(
        text=redact(_storable(text), secrets),
        finish=response.finish_reason or "stop",
        model=redact(_storable(response.model_name or ""), secrets)[:80],
        input_tokens=max(0, response.usage.input_tokens),
        output_tokens=max(0, response.usage.output_tokens),
    )


def _storable(text: str) -> str:
    """The text without what no database keeps: half surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
