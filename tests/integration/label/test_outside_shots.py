"""Who brings the shots of a film: libraries first, cameras for the rest, nobody where nobody is cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk

from noktvrn.kernel.errors import LabelError, NotReady, Unavailable
from noktvrn.label.label import Label
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import StageName
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.model.track import AudioFigures, Track
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.production.chain import WAITS
from noktvrn.production.scene import Scene, set_scene
from noktvrn.production.shots import Gathered, gather
from noktvrn.roles.camera import Shot, ShotRequest
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockQuery
from noktvrn.settings import Settings
from noktvrn.visuals.selector import CAMERA_SHOTS

DOWN = Unavailable("No answer.", code="outside.unreachable", hint="Later.")
LOST = Unavailable("Nobody knows.", code=OUTCOME_UNKNOWN, hint="Settle it.")


def shot(folder: Path, name: str, engine: str) -> Shot:
    made = Provenance(engine=engine, engine_version="1", licence_class="licensed")
    return Shot(path=folder / name, width=1920, height=1080, duration_s=8, fps=25, provenance=made)


class Shelf:
    """A library of `clips` clips, or one that is closed."""

    def __init__(self, name: str, clips: int, error: LabelError | None = None) -> None:
        self.name, self._clips, self._error = name, clips, error
        self.errands: list[Errand] = []

    def search(self, _query: StockQuery) -> tuple[StockClip, ...]:
        if self._error:
            raise self._error
        told = {"library": self.name, "width": 1920, "height": 1080, "duration_s": 8.0}
        return tuple(StockClip.model_validate({**told, "key": str(n)}) for n in range(self._clips))

    def fetch(self, clip: StockClip, errand: Errand, folder: Path) -> Shot:
        self.errands.append(errand)
        return shot(folder, clip.key, self.name)


class Lens:
    """A camera that fails as it is told, one error a call, then shoots."""

    def __init__(self, name: str, *errors: LabelError) -> None:
        self.name, self._errors = name, list(errors)
        self.requests: list[ShotRequest] = []

    def shoot(self, request: ShotRequest) -> Shot:
        self.requests.append(request)
        if self._errors:
            raise self._errors.pop(0)
        return shot(request.folder, str(len(self.requests)), self.name)


Gather = Callable[..., Gathered]


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "label")) as opened:
        yield opened


def take() -> Track:
    """A song of a minute, as far as its films are concerned."""
    spans = [SectionSpan(label="verse", start_s=0, end_s=60, energy=0.5)]
    told = {"duration_s": 60.0, "tempo_bpm": 100.0, "key": "C", "beats": (), "downbeats": (), "chords": ()}
    timeline = Timeline.model_validate({**told, "sections": spans})
    song, figures = cast("Any", Track), cast("Any", AudioFigures)
    made: Track = song.model_construct(timeline=timeline, figures=figures.model_construct(energy_curve=()))
    return made


@pytest.fixture
def gathered(label: Label, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gather:
    """Shots for the video of a run, by these libraries and cameras; `dear` ones ask for money."""
    monkeypatch.setattr(Scene, "result", lambda scene, _stage, _kind: scene.brief)
    run = lay_on_desk(label, enter_artist(label))

    def scene(libraries: tuple[Shelf, ...], cameras: tuple[Lens, ...], unknown: str) -> Scene:
        studio = label.office.studio
        players = replace(
            studio.cast,
            libraries=lambda: libraries,
            cameras=lambda: cameras,
            paid=lambda name: name.startswith("dear"),
            messengers=tuple,
        )
        settings = studio.settings.model_copy(update={"unknown": unknown})
        house = replace(studio, cast=players, settings=settings)
        return set_scene(house, run.id, StageName.VIDEO, 1, tmp_path, lambda _run, _share: None)

    def bring(
        libraries: tuple[Shelf, ...] = (), cameras: tuple[Lens, ...] = (), unknown: str = "embedded"
    ) -> Gathered:
        return gather(scene(libraries, cameras, unknown), "video", take())

    return bring


def test_where_nobody_is_cast_nobody_is_asked(gathered: Gather) -> None:
    assert gathered() == Gathered()


def test_one_library_that_has_enough_is_enough(gathered: Gather) -> None:
    first, second, lens = Shelf("own", 20), Shelf("other", 20), Lens("dear")
    found = gathered((first, second), (lens,))
    assert found.findings == ()
    assert {one.provenance.engine for one in found.shots} == {"own"}
    assert (second.errands, lens.requests) == ([], [])
    assert {one.stage for one in first.errands} == {"video"}


def test_a_library_that_is_closed_is_passed_over_for_the_next(gathered: Gather) -> None:
    found = gathered((Shelf("own", 0, DOWN), Shelf("other", 20)))
    assert {one.provenance.engine for one in found.shots} == {"other"}
    assert [(one.rule, one.hint) for one in found.findings] == [("film.footage", "Later.")]


def test_a_camera_shoots_what_libraries_do_not_have(gathered: Gather) -> None:
    lens = Lens("lens")
    found = gathered((Shelf("own", 2),), (lens,))
    assert [one.provenance.engine for one in found.shots] == ["own", "own", *["lens"] * CAMERA_SHOTS["video"]]
    attempts = [request.errand.attempt for request in lens.requests]
    assert attempts == sorted(set(attempts)), "two shots on one errand"
    assert len({request.prompt for request in lens.requests}) == len(attempts)


def test_without_anybody_who_can_the_film_is_drawn(gathered: Gather) -> None:
    found = gathered((Shelf("own", 0, DOWN),), (Lens("lens", DOWN),))
    assert found.shots == ()
    assert [one.rule for one in found.findings] == ["film.footage", "film.camera"]


def test_after_an_unknown_outcome_no_other_paid_camera_is_asked(gathered: Gather) -> None:
    dearer = Lens("dearer")
    found = gathered((), (Lens("dear", LOST), dearer))
    assert dearer.requests == []
    assert found.shots == ()
    with pytest.raises(NotReady) as caught:
        gathered((), (Lens("dear", LOST), dearer), "wait")
    assert caught.value.code == WAITS
