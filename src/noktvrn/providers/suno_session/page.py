"""The studio's page as it is read and filled in. Nothing on it is ever pressed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from noktvrn.model.studio import StudioPack
from noktvrn.providers.suno_session.driver import Sight, Trouble
from noktvrn.providers.suno_session.selectors import FieldName, Place, SelectorMap, WallName

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WALLS: tuple[WallName, ...] = ("challenge", "rate", "login")
SMALLEST_PX = 40
"""A challenge that is out of sight has no size to speak of: those wait on many pages without asking."""

_NUMBER = re.compile(r"\d[\d ,.]*")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a check found a place of the map: the selector that fits, or None."""

    kind: Literal["field", "mark"]
    name: str
    selector: str | None
    optional: bool


class StudioPage:
    """A page of the browser with the map of it."""

    def __init__(self, page: Page, places: SelectorMap) -> None:
        self._page = page
        self._places = places

    def sight(self, pack: StudioPack | None) -> Sight:
        """Walls, and where a `pack` is to be filled in, the fields it needs; credits where they are shown."""
        wall = next((name for name in WALLS if self._stands(name)), None)
        if wall is not None:
            return Sight(trouble=Trouble(wall), credits=self._credits())
        missing = [name for name in _needed(pack) if self._find(self._places.fields[name]) is None]
        trouble = Trouble("fields", f"Missing: {', '.join(missing)}.") if missing else None
        return Sight(trouble=trouble, credits=self._credits())

    def fill(self, pack: StudioPack) -> Sight:
        """Fills in what the person could paste, and reads it back."""
        texts: dict[FieldName, str] = {
            "lyrics": pack.lyrics,
            "style": pack.style,
            "exclude": pack.exclude,
            "title": pack.title,
        }
        wrong = [name for name, text in texts.items() if text and not self._filled(name, text)]
        trouble = Trouble("fields", f"Not taken as written: {', '.join(wrong)}.") if wrong else None
        return Sight(trouble=trouble)

    def check(self) -> tuple[Found, ...]:
        """Every field and mark of the map, and which of its selectors fits the page now."""
        fields = [self._checked("field", name, place) for name, place in self._places.fields.items()]
        marks = [self._checked("mark", name, place) for name, place in self._places.marks.items()]
        return (*fields, *marks)

    def _stands(self, wall: WallName) -> bool:
        return self._find(self._places.walls[wall], SMALLEST_PX if wall == "challenge" else 0) is not None

    def _filled(self, name: FieldName, text: str) -> bool:
        place = self._places.fields[name]
        found = self._find(place)
        if found is None:
            return place.optional
        found.fill(text)
        return _plain(_text_of(found)) == _plain(text)

    def _find(self, place: Place, smallest: int = 0) -> Locator | None:
        for selector in place.any:
            found = self._page.locator(selector).first
            if found.is_visible() and _is_as_large(found, smallest):
                return found
        return None

    def _checked(self, kind: Literal["field", "mark"], name: str, place: Place) -> Found:
        fits = next((one for one in place.any if self._page.locator(one).first.is_visible()), None)
        return Found(kind, name, fits, place.optional)

    def _credits(self) -> int | None:
        found = self._find(self._places.marks["credits"])
        number = _NUMBER.search(found.inner_text()) if found is not None else None
        digits = re.sub(r"\D", "", number[0]) if number else ""
        return int(digits) if 0 < len(digits) <= 9 else None


def _needed(pack: StudioPack | None) -> tuple[FieldName, ...]:
    if pack is None:
        return ()
    return ("lyrics", "style", "title") if pack.lyrics else ("style", "title")


def _is_as_large(found: Locator, smallest: int) -> bool:
    if not smallest:
        return True
    box = found.bounding_box()
    return box is not None and box["width"] >= smallest and box["height"] >= smallest


def _text_of(found: Locator) -> str:
    """What a field holds: of an input or text area its value, of an editable part its text."""
    told = found.evaluate("field => 'value' in field ? field.value : field.innerText")
    return str(told)


def _plain(text: str) -> str:
    return " ".join(text.split())
