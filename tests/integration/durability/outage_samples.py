"""Outages on purpose, while light productions go on: what was told, and whether anything was lost."""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.integration.durability.durability_samples import (
    enter_artist,
    light_stages,
    opened,
    traced,
    until,
    working,
)
from tests.postgres import _call, _programs

from noktvrn.kernel.clock import Clock, SystemClock
from noktvrn.label import chores
from noktvrn.label.label import Label, open_label
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.settings import Settings
from noktvrn.storage import audit

ROOT = Path(__file__).parents[3]
PAUSE_S = 0.05
PATIENCE_S = 120.0


class Told(logging.Handler):
    """Every line the label told people meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def listening() -> Iterator[Told]:
    """What is told until the block ends."""
    told, root = Told(), logging.getLogger("noktvrn")
    root.addHandler(told)
    try:
        yield told
    finally:
        root.removeHandler(told)


def produced(
    settings: Settings, times: int, outage: Callable[[], None], clock: Clock | None = None
) -> list[str]:
    """Runs of one artist each, produced while the `outage` happens; returns what was told.

    Raises:
        AssertionError: one did not reach the desk, a stage was recorded twice or not at all, or an audit
            chain is broken.
    """
    with listening() as told, open_label(settings, clock or SystemClock()) as label:
        begun = [label.runs.start(enter_artist(label, f"Artist {number}").id) for number in range(times)]
        with working(label, light_stages(PAUSE_S)), chores.keeping(label):
            until(lambda: len(traced(settings.home)) > 2, "work begin")
            outage()
            at_desk(label, begun)
    return told.lines


def at_desk(label: Label, begun: list[Run]) -> None:
    """Waits until every run lies on the desk, and looks whether anything was lost or doubled."""

    def there() -> bool:
        return all(label.runs.get(run.id).state is RunState.AWAITING_REVIEW for run in begun)

    until(patient(there), "every run on the desk", PATIENCE_S)
    for run in begun:
        sight = label.runs.look(run.id)
        assert [record.state for record in sight.stages] == ["done"] * 10, run.id
        events = [event for event in label.events.after(0, run_id=run.id) if event.state == "done"]
        assert len({event.detail["stage"] for event in events}) == len(events) == 10
    with label.office.studio.database.read() as connection:
        assert audit.verify(connection).passed


def patient(look: Callable[[], bool]) -> Callable[[], bool]:
    """The same look; a ledger that is away shows nothing."""
    from noktvrn.kernel.errors import Unavailable

    def looked() -> bool:
        try:
            return look()
        except Unavailable:
            return False

    return looked


def postgres_away(url: str, seconds: float) -> None:
    """Ends every session at once; starts the server again after so many seconds."""
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    words: list[str | Path] = [_programs() / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    begun_with = (folder / "data" / "postmaster.opts").read_text().split(" ", 1)[1].strip()
    _call([*words, "-m", "immediate", "stop"], owner)
    time.sleep(seconds)
    _call([*words, "-o", begun_with, "start"], owner)


class JumpingClock:
    """The machine's clock as the label and its workflow engine read it, off by as much as one wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = timedelta(0)
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.off.total_seconds())

    def now(self) -> datetime:
        return SystemClock().now() + self.off


def disk_full(size_mb: int = 24) -> str:
    """Fills the disk a label lives on, in a process and on a small disk of their own; frees it and lets the
    run go on. Returns what the process said; empty: this machine lets nobody mount a disk of his own."""
    program = shutil.which("unshare")
    if program is None:
        return ""
    words = [program, "-rm", sys.executable, "-m", __name__, str(size_mb)]
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=env, timeout=200)
    if "mount" in done.stderr and done.returncode == 75:
        return ""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _on_a_small_disk(size_mb: int) -> int:
    """What that process does."""
    import tempfile

    folder = tempfile.mkdtemp(prefix="nokdisk-")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "none", folder], capture_output=True
    )
    if mounted.returncode:
        print("mount", mounted.stderr.decode(errors="replace"), file=sys.stderr)
        return 75
    settings = Settings(home=Path(folder) / "home", database_url=None, _env_file=None)
    ballast = Path(folder) / "ballast"
    filled: list[Path] = []

    def fill(_share: object = None) -> None:
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * (1 << 14))
            except OSError:
                filled.append(ballast)

    with listening() as told, opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        stages = light_stages(PAUSE_S)
        track = stages[StageName.TRACK]

        def filling(scene: object) -> object:
            if not filled:
                fill()
            return track(scene)  # type: ignore[arg-type]

        stages = {**stages, StageName.TRACK: filling}  # type: ignore[dict-item]
        with working(label, stages), chores.keeping(label):
            until(lambda: bool(filled), "the disk full")
            time.sleep(2.0)
            ballast.unlink()
            print("state", _settled(label, run).state.value)
            if label.runs.get(run.id).state is not RunState.AWAITING_REVIEW:
                print("resumed", label.runs.resume(run.id).state.value)
            at_desk(label, [run])
            # It is told only once nothing has failed for a moment; the run may be quicker than that.
            until(lambda: any("answers again" in line for line in told.lines), "the ledger told of")
    print("\n".join(told.lines))
    return 0


def _settled(label: Label, run: Run) -> Run:
    """The run once it stands still, or nobody works on it any more."""

    def still() -> bool:
        known = label.runs.get(run.id)
        return known.state in (RunState.FAILED, RunState.AWAITING_REVIEW) or label.runs.is_stranded(run.id)

    until(patient(still), "the run standing still", PATIENCE_S)
    return label.runs.get(run.id)


if __name__ == "__main__":
    sys.exit(_on_a_small_disk(int(sys.argv[1])))
