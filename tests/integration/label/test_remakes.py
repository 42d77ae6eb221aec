"""Remakes: what is made anew, what follows, what is kept; takes, titles, verdicts, and who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.label.label_samples import label_at, times_enqueued
from tests.integration.label.remake_samples import Floor

from noktvrn.kernel.errors import Conflict, Invalid, LabelError, NotFound, NotReady, Unavailable
from noktvrn.label.label import Label
from noktvrn.model.run import PRODUCE_STAGES, RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.ledger import artists

FILMS = ("video", "teaser")
DESK = ("validate", "preview")
ON_DESK = RunState.AWAITING_REVIEW


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "label", _env_file=None)) as opened:
        yield opened


Floors = Callable[..., Floor]


@pytest.fixture
def floors(label: Label) -> Iterator[Floors]:
    """Makes a floor; everybody leaves at the end."""
    made: list[Floor] = []

    def begin(**wanted: Any) -> Floor:
        made.append(Floor(label, **wanted))
        return made[-1]

    yield begin
    for floor in made:
        floor.leave()


def seeds(floor: Floor) -> dict[str, int]:
    return {stage: seed for stage, _, seed, _ in floor.asked}


@pytest.mark.parametrize(
    ("only", "anew", "follow"),
    [
        ("cover", ("cover",), DESK),
        ("title", ("lyrics",), ("cover", *FILMS, *DESK)),
        ("lyrics", ("lyrics", "track", "critic"), (*FILMS, *DESK)),
        ("take", ("track", "critic"), (*FILMS, *DESK)),
        ("teaser", ("teaser",), DESK),
    ],
)
def test_a_part_is_made_anew_with_what_shows_it_and_nothing_else(
    only: str, anew: tuple[str, ...], follow: tuple[str, ...], label: Label, floors: Floors
) -> None:
    floor = floors()
    assert floor.work().state is ON_DESK
    first = seeds(floor)
    assert floor.remake(only=only, reason="Too dark.").state is ON_DESK
    made = dict(floor.made)
    assert [name.value for name in PRODUCE_STAGES if name in made] == [
        name.value for name in PRODUCE_STAGES if name.value in (*anew, *follow)
    ]
    assert set(made.values()) == {2}
    again = seeds(floor)
    sings = only == "lyrics"  # other words are sung to the same music
    assert {name for name in made if again[name] != first[name]} == {
        name for name in anew if not (sings and name in ("track", "critic"))
    }
    assert {number for stage, _, _, number in floor.asked if stage not in ("track", "critic")} == {1}
    row = floor.last
    assert (row.number, row.part, row.by, row.reason) == (1, only, "person:ana", "Too dark.")


@pytest.mark.parametrize("stage", ["brief", "track", "validate"])
def test_from_a_stage_on_all_is_made_anew(stage: str, label: Label, floors: Floors) -> None:
    floor = floors()
    floor.work()
    first = seeds(floor)
    assert floor.remake(stage=stage).state is ON_DESK
    later = PRODUCE_STAGES[PRODUCE_STAGES.index(StageName(stage)) :]
    assert floor.made == [(name.value, 2) for name in later]
    assert all(first[name] != seed for name, seed in seeds(floor).items())


def test_the_same_remake_makes_the_same_and_the_next_one_another(tmp_path: Path) -> None:
    told = []
    for number in range(2):
        with label_at(Settings(home=tmp_path / str(number), _env_file=None)) as label:
            floor = Floor(label)
            floor.work()
            floor.remake(only="cover")
            second = seeds(floor)["cover"]
            floor.remake(only="cover")
            told.append((second, seeds(floor)["cover"]))
            floor.leave()
    assert told[0] == told[1] and len(set(told[0])) == 2


def test_a_remake_takes_the_verdict_and_lays_the_work_out_anew(label: Label, floors: Floors) -> None:
    floor = floors()
    floor.work()
    label.desk.reject(floor.run.id, by="person:ben", door="cli", reason="Too dark.")
    before = label.desk.show(floor.run.id)[0]
    assert floor.remake(stage="preview").state is ON_DESK
    assert label.desk.queue()[0].approval_hash == before.approval_hash  # the very same work lies there again
    assert label.desk.show(floor.run.id)[1] is None
    with label.office.studio.database.read() as connection:
        assert artists.get(connection, floor.artist.id).consecutive_rejections == 0
        acts = (
            connection.execute(sa.select(tables.audit.c.act).order_by(tables.audit.c.number)).scalars().all()
        )
        assert audit.verify(connection).passed
    assert acts.index("verdict.rejected") < acts.index("run.remade") < acts.index("verdict.fallen")


def test_an_approved_run_that_nobody_seals_yet_is_not_released(label: Label, floors: Floors) -> None:
    floor = floors()
    floor.work()
    floor.leave()
    label.desk.approve(floor.run.id, by="person:ben", door="cli")
    assert floor.remake(only="cover").state is ON_DESK
    assert all(stage not in ("seal", "deliver") for stage, _ in floor.made)
    floor.leave()
    label.desk.approve(floor.run.id, by="person:ben", door="cli")
    assert times_enqueued(label, "release", floor.run.id) == 2


def test_another_take_is_laid_out_and_any_may_be_chosen(label: Label, floors: Floors) -> None:
    floor = floors(takes=2)
    floor.work()
    assert floor.holds(StageName.TRACK).attempt == 1
    floor.remake(only="take", reason="Another one.")
    assert [made for made in floor.made if made[0] == "track"] == [("track", 3)]
    assert floor.holds(StageName.TRACK).attempt == 3
    assert [sight.take for sight in label.takes.of(floor.run.id) if sight.chosen] == [3]
    floor.asked.clear()
    label.takes.choose(floor.run.id, 2, by="person:ana")
    assert floor.work().state is ON_DESK
    assert floor.holds(StageName.TRACK).attempt == 2
    assert floor.made == [(name, 3) for name in (*FILMS, *DESK)]
    assert [choice.by for choice in label.takes.choices(floor.run.id)] == ["critic", "critic", "person:ana"]


@pytest.mark.parametrize(("flat", "recorded", "holds"), [({2}, [2, 3], 3), ({2, 3, 4}, [2, 3, 4], 1)])
def test_a_take_that_does_not_pass_is_made_again_or_the_old_one_stays(
    flat: set[int], recorded: list[int], holds: int, label: Label, floors: Floors
) -> None:
    floor = floors(flat=frozenset(flat))
    floor.work()
    assert floor.remake(only="take").state is ON_DESK
    assert [attempt for stage, attempt in floor.made if stage == "track"] == recorded
    assert floor.holds(StageName.TRACK).attempt == holds


def test_takes_of_words_that_are_no_more_cannot_be_chosen(label: Label, floors: Floors) -> None:
    floor = floors(flat=frozenset({2}))
    floor.work()
    assert floor.remake(only="lyrics").state is ON_DESK
    assert [attempt for stage, attempt in floor.made if stage == "track"] == [2, 3]
    assert [sight.take for sight in label.takes.of(floor.run.id) if sight.ranked] == [3, 2]
    with pytest.raises(NotFound, match="no take 1"):
        label.takes.choose(floor.run.id, 1, by="person:ana")


def test_new_words_are_sung_to_the_music_of_the_take_that_is_chosen(label: Label, floors: Floors) -> None:
    floor = floors()
    floor.work()
    floor.remake(only="lyrics")  # take 2, to the music of take 1
    floor.remake(only="take")
    label.takes.choose(floor.run.id, 2, by="person:ana")
    floor.work()
    floor.remake(only="lyrics")
    assert (floor.last.first_take, floor.last.tune) == (4, 1)


def test_where_no_take_of_new_words_passes_the_run_stops_and_may_be_remade(
    label: Label, floors: Floors
) -> None:
    floor = floors(flat=frozenset({2, 3, 4}))
    floor.work()
    assert floor.remake(only="lyrics").state is RunState.FAILED
    assert floor.remake(only="take").state is ON_DESK
    assert floor.holds(StageName.TRACK).attempt == 5


def test_a_title_is_used_exactly_and_stays(label: Label, floors: Floors) -> None:
    floor = floors(wishes={"title": "First Light"})
    floor.work()
    floor.remake(only="title", title="  Ära der Möwen ")
    assert label.desk.queue()[0].title == "Ära der Möwen"
    floor.remake(stage="lyrics")
    assert label.desk.queue()[0].title == "Ära der Möwen"
    floor.remake(only="title")  # somebody else's turn to find one
    assert label.desk.queue()[0].title == "Song 4"


def test_only_who_asks_to_buy_orders_anew(label: Label, floors: Floors) -> None:
    floor = floors()
    floor.work()
    floor.remake(only="teaser")
    floor.remake(only="teaser", buy=True)
    assert next(asked for asked in floor.asked if asked[0] == "teaser")[1::2] == (3, 2)
    floor.remake(only="take")
    assert next(asked for asked in floor.asked if asked[0] == "teaser")[1::2] == (4, 2)


def test_a_run_that_failed_is_remade_and_goes_on_behind_it(label: Label, floors: Floors) -> None:
    broken = [True]

    def cover(_scene: Scene) -> Outcome:
        if broken:
            raise Unavailable("No paint.", code="paint.gone", hint="Later.")
        return Outcome(None)

    floor = floors(deeds={StageName.COVER: cover})
    assert floor.work().state is RunState.FAILED
    broken.clear()
    assert floor.remake(only="take").state is ON_DESK
    assert floor.made == [("track", 2), ("critic", 2), ("cover", 1), *((name, 2) for name in (*FILMS, *DESK))]


IMPOSSIBLE: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "remake.unclear"),
    ({"only": "cover", "stage": "cover"}, "remake.unclear"),
    ({"only": "hat"}, "remake.unknown"),
    ({"stage": "critic"}, "remake.unknown"),
    ({"stage": "seal"}, "remake.unknown"),
    ({"only": "cover", "title": "Hat"}, "remake.no_title"),
    ({"only": "title", "title": "\N{TOP HAT}"}, "brief.invalid"),
    ({"only": "teaser"}, "remake.no_films"),
    ({"only": "cover", "reason": "x" * 2001}, "remake.bad_reason"),
)


def test_what_cannot_be_is_refused_and_leaves_no_trace(label: Label, floors: Floors) -> None:
    floor = floors(wishes={"with_video": False})
    floor.work()
    for wish, code in IMPOSSIBLE:
        with pytest.raises(Invalid) as refused:
            label.remakes.remake(floor.run.id, by="person:ana", **wish)
        assert refused.value.code == code and refused.value.hint
    assert label.remakes.of(floor.run.id) == () and label.runs.get(floor.run.id).state is ON_DESK


def test_a_run_on_its_way_a_cancelled_and_a_sealed_one_are_left_alone(label: Label, floors: Floors) -> None:
    floor = floors()
    with pytest.raises(NotReady, match="queued"):
        label.remakes.remake(floor.run.id, by="person:ana", only="cover")
    floor.work()
    label.desk.approve(floor.run.id, by="person:ben", door="cli")
    assert floor.work().state is RunState.COMPLETED
    with pytest.raises(Conflict, match="sealed") as late:
        label.remakes.remake(floor.run.id, by="person:ana", only="cover")
    assert late.value.code == "remake.too_late"
    other = label.runs.start(floor.artist.id)
    label.runs.cancel(other.id)
    with pytest.raises(NotReady, match="cancelled"):
        label.remakes.remake(other.id, by="person:ana", only="cover")


@pytest.mark.both
def test_of_two_remakes_at_once_there_is_one(settings: Settings) -> None:
    with label_at(settings) as label:
        floor = Floor(label)
        floor.work()
        floor.leave()
        barrier = Barrier(4)

        def remake(number: int) -> str:
            barrier.wait()
            try:
                label.remakes.remake(floor.run.id, by=f"person:{number}", only="cover")
            except LabelError as error:
                return error.code
            return "done"

        with ThreadPoolExecutor(4) as pool:
            said = sorted(pool.map(remake, range(4)))
        assert said == ["done", "remake.not_yet", "remake.not_yet", "remake.not_yet"]
        assert len(label.remakes.of(floor.run.id)) == 1
        floor.asked.clear()
        assert floor.work().state is ON_DESK
        floor.leave()
        assert floor.made == [(name, 2) for name in ("cover", *DESK)]
