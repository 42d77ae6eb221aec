"""The short form of `python -m bench.schedule`: what a cycle asks does not grow with the roster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from bench.schedule import NOW, fill, measured

from noktvrn.kernel.clock import FixedClock
from noktvrn.label.label import Label, open_label
from noktvrn.settings import Settings


@contextmanager
def counted(label: Label) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    engine = label.office.studio.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield said
    sa.event.remove(engine, "before_cursor_execute", note)


def statements(home: Path, artists: int) -> list[str]:
    fill(home, artists)
    with open_label(Settings(home=home, _env_file=None), FixedClock(NOW)) as label, counted(label) as said:
        assert label.lifecycle.check() == ()
        assert len(label.batch.preview().chosen) == 2
    return said


def test_choosing_among_ten_times_as_many_artists_asks_the_ledger_no_more(tmp_path: Path) -> None:
    few, many = statements(tmp_path / "few", 40), statements(tmp_path / "many", 400)
    assert len(few) == len(many)
    assert not [one for one in many if "artists.data" in one or "plans.data" in one]


def test_a_cycle_over_a_few_hundred_artists_is_quick(tmp_path: Path) -> None:
    fill(tmp_path / "home", 300)
    figures = measured(tmp_path / "home")
    assert figures["first_s"] < 1.0
    assert figures["usual_s"] < 0.5
