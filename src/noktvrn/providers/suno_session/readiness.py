"""Whether a person could work at the studio now: terms, folder, browser. It asks nobody outside."""

from __future__ import annotations

import importlib.util

from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.providers._kit import Health, Kit
from noktvrn.providers.suno_session.books import books_of, check_terms
from noktvrn.providers.suno_session.browser import find_chromium
from noktvrn.providers.suno_session.manual import inbox_of
from noktvrn.providers.suno_session.selectors import selector_map
from noktvrn.settings import Settings


def health_of(settings: Settings, kit: Kit) -> Health:
    """What stands in the way, in a sentence, or how the person works."""
    try:
        _look(settings, kit)
    except LabelError as error:
        return Health(well=False, said=f"{error.message} {error.hint}".strip())
    return Health(well=True, said=f"ready for a person, by {settings.studio}")


def _look(settings: Settings, kit: Kit) -> None:
    if settings.studio is None:
        raise NotReady("NOKTVRN_STUDIO is not set.", hint="It is manual, browser or bas.")
    with books_of(settings, kit).database.read() as connection:
        check_terms(connection, settings.studio)
    if settings.studio != "browser":
        inbox_of(settings.studio_inbox)
    needed = {"browser": "playwright", "bas": "websockets"}.get(settings.studio)
    if needed is not None and importlib.util.find_spec(needed) is None:
        raise NotReady(
            f"{needed} is not installed.", hint="Install the extra: pip install 'noktvrn[studio]'."
        )
    if settings.studio == "browser":
        find_chromium(settings.chromium)
        selector_map(settings.studio_selectors)
