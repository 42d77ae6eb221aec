"""A record of light songs that keep the title they were wished and the number of their take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.integration.durability.durability_samples import enter_artist, light_stages
from tests.unit.release import release_samples

from noktvrn.label.label import Label
from noktvrn.label.records import Records
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import albums
from noktvrn.production.perform import perform
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.storage.ledger import runs

SONGS = 3
LEAD = 2
Asked = tuple[int, str, int]
"""The place of a song (0: the record itself), a stage, and the attempt at it."""


@dataclass
class Studio:
    """Light stages that note what they were asked for. Takes in `flat` do not pass; `deeds` happen inside a
    stage, before it."""

    flat: frozenset[int] = frozenset()
    deeds: Mapping[StageName, Callable[[Scene], None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def stages(self, pause_s: float = 0.0) -> Mapping[StageName, Stage]:
        """The stages for a worker."""
        light = dict(light_stages(pause_s, lyrics=words, track=take, critic=self._judge))
        return {name: self._noting(stage) for name, stage in light.items()}

    def made(self) -> list[Asked]:
        """What was asked for since the last time, in the order of songs and stages."""
        order = list(StageName)
        found = sorted(set(self.asked), key=lambda one: (one[0], order.index(StageName(one[1])), one[2]))
        assert len(found) == len(self.asked)
        self.asked.clear()
        return found

    def _noting(self, stage: Stage) -> Stage:
        def noting(scene: Scene) -> Outcome:
            self.asked.append((scene.brief.place, scene.stage.value, scene.attempt))
            if scene.stage in self.deeds:
                self.deeds[scene.stage](scene)
            return stage(scene)

        return noting

    def _judge(self, scene: Scene) -> Outcome:
        bad = Finding(rule="audio.crest", severity=Severity.ERROR, message="Flat.")
        flat = scene.brief.album is not None and scene.attempt in self.flat
        report = Report(subject="track", checked=1, findings=(bad,) if flat else ())
        return Outcome(report, findings=report.findings, checked=1, passed=report.passed)


def words(scene: Scene) -> Outcome:
    captions = release_samples.dossier().captions
    assert captions is not None
    title = scene.brief.title or f"Found {scene.attempt}"
    return Outcome(Words(title=title, lyrics=release_samples.lyrics(), captions=captions))


def take(scene: Scene) -> Outcome:
    called = scene.result(StageName.LYRICS, Words).title
    track = release_samples.track(called, artist_id=scene.artist.id)
    return Outcome(track.model_copy(update={"take": scene.attempt, "seed": scene.seed}))


def begin(label: Label, name: str = "shore", **wishes: object) -> Run:
    artist = enter_artist(label)
    return Records(label.office).start(artist.id, "ep", SONGS, name=name, **wishes)  # type: ignore[arg-type]


def lay_on_desk(label: Label) -> Run:
    """A record and its songs as their stages would have left them; nobody has worked."""
    studio, record = label.office.studio, begin(label)
    perform(studio, record.id, StageName.PLAN, 1, light_stages()[StageName.PLAN])
    now = studio.clock.now()
    with studio.database.begin() as connection:
        runs.move(connection, record.id, RunState.PRODUCING, now)
        albums.begin_songs(connection, label.office.dispatcher, record.id, now)
        for one in albums.songs_of(connection, record):
            runs.move(connection, one.id, RunState.PRODUCING, now)
            runs.move(connection, one.id, RunState.COMPLETED, now)
        return runs.move(connection, record.id, RunState.AWAITING_REVIEW, now)


def song(label: Label, record: Run, place: int) -> Run:
    return Records(label.office).songs(record.id)[place - 1].run


def titles(label: Label, record: Run) -> list[str]:
    return [sight.title for sight in Records(label.office).songs(record.id)]


def holding(label: Label, run: Run, stage: StageName) -> int:
    """The attempt at a stage that holds."""
    return next(one.attempt for one in label.runs.holding(run.id) if one.stage is stage)
