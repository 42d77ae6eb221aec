"""A label whose worker makes light stages and remembers which attempt at what it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.integration.label.label_samples import draft, enter_artist, item_of, settle
from tests.unit.release import release_samples as samples

from noktvrn.label.label import Label
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.remake import Remake
from noktvrn.model.run import Run, StageName, StageRecord
from noktvrn.model.track import Track
from noktvrn.production import engine
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.storage.ledger import reviews, runs

Asked = tuple[str, int, int, int]
"""Stage, attempt, seed, and the number it orders under."""


@dataclass
class Floor:
    """A run of light stages. Takes in `flat` do not pass; `deeds` take the place of a stage."""

    label: Label
    takes: int = 1
    flat: frozenset[int] = frozenset()
    deeds: Mapping[StageName, Callable[[Scene], Outcome]] = field(default_factory=dict)
    wishes: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _at_work: ExitStack | None = None

    def __post_init__(self) -> None:
        self.artist = enter_artist(self.label)
        self.run = self.label.runs.start(self.artist.id, takes=self.takes, **self.wishes)

    def work(self) -> Run:
        """Works until the run stands still, and stays at work until `leave`."""
        if not self._at_work:
            self._at_work = ExitStack()
            stages = dict.fromkeys(StageName, self._stage)
            self._at_work.enter_context(engine.running(self.label.office.studio, stages))
        return settle(self.label, self.run.id)

    def leave(self) -> None:
        """Nobody works any more."""
        if self._at_work:
            self._at_work.close()
            self._at_work = None

    def remake(self, **wish: Any) -> Run:
        """A remake by Ana, worked off; `asked` is then what it was asked for."""
        self.asked.clear()
        self.label.remakes.remake(self.run.id, by="person:ana", **wish)
        return self.work()

    @property
    def made(self) -> list[tuple[str, int]]:
        """Stage and attempt of everything this round was asked for."""
        return [(stage, attempt) for stage, attempt, _, _ in self.asked]

    @property
    def last(self) -> Remake:
        """The last remake of the run."""
        return self.label.remakes.of(self.run.id)[-1]

    def holds(self, stage: StageName) -> StageRecord:
        """The record that holds now."""
        with self.label.office.studio.database.read() as connection:
            record = runs.result(connection, self.run, stage)
        assert record is not None
        return record

    def _stage(self, scene: Scene) -> Outcome:
        self.asked.append((scene.stage.value, scene.attempt, scene.seed, scene.bought))
        light: dict[StageName, Callable[[Scene], Outcome]] = {
            StageName.LYRICS: _words,
            StageName.TRACK: _track,
            StageName.CRITIC: self._judge,
            StageName.VALIDATE: _validate,
            StageName.PREVIEW: _desk,
        }
        return self.deeds.get(scene.stage, light.get(scene.stage, _nothing))(scene)

    def _judge(self, scene: Scene) -> Outcome:
        bad = Finding(rule="audio.crest", severity=Severity.ERROR, message="Flat.")
        report = Report(subject="track", checked=1, findings=(bad,) if scene.attempt in self.flat else ())
        return Outcome(report, findings=report.findings, checked=1, passed=report.passed)


def _nothing(scene: Scene) -> Outcome:
    return Outcome(Report(subject=scene.stage.value, checked=1))


def _words(scene: Scene) -> Outcome:
    captions = samples.dossier().captions
    title = scene.brief.title or f"Song {scene.attempt}"
    return Outcome(Words(title=title, lyrics=samples.lyrics(), captions=captions))


def _track(scene: Scene) -> Outcome:
    track = samples.track("Glass Hours", artist_id=scene.artist.id)
    sound = scene.folder / "master.flac"
    sound.write_text(f"take {scene.attempt}")
    kept = scene.keep(sound, "audio/flac", sound.name)
    master = track.master.model_copy(update={**dict(kept), "pcm_sha256": f"{scene.attempt:064x}"})
    return Outcome(track.model_copy(update={"take": scene.attempt, "seed": scene.seed, "master": master}))


def _validate(scene: Scene) -> Outcome:
    work = draft(scene.artist, scene.run.id, scene.result(StageName.LYRICS, Words).title)
    master = scene.result(StageName.TRACK, Track).master
    return Outcome(work.model_copy(update={"parts": tuple(_with(work.parts, master))}))


def _with(parts: Any, master: Any) -> Iterator[Any]:
    for part in parts:
        yield part.model_copy(update={"asset": master}) if part.path.endswith(".flac") else part


def _desk(scene: Scene) -> Outcome:
    from noktvrn.model.release import ReleaseDraft

    item = item_of(scene.result(StageName.VALIDATE, ReleaseDraft), scene.studio.clock.now())
    return Outcome(
        Report(subject="preview", checked=1),
        commits=[lambda connection: reviews.open_(connection, item)],
    )
