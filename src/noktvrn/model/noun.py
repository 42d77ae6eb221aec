"""The base of every noun: frozen, complete, and spelt one way in the ledger, the API and `--json`."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A frozen value. Unknown fields are an error, so a misspelt one is never lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON: equal values, equal digests."""
        return canonical_digest(self.as_data())


def canonical_json(data: object) -> str:
    """JSON with sorted keys and no spaces: one spelling for one value."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_digest(data: object) -> str:
    """SHA-256 (hex) of `canonical_json`."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()
