"""What a way of working at the studio is: it opens, fills in, looks, and closes. It presses nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from noktvrn.model.studio import DriverName, StudioPack

TroubleKind = Literal["login", "challenge", "rate", "page", "fields", "file", "title", "application", "gone"]

TOLD: dict[str, tuple[str, str]] = {
    "login": ("The studio wants you to sign in.", "Sign in by hand in the window."),
    "challenge": ("The studio asks whether you are a person.", "Answer it by hand; the house never does."),
    "rate": ("The studio says it was asked too often.", "Wait as long as it says; nothing is pressed again."),
    "page": ("The studio's page did not come up.", "Check the line and the page, then resume."),
    "fields": (
        "The page does not show the fields that are filled in.",
        "Switch it to Custom; if it does, run `noktvrn studio check` (the page may have changed).",
    ),
    "file": ("A download is no song that plays.", "Download it again, as WAV or MP3."),
    "title": (
        "A download has another title than this song.",
        "If it is this song all the same: `noktvrn studio import SESSION FILE`.",
    ),
    "application": ("The application could not do it.", "Look at it; then resume with --again to hand over."),
    "gone": ("The window was closed before the song was here.", "`noktvrn studio resume` opens it again."),
}
"""What each trouble is, and what a person does about it. Only they do."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something only a person mends."""

    kind: TroubleKind
    detail: str = ""

    @property
    def text(self) -> str:
        """What it is, in a sentence."""
        return f"{TOLD[self.kind][0]}{' ' + self.detail if self.detail else ''}"

    @property
    def hint(self) -> str:
        """What to do about it."""
        return TOLD[self.kind][1]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look shows. `files` are songs that came since the last look; `credits` are what the site says
    is left, where it says so."""

    trouble: Trouble | None = None
    files: tuple[Path, ...] = ()
    credits: int | None = None
    gone: bool = False
    news: tuple[Trouble, ...] = field(default=())
    """Troubles that are told and passed: the session goes on."""


CLEAR = Sight()


class Driver(Protocol):
    """One way of working at the studio. It raises the kernel's errors; `close` raises none."""

    name: DriverName
    hands_over: bool
    """Whether filling in may already set the making going: it is entered in the books first then, and never
    done again by itself."""

    def open(self) -> Sight:
        """Reaches the studio; looks at it."""

    def prefill(self, pack: StudioPack) -> Sight:
        """Puts the pack where the person needs it. Presses nothing that makes or costs anything."""

    def look(self, within_s: float) -> Sight:
        """What there is to see; takes up to so many seconds."""

    def picture(self, into: Path) -> Path | None:
        """A picture of what the person sees, written to `into`; None: there is nothing to see."""

    def close(self) -> None:
        """Lets go of everything. The person's browser profile and files stay as they are."""
