"""The subjects of `bench.llm`, each in a process of its own: asked over stdin, answering with JSON lines.

This file runs in a peer's environment too, so it imports nothing of the house at its top.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Call = Callable[[int], Awaitable[object]]
MODEL = "model-1"


def resident_kb() -> int:
    """Memory of this process that is in use now, in KB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


async def raw(base: str, words: dict[str, Any]) -> dict[str, Call]:
    """httpx2 alone: post, read, parse."""
    httpx2: Any = importlib.import_module("httpx2")
    client = httpx2.AsyncClient(limits=httpx2.Limits(max_connections=100, max_keepalive_connections=100))
    body = {"model": MODEL, "messages": messages(words), "max_tokens": words["max_tokens"]}

    async def call(_number: int) -> object:
        answer = await client.post(
            f"{base}/chat/completions", json=body, headers={"authorization": "Bearer x"}
        )
        return json.loads(answer.content)["choices"][0]["message"]["content"]

    return {"plain": call}


async def sdk(base: str, words: dict[str, Any]) -> dict[str, Call]:
    """The openai SDK."""
    openai: Any = importlib.import_module("openai")
    client = openai.AsyncOpenAI(base_url=base, api_key="x", max_retries=0)
    asked: dict[str, Any] = {"model": MODEL, "messages": messages(words), "max_tokens": words["max_tokens"]}

    async def call(_number: int) -> object:
        answer = await client.chat.completions.create(**asked)
        return answer.choices[0].message.content

    async def stream(_number: int) -> object:
        text = ""
        told = {"include_usage": True}
        async for chunk in await client.chat.completions.create(**asked, stream=True, stream_options=told):
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
        return text

    return {"plain": call, "stream": stream}


async def direct(base: str, words: dict[str, Any]) -> dict[str, Call]:
    """pydantic-ai's model layer, one model and one client for all calls."""
    openai: Any = importlib.import_module("openai")
    ai: Any = importlib.import_module("pydantic_ai.direct")
    told: Any = importlib.import_module("pydantic_ai.messages")
    models: Any = importlib.import_module("pydantic_ai.models.openai")
    providers: Any = importlib.import_module("pydantic_ai.providers.openai")
    client = openai.AsyncOpenAI(base_url=base, api_key="x", max_retries=0)
    model = models.OpenAIChatModel(MODEL, provider=providers.OpenAIProvider(openai_client=client))
    parts = [told.SystemPromptPart(words["system"]), told.UserPromptPart(words["user"])]

    async def call(_number: int) -> object:
        question = [told.ModelRequest(parts=parts)]
        return await ai.model_request(model, question, model_settings={"max_tokens": words["max_tokens"]})

    return {"plain": call}


async def router(base: str, words: dict[str, Any]) -> dict[str, Call]:
    """LiteLLM's Router."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = importlib.import_module("litellm")
    litellm.suppress_debug_info = True
    params = {"model": f"openai/{MODEL}", "api_base": base, "api_key": "x", "max_retries": 0}
    rows = [{"model_name": name, "litellm_params": params} for name in ("first", "spare")]
    one = litellm.Router(model_list=rows, fallbacks=[{"first": ["spare"]}], num_retries=0)

    async def call(_number: int) -> object:
        return await one.acompletion("first", messages=messages(words), max_tokens=words["max_tokens"])

    return {"plain": call}


async def ours(base: str, _words: dict[str, Any]) -> dict[str, Call]:
    """The orchestrator with its ledger on disk; a spare stands behind the model, for when it fails."""
    from bench import llm_room

    room = llm_room.room(Path(tempfile.mkdtemp()), base)
    job = llm_room.job
    again = job("hit", reuse=True)

    async def call(number: int) -> object:
        result = await room.orchestrate(job(f"wish {number}"))
        assert result.value is not None
        return result

    async def stream(number: int) -> object:
        last = None
        async for piece in room.stream(job(f"stream {number}")):
            last = piece
        assert last is not None and last.result is not None and last.result.value is not None
        return last

    async def hit(_number: int) -> object:
        result = await room.orchestrate(again)
        assert result.cache == "hit" or _number == 0
        return result

    return {"plain": call, "stream": stream, "hit": hit}


async def offline(_base: str, _words: dict[str, Any]) -> dict[str, Call]:
    """The orchestrator without any model, as plain code calls it."""
    from bench import llm_room

    room = llm_room.room(Path(tempfile.mkdtemp()))

    async def call(number: int) -> object:
        return room.run(llm_room.job(f"wish {number}"))

    return {"plain": call}


def messages(words: dict[str, Any]) -> list[dict[str, str]]:
    """The two messages."""
    return [{"role": "system", "content": words["system"]}, {"role": "user", "content": words["user"]}]


async def measured(call: Call, calls: int, at_once: int, first: int) -> dict[str, float]:
    """CPU microseconds for a call, calls in a second, and memory afterwards."""
    numbers = iter(range(first, first + calls))

    async def caller() -> None:
        for number in numbers:
            try:
                await call(number)
            except Exception as error:  # a peer that does not fall back; ours never gets here
                if type(error).__name__ == "AssertionError":
                    raise

    started, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    used, took = time.process_time() - used, time.perf_counter() - started
    gc.collect()
    return {"cpu_us": used / calls * 1e6, "rps": calls / took, "rss_kb": resident_kb()}


async def serve(name: str, base: str, words: dict[str, Any]) -> None:
    """Measures as told, line by line, until there are no more."""
    calls: dict[str, Call] = await globals()[name](base, words)
    first = 0
    for line in sys.stdin:
        told = json.loads(line)
        found = await measured(calls[told["way"]], told["calls"], told["at_once"], first)
        first += told["calls"]
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        runner.run(serve(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
