"""Who may call: a bearer token from a file only the owner can read, on a host this server knows as its own.

Host and Origin are checked so that a web page opened on the same machine cannot speak to the label.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from noktvrn.api.problems import problem
from noktvrn.kernel.errors import Invalid, NotAllowed

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
HOOKS = "/hooks/"
"""Where services from outside call back, by the public name of this server: they have no token of the
label's, and what they say moves nothing but the next look."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_BODY = 1 << 20
MIN_TOKEN = 20

Next = Callable[[Request], Awaitable[Response]]


def home_token(home: Path) -> str:
    """The token of this home's file `api_token`, made the first time, readable by its owner only.

    Raises:
        NotAllowed: the file is there but holds no token, as after a crash while it was made.
    """
    path = home / "api_token"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)
        return _known_token(path)
    with os.fdopen(handle, "w") as file:
        token = f"nok_{secrets.token_urlsafe(32)}"
        file.write(token + "\n")
    return token


def _known_token(path: Path) -> str:
    token = path.read_bytes().decode("ascii", "replace").strip()
    if len(token) < MIN_TOKEN or not token.isascii():
        raise NotAllowed(
            f"{path} holds no token.", code="api.bad_token_file", hint="Remove the file; a new one is made."
        )
    return token


class Guard:
    """Lets a request through or answers it with a problem."""

    def __init__(self, tokens: tuple[str, ...], hosts: frozenset[str]) -> None:
        self._tokens = tuple(token.encode() for token in tokens)
        self._hosts = hosts

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The middleware."""
        refusal = self._refusal(request)
        if refusal is not None:
            headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None
            return problem(refusal.as_problem(), headers)
        return await call_next(request)

    def _refusal(self, request: Request) -> Invalid | NotAllowed | None:
        if request.method == "POST" and request.url.path.startswith(HOOKS):
            return None
        if _host(request.headers.get("host", "")) not in self._hosts:
            return NotAllowed("This server does not answer to that host name.", code="api.host")
        origin = request.headers.get("origin")
        if origin is not None and _origin_host(origin) not in self._hosts:
            return NotAllowed("Pages of other origins may not call the label.", code="api.origin")
        if request.url.path in OPEN_PATHS:
            return None
        if not self._knows(request.headers.get("authorization", "")):
            return Unauthorised(
                "A bearer token is needed.",
                code="api.token",
                hint="Send `Authorization: Bearer` with the text of the file api_token in the home.",
            )
        length = request.headers.get("content-length", "0")
        if request.method in ("POST", "PUT", "PATCH") and (not length.isdigit() or int(length) > MAX_BODY):
            return TooLarge(f"A body may have {MAX_BODY} bytes.", code="api.body")
        return None

    def _knows(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        given = token.strip().encode()
        known = [hmac.compare_digest(given, one) for one in self._tokens]
        return scheme.lower() == "bearer" and any(known)


class Unauthorised(NotAllowed):
    """No token, or not one of ours."""

    status = 401


class TooLarge(Invalid):
    """A body beyond the limit."""

    status = 413


def _host(text: str) -> str:
    try:
        return (urlsplit(f"//{text}").hostname or "").lower()
    except ValueError:
        return ""


def _origin_host(origin: str) -> str:
    try:
        return _host(urlsplit(origin).netloc)
    except ValueError:
        return ""


class BodyLimit:
    """Counts what arrives: a body sent in pieces names no length that could be refused beforehand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The middleware. Raises HTTPException (413) in whoever reads on past the limit."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise HTTPException(413, f"A body may have {MAX_BODY} bytes.")
            return message

        await self._app(scope, counted, send)
