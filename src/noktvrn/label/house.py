"""The house itself: its home, its ledger, and whether everything is in order."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from noktvrn.kernel.errors import LabelError, NotAllowed, NotReady
from noktvrn.label.office import Office
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.storage import audit, migrate
from noktvrn.storage.vault import open_vault

MIN_FREE_BYTES = 2 << 30
BEGUN = ".restoring"
"""Lies in a home that a restore has not finished."""


class House:
    """Verbs about the house."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def make_ready(self) -> None:
        """Makes the home and brings the ledger to its newest form; free when nothing is to do."""
        ensure_home(self._studio.settings.home)
        if (self._studio.settings.home / BEGUN).exists():
            self._refuse_half_restored()
        current, head = migrate.state(self._studio.database)
        if current != head:
            from noktvrn.production import engine

            # The ledger last: its revision says that all is made, also to those who find a half-made one.
            engine.migrate(self._studio.database)
            migrate.upgrade(self._studio.database)

    def _refuse_half_restored(self) -> None:
        """The ledger is filled last, in one transaction: without rows, files may be missing, too."""
        from noktvrn.storage.books.writing import is_empty

        with self._studio.database.read() as connection:
            half = is_empty(connection)
        if half:
            raise NotReady(
                f"A restore into {self._studio.settings.home} was not finished.",
                code="home.half_restored",
                hint="Run `noktvrn db restore` again, or set NOKTVRN_HOME to another folder.",
            )
        (self._studio.settings.home / BEGUN).unlink(missing_ok=True)

    def where(self) -> str:
        """Where the ledger lies; no secret."""
        return self._studio.database.url.render_as_string(hide_password=True)

    def seal_audit(self) -> int:
        """Strings new audit rows into the label's chain; returns how many."""
        with self._studio.database.begin() as connection:
            return audit.seal(connection)

    def verify_audit(self) -> Report:
        """Recomputes every audit chain."""
        self.seal_audit()
        with self._studio.database.read() as connection:
            return audit.verify(connection)

    def doctor(self) -> Report:
        """Looks at everything the label stands on; every trouble comes with its mend."""
        checks: list[Callable[[], Finding]] = [
            self._python,
            self._home,
            self._space,
            self._ledger,
            self._vault,
            self._ffmpeg,
            self._env_file,
        ]
        return Report(subject="house", checked=len(checks), findings=tuple(check() for check in checks))

    def _python(self) -> Finding:
        version = platform.python_version()
        good = sys.version_info >= (3, 11)
        return _found("doctor.python", good, f"Python {version}", "Install Python 3.11 or newer.")

    def _home(self) -> Finding:
        home = self._studio.settings.home
        good = os.access(home, os.W_OK)
        return _found("doctor.home", good, f"home {home}", "Give write access or set NOKTVRN_HOME.")

    def _space(self) -> Finding:
        free = shutil.disk_usage(self._studio.settings.home).free
        text = f"{free / (1 << 30):.1f} GB free"
        return _found(
            "doctor.space",
            free >= MIN_FREE_BYTES,
            text,
            "A release with film takes about 0.5 GB.",
            worst=Severity.WARNING,
        )

    def _ledger(self) -> Finding:
        try:
            current, head = migrate.state(self._studio.database)
        except LabelError as error:
            return _found("doctor.ledger", False, error.message, error.hint)
        where = self._studio.database.url.render_as_string(hide_password=True)
        return _found("doctor.ledger", current == head, f"ledger {where}, revision {current}", "noktvrn init")

    def _vault(self) -> Finding:
        settings = self._studio.settings.model_copy(update={"vault_patience_s": 2.0})
        try:
            vault = open_vault(settings)
            vault.ask()
        except LabelError as error:
            return _found("doctor.vault", False, error.message, error.hint)
        return _found("doctor.vault", True, f"vault {vault.where}", "")

    def _ffmpeg(self) -> Finding:
        from noktvrn.film.ffmpeg import find_ffmpeg

        try:
            program = find_ffmpeg(self._studio.settings.ffmpeg)
        except LabelError as error:
            return _found("doctor.ffmpeg", False, error.message, error.hint, worst=Severity.WARNING)
        return _found("doctor.ffmpeg", True, f"ffmpeg {program}", "")

    def _env_file(self) -> Finding:
        path = Path(".env")
        open_to_others = path.is_file() and path.stat().st_mode & 0o077
        text = ".env is readable by others" if open_to_others else "no secrets lie open"
        return _found("doctor.env", not open_to_others, text, "chmod 600 .env", worst=Severity.WARNING)


def ensure_home(home: Path) -> None:
    """Makes the home, for its owner only. Raises NotAllowed when it cannot be made."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NotAllowed(
            f"The home {home} cannot be made: {error.strerror}.",
            code="home.not_writable",
            hint="Set NOKTVRN_HOME to a folder of yours.",
        ) from error


def _found(rule: str, good: bool, message: str, hint: str, *, worst: Severity = Severity.ERROR) -> Finding:
    return Finding(
        rule=rule, severity=Severity.INFO if good else worst, message=message, hint="" if good else hint
    )
