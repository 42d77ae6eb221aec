"""The folder courier: delivers a sealed package into a folder, once.

What comes in: a consignment. What goes out: a receipt with the place. It never overwrites anything, never
changes the package, and leaves either the whole package at its place or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.folder_courier.distributor import FolderCourier
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> FolderCourier:  # noqa: A001 - the name every provider opens by
    """The courier into `NOKTVRN_DELIVERY_DIR`, or `delivered/` in the home."""
    from noktvrn.providers.folder_courier.distributor import FolderCourier

    return FolderCourier(settings.delivery_dir or settings.home / "delivered")
