"""From a model's text to a checked draft: strict JSON first, then the slips that leave no doubt.

The ladder: parse; leave out thoughts; take what stands in the one code fence, or between the outermost
braces; take out trailing commas. What could be meant in two ways is never guessed at: NaN, infinities, texts
that were cut off, fields given twice. Every rung takes time in proportion to the text, whatever the text is.
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
LONGEST = 200_000
"""Characters; several times the longest answer any task asks for."""
MOST_DIGITS = 40
NOT_JSON = "The answer is not one complete JSON object."
_THOUGHTS = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|,(?=\s*[}\]])', re.DOTALL)
"""A string that is never closed counts to the end, so that no place is looked at twice."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def read(text: str, shape: type[Draft]) -> Draft:
    """The draft in a model's text.

    Raises:
        UnfitError: there is none, or it has another shape; the problems quote nothing of the text.
    """
    if len(text) > LONGEST:
        raise UnfitError("The answer is far too long.")
    data = _parsed(text)
    try:
        return shape.model_validate(data, strict=True)
    except ValidationError as error:
        raise UnfitError(*_told(error)) from None


class _Doubt(Exception):
    """It can be read, and that is no help."""


def _parsed(text: str) -> Any:
    for candidate in dict.fromkeys(_ladder(text)):
        try:
            return _loaded(candidate)
        except _Doubt as doubt:
            raise UnfitError(*doubt.args) from None
        except (ValueError, RecursionError):
            continue
    raise UnfitError(NOT_JSON)


def _loaded(text: str) -> Any:
    data = json.loads(
        text, parse_constant=_refuse, parse_float=_finite, parse_int=_short, object_pairs_hook=_once
    )
    if _SURROGATE.search(text):
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _Doubt("A text holds half a character.") from None
    return data


def _ladder(text: str) -> Iterator[str]:
    yield text
    text = _THOUGHTS.sub("", text, count=1) if text.lstrip().startswith("<think>") else text
    fences = text.split("```")
    if len(fences) == 3:
        yield from _braced(fences[1])
    yield from _braced(text)


def _braced(text: str) -> Iterator[str]:
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        inner = text[start : end + 1]
        yield inner
        yield _STRING_OR_COMMA.sub(lambda found: "" if found[0] == "," else found[0], inner)


def _refuse(_constant: str) -> Any:
    raise _Doubt("Numbers must be finite: no NaN, no Infinity.")


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise _Doubt("Numbers must be finite: no NaN, no Infinity.")
    return value


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Doubt("A number has far too many digits.")
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Doubt("A field is given twice.")
    return found


def _told(error: ValidationError) -> list[str]:
    """Where and what, without the input: not even the names of fields that were made up."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    told = dict.fromkeys(_sentence(detail["type"], detail["loc"], detail["msg"]) for detail in details)
    return list(told)[:MOST_PROBLEMS]


def _sentence(kind: str, loc: tuple[int | str, ...], message: str) -> str:
    if kind == "extra_forbidden":
        return "The answer has fields that were not asked for."
    return f"{'.'.join(str(part) for part in loc) or 'answer'}: {message}"
