"""Every wire a language model is asked over, against a fake server: what a provider must do whoever it is."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field, SecretStr

from noktvrn.llm.endpoints import Endpoint, endpoints
from noktvrn.llm.prompt import Words
from noktvrn.llm.protocol import stream
from noktvrn.llm.result import Reply
from noktvrn.llm.text import DraftBase
from noktvrn.outbound.rules import Rules
from noktvrn.settings import Settings
from noktvrn.testing.fake_models import FakeModels

KEY = "sk-very-secret-0123456789"
WORDS = Words(system="You write titles.", user="Write one, please.", max_tokens=300)
TEXT = json.dumps({"titles": ["Slow Light on Glass", "Winter Road Home"]})
PROVIDERS = ("openai", "deepseek", "gemini", "grok", "mistral", "anthropic", "local")


class Titles(DraftBase):
    """A shape to ask for."""

    titles: list[str] = Field(min_length=1)


def author(_body: dict[str, Any]) -> str:
    return TEXT


def provider(name: str, fake: FakeModels) -> Endpoint:
    """The provider as the settings make it, at the fake's address."""
    base_url = fake.origin if name == "anthropic" else fake.base_url
    given: dict[str, Any] = {f"{name}_api_key": SecretStr(KEY), f"{name}_base_url": base_url}
    if name == "local":
        given["local_model"] = "model-1"
    (found,) = endpoints(Settings(_env_file=None, **given))
    return found


def rules(deadline_s: float = 10.0) -> Rules:
    return Rules(named="The service", deadline_s=deadline_s, patience_s=0.0)


async def streamed(endpoint: Endpoint, given: Rules) -> tuple[list[str], Reply]:
    """The pieces and the reply."""
    pieces: list[str] = []
    async for part in stream(endpoint, WORDS, given, Titles):
        if isinstance(part, Reply):
            return pieces, part
        pieces.append(part)
    raise AssertionError("a stream ended without a reply")
