"""The label's books as a whole: brought up to date, backed up, looked over."""

from __future__ import annotations

from pathlib import Path

from noktvrn.label import ledgers
from noktvrn.label.backup import Backup, backup
from noktvrn.label.book_check import check
from noktvrn.label.office import Office
from noktvrn.model.finding import Report
from noktvrn.storage import migrate


class Books:
    """Verbs about the books. Restoring and moving need a label that is not open: `restoring`, `moving`."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def migrate(self) -> str:
        """Brings the ledger and the workflow engine's own tables to their newest form, also where a DBA made
        the ledger by hand; returns its revision."""
        ledgers.make(self._studio.database)
        return migrate.newest()

    def backup(self, to: Path, *, with_files: bool = True) -> Backup:
        """Makes a backup in a new folder below `to`, while work goes on. See `label.backup`."""
        return backup(self._studio, to, with_files=with_files)

    def check(self, *, with_files: bool = True) -> Report:
        """Looks everything over; `with_files` also reads every file of the vault. See `label.book_check`."""
        return check(self._studio, with_files=with_files)
