"""What the stages work with: the cast, the books and the vault. Put together by `label/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.vault import Vault

if TYPE_CHECKING:  # a command that only looks has no use for the roles
    from noktvrn.roles.camera import Camera
    from noktvrn.roles.composer import Composer
    from noktvrn.roles.distributor import Distributor
    from noktvrn.roles.evaluator import Evaluator
    from noktvrn.roles.filmmaker import Filmmaker
    from noktvrn.roles.illustrator import Illustrator
    from noktvrn.roles.messenger import Messenger
    from noktvrn.roles.singer import Singer
    from noktvrn.roles.stock_library import StockLibrary
    from noktvrn.roles.writer import Writer


def _for_nothing(_provider: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays which role, opened when first asked for.

    Tuples stand in the order they are asked (`production.chain`): the next one plays where the one before
    cannot. Composers and illustrators are closed by an embedded player, which needs nothing.
    """

    writer: Callable[[], Writer]
    composers: Callable[[], tuple[Composer, ...]]
    illustrators: Callable[[], tuple[Illustrator, ...]]
    filmmaker: Callable[[], Filmmaker]
    messengers: Callable[[], tuple[Messenger, ...]]
    couriers: Callable[[], tuple[Distributor, ...]]
    evaluators: Callable[[], tuple[Evaluator, ...]] = tuple
    singers: Callable[[], tuple[Singer, ...]] = tuple
    """None: nobody sings."""
    cameras: Callable[[], tuple[Camera, ...]] = tuple
    libraries: Callable[[], tuple[StockLibrary, ...]] = tuple
    """None of either: every film is drawn."""
    paid: Callable[[str], bool] = _for_nothing
    """Whether a provider asks for money or credits."""
    outside: Callable[[str], bool] = _for_nothing
    """Whether the first one cast for a role works outside, so that the machine waits."""


@dataclass(frozen=True, slots=True)
class Studio:
    """The house as the stages see it."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    cast: Cast

    @property
    def packages(self) -> Path:
        """Where sealed packages lie."""
        return self.settings.home / "packages"

    @property
    def previews(self) -> Path:
        """Where previews lie for those who decide."""
        return self.settings.home / "previews"

    @property
    def scratch(self) -> Path:
        """Where work in progress lies; everything here may vanish."""
        return self.settings.home / "scratch"
