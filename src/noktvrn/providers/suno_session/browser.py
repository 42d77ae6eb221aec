"""The person's browser at the studio: headed, with a profile of its own, honest about being driven.

Needs the extra `studio` (Playwright) and a Chromium of the system. It opens the page, fills in fields, looks,
and keeps what the page hands out as a download. Cookies stay in the profile, neither read nor copied.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import LabelError, NotReady, Unavailable
from noktvrn.model.studio import DriverName, StudioPack
from noktvrn.providers.suno_session.driver import CLEAR, Sight, Trouble
from noktvrn.providers.suno_session.inbox import is_of
from noktvrn.providers.suno_session.journal import place_of
from noktvrn.providers.suno_session.page import Found, StudioPage
from noktvrn.providers.suno_session.selectors import SelectorMap, selector_map
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Download, Page, Playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOAD_MS = 30_000.0
_UNSAFE = re.compile(r"[^\w .()\-]+")


class Browser:
    """A window with the studio's page. `downloads` takes the songs; `title` is the song's."""

    name: DriverName = "browser"
    hands_over = False

    def __init__(
        self, settings: Settings, downloads: Path, title: str, pack: StudioPack | None = None
    ) -> None:
        self._settings = settings
        self._places: SelectorMap = selector_map(settings.studio_selectors)
        self._downloads = downloads
        self._title = title
        self._wanted = pack
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._coming: list[Download] = []
        self._open = False

    def open(self) -> Sight:
        """Opens the window with the page.

        Raises:
            NotReady: the extra or the browser is not installed. Unavailable: the browser does not start.
        """
        self._start()
        return self.open_page()

    def open_page(self) -> Sight:
        """Goes to the studio's page in the window that is open."""
        page = self._page()
        if page is None:
            return Sight(gone=True)
        try:
            page.goto(self._settings.studio_url, wait_until="domcontentloaded", timeout=LOAD_MS)
        except _playwright_error() as error:
            return Sight(trouble=Trouble("page", f"{place_of(self._settings.studio_url)}: {_first(error)}"))
        return self._sight()

    def prefill(self, pack: StudioPack) -> Sight:
        """Fills the fields in."""
        self._wanted = None
        return self._guarded(lambda page: page.fill(pack))

    def look(self, within_s: float) -> Sight:
        """Lets the person work for a while, then takes what they downloaded."""
        page = self._page()
        if page is None:
            return Sight(gone=True, files=self._taken()[0])
        try:
            page.wait_for_timeout(within_s * 1000)
            files, news = self._taken()
        except _playwright_error():
            return Sight(gone=not self._open or self._page() is None)
        sight = self._sight()
        return Sight(sight.trouble, files, sight.credits, sight.gone, news)

    def check(self) -> tuple[Found, ...]:
        """Which places of the map are on the page now; none where there is no page any more."""
        page = self._page()
        return StudioPage(page, self._places).check() if page is not None else ()

    def picture(self, into: Path) -> Path | None:
        """The page as it is seen, what is typed into it covered."""
        page = self._page()
        if page is None:
            return None
        try:
            page.screenshot(path=into, mask=[page.locator("input")], timeout=5000)
        except _playwright_error():
            return None
        into.chmod(0o600)
        return into

    def close(self) -> None:
        """Closes the window; the profile keeps what the browser keeps."""
        for end in (self._context and self._context.close, self._playwright and self._playwright.stop):
            try:
                if end:
                    end()
            except _playwright_error():
                continue
        self._context = self._playwright = None

    def _start(self) -> None:
        program = find_chromium(self._settings.chromium)
        profile = self._settings.studio_profile or self._settings.home / "studio" / "profile"
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        profile.chmod(0o700)
        self._playwright = _playwright()
        try:
            self._context = self._playwright.chromium.launch_persistent_context(
                profile,
                executable_path=program,
                headless=self._settings.studio_headless,
                accept_downloads=True,
                no_viewport=not self._settings.studio_headless or None,
                chromium_sandbox=os.geteuid() != 0,  # Chromium has none for root
            )
        except _playwright_error() as error:
            self.close()
            raise _not_started(program, error) from error
        self._open = True
        self._context.on("close", lambda _context: self._ended())
        self._context.on("page", self._watch)
        for page in self._context.pages:
            self._watch(page)

    def _ended(self) -> None:
        self._open = False

    def _watch(self, page: Page) -> None:
        page.on("download", self._came)

    def _came(self, download: Download) -> None:
        self._coming.append(download)

    def _page(self) -> Page | None:
        """The page the person works on: the one opened last that is still there."""
        if self._context is None or not self._open:
            return None
        return next((page for page in reversed(self._context.pages) if not page.is_closed()), None)

    def _sight(self) -> Sight:
        return self._guarded(lambda page: page.sight(self._wanted))

    def _guarded(self, act: Callable[[StudioPage], Sight]) -> Sight:
        """What `act` sees; a page that goes away in the middle shows nothing yet."""
        page = self._page()
        if page is None:
            return Sight(gone=True)
        try:
            return act(StudioPage(page, self._places))
        except _playwright_error() as error:
            if self._page() is None:
                return Sight(gone=True)
            return Sight(trouble=Trouble("page", _first(error))) if self._wanted else CLEAR

    def _taken(self) -> tuple[tuple[Path, ...], tuple[Trouble, ...]]:
        """Saves what was downloaded: songs of this title to be imported, others aside."""
        files: list[Path] = []
        news: list[Trouble] = []
        while self._coming:
            download = self._coming.pop(0)
            name = safe_name(download.suggested_filename)
            if (failure := download.failure()) is not None:
                news.append(Trouble("file", f"{name}: {failure}"))
            elif is_of(name, self._title):
                files.append(_saved(download, self._downloads, name))
            else:
                aside = self._downloads.parent / "aside"
                aside.mkdir(mode=0o700, exist_ok=True)
                news.append(Trouble("title", f"It lies at {_saved(download, aside, name)}."))
        return tuple(files), tuple(news)


def find_chromium(setting: Path | None) -> Path:
    """The browser named by `setting`, else the first on PATH. Raises NotReady where there is none."""
    if setting is not None:
        if os.access(setting, os.X_OK) and setting.is_file():
            return setting.absolute()
        raise _no_browser(f"The browser named in the settings is none: {setting}.")
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        raise _no_browser("No Chromium was found.")
    return Path(found).absolute()


def safe_name(name: str) -> str:
    """A file name a site suggests, as one that is safe here: no folders, no control characters, not long."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:120]}{dot}{ending[:8]}" if dot else plain[:120] or "download"


def _saved(download: Download, folder: Path, name: str) -> Path:
    """Saves a download in one step: what lies under its own name is whole."""
    taken = len(list(folder.iterdir())) + 1
    target = folder / name if not (folder / name).exists() else folder / f"{taken:03d} {name}"
    part = target.with_name(target.name + ".part")
    download.save_as(part)
    part.replace(target)
    return target


def _playwright() -> Playwright:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotReady(
            "The browser of the studio session is not installed.",
            code="studio.no_playwright",
            hint="Install the extra: pip install 'noktvrn[studio]'; or set NOKTVRN_STUDIO=manual.",
        ) from None
    return sync_playwright().start()


def _playwright_error() -> type[Exception]:
    from playwright.sync_api import Error

    return Error


def _first(error: Exception) -> str:
    """The first line of a browser's error, without addresses' queries."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return re.sub(r"(https?://[^\s?#]+)\S*", r"\1", line)[:160]


def _no_browser(message: str) -> NotReady:
    return NotReady(
        message,
        code="studio.no_chromium",
        hint="Install Chromium (Debian, Ubuntu: apt install chromium), or set NOKTVRN_CHROMIUM.",
    )


def _not_started(program: Path, error: Exception) -> LabelError:
    return Unavailable(
        f"{program} did not start: {_first(error)}",
        code="studio.no_window",
        hint="Close other windows of the studio's profile; without a screen set NOKTVRN_STUDIO=manual.",
    )
