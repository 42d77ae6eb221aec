"""Words as they come, for faces that show them: pieces of a model's text, then the checked result.

Before the first piece a failing model is passed over in silence. After it the text can only be taken back by
a `restart`, which the face must have asked for; without that the stream ends there, marked as partial. Pieces
are a draft: only the result at the end is checked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal

from noktvrn.llm.asking import Way
from noktvrn.llm.job import Draft, Work
from noktvrn.llm.result import OrchestrationResult, Reply
from noktvrn.llm.sessions import Sitting

if TYPE_CHECKING:
    from pydantic import BaseModel

    from noktvrn.llm.desk import Desk
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.llm.orchestrator import Orchestrator
    from noktvrn.llm.prompt import Words
    from noktvrn.outbound.rules import Rules

MOST_AHEAD = 64
"""Pieces a model may be ahead of a slow face."""


@dataclass(frozen=True, slots=True)
class Piece(Generic[Work]):
    """`text`: a bit of the draft. `restart`: what came so far is void. `end`: the result, once, at the end;
    `partial` when the text broke off and nobody may begin anew."""

    kind: Literal["text", "restart", "end"]
    text: str = ""
    result: OrchestrationResult[Work] | None = None
    partial: bool = False


@dataclass(slots=True)
class Voice(Way, Generic[Work]):
    """How a model is asked while somebody listens."""

    desk: Desk
    restarts: bool
    pieces: asyncio.Queue[Piece[Work] | None] = field(default_factory=lambda: asyncio.Queue(MOST_AHEAD))
    spoken: bool = False
    deaf: bool = False
    """Nobody listens any more, so nothing is said into a queue that may be full."""

    @property
    def may_go_on(self) -> bool:
        """Whether somebody else may begin."""
        return self.restarts or not self.spoken

    async def send(
        self, endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None
    ) -> Reply:
        """Asks a model and hands its pieces on."""
        if self.spoken:
            await self.pieces.put(Piece("restart"))
            self.spoken = False
        if self.desk.cassette is not None:
            return await self.desk.cassette.asked(self._said, endpoint, words, rules, shape)
        return await self._said(endpoint, words, rules, shape)

    async def _said(
        self, endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None
    ) -> Reply:
        from noktvrn.llm.protocol import stream

        reply = Reply(text="", finish="truncated")
        async with aclosing(stream(endpoint, words, replace(rules, stream=True), shape)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Reply):
                    reply = piece
                elif piece:
                    self.spoken = True
                    await self.pieces.put(Piece("text", piece))
        return reply


async def streamed(
    room: Orchestrator, sitting: Sitting[Draft, Work], *, restarts: bool
) -> AsyncGenerator[Piece[Work], None]:
    """The pieces of one session. Closing the iterator early cancels what is under way."""
    voice: Voice[Work] = Voice(room.desk, restarts)
    task = asyncio.ensure_future(_written(room, sitting, voice))
    try:
        while (piece := await voice.pieces.get()) is not None:
            yield piece
        result = await task
        if sitting.answer and not voice.spoken:
            yield Piece("text", sitting.answer)  # an answer that was there already
        elif result.value is not None and voice.spoken and not sitting.answer:
            yield Piece("restart")
        yield Piece("end", result=result, partial=result.value is None and voice.spoken)
    finally:
        voice.deaf = True
        if not task.done():
            task.cancel()
        await asyncio.wait([task])


async def _written(
    room: Orchestrator, sitting: Sitting[Draft, Work], voice: Voice[Work]
) -> OrchestrationResult[Work]:
    try:
        return await room.written(sitting, voice)
    finally:
        if not voice.deaf:
            await voice.pieces.put(None)
