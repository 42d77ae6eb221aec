"""kill -9 between sending and settling: nobody knows, so nobody pays again."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import sqlalchemy as sa
from tests.integration.llm.llm_samples import author, embedded, endpoint, titles_request, writer

from noktvrn.settings import Settings
from noktvrn.storage import migrate, tables
from noktvrn.storage.database import Database
from noktvrn.testing.fake_models import FakeModels

CHILD = """
    import sys
    from pathlib import Path
    from noktvrn.settings import Settings
    from noktvrn.storage.database import Database
    from tests.integration.llm.llm_samples import endpoint, titles_request, writer

    database = Database(Settings(home=Path(sys.argv[2]), _env_file=None))
    writer(database, endpoint(sys.argv[1]), deadline_s=60).titles(titles_request())
"""


def test_killed_between_sending_and_settling_nothing_is_sent_again(tmp_path: Path) -> None:
    database = Database(Settings(home=tmp_path, _env_file=None))
    migrate.upgrade(database)
    with FakeModels(author, "hang") as fake:
        command = [sys.executable, "-c", textwrap.dedent(CHILD), fake.base_url, str(tmp_path)]
        child = subprocess.Popen(command, cwd=Path(__file__).parents[3])
        try:
            while not fake.arrived.wait(0.1):
                assert child.poll() is None
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        fake.faults = []
        one = writer(database, endpoint(fake.base_url))
        assert one.titles(titles_request()) == embedded().titles(titles_request())
        assert [note.code for note in one.fallbacks] == ["outside.outcome_unknown"]
        with database.read() as connection:
            (ticket,) = connection.execute(sa.select(tables.tickets))
        assert (ticket.state, ticket.provider, ticket.purpose) == ("unknown", "openai", "llm.titles")
        one.titles(titles_request())
        assert len(fake.requests) == 1
    database.close()
