"""What footage a song's film is looked for, and how it is brought in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from noktvrn.film.montage import SHORTEST_SHOT_S
from noktvrn.kernel.errors import Outside, Unavailable
from noktvrn.model.look import VisualIdentity
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.reference import load
from noktvrn.roles.camera import Shot
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockQuery
from noktvrn.settings import Settings
from noktvrn.visuals.footage import A_QUERY, PATIENCE, Errands, bring
from noktvrn.visuals.selector import FEWEST, MOST, FootagePlan, Song, plan_footage

TABLE = load(Settings()).footage
LOOK = VisualIdentity(
    seed=9,
    hue=300,
    ramp=("#0d0614", "#3d0f5c", "#a6238f", "#f28a7a", "#ffe6cc"),
    paper="#f5f1e6",
    ink="#15131c",
    accent="#ff5a1f",
    motif="eclipse",
    display_face="space-grotesk",
    text_face="space-grotesk",
    tracking=0.18,
    grain=0.02,
    light_angle=60,
    glyph="VL",
    keywords=("neon tubes", "reflections in rain"),
)


def song(family: str = "synth", moods: tuple[str, ...] = ("nocturnal",), pace_id: str = "steady") -> Song:
    parts = (("intro", 10.0, 0.2), ("chorus", 30.0, 0.9), ("verse", 20.0, 0.5))
    spans, moment = [], 0.0
    for label, length, energy in parts:
        spans.append(SectionSpan(label=label, start_s=moment, end_s=moment + length, energy=energy))
        moment += length
    timeline = Timeline(
        duration_s=moment, tempo_bpm=100, key="C", beats=(), downbeats=(), sections=tuple(spans), chords=()
    )
    return Song(family, moods, "hyperlapse", pace_id, timeline, LOOK)


def plan(seed: int = 1, duration_s: float = 180.0, **more: object) -> FootagePlan:
    return plan_footage(TABLE, song(**more), kind="video", duration_s=duration_s, seed=seed)  # type: ignore[arg-type]


def test_the_words_come_from_rows_of_the_songs_family_and_mood() -> None:
    queries = plan().queries
    fitting = {query for name in ("night_road", "wet_city") for query in TABLE[name].queries}
    assert set(queries[:2]) <= fitting
    assert not set(queries) & set(TABLE["coast"].queries)
    assert set(plan().last_resort) == set(TABLE["fallback"].queries)


def test_the_same_song_is_looked_for_alike_and_the_next_one_otherwise() -> None:
    assert plan() == plan()
    assert len({plan(seed).queries for seed in range(12)}) > 3


def test_an_uncommon_speed_is_in_every_other_search() -> None:
    told = [query.endswith(" hyperlapse") for query in plan(pace_id="furious").queries]
    assert told[:4] == [False, True, False, True]
    assert not any(query.endswith(" hyperlapse") for query in plan().queries)


def test_as_many_clips_as_the_film_is_long_for() -> None:
    assert [plan(duration_s=seconds).clips for seconds in (15, 90, 400)] == [FEWEST, 10, MOST]


def test_a_camera_is_told_subject_look_energy_and_that_there_is_no_text() -> None:
    told = plan().descriptions
    assert len(told) == 4
    assert all("neon tubes" in one and "no text" in one and len(one) < 1000 for one in told)
    assert "fast" in told[0]
    assert len(set(told)) == 4


def test_a_song_nothing_fits_is_looked_for_by_the_last_resort() -> None:
    lost = plan_footage(TABLE, song("unheard", ()), kind="teaser", duration_s=20, seed=1)
    assert lost.queries == ()
    assert lost.last_resort
    assert lost.tall
    assert len(lost.descriptions) == 2


class Shelf:
    """A library that finds `of(words)` and hands out shots, or fails to."""

    name = "shelf"

    def __init__(self, of: Callable[[str], int], broken: Callable[[str], bool] = lambda _key: False) -> None:
        self._of, self._broken = of, broken
        self.searched: list[StockQuery] = []
        self.fetched: list[str] = []

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        self.searched.append(query)
        return tuple(
            StockClip(library="shelf", key=f"{query.words}-{number}", width=1920, height=1080, duration_s=9)
            for number in range(self._of(query.words))
        )

    def fetch(self, clip: StockClip, errand: Errand, folder: Path) -> Shot:
        self.fetched.append(clip.key)
        if self._broken(clip.key):
            raise Unavailable("no")
        made = Provenance(engine="shelf", engine_version="1")
        return Shot(
            path=folder / clip.key, width=1920, height=1080, duration_s=9.0, fps=25.0, provenance=made
        )


def errands(folder: Path, seed: int = 1) -> Errands:
    return Errands(Errand(), folder, seed)


def test_no_more_is_downloaded_than_the_film_needs_and_few_of_one_search(tmp_path: Path) -> None:
    shelf = Shelf(lambda _words: 20)
    shots = bring(shelf, plan(), 7, errands(tmp_path)).shots
    assert len(shots) == len(shelf.fetched) == len(set(shelf.fetched)) == 7
    of_each = [sum(key.startswith(query.words + "-") for key in shelf.fetched) for query in shelf.searched]
    assert max(of_each) == A_QUERY
    again = Shelf(lambda _words: 20)
    bring(again, plan(), 7, errands(tmp_path))
    assert again.fetched == shelf.fetched


def test_a_clip_that_cannot_be_had_is_followed_by_the_next(tmp_path: Path) -> None:
    shelf = Shelf(lambda _words: 20, broken=lambda key: key.endswith("-3"))
    brought = bring(shelf, plan(), 6, errands(tmp_path))
    assert len(brought.shots) == 6
    assert len(brought.missed) == sum(key.endswith("-3") for key in shelf.fetched)


def test_a_library_that_hands_out_nothing_is_not_asked_for_ever(tmp_path: Path) -> None:
    shelf = Shelf(lambda _words: 20, broken=lambda _key: True)
    with pytest.raises(Outside):
        bring(shelf, plan(), 6, errands(tmp_path))
    assert len(shelf.fetched) == PATIENCE


def test_the_last_resort_is_asked_only_when_nothing_else_answers(tmp_path: Path) -> None:
    wanted = set(plan().queries)
    shelf = Shelf(lambda words: 0 if words in wanted else 3)
    assert len(bring(shelf, plan(), 4, errands(tmp_path)).shots) == 4
    assert {query.words for query in shelf.searched} > wanted
    rich = Shelf(lambda _words: 3)
    bring(rich, plan(), 4, errands(tmp_path))
    assert {query.words for query in rich.searched} < wanted


def test_films_for_phones_look_for_tall_clips(tmp_path: Path) -> None:
    tall = plan_footage(TABLE, song(), kind="teaser", duration_s=20, seed=1)
    shelf = Shelf(lambda _words: 3)
    bring(shelf, tall, 4, errands(tmp_path))
    assert {query.orientation for query in shelf.searched} == {"portrait"}
    assert shelf.searched[0].shortest_s >= SHORTEST_SHOT_S
