"""Where outside services call back. They wait but seconds for the answer, and are told nothing by it."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool

from noktvrn.api.routes.common import PROBLEMS, TheLabel

ANSWER_S = 0.8
"""The answer goes out by then, whatever the ledger does meanwhile: the hint is not lost, only late."""

router = APIRouter(prefix="/hooks", tags=["hooks"], responses=PROBLEMS)


@router.post("/{provider}/{token}", operation_id="hear_callback", summary="Something may be ready")
async def hear(
    label: TheLabel,
    request: Request,
    provider: str = Path(max_length=40),
    token: str = Path(max_length=100),
) -> dict[str, bool]:
    """Taken as a hint to look. Unknown jobs and repeats get the same answer as any other."""
    headers, body = dict(request.headers), await request.body()
    hearing = asyncio.ensure_future(run_in_threadpool(label.hooks.heard, provider, token, headers, body))
    hearing.add_done_callback(_settled)
    done, _ = await asyncio.wait({hearing}, timeout=ANSWER_S)
    if done:
        hearing.result()
    return {"heard": True}


def _settled(hearing: asyncio.Future[bool]) -> None:
    """What failed after the answer went out is nobody's: the next look comes by itself."""
    with contextlib.suppress(asyncio.CancelledError):
        hearing.exception()
