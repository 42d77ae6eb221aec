"""Every answer from 400 up is an RFC 9457 problem document, whoever raised the error."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from noktvrn.kernel.errors import Fault, Invalid, LabelError
from noktvrn.label.label import Label
from noktvrn.production.faults import About

MEDIA_TYPE = "application/problem+json"
CODES = {413: "api.body"}
"""Codes of answers the framework gives on its own where the house has a word for them."""

log = logging.getLogger("noktvrn.api")


def problem(data: dict[str, Any], headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document."""
    return JSONResponse(data, status_code=int(data["status"]), media_type=MEDIA_TYPE, headers=headers)


def add_handlers(app: FastAPI) -> None:
    """Makes the app answer with problems only."""

    @app.exception_handler(LabelError)
    async def label_error(request: Request, error: LabelError) -> JSONResponse:
        if error.exit_code == Fault.exit_code:
            await _note(request, error)
        headers = {"Retry-After": "5"} if error.retryable else None
        return problem(error.as_problem(), headers)

    @app.exception_handler(RequestValidationError)
    async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        shown = Invalid(
            f"{place}: {first['msg']}", code="request.invalid", hint="/openapi.json has the form."
        )
        errors = [{"at": ".".join(str(p) for p in e["loc"]), "problem": e["msg"]} for e in error.errors()]
        return problem(shown.as_problem() | {"errors": errors})

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        code = CODES.get(error.status_code, f"http.{error.status_code}")
        data = {
            "type": f"urn:noktvrn:error:{code}",
            "title": str(error.detail),
            "status": error.status_code,
            "detail": str(error.detail),
            "code": code,
        }
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request))
        return problem(data, headers or None)

    @app.exception_handler(Exception)
    async def our_fault(request: Request, error: Exception) -> JSONResponse:
        log.exception("fault while answering %s %s", request.method, _named(request), exc_info=error)
        await _note(request, error)
        return problem(Fault("We failed; the log has the whole story.").as_problem())


def describe_problems(app: FastAPI) -> None:
    """Makes the OpenAPI document name the media type problems really have."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        document = describe()
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
        return document

    app.openapi = described  # type: ignore[method-assign]


async def _note(request: Request, error: Exception) -> None:
    """Counts a fault, once there is a label to count it in."""
    label: Label | None = getattr(request.app.state, "label", None)
    if label is not None:
        await run_in_threadpool(label.faults.note, error, About(stage="api"))


def _named(request: Request) -> str:
    """The path as it may be logged: that of a callback ends in a token."""
    path = request.url.path
    return str(getattr(request.scope.get("route"), "path", path)) if path.startswith("/hooks/") else path


def _methods(request: Request) -> list[str]:
    """Every method the path answers to: the framework names those of the first route only."""
    found: set[str] = set()
    for operations in (
        methods
        for path, methods in request.app.openapi()["paths"].items()
        if compile_path(path)[0].match(request.url.path)
    ):
        found |= {method.upper() for method in operations}
    return sorted(found)
