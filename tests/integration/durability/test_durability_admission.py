"""One production per artist at a time, however many start, end and cancel at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
    working,
)

from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    with opened(settings) as label:
        yield label


def under_way(label: Label, artist: Artist) -> list[Run]:
    return [
        run
        for run in label.runs.every(artist_id=artist.id)
        if run.state is RunState.PRODUCING or (run.state is RunState.QUEUED and run.admitted)
    ]


def move(label: Label, run: Run, state: RunState) -> None:
    """As a workflow would: the run moves, and the next one of its artist is admitted."""
    with label.office.studio.database.begin() as connection:
        runs.held(connection, run.id)
        runs.move(connection, run.id, state, label.office.studio.clock.now())
        label.office.dispatcher.admit(connection, run.artist_id)


@both
def test_of_many_that_start_and_end_at_once_one_is_under_way(label: Label) -> None:
    artists = [enter_artist(label, name) for name in ("Vesper Quill", "Juno Marrow")]
    seen: list[int] = []

    def start(number: int) -> None:
        label.runs.start(artists[number % 2].id, name=f"run {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(12)))
    for _ in range(6):
        mine = [run for artist in artists for run in under_way(label, artist)]
        seen.append(len(mine))
        with ThreadPoolExecutor(8) as pool:  # two ends and a start at the same moment
            ends = [pool.submit(move, label, run, RunState.FAILED) for run in mine]
            pool.submit(start, 12 + len(seen)).result()
            for end in ends:
                end.result()
        for artist in artists:
            assert len(under_way(label, artist)) <= 1
    assert seen == [2] * 6


def test_the_next_one_begins_when_the_first_has_ended(label: Label) -> None:
    artist, order, lock = enter_artist(label), list[str](), threading.Lock()
    busy = Counter[str]()

    def telling(scene: Scene) -> Outcome:
        with lock:
            busy[scene.artist.id] += 1
            order.append(scene.run.id)
        assert busy[scene.artist.id] == 1
        outcome = light_stages()[StageName.TRACK](scene)
        with lock:
            busy[scene.artist.id] -= 1
        return outcome

    made = [label.runs.start(artist.id, name=name) for name in ("one", "two", "three")]
    assert [label.runs.get(run.id).admitted for run in made] == [True, False, False]
    assert not label.runs.is_stranded(made[2].id)
    with working(label, light_stages(track=telling)):
        for run in made:
            until_state(label, run, RunState.AWAITING_REVIEW)
    assert order == [run.id for run in made]


def test_a_person_goes_before_a_batch(label: Label) -> None:
    artist = enter_artist(label)
    first, later, person = (label.runs.start(artist.id, name=name) for name in ("a", "b", "c"))
    with label.office.studio.database.begin() as connection:
        waiting = runs.held(connection, later.id)
        runs.admit(connection, waiting.model_copy(update={"priority": 1}), admitted=False)
    label.runs.cancel(first.id)
    assert label.runs.get(person.id).admitted and not label.runs.get(later.id).admitted


def test_who_comes_back_while_another_is_under_way_waits_for_its_turn(label: Label) -> None:
    artist = enter_artist(label)
    first = label.runs.start(artist.id, name="one")
    label.runs.cancel(first.id)
    second = label.runs.start(artist.id, name="two")
    assert label.runs.resume(first.id).state is RunState.QUEUED
    assert not label.runs.get(first.id).admitted
    label.runs.resume(first.id)  # asked again, it waits all the same
    assert label.office.dispatcher.last("produce", first.id) == (1, False)
    label.runs.cancel(second.id)
    assert label.runs.get(first.id).admitted
    assert label.office.dispatcher.last("produce", first.id) == (2, True)


def test_a_run_that_a_crash_forgot_is_admitted_by_a_chore(label: Label) -> None:
    artist = enter_artist(label)
    first, second = (label.runs.start(artist.id, name=name) for name in ("one", "two"))
    with label.office.studio.database.begin() as connection:  # nobody admits the next one
        runs.move(connection, first.id, RunState.FAILED, label.office.studio.clock.now())
    assert label.turns.admit_waiting() == 1
    assert label.runs.get(second.id).admitted
    assert label.turns.admit_waiting() == 0
    until(lambda: label.office.dispatcher.last("produce", second.id) == (1, True), "its workflow")
