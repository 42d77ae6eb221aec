"""Under which rights a player's work is made today."""

from __future__ import annotations

from noktvrn.model.provenance import Rights
from noktvrn.providers import registry
from noktvrn.providers._kit import Kit


def rights_of(kit: Kit, name: str) -> Rights:
    """What a person has recorded of plan and terms, laid over the manifest; the manifest's alone where the
    kit keeps no records."""
    return kit.rights(name) if kit.rights is not None else registry.rights_of(name)
