"""What listeners did is handed back to the words of a release: once a month, against the artist's usual."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.label.label_samples import label_at
from tests.integration.label.ledger_samples import figures, put_release, session, sheet

from noktvrn.label.label import Label
from noktvrn.llm.routing import Candidate, Router
from noktvrn.model.release import Release
from noktvrn.settings import Settings
from noktvrn.storage.ledger import outcomes, words


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as opened:
        yield opened


@pytest.fixture
def three(label: Label) -> list[Release]:
    return [put_release(label, number) for number in range(3)]


def entered(label: Label) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], float] = {}
    with label.office.studio.database.read() as connection:
        for number in range(3):
            for row in outcomes.of_session(connection, f"ses_{number}"):
                assert (row.kind, row.provider, row.model, row.prompt) == (
                    "performance", "openai", "m", "titles@1",
                )  # fmt: skip
                found[row.session_id, row.number] = row.score
    return found


def test_a_release_is_held_against_the_artists_usual(
    label: Label, three: list[Release], tmp_path: Path
) -> None:
    good, usual, poor = three
    path = sheet(
        tmp_path / "f.csv",
        figures(good, streams=4000, completions=2800, saves=400),
        figures(usual, streams=4000, completions=2000, saves=200),
        figures(poor, streams=4000, completions=1300, saves=90),
    )
    label.figures.read(path)
    october = 2026 * 12 + 10
    scores = entered(label)
    assert set(scores) == {(f"ses_{number}", october) for number in range(3)}
    assert 1 > scores["ses_0", october] > 0.7
    assert 0.35 < scores["ses_1", october] < 0.65
    assert 0 < scores["ses_2", october] < 0.3


def test_the_same_month_is_entered_once_and_the_next_one_beside_it(
    label: Label, three: list[Release], tmp_path: Path
) -> None:
    one, other, _ = three
    first = [figures(one, 9, streams=900, saves=90), figures(other, 9, streams=900, saves=30)]
    path = sheet(tmp_path / "f.csv", *first)
    label.figures.read(path)
    before = entered(label)
    assert len(before) == 2
    label.figures.read(path)
    assert entered(label) == before
    corrected = sheet(tmp_path / "c.csv", figures(one, 9, streams=900, saves=10))
    assert label.figures.read(corrected).changed == 1
    assert entered(label) == before, "what was learned for a month stands"
    label.figures.read(sheet(tmp_path / "n.csv", figures(one, 10, streams=900, saves=10)))
    after = entered(label)
    assert set(after) - set(before) == {("ses_0", 2026 * 12 + 10)}
    assert before.items() <= after.items()


def test_missing_is_not_zero(label: Label, three: list[Release], tmp_path: Path) -> None:
    reported, other, silent = three
    path = sheet(
        tmp_path / "f.csv",
        figures(reported, streams=900, saves=60),
        figures(other, streams=900, saves=30),
        figures(silent, streams=900),
    )
    label.figures.read(path)
    assert {name for name, _ in entered(label)} == {"ses_0", "ses_1"}


def test_one_release_has_no_usual_to_be_held_against(
    label: Label, three: list[Release], tmp_path: Path
) -> None:
    few = figures(three[1], streams=9, saves=3)
    label.figures.read(sheet(tmp_path / "f.csv", figures(three[0], streams=900, saves=60), few))
    assert entered(label) == {}


def test_streams_nobody_listened_to_never_count(label: Label, three: list[Release], tmp_path: Path) -> None:
    honest, other, robots = three
    rows = [figures(honest, streams=900, saves=60), figures(other, streams=900, saves=30)]
    looped = figures(robots, streams=90_000, completions=89_500, saves=3, listeners=40)
    label.figures.read(sheet(tmp_path / "r.csv", looped))
    assert entered(label) == {}
    label.figures.read(sheet(tmp_path / "f.csv", *rows))
    with_robots = entered(label)
    assert {name for name, _ in with_robots} == {"ses_0", "ses_1"}
    fresh = Settings(home=tmp_path / "other", _env_file=None)
    with label_at(fresh) as honest_label:
        again = [put_release(honest_label, number) for number in range(2)]
        assert [one.draft.id for one in again] == [honest.draft.id, other.draft.id]
        honest_label.figures.read(sheet(tmp_path / "h.csv", *rows))
        assert entered(honest_label) == with_robots


def test_only_the_words_that_stand_in_the_release_are_told(
    label: Label, three: list[Release], tmp_path: Path
) -> None:
    run_id = three[0].draft.run_id
    with label.office.studio.database.begin() as connection:
        words.add_session(connection, session("refused", run_id, "lyrics", "refused"))
        words.add_session(connection, session("lyrics", run_id, "lyrics"))
        words.add_session(connection, session("elsewhere", "run_0000000000000", "lyrics"))
    rows = [figures(three[0], streams=900, saves=60), figures(three[1], streams=900, saves=30)]
    label.figures.read(sheet(tmp_path / "f.csv", *rows))
    with label.office.studio.database.read() as connection:
        told = {name: outcomes.of_session(connection, name) for name in ("refused", "lyrics", "elsewhere")}
    assert [len(told[name]) for name in ("refused", "lyrics", "elsewhere")] == [0, 1, 0]


def test_the_router_learns_from_what_listeners_did(
    label: Label, three: list[Release], tmp_path: Path
) -> None:
    rows = [figures(three[0], streams=4000, saves=400), figures(three[1], streams=4000, saves=60)]
    label.figures.read(sheet(tmp_path / "f.csv", *rows))
    with label.office.studio.database.read() as connection:
        stored = outcomes.of_task(connection, "titles", kind="performance")
    assert [row.session_id for row in sorted(stored, key=lambda row: -row.score)] == ["ses_0", "ses_1"]
    router = Router()
    router.load(row._replace(model=row.session_id) for row in stored)
    candidates = [Candidate(f"openai/ses_{number}", 0.5, 0, 1.0, True) for number in (1, 0)]
    assert router.rank("titles", candidates, seed=1, explore=False).order[0] == "openai/ses_0"
