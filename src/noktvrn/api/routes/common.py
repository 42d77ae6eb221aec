"""What routes share: the label of the request, and the form of errors."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from noktvrn.label.label import Label

ACTOR = "api"


BEARER = Security(HTTPBearer(auto_error=False, description="The text of the file api_token in the home."))
"""Describes what the guard in front of every route demands; the guard itself decides."""


class Place(BaseModel):
    """One thing that is wrong with a request, and where."""

    at: str
    problem: str


class Problem(BaseModel):
    """RFC 9457, with our code and hint."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool = False
    hint: str | None = None
    errors: list[Place] | None = None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 422, 500, 503)
}


def _label(request: Request) -> Label:
    label: Label = request.app.state.label
    return label


TheLabel = Annotated[Label, Depends(_label)]
