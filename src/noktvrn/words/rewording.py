"""A name or a theme that changes, changed wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any


def reworded(data: Any, swaps: Mapping[str, str], untouched: Collection[str] = ()) -> Any:
    """JSON data with every text swapped in one pass, longest first, whole words only. What lies under a key
    of `untouched` stays as it is."""
    if isinstance(data, dict):
        return {
            key: value if key in untouched else reworded(value, swaps, untouched)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [reworded(value, swaps, untouched) for value in data]
    if not isinstance(data, str) or not swaps:
        return data
    found = "|".join(re.escape(text) for text in sorted(swaps, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{found})(?!\w)", lambda match: swaps[match[0]], data)
