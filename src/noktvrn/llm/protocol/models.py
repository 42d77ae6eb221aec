"""The models of pydantic-ai, one for each endpoint, made once. Only this room knows the library.

Only its model layer is used: no agent, no fallback, no repetition of its own.
"""

from __future__ import annotations

import logging
from functools import lru_cache

import httpx2
from pydantic import BaseModel
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer, OpenAIModelProfile
from pydantic_ai.settings import ModelSettings

from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.prompt import Words
from noktvrn.llm.protocol.door import SharedDoor

MOST_KEPT = 64
PLAIN = ModelRequestParameters(output_mode="text")
JSON_OBJECT = ModelRequestParameters(output_mode="prompted")

for _name in ("openai", "anthropic", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below that they write down whole requests


def question(words: Words) -> list[ModelMessage]:
    """The words as the library's messages."""
    return [ModelRequest(parts=[SystemPromptPart(words.system), UserPromptPart(words.user)])]


def limits(words: Words, endpoint: Endpoint) -> ModelSettings:
    """The longest answer that is asked for."""
    return ModelSettings(max_tokens=min(words.max_tokens, endpoint.longest_answer))


@lru_cache(MOST_KEPT)
def shape_of(endpoint: Endpoint, shape: type[BaseModel] | None) -> ModelRequestParameters:
    """How the endpoint is told the shape of the answer: by its schema, as any JSON object, or not at all.
    Anthropic's wire knows the first and the last."""
    if endpoint.structured == "json_schema" and shape is not None:
        schema = OpenAIJsonSchemaTransformer(shape.model_json_schema(), strict=True).walk()
        definition = OutputObjectDefinition(schema, name=shape.__name__, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=definition)
    return PLAIN if endpoint.structured == "none" or endpoint.wire == "anthropic" else JSON_OBJECT


@lru_cache(MOST_KEPT)
def model_of(endpoint: Endpoint) -> Model:
    """The endpoint's model over the shared door; safe to share between questions, threads and loops.

    Raises:
        ImportError: the wire's library is not installed.
    """
    client = httpx2.AsyncClient(transport=SharedDoor(), trust_env=False)
    return _anthropic(endpoint, client) if endpoint.wire == "anthropic" else _openai(endpoint, client)


def text_of(response: ModelResponse) -> str:
    """The words of an answer, without thoughts."""
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))


def piece_of(event: ModelResponseStreamEvent) -> str:
    """The words an event of a stream brings; empty for any other."""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def _secret(endpoint: Endpoint) -> str:
    return endpoint.key.get_secret_value() if endpoint.key else "none"


def _openai(endpoint: Endpoint, client: httpx2.AsyncClient) -> Model:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    from noktvrn.llm.protocol.completions import Completions

    key = _secret(endpoint)
    sdk = AsyncOpenAI(base_url=endpoint.base_url, api_key=key, http_client=client, max_retries=0)
    vars(sdk.chat)["completions"] = Completions(sdk)  # in the place of a cached property
    profile = OpenAIModelProfile(
        json_schema_transformer=None,  # `shape_of` has done it, once
        supports_json_schema_output=endpoint.structured == "json_schema",
        supports_json_object_output=endpoint.structured != "none",
        openai_chat_supports_max_completion_tokens=endpoint.limit == "max_completion_tokens",
    )
    provider = OpenAICompatibleProvider(endpoint.name, openai_client=sdk, profile=profile)
    return OpenAIChatModel(endpoint.model, provider=provider)


def _anthropic(endpoint: Endpoint, client: httpx2.AsyncClient) -> Model:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.providers.anthropic import AnthropicProvider

    base_url = endpoint.base_url.rstrip("/").removesuffix("/v1")
    sdk = AsyncAnthropic(base_url=base_url, api_key=_secret(endpoint), http_client=client, max_retries=0)
    profile = ModelProfile(supports_json_schema_output=True) if endpoint.structured == "json_schema" else None
    return AnthropicModel(endpoint.model, provider=AnthropicProvider(anthropic_client=sdk), profile=profile)
