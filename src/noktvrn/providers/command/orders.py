"""The program as the desk asks it: it costs nothing, so what a crash interrupted is simply run again."""

from __future__ import annotations

import shutil
from pathlib import Path

from noktvrn.model.noun import canonical_json
from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Health
from noktvrn.providers.command.arguments import template_of
from noktvrn.providers.command.program import Run, run
from noktvrn.settings import Settings

NAME = "command"
NAMED = "The composer's program"
SPARE_S = 60.0
_WORK = ".work"


class CommandService:
    """Takes orders of `{"brief": ...}`; what is run is the setting's, never the order's."""

    def __init__(self, settings: Settings) -> None:
        self._template = template_of(settings.composer_command or "")
        self._timeout_s = settings.composer_timeout_s
        self.caps = Caps(at_once=1, deadline_s=settings.composer_timeout_s + SPARE_S)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Runs the program; its file is moved where files are kept once it has ended well."""
        work = slip.spool / _WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        out = work / "song.wav"
        brief = order.request["brief"]
        values = {"out": str(out), "seed": str(brief["seed"]), "duration": f"{brief['duration_s']:g}"}
        told = canonical_json(brief).encode()
        try:
            run(Run(self._template.filled(values), told, out, self._timeout_s), work)
            whole = _moved(out, slip.spool / "song.wav")
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return Submitted(files=(Inline(clip="song", path=whole, kind="audio"),))

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: the program has ended when its order is answered."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """A program that was interrupted left nothing."""
        return None

    def cancel(self, ref: str) -> bool:
        """It is ended with the process that waits for it."""
        return False

    def health(self) -> Health:
        """Whether the program is there."""
        found = self._template.found()
        if found is None:
            return Health(False, f"there is no program {self._template.program}")
        return Health(True, f"{Path(found).name} is there")


def _moved(out: Path, target: Path) -> Path:
    if out.is_symlink():
        raise trouble(Trouble.CONTRACT, NAMED, "its file is a link")
    return out.replace(target)
