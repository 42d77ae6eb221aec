"""The lifecycle in the ledger: moves with their reasons, a person's word, evolution in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.label.label_samples import NOW, enter_artist, label_at
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, Invalid, NotReady
from noktvrn.kernel.ids import BriefId, RunId, derive
from noktvrn.label import lifecycle as lifecycle_room
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists, events, lifecycle, roster, runs

CANDIDATE, ACTIVE, EVOLVING, PAUSED, RETIRED = LifecycleState
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def label(tmp_path: Path, clock: FixedClock) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "home", _env_file=None), clock) as opened:
        yield opened


def record(label: Label, artist: Artist, **counts: int) -> None:
    """Runs that came to these ends, an hour ago."""
    at = label.office.studio.clock.now() - HOUR
    with label.office.studio.database.begin() as connection:
        begun = len(runs.every(connection, artist_id=artist.id))
        states = [state for state, count in counts.items() for _ in range(count)]
        for number, state in enumerate(states, start=begun):
            runs.add(connection, a_run(artist, number, RunState(state), at))


def a_run(artist: Artist, number: int, state: RunState, at: datetime) -> Run:
    brief = BriefId(derive("brief", artist.id, number))
    run_id = RunId(derive("run", artist.id, brief))
    return Run(id=run_id, artist_id=artist.id, brief_id=brief, state=state, created_at=at, updated_at=at)


def reject(label: Label, artist: Artist, times: int) -> None:
    with label.office.studio.database.begin() as connection:
        held = artists.held(connection, artist.id)
        artists.save(connection, held.model_copy(update={"consecutive_rejections": times}))


def test_a_record_moves_an_artist_once_with_its_reason(label: Label, clock: FixedClock) -> None:
    artist = enter_artist(label)
    record(label, artist, completed=8, rejected=2)
    (move,) = label.lifecycle.check()
    assert (move.before, move.after, move.rule, move.actor) == (CANDIDATE, ACTIVE, "steady", "lifecycle")
    assert move.reason == "80% of 10 runs approved."
    assert move.data["approved"] == 8
    assert label.lifecycle.check() == (), "it is not its turn yet"
    clock.advance(timedelta(hours=7))
    assert label.lifecycle.check() == (), "and the same record moves nobody twice"
    row = label.lifecycle.standing(artist.id).row
    assert (row.state, row.reason, row.check_at) == (ACTIVE, move.reason, clock.now() + 6 * HOUR)
    assert label.artists.get(artist.id).state is ACTIVE
    with label.office.studio.database.read() as connection:
        told = events.after(connection, 0, artist_id=artist.id)
    assert told[-1].kind == "artist.active"


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_songs_of_a_record_count_with_it_and_not_beside_it(settings: Settings, clock: FixedClock) -> None:
    with label_at(settings, clock) as label:
        artist = enter_artist(label)
        whole = a_run(artist, 0, RunState.REJECTED, NOW)
        songs = [a_run(artist, number, RunState.COMPLETED, NOW) for number in range(1, 9)]
        with label.office.studio.database.begin() as connection:
            for run in (whole, *(song.model_copy(update={"parent": whole.id}) for song in songs)):
                runs.add(connection, run)
        told = label.lifecycle.standing(artist.id).record
        assert (told.approved, told.rejected) == (0, 1)


def test_an_artist_that_does_well_is_praised_once(label: Label, clock: FixedClock) -> None:
    artist = enter_artist(label)
    record(label, artist, completed=6, rejected=4)
    assert [move.rule for move in label.lifecycle.check()] == ["steady"]
    record(label, artist, completed=40)
    clock.advance(7 * HOUR)
    (praise,) = label.lifecycle.check()
    assert (praise.before, praise.after, praise.reason) == (ACTIVE, ACTIVE, "92% of 50 runs approved.")
    clock.advance(7 * HOUR)
    assert label.lifecycle.check() == ()


def test_one_look_moves_so_many_and_the_next_one_the_others(
    label: Label, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle_room, "MOST_MOVES", 2)
    for name in ("Vesper Quill", "Halden Moor", "Ito Vale"):
        enter_artist(label, name)
    clock.advance(timedelta(days=50))
    assert [len(label.lifecycle.check()) for _ in range(3)] == [2, 1, 0]


def test_an_artist_that_does_not_evolve_is_paused_and_after_three_times_retired(label: Label) -> None:
    artist = enter_artist(label)
    record(label, artist, completed=3, rejected=7)
    moves = label.lifecycle.check(artist.id)
    assert [(m.before, m.after, m.rule) for m in moves] == [
        (CANDIDATE, EVOLVING, "evolve"),
        (EVOLVING, PAUSED, "not_evolved"),
    ]
    assert "No release has usable rates" in moves[-1].reason, "the reason is evolution's own"
    assert len(label.artists.progression(artist.id)) == 1
    with label.office.studio.database.begin() as connection:
        for _ in range(3):
            lifecycle.add(
                connection, artist.id, EVOLVING, PAUSED, rule="not_evolved", reason="-", actor="-", at=NOW
            )
        held = artists.held(connection, artist.id)
        artists.save(connection, held.model_copy(update={"state": EVOLVING}))
    assert label.lifecycle.check(artist.id)[-1].after is RETIRED


def test_an_evolution_cut_short_is_asked_for_again(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    artist = enter_artist(label)
    record(label, artist, completed=3, rejected=7)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(label.artists, "evolve", die)
        with pytest.raises(KeyboardInterrupt):
            label.lifecycle.check()
    assert label.artists.get(artist.id).state is EVOLVING
    assert [move.after for move in label.lifecycle.check(artist.id)] == [PAUSED]


def test_a_person_brings_an_artist_back_and_its_record_begins_anew(label: Label, clock: FixedClock) -> None:
    artist = enter_artist(label)
    record(label, artist, rejected=10)
    reject(label, artist, 5)
    assert [move.rule for move in label.lifecycle.check()] == ["rejections"]
    with pytest.raises(NotReady) as refused:
        label.runs.start(artist.id)
    assert f"noktvrn artist state {artist.id}" in refused.value.hint
    clock.advance(HOUR)
    back = label.lifecycle.set(artist.id, ACTIVE, by="person:ada", reason="They asked for it")
    assert (back.state, back.consecutive_rejections) == (ACTIVE, 0)
    clock.advance(12 * HOUR)
    assert label.lifecycle.check() == (), "neither the row of rejections nor old verdicts count any more"
    standing = label.lifecycle.standing(artist.id)
    assert (standing.record.runs, standing.record.rejections) == (0, 0)
    assert [(m.rule, m.actor) for m in standing.moves] == [
        ("manual", "person:ada"),
        ("rejections", "lifecycle"),
    ]
    record(label, artist, rejected=10)
    clock.advance(12 * HOUR)
    assert [move.rule for move in label.lifecycle.check()] == ["approval"], "what came after does"


@pytest.mark.parametrize(
    ("state", "reason", "error"),
    [
        (CANDIDATE, "again", Conflict),
        (PAUSED, " ", Invalid),
        (PAUSED, "x" * 501, Invalid),
        (EVOLVING, "x", Invalid),
    ],
)
def test_what_nobody_can_set(
    label: Label, state: LifecycleState, reason: str, error: type[Exception]
) -> None:
    artist = enter_artist(label)
    with pytest.raises(error):
        label.lifecycle.set(artist.id, state, by="person:ada", reason=reason)


def test_idle_artists_are_paused_and_then_retired_in_their_turn(label: Label, clock: FixedClock) -> None:
    for name in ("Vesper Quill", "Halden Moor", "Ito Vale"):
        enter_artist(label, name)
    clock.advance(timedelta(days=400))
    assert {move.rule for move in label.lifecycle.check()} == {"idle"}
    clock.advance(timedelta(days=31))
    assert label.lifecycle.check() == ()
    clock.advance(timedelta(days=60))
    assert [move.rule for move in label.lifecycle.check()] == ["paused"] * 3
    with label.office.studio.database.read() as connection:
        assert roster.counts(connection)[RETIRED] == 3
        assert roster.due(connection, clock.now() + timedelta(days=999)) == []


def test_rules_that_are_switched_off_move_nobody(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", lifecycle=False, _env_file=None)
    with label_at(settings) as label:
        artist = enter_artist(label)
        reject(label, artist, 9)
        assert label.lifecycle.check() == ()
        assert [move.after for move in label.lifecycle.check(artist.id)] == [RETIRED], "only a named one"


def test_the_shell_shows_and_sets_a_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with label_at(Settings(_env_file=None)) as label:
        artist = enter_artist(label)
    assert noktvrn("artist", "state", artist.id, "--set", "paused").code == 2
    said = noktvrn("artist", "state", artist.id, "--set", "paused", "--reason", "A break", "--json")
    assert said.code == 0, said.err
    assert (said.data["state"], said.data["reason"]) == ("paused", "A break")
    assert said.data["moves"][0]["rule"] == "manual"
    shown = noktvrn("artist", "state", artist.id, "--check")
    assert "A break" in shown.out
    assert "next check" in shown.out
    assert noktvrn("artist", "state", artist.id, "--reason", "A break").code == 2
