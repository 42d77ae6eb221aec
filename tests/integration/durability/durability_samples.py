"""Stages that cost nothing and leave a trace, and an artist to run them for."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.release import release_samples

from noktvrn.kernel.ids import ArtistId, derive
from noktvrn.label.label import Label, open_label
from noktvrn.model.artist import Artist, CreationReport
from noktvrn.model.film import Film
from noktvrn.model.finding import Report
from noktvrn.model.noun import Noun
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.model.verdict import ReviewItem
from noktvrn.planning.record_arc import Asked, plan_record
from noktvrn.production import engine
from noktvrn.production.codes import take_codes
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.production.stages.deliver import deliver
from noktvrn.production.stages.preview import _tell
from noktvrn.production.stages.seal import _enter, _promote, _verdict_on
from noktvrn.release.draft import draft_of
from noktvrn.settings import Settings
from noktvrn.storage import packages
from noktvrn.storage.ledger import artists, reviews

both = pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)
"""Runs a test on SQLite and on a real PostgreSQL."""

TRACE = "trace.jsonl"
PATIENCE_S = 30.0


class Token(Noun):
    """What a light stage comes to."""

    stage: str
    attempt: int
    seed: int


def trace(home: Path, event: str, run_id: str, stage: str) -> None:
    """Appends one line in one write, so that a kill leaves it whole or not there."""
    line = {"at": time.time(), "event": event, "run": run_id, "stage": stage, "pid": os.getpid()}
    with (home / TRACE).open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")


def traced(home: Path) -> list[dict[str, object]]:
    path = home / TRACE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def light_stages(pause_s: float = 0.0, **own: Stage) -> Mapping[StageName, Stage]:
    """Every stage, light; `own` are stages of the test's by name."""
    kinds: dict[StageName, Stage] = dict.fromkeys(StageName, _token)
    kinds |= {
        StageName.PLAN: _plan,
        StageName.LYRICS: _lyrics,
        StageName.TRACK: _track,
        StageName.CRITIC: _critic,
        StageName.COVER: _cover,
        StageName.VIDEO: _film,
        StageName.TEASER: _film,
        StageName.VALIDATE: _draft,
        StageName.PREVIEW: _preview,
        StageName.SEAL: _seal,
    }
    kinds |= {StageName.DELIVER: deliver}
    kinds |= {StageName(name): stage for name, stage in own.items()}
    return {name: _leaving_a_trace(stage, pause_s) for name, stage in kinds.items()}


def _leaving_a_trace(stage: Stage, pause_s: float) -> Stage:
    def walked(scene: Scene) -> Outcome:
        trace(scene.studio.settings.home, "begin", scene.run.id, scene.stage.value)
        time.sleep(pause_s / 2)
        outcome = stage(scene)
        time.sleep(pause_s / 2)
        trace(scene.studio.settings.home, "end", scene.run.id, scene.stage.value)
        return outcome

    return walked


def _token(scene: Scene) -> Outcome:
    made = scene.folder / "made.txt"
    made.write_text(f"{scene.run.id} {scene.stage.value} {scene.attempt}")
    scene.keep(made, "text/plain", made.name)
    return Outcome(Token(stage=scene.stage.value, attempt=scene.attempt, seed=scene.seed))


def _plan(scene: Scene) -> Outcome:
    """The arc of a record; of anything else a token."""
    if not scene.brief.is_record:
        return _token(scene)
    _token(scene)
    asked = Asked("ep", len(scene.brief.songs), theme="night")
    tempo = scene.artist.profile.tempo
    arc = plan_record(scene.artist.profile, asked, modes=("minor", "dorian"), tempo=tempo, seed=scene.seed)
    songs = (song.model_copy(update={"title": f"Song {n}"}) for n, song in enumerate(arc.songs, start=1))
    return Outcome(arc.model_copy(update={"title": "The Long Shore", "songs": tuple(songs)}))


def _lyrics(scene: Scene) -> Outcome:
    _token(scene)
    captions = release_samples.dossier().captions
    assert captions is not None
    return Outcome(Words(title=f"Song {scene.run.id}", lyrics=release_samples.lyrics(), captions=captions))


def _critic(scene: Scene) -> Outcome:
    _token(scene)
    return Outcome(Report(subject=scene.stage.value, checked=1))


def _cover(scene: Scene) -> Outcome:
    _token(scene)
    return Outcome(release_samples.cover())


def _film(scene: Scene) -> Outcome:
    _token(scene)
    film = Film(
        kind="video" if scene.stage is StageName.VIDEO else "teaser",
        asset=release_samples.asset(b"film", "film.mp4", "video/mp4"),
        width=1080,
        height=1920,
        fps=30,
        duration_s=0.5,
        vtt=release_samples.asset(b"WEBVTT", "film.vtt", "text/vtt"),
        seed=scene.seed,
        provenance=release_samples.provenance("procedural_video"),
    )
    return Outcome(film)


def _track(scene: Scene) -> Outcome:
    _token(scene)
    return Outcome(release_samples.track(f"Song {scene.run.id}", artist_id=scene.artist.id))


def draft_for(scene: Scene) -> ReleaseDraft:
    track = release_samples.track(f"Song {scene.run.id}", artist_id=scene.artist.id)
    return draft_of(release_samples.dossier(run_id=scene.run.id, artist=scene.artist, track=track))


def _draft(scene: Scene) -> Outcome:
    return Outcome(draft_for(scene))


def _preview(scene: Scene) -> Outcome:
    draft, now = scene.result(StageName.VALIDATE, ReleaseDraft), scene.studio.clock.now()
    item = ReviewItem(
        run_id=scene.run.id,
        artist_id=scene.artist.id,
        title=draft.title,
        artist_name=draft.artist_name,
        approval_hash=draft.approval_hash(),
        opened_at=now,
        expires_at=now + timedelta(days=7),
    )
    _tell(scene, draft, scene.studio.previews / "index.html")
    return Outcome(
        Token(stage="preview", attempt=1, seed=0),
        commits=[lambda connection: reviews.open_(connection, item)],
    )


def _seal(scene: Scene) -> Outcome:
    draft = scene.result(StageName.VALIDATE, ReleaseDraft)
    verdict = _verdict_on(scene, draft)
    codes, taken_at = take_codes(scene.studio, draft)
    folder = scene.studio.packages / draft.id
    if not folder.exists():
        part = scene.folder / "package"
        part.mkdir()
        (part / "codes.json").write_text(codes.model_dump_json())
        folder.parent.mkdir(parents=True, exist_ok=True)
        part.rename(folder)
    files = tuple(sorted(packages.listing(folder).items()))
    release = Release(
        draft=draft,
        identifiers=codes,
        release_on=taken_at.date(),
        original_on=taken_at.date(),
        sealed_at=taken_at,
        verdict_id=verdict,
        approval_hash=draft.approval_hash(),
        package_hash=packages.package_hash(files),
        files=files,
    )
    return Outcome(release, commits=[_enter(release), _promote(scene)])


def enter_artist(label: Label, name: str = "Vesper Quill") -> Artist:
    artist = release_samples.artist(name).model_copy(update={"id": ArtistId(derive("artist", name))})
    report = CreationReport(artist_id=artist.id, prompt=artist.prompt, seed=artist.seed, writer="sample")
    with label.office.studio.database.begin() as connection:
        if artists.find(connection, artist.id) is None:
            artists.add(connection, artist, report)
    return artist


@contextmanager
def opened(settings: Settings) -> Iterator[Label]:
    with open_label(settings) as label:
        yield label


@contextmanager
def working(label: Label, stages: Mapping[StageName, Stage] | None = None) -> Iterator[None]:
    with engine.running(label.office.studio, stages or light_stages()):
        yield


def until(look: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not look():
        if time.monotonic() > deadline:
            raise AssertionError(f"never seen: {what}")
        time.sleep(0.02)


def until_state(label: Label, run: Run, *states: RunState) -> Run:
    until(lambda: label.runs.get(run.id).state in states, f"{run.id} in {states}")
    return label.runs.get(run.id)
