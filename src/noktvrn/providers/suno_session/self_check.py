"""The self-check: is everything that would be filled in on the page in front of us?"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.studio import StudioPack
from noktvrn.providers.suno_session.browser import Browser
from noktvrn.providers.suno_session.driver import Sight
from noktvrn.providers.suno_session.page import Found
from noktvrn.providers.suno_session.seat import seated
from noktvrn.settings import Settings

LOOK_S = 0.5
SAMPLE = StudioPack(title="A title", style="a style", lyrics="[Verse]\nA line")
"""What a check looks for the fields of; it is never filled in."""


def check_page(settings: Settings, wait_s: float) -> Report:
    """Opens the page and waits until all that is needed is there, at most `wait_s` seconds.

    Raises:
        NotReady: the extra or the browser is not installed. Conflict: a session works at the studio.
    """
    with tempfile.TemporaryDirectory() as folder, seated(settings.home, "a check"):
        browser = Browser(settings, Path(folder), SAMPLE.title, SAMPLE)
        try:
            sight, places = _looked(browser, wait_s)
        finally:
            browser.close()
    findings = [_finding(found) for found in places]
    if sight.trouble is not None and sight.trouble.kind != "fields":
        findings.append(
            Finding(
                rule=f"studio.{sight.trouble.kind}",
                severity=Severity.ERROR,
                message=sight.trouble.text,
                hint=sight.trouble.hint,
            )
        )
    return Report(subject="studio page", checked=len(findings), findings=tuple(findings))


def _looked(browser: Browser, wait_s: float) -> tuple[Sight, tuple[Found, ...]]:
    until = time.monotonic() + wait_s
    sight = browser.open()
    while True:
        places = browser.check()
        ready = sight.trouble is None and all(found.selector or found.optional for found in places)
        if ready or sight.gone or time.monotonic() > until:
            return sight, places
        sight = browser.look(LOOK_S)


def _finding(found: Found) -> Finding:
    where = found.selector or ("not there, which may be" if found.optional else "missing")
    return Finding(
        rule=f"studio.{found.kind}.{found.name}",
        severity=Severity.INFO if found.selector or found.optional else Severity.ERROR,
        message=f"{found.name}: {where}",
        hint="" if found.selector else "Name its selector in a file, and that in NOKTVRN_STUDIO_SELECTORS.",
    )
