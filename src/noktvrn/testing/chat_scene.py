"""One request to the fake models, while it is played: what was asked, and the ways to answer or fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from noktvrn.testing import chat_wires
from noktvrn.testing.chat_wires import Said
from noktvrn.testing.loopback import Exchange

if TYPE_CHECKING:
    from noktvrn.testing.fake_models import FakeModels


@dataclass(frozen=True, slots=True)
class Served:
    """An answer the fake worked on and bills, in billionths of a US dollar, whether or not it arrived.
    `told`: the bill's tokens stood in the answer, which went out whole."""

    model: str
    fault: str
    input_tokens: int
    output_tokens: int
    nano: int
    told: bool


class Scene:
    """A request with its answer to come. `wire` is `openai` or `anthropic`, by the path asked."""

    def __init__(self, fake: FakeModels, exchange: Exchange, body: dict[str, Any], fault: str) -> None:
        self.fake = fake
        self.exchange = exchange
        self.body = body
        self.fault = fault
        self.wire = "anthropic" if exchange.path.endswith("/messages") else "openai"

    @property
    def streamed(self) -> bool:
        """Whether the answer was asked for as a stream."""
        return bool(self.body.get("stream"))

    def good(self, **changed: Any) -> Said:
        """The answer of the author, billed as it is told unless `changed` says otherwise."""
        given, made = self.fake.usage
        usage = {"input": given, "output": made}
        said = Said(self.fake.author(self.body), model=str(self.body.get("model")), usage=usage)
        return replace(said, **changed)

    def say(self, said: Said, headers: Mapping[str, str] | None = None) -> None:
        """Answers, whole or streamed as it was asked for."""
        self.bill(said)
        if not self.streamed:
            self.exchange.send(200, chat_wires.whole(self.wire, said), headers=headers)
            return
        self.exchange.begin(200, "text/event-stream", headers)
        for event in self.events(said):
            self.exchange.chunk(event)
        self.exchange.end()

    def events(self, said: Said) -> list[bytes]:
        """The events of a streamed answer."""
        asked = bool((self.body.get("stream_options") or {}).get("include_usage"))
        return chat_wires.events(self.wire, said, told_usage=asked or self.fake.tells_usage)

    def bill(self, said: Said, *, told: bool = True) -> None:
        """Writes down what the answer costs, by the tokens of `fake.usage`, whatever the answer claims."""
        given, made = self.fake.usage
        rate_in, rate_out = self.fake.rates
        honest = said.usage is not None and (said.usage["input"], said.usage["output"]) == (given, made)
        nano = given * rate_in + made * rate_out
        self.fake.enter(Served(said.model, self.fault, given, made, nano, told and honest))

    def error(
        self, status: int, code: str, headers: Mapping[str, str] | None = None, message: str = "no"
    ) -> None:
        """Says no, as the wire does."""
        self.exchange.send(status, chat_wires.error(self.wire, code, message), headers=headers)

    def whole(self, said: Said) -> bytes:
        """A whole answer's body."""
        return chat_wires.whole(self.wire, said)

    def json(self, data: Any) -> None:
        """Any JSON as a 200."""
        self.exchange.send(200, json.dumps(data).encode())
