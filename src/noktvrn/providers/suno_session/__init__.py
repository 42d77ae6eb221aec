"""A song from an outside studio, made by a person: the house prepares, the person presses, the house imports.

What comes in: a song plan with its words. What goes out: the song the person downloaded, or NotReady with
the next step. It must never press anything that costs or answers for a person: no Create, no Download, no
challenge; it never reads cookies, never hides what it is, and never touches a file of the person's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.suno_session.composer import SunoSession
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> SunoSession:  # noqa: A001 - the name every provider's door has
    """The player. It opens no browser: a person does, by `noktvrn studio resume`."""
    from noktvrn.providers.suno_session.books import books_of
    from noktvrn.providers.suno_session.composer import SunoSession

    return SunoSession(books_of(settings, kit), settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether a person could begin now. Nothing is opened and nobody asked."""
    from noktvrn.providers.suno_session.readiness import health_of

    return health_of(settings, kit)
