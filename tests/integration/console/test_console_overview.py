"""What the console reads of the label, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.console.console_samples import enter_run
from tests.integration.durability.durability_samples import until
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk
from tests.integration.label.ledger_samples import put_release

from noktvrn.kernel.errors import NotFound
from noktvrn.label.overview import Overview
from noktvrn.model.run import RunState
from noktvrn.production.leases import Leases
from noktvrn.settings import Settings

pytestmark = pytest.mark.both


def test_a_glance_and_a_page(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        going = enter_run(
            label, artist, 1, RunState.PRODUCING, title="Glass Hours", done=3, then="started", share=0.5
        )
        enter_run(label, artist, 2, RunState.PRODUCING, parent=going.id)
        waits = lay_on_desk(label, artist, 7)
        sealed = put_release(label, 1, "Slow Tide")
        seen = Overview(label.office)
        glance = seen.glance()
        assert [sight.line.run.id for sight in glance.at_work] == [going.id]
        assert [(line.stage, line.state, line.share) for line in glance.at_work[0].stages][3:] == [
            ("track", "started", 0.5)
        ]
        assert [one.title for one in glance.releases] == ["Slow Tide"]
        assert (glance.waiting, glance.first_ends) == (1, label.desk.queue()[0].expires_at)
        assert glance.events == label.events.after(0)[-20:]
        titles = {line.run.id: (line.artist_name, line.title) for line in seen.page().lines}
        assert titles == {
            going.id: ("Vesper Quill", "Glass Hours"),
            waits.id: ("Vesper Quill", "Glass Hours"),
            sealed.draft.run_id: ("Vesper Quill", ""),
        }
        assert seen.page(limit=1).total == 4
        detail = seen.detail(going.id)
        assert detail.events == label.events.after(0, run_id=going.id)
        with pytest.raises(NotFound):
            seen.detail("run_0000000000000")


def test_a_worker_is_counted_while_it_lives(settings: Settings) -> None:
    with label_at(settings) as label:
        seen = Overview(label.office)
        leases = Leases(label.office.studio.database, settings.home)
        assert seen.workers() == 0
        locks = [leases.enlist(name, label.office.studio.clock.now()) for name in ("exec-1", "exec-2")]
        assert seen.workers() == 2
        assert all(lock.holds() for lock in locks)
        locks[0].release()
        until(lambda: seen.workers() == 1, "one worker left")  # a server notices in its own time
        assert seen.workers() == 1
        locks[1].release()
        until(lambda: seen.workers() == 0, "no worker left")


def test_looking_for_workers_makes_no_file(settings: Settings, tmp_path: Path) -> None:
    with label_at(settings) as label:
        leases = Leases(label.office.studio.database, settings.home)
        leases.enlist("exec-1", label.office.studio.clock.now()).release()
        for lock in tmp_path.rglob("exec-1"):
            lock.unlink()
        until(lambda: Overview(label.office).workers() == 0, "no worker left")
        assert not list(tmp_path.rglob("exec-1"))
