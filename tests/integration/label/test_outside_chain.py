"""Who is asked for a part, in which order, who is passed over, and the law of the unknown outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk

from noktvrn.kernel.errors import (
    BudgetSpent,
    Fault,
    Invalid,
    LabelError,
    NotReady,
    Refused,
    TimedOut,
    Unavailable,
)
from noktvrn.label.label import Label
from noktvrn.model.run import StageName
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.production.chain import WAITS, Chain
from noktvrn.production.scene import Scene, set_scene
from noktvrn.roles.messenger import Notice, Receipt
from noktvrn.settings import Settings

LOST = Unavailable("Nobody knows.", code=OUTCOME_UNKNOWN, hint="Settle it.")
DOWN = Unavailable("No answer.", code="outside.unreachable", hint="Later.")
BLOCKED = Refused("Not by its rules.", code="outside.moderated")


class Player:
    """Fails as it is told, one error a call, then plays."""

    def __init__(self, name: str, *errors: LabelError) -> None:
        self.name = name
        self.calls = 0
        self._errors = list(errors)

    def play(self) -> str:
        self.calls += 1
        if self._errors:
            raise self._errors.pop(0)
        return f"by {self.name}"


class Listener:
    """A messenger that remembers."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[Notice] = []

    def send(self, notice: Notice) -> Receipt:
        self.heard.append(notice)
        return Receipt(messenger=self.name, key=notice.key)


Staged = Callable[..., tuple[Chain[Player], Listener]]


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "label")) as opened:
        yield opened


@pytest.fixture
def staged(label: Label, tmp_path: Path) -> Staged:
    """A chain of players in the track stage of a run; `dear` and `dearer` ask for money."""
    artist = enter_artist(label)
    run = lay_on_desk(label, artist)
    listener = Listener()

    def scene(unknown: str) -> Scene:
        studio = label.office.studio
        cast = replace(studio.cast, paid=lambda name: name.startswith("dear"), messengers=lambda: (listener,))
        settings = studio.settings.model_copy(update={"unknown": unknown})
        house = replace(studio, cast=cast, settings=settings)
        return set_scene(house, run.id, StageName.TRACK, 2, tmp_path, lambda _run, _share: None)

    def chain(*players: Player, unknown: str = "embedded", **more: object) -> tuple[Chain[Player], Listener]:
        return Chain(scene(unknown), "track", players, **more), listener  # type: ignore[arg-type]

    return chain


def test_the_first_who_can_plays_and_nobody_else_is_asked(staged: Staged) -> None:
    first, second = Player("dear"), Player("house")
    chain, listener = staged(first, second)
    assert chain.played(Player.play) == ("by dear", first)
    assert (second.calls, chain.findings, listener.heard) == (0, (), [])


def test_who_fails_is_passed_over_with_a_finding_and_one_notice(staged: Staged) -> None:
    players = (Player("free", DOWN), Player("dear", NotReady("No key.", hint="Set it.")), Player("house"))
    chain, listener = staged(*players)
    assert chain.played(Player.play)[0] == "by house"
    assert [(f.rule, f.message, f.hint) for f in chain.findings] == [
        ("track.passed_over", "free did not make the track: No answer.", "Later."),
        ("track.passed_over", "dear did not make the track: No key.", "Set it."),
    ]
    assert [notice.text.split()[0] for notice in listener.heard] == ["free", "dear"]
    again, _ = staged(Player("free", DOWN), Player("house"))
    again.played(Player.play)
    assert len(listener.heard) == 2, "the same stage repeated tells nobody twice"


def test_after_an_unknown_outcome_no_other_paid_player_is_asked(staged: Staged) -> None:
    dear, dearer, free = Player("dear", LOST), Player("dearer"), Player("free")
    chain, _ = staged(dear, dearer, free, Player("house"))
    assert chain.played(Player.play) == ("by free", free)
    assert dearer.calls == 0
    assert "it costs money, and dear may have taken the order" in chain.findings[1].message


@pytest.mark.parametrize(
    "error", [TimedOut("Late.", code="outside.stale"), NotReady("You.", code="outside.needs_human")]
)
def test_what_may_still_come_counts_as_unknown(staged: Staged, error: LabelError) -> None:
    dearer = Player("dearer")
    chain, _ = staged(Player("dear", error), dearer, Player("house"))
    assert chain.played(Player.play)[0] == "by house"
    assert dearer.calls == 0


def test_a_free_players_unknown_outcome_keeps_nobody_from_being_paid(staged: Staged) -> None:
    chain, _ = staged(Player("free", LOST), Player("dear"))
    assert chain.played(Player.play)[0] == "by dear"


def test_the_run_waits_where_it_is_told_to(staged: Staged) -> None:
    house = Player("house")
    chain, _ = staged(Player("dear", LOST), house, unknown="wait")
    with pytest.raises(NotReady) as caught:
        chain.played(Player.play)
    assert caught.value.code == WAITS
    assert "Settle it." in caught.value.hint and "noktvrn run resume run_" in caught.value.hint
    assert house.calls == 0


@pytest.mark.parametrize(
    "error",
    [Unavailable("Full.", code="disk.full"), NotReady("Make it.", code="studio.waiting"), Fault("Ours.")],
)
def test_what_nobody_else_mends_stops_the_stage(staged: Staged, error: LabelError) -> None:
    house = Player("house")
    chain, listener = staged(Player("dear", error), house)
    with pytest.raises(type(error)) as caught:
        chain.played(Player.play)
    assert (caught.value, house.calls, listener.heard) == (error, 0, [])


def test_the_last_ones_error_is_raised_where_nobody_can(staged: Staged) -> None:
    chain, _ = staged(Player("free", DOWN), Player("dear", BudgetSpent("Empty.")))
    with pytest.raises(BudgetSpent, match="Empty"):
        chain.played(Player.play)
    with pytest.raises(NotReady, match="Nobody is left"):
        chain.played(Player.play)


def test_a_trouble_with_one_order_keeps_the_player_a_trouble_with_the_service_does_not(
    staged: Staged,
) -> None:
    picky, down = Player("dear", BLOCKED), Player("dearer", DOWN)
    chain, _ = staged(picky, down, Player("house"))
    assert [chain.played(Player.play)[0] for _ in range(2)] == ["by house", "by dear"]
    assert (picky.calls, down.calls) == (2, 1)


def test_other_errors_pass_a_player_over_only_where_they_may(staged: Staged) -> None:
    chain, _ = staged(Player("free", Invalid("No such words.")), Player("house"))
    with pytest.raises(Invalid):
        chain.played(Player.play)
    chain, _ = staged(Player("free", Invalid("No such words.")), Player("house"), may_fail=(Invalid,))
    assert chain.played(Player.play)[0] == "by house"


def test_errands_name_the_run_and_count_pieces(staged: Staged) -> None:
    chain, _ = staged(Player("house"))
    whole, third = chain.errand(), chain.errand(3, 4)
    assert (whole.stage, whole.attempt, third.attempt) == ("track", 2, 7)
    assert whole.run_id.startswith("run_") and whole.artist_id.startswith("art_")
