"""What may be stored in the engine's tables: JSON, and errors of our own tree by name. Never a pickle.

Whoever can write the database must not thereby run code here; and an error that is replayed must be of the
class it was, or a workflow would take another branch after a crash.
"""

from __future__ import annotations

import json
from typing import Any

from dbos import Serializer

from noktvrn.kernel.errors import Fault, LabelError, known_errors

_ERROR = "$error"


class JsonSerializer(Serializer):
    """JSON with an allow-list of error classes."""

    def name(self) -> str:
        """The name stored beside every value."""
        return "noktvrn-json-1"

    def serialize(self, data: Any) -> str:
        """Raises TypeError for anything that is not plain data or an error."""
        return json.dumps(data, default=_encode, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        """The value, errors in their own class."""
        return json.loads(serialized_data, object_hook=_decode)


def _encode(value: Any) -> dict[str, Any]:
    if isinstance(value, LabelError):
        return {
            _ERROR: type(value).__name__,
            "message": value.message,
            "code": value.code,
            "hint": value.hint,
        }
    if isinstance(value, BaseException):
        return {_ERROR: "Fault", "message": f"{type(value).__name__}: {value}", "code": "fault", "hint": ""}
    raise TypeError(f"{type(value).__name__} does not belong in a workflow; pass ids and plain data")


def _decode(data: dict[str, Any]) -> Any:
    if _ERROR not in data:
        return data
    kind = known_errors().get(data[_ERROR], Fault)
    return kind(data["message"], code=data["code"], hint=data["hint"])
