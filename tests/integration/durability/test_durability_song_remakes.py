"""One song of a record made anew before the verdict: what is made again, what stays, and who may not."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    enter_artist,
    opened,
    traced,
    until,
    until_state,
    working,
)
from tests.integration.durability.durability_worker import begin_worker
from tests.integration.durability.song_samples import (
    LEAD,
    SONGS,
    Asked,
    Studio,
    begin,
    holding,
    lay_on_desk,
    song,
    titles,
)
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.errors import Conflict, Invalid, LabelError, NotReady, Unavailable
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.scene import Scene
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.ledger import artists, works

ON_DESK = RunState.AWAITING_REVIEW
ANA = "person:ana"
TAKE = [("track", 2), ("critic", 2)]
WHOLE = ["critic", "validate", "preview"]
FILMED = ["critic", "video", "teaser", "validate", "preview"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a label on whose desk a record lies. Making one costs more than most tests."""
    home = tmp_path_factory.mktemp("made") / "home"
    with opened(Settings(home=home, database_url=None, _env_file=None)) as label:
        record = begin(label)
        with working(label, Studio().stages()):
            until_state(label, record, ON_DESK)
    return home


@pytest.fixture
def label(made: Path, settings: Settings) -> Iterator[Label]:
    """That label, with time to think again."""
    shutil.copytree(made, settings.home)
    with opened(settings.model_copy(update={"undo_s": 600})) as label:
        yield label


@pytest.fixture
def record(label: Label) -> Run:
    """That record."""
    return next(run for run in label.runs.every() if run.parent is None)


def made_again(place: int, of_song: list[tuple[str, int]], of_record: list[str], attempt: int) -> list[Asked]:
    """What a remake of one song asks for, and nothing else."""
    return [*((0, stage, attempt) for stage in of_record), *((place, *one) for one in of_song)]


def test_one_song_is_made_anew_with_what_hangs_on_it_and_everything_else_stays(
    label: Label, record: Run
) -> None:
    studio = Studio()
    with working(label, studio.stages()):
        began = label.remakes.remake(song(label, record, 1).id, only="take", by=ANA, reason="Weak.")
        assert began.id == record.id and label.desk.queue() == ()
        until_state(label, record, ON_DESK)
        assert studio.made() == made_again(1, TAKE, WHOLE, 2)
        assert holding(label, song(label, record, 1), StageName.TRACK) == 2

        assert label.takes.choose(song(label, record, 1).id, 1, by=ANA).id == record.id
        until_state(label, record, ON_DESK)
        assert studio.made() == made_again(1, [], WHOLE, 3)
        assert holding(label, song(label, record, 1), StageName.TRACK) == 1

        label.desk.approve(record.id, by=ANA, door="cli")  # its release waits for the time to think again
        label.remakes.remake(song(label, record, LEAD).id, only="title", title=" Low  Water", by=ANA)
        until_state(label, record, ON_DESK)
        assert studio.made() == [
            *((0, stage, 4 if stage in WHOLE else 2) for stage in FILMED),
            (LEAD, "lyrics", 2),
        ]
        assert titles(label, record) == ["Song 1", "Low Water", "Song 3"]
        assert label.desk.show(record.id)[1] is None and not released(label, record)

        label.desk.reject(record.id, by=ANA, door="cli", reason="The closer drags.")
        label.remakes.remake(song(label, record, 3).id, stage="lyrics", by=ANA)
        until_state(label, record, ON_DESK)
        assert studio.made() == made_again(3, [("lyrics", 2), *TAKE], WHOLE, 5)
    assert [item.run_id for item in label.desk.queue()] == [record.id]
    traced_whole(label, record)


def released(label: Label, record: Run) -> bool:
    """Whether anybody is to release the record."""
    return label.office.dispatcher.last("release", record.id)[1]


def traced_whole(label: Label, record: Run) -> None:
    """The trail tells each word once for the song and once for its record, and every verdict that fell."""
    with label.office.studio.database.read() as connection:
        rows = connection.execute(sa.select(tables.audit.c.act, tables.audit.c.subject)).all()
        assert audit.verify(connection).passed
        assert artists.get(connection, record.artist_id).consecutive_rejections == 0
    told = [tuple(row) for row in rows]
    assert told.count(("run.remade", record.id)) == 4
    assert told.count(("verdict.fallen", record.id)) == 2
    remade = [row.song for row in label.remakes.of(record.id)]
    assert remade == [song(label, record, place).id for place in (1, 1, 2, 3)]
    assert [len(label.remakes.of(one)) for one in remade if one] == [1, 1, 1, 1]


def test_where_no_new_take_passes_the_old_one_stays_and_without_one_the_record_says_what_to_do(
    label: Label, record: Run
) -> None:
    studio = Studio(flat=frozenset({2, 3, 4, 5, 6, 7}))
    with working(label, studio.stages()):
        first = song(label, record, 1)
        label.remakes.remake(first.id, only="take", by=ANA)
        until_state(label, record, ON_DESK)
        assert holding(label, first, StageName.TRACK) == 1

        label.remakes.remake(first.id, only="lyrics", by=ANA)
        failed = until_state(label, record, RunState.FAILED)
        assert 'Song 1, "Song 1", failed: No take out of 3 passed' in failed.error
        assert f"noktvrn run remake {first.id} --only take" in failed.hint
        assert label.turns.retry(record.id, by=ANA).id == record.id
        until_state(label, record, ON_DESK)
        assert holding(label, first, StageName.TRACK) == 8


def test_a_remade_song_that_fails_fails_its_record_which_resumes_it(label: Label, record: Run) -> None:
    broken = [True]

    def tear(scene: Scene) -> None:
        if broken and scene.attempt == 2:
            raise Unavailable("The tape tore.", code="tape.torn", hint="Put in another tape.")

    with working(label, Studio(deeds={StageName.TRACK: tear}).stages()):
        label.remakes.remake(song(label, record, 3).id, stage="track", by=ANA)
        failed = until_state(label, record, RunState.FAILED)
        assert 'Song 3, "Song 3", failed: The tape tore.' in failed.error
        assert failed.hint == f"Put in another tape. Then: noktvrn run resume {record.id}"
        broken.clear()
        label.runs.resume(record.id)
        until_state(label, record, ON_DESK)
    assert holding(label, song(label, record, 3), StageName.TRACK) == 2


def test_a_record_that_is_cancelled_meanwhile_is_resumed_with_the_song_that_was_on_its_way(
    label: Label, record: Run
) -> None:
    entered, go = threading.Event(), threading.Event()

    def wait(scene: Scene) -> None:
        if scene.attempt == 2 and scene.brief.place:
            entered.set()
            assert go.wait(30)

    with working(label, Studio(deeds={StageName.TRACK: wait}).stages()):
        first = song(label, record, 1)
        label.remakes.remake(first.id, only="take", by=ANA)
        assert entered.wait(30)
        assert not label.runs.is_stranded(record.id)
        with pytest.raises(NotReady) as early:
            label.remakes.remake(song(label, record, 3).id, only="take", by=ANA)
        assert early.value.code == "remake.not_yet" and record.id in early.value.message
        label.runs.cancel(record.id)
        assert label.runs.get(first.id).state is RunState.CANCELLED
        with pytest.raises(NotReady, match="cancelled"):
            label.remakes.remake(first.id, only="title", by=ANA)
        go.set()
        label.runs.resume(record.id)
        until_state(label, record, ON_DESK)
    assert holding(label, first, StageName.TRACK) == 2


def test_the_record_waits_for_its_turn_and_its_song_with_it_whoever_comes_late(
    label: Label, record: Run
) -> None:
    entered, go = threading.Event(), threading.Event()

    def wait(scene: Scene) -> None:
        if scene.brief.content_type == "single" and not scene.brief.place and not scene.brief.songs:
            entered.set()
            assert go.wait(30)

    busy = label.settings.model_copy(update={"renders": 2})
    with opened(busy) as other, working(other, Studio(deeds={StageName.COVER: wait}).stages()):
        single = label.runs.start(enter_artist(label).id, name="single")
        assert entered.wait(30)
        first = song(label, record, 1)
        assert label.remakes.remake(first.id, only="title", by=ANA).state is RunState.QUEUED
        assert label.runs.get(first.id).waits_its_turn
        assert not label.runs.is_stranded(first.id) and not label.runs.is_stranded(record.id)
        with label.office.studio.database.begin() as connection:  # one of before, that comes late
            label.office.dispatcher.enqueue(connection, "produce", first.id, again=2)
        until(lambda: label.office.dispatcher.last("produce", first.id) == (2, False), "its end")
        assert label.runs.get(first.id).waits_its_turn
        go.set()
        until_state(label, single, ON_DESK)
        until_state(label, record, ON_DESK)
    assert titles(label, record)[0] == "Found 2"


IMPOSSIBLE = (
    ({"only": "cover"}, "remake.song"),
    ({"stage": "video"}, "remake.song"),
    ({"only": "teaser"}, "remake.song"),
    ({"only": "title", "title": "song 3"}, "remake.title_taken"),
    ({"only": "title", "title": "Undertow"}, "remake.title_taken"),
    ({"only": "take", "title": "Hat"}, "remake.no_title"),
)


def test_what_cannot_be_is_refused_and_leaves_no_trace(made: Path, settings: Settings) -> None:
    shutil.copytree(made, settings.home)
    with opened(settings) as label, working(label, Studio().stages()):
        record = next(run for run in label.runs.every() if run.parent is None)
        with label.office.studio.database.begin() as connection:
            works.put(
                connection,
                artist_id=record.artist_id,
                run_id="run_0000000000001",
                kind="track",
                title="Undertow",
                mark="",
            )
        first = song(label, record, 1)
        for wish, code in IMPOSSIBLE:
            with pytest.raises(Invalid) as refused:
                label.remakes.remake(first.id, by=ANA, **wish)  # type: ignore[arg-type]
            assert refused.value.code == code and refused.value.hint
        with pytest.raises(Invalid, match="song by song") as whole:
            label.remakes.remake(record.id, by=ANA, only="take")
        assert f"noktvrn run show {record.id}" in whole.value.hint
        assert label.remakes.of(record.id) == label.remakes.of(first.id) == ()
        assert label.runs.get(record.id).state is ON_DESK

        label.desk.approve(record.id, by=ANA, door="cli")
        until_state(label, record, RunState.COMPLETED)
        with pytest.raises(Conflict, match="sealed") as late:
            label.remakes.remake(first.id, by=ANA, only="take")
        assert late.value.code == "remake.too_late"
        with pytest.raises(Conflict, match="no other take"):
            label.takes.choose(first.id, 1, by=ANA)


def test_the_shell_goes_on_with_the_record_whose_song_is_made_anew() -> None:
    with opened(Settings(_env_file=None)) as label:
        record = lay_on_desk(label)
    songs = noktvrn("run", "show", record.id, "--json").data["songs"]
    again = noktvrn("run", "remake", songs[2]["run_id"], "--only", "take", "--no-wait", "--json")
    assert (again.code, again.data["id"], again.data["state"]) == (0, record.id, "producing")
    assert [one["state"] for one in again.data["songs"]] == ["completed", "completed", "queued"]
    early = noktvrn("run", "remake", songs[0]["run_id"], "--only", "lyrics", "--no-wait")
    assert early.code == 4 and f"noktvrn run watch {record.id}" in early.err


@pytest.mark.both
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_of_two_songs_remade_at_once_there_is_one(settings: Settings) -> None:
    studio = Studio()
    with opened(settings) as label:
        record = begin(label)
        with working(label, studio.stages()):
            until_state(label, record, ON_DESK)
        studio.made()
        barrier = Barrier(SONGS)

        def remake(place: int) -> str:
            barrier.wait()
            try:
                label.remakes.remake(song(label, record, place).id, only="take", by=ANA)
            except LabelError as error:
                return error.code
            return "done"

        with ThreadPoolExecutor(SONGS) as pool:
            said = sorted(pool.map(remake, range(1, SONGS + 1)))
        assert said == ["done", "remake.not_yet", "remake.not_yet"]
        with working(label, studio.stages()):
            until_state(label, record, ON_DESK)
        sung = [one for one in studio.made() if one[0]]
        assert [stage for _, stage, _ in sung] == ["track", "critic"]


def begun_again(label: Label, record: Run, stage: str, before: int) -> bool:
    """Whether a stage was begun after `before` lines of the trace, or all is over."""
    seen = traced(label.settings.home)[before:]
    return label.runs.get(record.id).state is ON_DESK or any(line["stage"] == stage for line in seen)


@pytest.mark.long
@pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)
def test_kills_while_a_song_is_made_anew_lose_and_double_nothing(settings: Settings) -> None:
    with opened(settings) as label:
        record = begin(label)
        worker = begin_worker(settings, 0.0)
        until_state(label, record, ON_DESK)
        worker.join(30)
        lead = song(label, record, LEAD)
        others = [label.runs.look(song(label, record, place).id).stages for place in (1, 3)]
        label.remakes.remake(lead.id, stage="lyrics", by=ANA)
        for stage in ("lyrics", "track", "critic", "video", "preview"):
            worker = begin_worker(settings, 0.06)
            before = len(traced(settings.home))
            until(partial(begun_again, label, record, stage, before), stage)
            worker.kill()
            worker.join()
        last = begin_worker(settings, 0.0)
        until_state(label, record, ON_DESK)
        last.join(30)

        assert [label.runs.look(song(label, record, place).id).stages for place in (1, 3)] == others
        sung = Counter(one.stage.value for one in label.runs.look(lead.id).stages)
        assert sung == {"brief": 1, "song_plan": 1, "lyrics": 2, "track": 2, "critic": 2}
        whole = Counter(one.stage.value for one in label.runs.look(record.id).stages)
        assert whole == {name: 2 if name in FILMED else 1 for name in whole}
        label.desk.approve(record.id, by=ANA, door="cli")
        last = begin_worker(settings, 0.0)
        until_state(label, record, RunState.COMPLETED)
        last.join(30)
        assert len(label.releases.every()) == 1
        with label.office.studio.database.read() as connection:
            assert audit.verify(connection).passed
