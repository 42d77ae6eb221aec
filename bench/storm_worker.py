"""A worker of the storm: a process of its own, forked from a server that has imported all, so that it starts
at once.

Its stages are light; ledger, vault, seals, couriers and the desk for outside jobs are the real ones.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.integration.durability.durability_samples import light_stages, working
from tests.unit.release import release_samples

from noktvrn.kernel.seeds import derive_seed
from noktvrn.label import chores
from noktvrn.label.label import Label, open_label
from noktvrn.model.finding import Report
from noktvrn.model.run import StageName
from noktvrn.outbound.jobs.nouns import Charge, Delivery, JobOrder, Quote
from noktvrn.outbound.jobs.service import Jobs
from noktvrn.production import engine  # noqa: F401 - imported once for all workers
from noktvrn.production.chain import Chain
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.providers.openai_images.generations import NAME, ImageService
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings

OVER = "over"
"""The file in the home that sends the workers home."""
ONE_IN = 3
"""Of so many runs one has its cover painted outside."""


def begin(home: Path, url: str | None, pause_s: float, variables: Mapping[str, str]) -> BaseProcess:
    """A worker of this home; stages take `pause_s`."""
    # The server of CPython 3.11 imports what it preloads without the path it is handed (gh-117378).
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), *sys.path)))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_main, args=(str(home), url, pause_s, dict(variables)))
    process.start()
    return process


def _main(home: str, url: str | None, pause_s: float, variables: dict[str, str]) -> None:
    os.environ.update(variables)
    log = os.open(Path(home).parent / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stderr.fileno())
    settings = Settings(home=Path(home), database_url=url, _env_file=None)
    with open_label(settings) as label, working(label, stages(label, pause_s)), chores.keeping(label):
        while not (settings.home / OVER).exists():
            time.sleep(0.1)


def stages(label: Label, pause_s: float) -> Mapping[StageName, Stage]:
    """Light ones; the covers of some runs are ordered outside by the law of the real ones."""

    def cover(scene: Scene) -> Outcome:
        if goes_outside(scene.run.id):
            players = (_Painter(label.office.booking, scene.studio.settings), _Embedded())
            chain: Chain[_Painter | _Embedded] = Chain(scene, "cover", players)
            chain.played(lambda player: player.paint(chain.errand()))
        made = scene.folder / "made.txt"
        made.write_text(f"{scene.run.id} {scene.stage.value} {scene.attempt}")
        scene.keep(made, "text/plain", made.name)
        return Outcome(release_samples.cover())

    def critic(scene: Scene) -> Outcome:
        del scene
        return Outcome(Report(subject="track", checked=1))

    return light_stages(pause_s, cover=cover, critic=critic)


def goes_outside(run_id: str) -> bool:
    """Whether the cover of a run is painted outside."""
    return derive_seed(0, "storm", run_id) % ONE_IN == 0


def prompt_of(errand: Errand) -> str:
    """The words of one wish: no other wish has them."""
    return f"{errand.run_id} {errand.attempt}"


class _Painter:
    """Orders a picture and leaves it at that: what is counted is the order."""

    name = NAME

    def __init__(self, jobs: Jobs, settings: Settings) -> None:
        self._jobs = jobs
        self._service = ImageService(settings)

    def paint(self, errand: Errand) -> Delivery:
        told = {"model": "gpt-image-1", "n": 1, "size": "1024x1024", "quality": "low", "output_format": "png"}
        order = JobOrder(
            provider=NAME,
            purpose="paint",
            errand=errand,
            request={**told, "prompt": prompt_of(errand)},
            kind="picture",
            quote=Quote(charges=(Charge(amount=100_000),)),
        )
        return self._jobs.done(order, self._service)


class _Embedded:
    """Paints where the outside did not, or where nobody knows whether it did."""

    name = "procedural_art"

    def paint(self, errand: Errand) -> Delivery | None:
        del errand
        return None
