"""The one table of moves: no path of a machine leaves an end, and none submits a job twice."""

from __future__ import annotations

from typing import get_args

import hypothesis.strategies as st
from hypothesis import given

from noktvrn.storage.ledger.tickets import AT_WORK, ENDED, MOVES, TO_FETCH, Event, TicketState

S = TicketState
PERSONS = {"found", "lost"}
AGAIN = {"ask again", "ask again for free"}
WORDS_ONLY = {S.ANSWERED}


def moves_from(state: TicketState, *, free: bool, person: bool = False) -> list[tuple[Event, TicketState]]:
    """What can happen to a job: a paid one is never asked again for free."""
    left_out = (set() if person else PERSONS) | (set() if free else {"ask again for free"}) | {"answer"}
    return [
        (event, target)
        for (source, event), target in MOVES.items()
        if source is state and event not in left_out
    ]


@st.composite
def paths(draw: st.DrawFn) -> tuple[bool, list[tuple[TicketState, Event, TicketState]]]:
    """A life of a job, paid or free, without a person's word."""
    free, state, path = draw(st.booleans()), S.OPEN, []
    for _ in range(draw(st.integers(1, 30))):
        choices = moves_from(state, free=free)
        if not choices:
            break
        event, target = draw(st.sampled_from(choices))
        path.append((state, event, target))
        state = target
    return free, path


@given(paths())
def test_no_path_leaves_an_end_by_itself(
    life: tuple[bool, list[tuple[TicketState, Event, TicketState]]],
) -> None:
    free, path = life
    for source, event, _ in path:
        if source in ENDED:
            assert (free, source, event) == (True, S.LOST, "ask again for free")


@given(paths())
def test_a_paid_job_that_may_have_been_taken_is_never_open_again(
    life: tuple[bool, list[tuple[TicketState, Event, TicketState]]],
) -> None:
    free, path = life
    maybe_taken = False
    for _, event, target in path:
        assert not (target is S.OPEN and maybe_taken and not free)
        # A late refusal is the service's own word that it was not taken.
        maybe_taken = (maybe_taken or target is not S.REFUSED) and event != "refusal"
        if target is S.OPEN:
            maybe_taken = False


@given(paths())
def test_a_path_submits_once_for_every_time_it_was_opened(
    life: tuple[bool, list[tuple[TicketState, Event, TicketState]]],
) -> None:
    taken = 0
    for _, event, target in life[1]:
        taken = 0 if target is S.OPEN else taken + (event in ("submit", "arrive"))
        assert taken <= 1


def test_only_a_persons_word_leads_away_from_an_end() -> None:
    leaving = {(source, event) for source, event in MOVES if source in ENDED}
    assert {event for _, event in leaving} == {"found", "lost", "ask again for free"}
    assert not any(source in (S.STORED, S.REJECTED, S.CANCELLED) for source, _ in leaving)


def test_every_event_has_a_place_and_every_state_is_reached() -> None:
    assert {event for _, event in MOVES} == set(get_args(Event))
    assert set(MOVES.values()) == set(S)


def test_from_everywhere_a_job_can_end() -> None:
    ends = {*ENDED, S.REFUSED}
    for state in set(S) - ends - WORDS_ONLY:
        reached, waiting = {state}, [state]
        while waiting:
            for _, target in moves_from(waiting.pop(), free=False, person=True):
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        assert reached & ends, state


def test_who_is_at_work_can_finish() -> None:
    assert all((state, "finish") in MOVES for state in (*AT_WORK, S.STALE))
    assert all((state, "be late") in MOVES for state in TO_FETCH)
