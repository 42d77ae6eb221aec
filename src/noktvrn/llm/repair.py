"""From a model's text to a checked draft: strict JSON first, then the slips that leave no doubt.

The ladder: parse; take off a code fence or the prose around the object; take out trailing commas. NaN,
infinities and cut-off texts are never guessed at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from noktvrn.llm.result import UnfitError

Draft = TypeVar("Draft", bound=BaseModel)
MOST_PROBLEMS = 12
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)


def read(text: str, shape: type[Draft]) -> Draft:
    """The draft in a model's text.

    Raises:
        UnfitError: there is none, or it has another shape; the problems quote nothing of the text.
    """
    data = _parsed(text)
    try:
        return shape.model_validate(data, strict=True)
    except ValidationError as error:
        raise UnfitError(*_told(error)) from None


def _parsed(text: str) -> Any:
    for candidate in _ladder(text):
        try:
            return json.loads(candidate, parse_constant=_refuse, parse_float=_finite)
        except _NotFiniteError:
            raise UnfitError("Numbers must be finite: no NaN, no Infinity.") from None
        except (ValueError, RecursionError):
            continue
    raise UnfitError("The answer is not one complete JSON object.")


def _ladder(text: str) -> Iterator[str]:
    yield text
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        inner = text[start : end + 1]
        yield inner
        yield _STRING_OR_COMMA.sub(lambda found: "" if found[0] == "," else found[0], inner)


class _NotFiniteError(Exception):
    pass


def _refuse(_constant: str) -> Any:
    raise _NotFiniteError


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise _NotFiniteError
    return value


def _told(error: ValidationError) -> list[str]:
    """Where and what, without the input: not even the names of fields that were made up."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    told = dict.fromkeys(_sentence(detail["type"], detail["loc"], detail["msg"]) for detail in details)
    return list(told)[:MOST_PROBLEMS]


def _sentence(kind: str, loc: tuple[int | str, ...], message: str) -> str:
    if kind == "extra_forbidden":
        return "The answer has fields that were not asked for."
    return f"{'.'.join(str(part) for part in loc) or 'answer'}: {message}"
