"""A BAS application the person started: it is handed the text once, and files are taken from one folder.

What it does in between is the person's own affair and answer; the house starts, drives and sees none of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.model.studio import DriverName, StudioPack
from noktvrn.outbound.troubles import quoted
from noktvrn.providers.suno_session.driver import CLEAR, Sight, Trouble
from noktvrn.providers.suno_session.inbox import ENDINGS
from noktvrn.providers.suno_session.manual import Watch
from noktvrn.providers.suno_session.wire import Done, Wire
from noktvrn.settings import Settings

FUNCTION = "suno_song"


class Song(BaseModel):
    """What the function `suno_song` answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    files: tuple[str, ...] = Field(default=(), max_length=4)
    clip_id: str = Field(default="", max_length=100)


class Bas:
    """The application on this machine. `handed`: it got the text in an earlier sitting, so that it is only
    waited for."""

    name: DriverName = "bas"
    hands_over = True

    def __init__(self, settings: Settings, inbox: Path, watch: Watch, *, handed: bool = False) -> None:
        self._settings = settings
        self._inbox = inbox
        self._watch = watch
        self._handed = handed
        self._wire: Wire | None = None
        self._task = 0
        self._trouble: Trouble | None = None
        self._told: set[Path] = set()

    def open(self) -> Sight:
        """Connects, unless there is nothing to hand over any more.

        Raises:
            NotReady: no port is set. Unavailable, Refused: the application is not there or refuses the login.
        """
        if self._handed:
            return Sight(files=self._fresh(()))
        if self._settings.bas_port is None:
            raise NotReady(
                "The port of the BAS application is not set.",
                code="studio.no_bas_port",
                hint="Set NOKTVRN_BAS_PORT to its --remote-control-port.",
            )
        self._wire = Wire(self._settings.bas_port)
        password = self._settings.bas_password.get_secret_value()
        self._wire.open(self._settings.bas_script, self._settings.bas_login, password)
        return CLEAR

    def prefill(self, pack: StudioPack) -> Sight:
        """Hands the text over: what the person could paste, and nothing else."""
        if self._wire is not None:
            told = pack.model_dump(mode="json", exclude={"press"})
            self._task = self._wire.run(FUNCTION, told | {"folder": str(self._inbox)})
        return CLEAR

    def look(self, within_s: float) -> Sight:
        """The application's word, and new songs in the folder."""
        named: tuple[Path, ...] = ()
        if self._wire is not None:
            named = self._heard(self._wire, within_s)
        else:
            self._watch.rest(within_s)
        return Sight(trouble=self._trouble, files=self._fresh(named))

    def picture(self, into: Path) -> Path | None:
        """None: what the application shows is not seen here."""
        return None

    def close(self) -> None:
        """Hangs up; the application stays as it is."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _heard(self, wire: Wire, within_s: float) -> tuple[Path, ...]:
        try:
            done = wire.answer(self._task, within_s)
        except LabelError as error:
            # It was handed the text: whether it works on nobody knows, so the folder is watched on.
            self._trouble = Trouble("application", error.message)
            self.close()
            return ()
        if done is None:
            return ()
        self.close()
        files, self._trouble = self._named(done)
        return files

    def _named(self, done: Done) -> tuple[tuple[Path, ...], Trouble | None]:
        """The files an answer names, as far as they lie in the folder."""
        if not done.success:
            return (), Trouble("application", quoted(done.message or ""))
        try:
            song = _song(done.result)
        except ValidationError:
            return (), Trouble("application", "It names no files.")
        paths = [Path(name) for name in song.files]
        inside = [path for path in paths if self._is_inside(path)]
        if len(inside) < len(paths):
            return tuple(inside), Trouble(
                "application", f"It names files that are no songs in {self._inbox}."
            )
        return tuple(inside), None

    def _is_inside(self, path: Path) -> bool:
        if path.suffix.lower() not in ENDINGS or path.is_symlink():
            return False
        whole = (self._inbox / path).resolve()
        return whole.is_file() and whole.parent == self._inbox.resolve()

    def _fresh(self, named: tuple[Path, ...]) -> tuple[Path, ...]:
        found = [(self._inbox / path).resolve() for path in named]
        found += [path.resolve() for path in self._watch.fresh()]
        new = tuple(dict.fromkeys(path for path in found if path not in self._told))
        self._told.update(new)
        return new


def _song(result: Any) -> Song:
    return Song.model_validate_json(result) if isinstance(result, str) else Song.model_validate(result)
