"""A worker that does nothing but wait for turns: `python -m tests.contract.turnstile.turnstile_worker`.

Its settings come from the environment; every moment at which it could have sent a request goes to stdout.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import paces
from noktvrn.storage.redis.aids import join
from noktvrn.storage.turnstile import Booked, Rhythm, passed

PROVIDER = "service"


def now() -> datetime:
    return datetime.now(UTC)


def leave(database: Database, rhythm: Rhythm, until: datetime) -> datetime | None:
    """The moment one request leaves; None: it has no turn in time."""

    def book(turns: int, longest: timedelta) -> Booked | None:
        with database.begin() as books:
            return paces.book(books, PROVIDER, rhythm, turns, now=now(), longest=longest)

    return passed(database.turnstile, PROVIDER, rhythm, until, book=book, now=now, pause=time.sleep)


def main(every_s: float, slack_s: float, grace_s: float, for_s: float) -> None:
    settings = Settings(_env_file=None)
    database = Database(settings)
    aids = join(settings, database)
    rhythm = Rhythm(*(timedelta(seconds=one) for one in (every_s, slack_s, grace_s)))
    until = now() + timedelta(seconds=for_s)
    while (moment := leave(database, rhythm, until)) is not None:
        print(moment.timestamp(), flush=True)
    aids.close()
    database.close()


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
