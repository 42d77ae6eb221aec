"""A label's process of its own, forked from a server that has imported all, so that it starts at once."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.integration.durability.durability_samples import light_stages, working

from noktvrn.kernel.errors import LabelError, Mistake
from noktvrn.label import chores
from noktvrn.label.label import Label, open_label
from noktvrn.label.work import is_busy
from noktvrn.model.run import RunState, StageName
from noktvrn.production import engine, workflows  # noqa: F401 - imported once for all workers
from noktvrn.production.dispatcher import Named
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings
from noktvrn.storage import database

UNCAPPED = 10_000
ASLEEP = "asleep"
"""The file in the home that a sleeper leaves as it begins to wait."""


def begin_worker(settings: Settings, pause_s: float) -> BaseProcess:
    """A process that takes work until every run has ended."""
    return _begin("work", settings, pause_s)


def begin_opener(settings: Settings) -> BaseProcess:
    """A process that opens the label and closes it."""
    return _begin("open", settings, 0.0)


def begin_starter(settings: Settings, artist_id: str, count: int) -> BaseProcess:
    """A process that starts so many runs of an artist, and after each cancels whichever is under way."""
    return _begin(f"start {artist_id} {count}", settings, 0.0)


def begin_sleeper(settings: Settings, where: str) -> BaseProcess:
    """A process that takes work and waits once, for as long as the file is there that it leaves then: when it
    has claimed its first workflow (`claim`), inside its first stage (`stage`), or with the rows of that stage
    written and not committed (`commit`)."""
    return _begin(f"sleep {where}", settings, 0.0)


def _begin(mode: str, settings: Settings, pause_s: float) -> BaseProcess:
    # The server of CPython 3.11 imports what it preloads without the path it is handed (gh-117378).
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parents[3]), *sys.path)))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    url = settings.database_url.get_secret_value() if settings.database_url is not None else None
    process = context.Process(target=main, args=(mode, str(settings.home), url, pause_s))
    process.start()
    return process


def main(mode: str, home: str, url: str | None, pause_s: float) -> None:
    """What the process does."""
    Path(home).mkdir(parents=True, exist_ok=True)
    log = os.open(Path(home).parent / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stderr.fileno())
    settings = Settings(
        home=Path(home),
        database_url=url,
        autopilot_artist_daily=UNCAPPED,
        autopilot_label_daily=UNCAPPED,
        _env_file=None,
    )
    if mode.startswith("sleep "):  # a test has no five minutes
        database.LINE["options"] = str(database.LINE["options"]).replace("=300s", "=3s")
    with open_label(settings) as label:
        if mode == "work":
            _work(label, pause_s)
        elif mode.startswith("sleep "):
            _sleep(label, mode.split()[1])
        elif mode.startswith("start "):
            _, artist_id, count = mode.split()
            _start(label, artist_id, int(count))


def _start(label: Label, artist_id: str, count: int) -> None:
    for number in range(count):
        label.runs.start(artist_id, name=f"{os.getpid()} {number}")
        under_way = [run for run in label.runs.every(artist_id=artist_id) if run.admitted]
        for run in under_way:
            if label.runs.get(run.id).state is RunState.QUEUED:
                with contextlib.suppress(Mistake):  # another process was faster
                    label.runs.cancel(run.id)


def _sleep(label: Label, where: str) -> None:
    slept: list[str] = []

    def nap(at: str) -> None:
        if at == where and not slept:
            slept.append(at)
            (label.settings.home / ASLEEP).touch()
            while (label.settings.home / ASLEEP).exists():
                time.sleep(0.02)

    brief, move = light_stages()[StageName.BRIEF], workflows._move

    def stage(scene: Scene) -> Outcome:
        nap("stage")
        outcome = brief(scene)
        return replace(outcome, commits=[*outcome.commits, lambda _connection: nap("commit")])

    def moving(mine: Named, state: RunState, error: str, hint: str, exit_code: int) -> bool:
        nap("claim")
        return move(mine, state, error, hint, exit_code)

    workflows._move = moving
    with working(label, light_stages(brief=stage)):  # without chores: none may be asleep in a transaction
        while not slept or is_busy(label):
            time.sleep(0.1)


def _work(label: Label, pause_s: float) -> None:
    with working(label, light_stages(pause_s)):
        while True:
            try:
                chores.once(label)
                if _is_over(label):
                    return
            except LabelError as error:
                print(error.code, error.message, file=sys.stderr, flush=True)
            time.sleep(0.1)


def _is_over(label: Label) -> bool:
    waiting = any(run.state is RunState.AWAITING_REVIEW and run.autopilot for run in label.runs.every())
    return not waiting and not is_busy(label)
