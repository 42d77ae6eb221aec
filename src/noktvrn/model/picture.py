"""Pictures: covers, avatars, banners."""

from __future__ import annotations

from typing import Literal

from noktvrn.model.asset import Asset
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance

PictureKind = Literal["cover", "avatar", "banner", "thumbnail"]


class Picture(Noun):
    """A painted picture in the vault. `shown_text` is every word that can be read on it."""

    kind: PictureKind
    asset: Asset
    width: int
    height: int
    seed: int
    shown_text: tuple[str, ...] = ()
    romanised: bool = False
    palette: tuple[str, ...] = ()
    fingerprint: str = ""
    provenance: Provenance
