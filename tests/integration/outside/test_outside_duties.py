"""What the label owes whoever pays: nothing is forgotten, nothing asked twice, no cap is passed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.integration.outside.outside_cases import CASES, Case
from tests.integration.outside.outside_life import NEXT_DAY, Desk, desk, moved_in

from noktvrn.kernel.errors import LabelError, NotAllowed
from noktvrn.label.hooks import Hooks
from noktvrn.label.office import Office
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs.nouns import Delivery
from noktvrn.providers.registry import price
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import budgets
from noktvrn.storage.ledger.tickets import TicketState
from noktvrn.testing.fakes import elevenlabs, suno
from noktvrn.testing.fakes.__main__ import fake_of
from noktvrn.testing.fakes.script import Script
from noktvrn.testing.loopback import Exchange, Loopback

S = TicketState
ROOT = Path(__file__).parents[3]
NAMED = {case.provider: case for case in CASES}
ELEVENLABS, SUNO = NAMED["elevenlabs_music"], NAMED["suno_gateway"]
POLLED = [case for case in CASES if case.look]
PAID = [case for case in CASES if case.provider not in ("acestep", "pexels", "pixabay")]


class Gone(BaseException):
    """The process ends where it waits."""


def dies(_seconds: float) -> None:
    """Instead of waiting."""
    raise Gone


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("blank")
    database = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(database)
    database.close()
    return home


@pytest.fixture
def home(blank: Path, tmp_path: Path) -> Path:
    return moved_in(blank, tmp_path / "home")


@pytest.mark.parametrize("case", POLLED, ids=lambda case: case.provider)
def test_a_ticket_that_was_left_for_hours_is_settled_by_a_new_worker(case: Case, home: Path) -> None:
    with fake_of(case.fake)() as fake:
        with desk(case, home, fake.origin, pause=dies) as first:
            with pytest.raises(Gone):
                first.done()
            assert first.job().state is S.SUBMITTED
        with desk(case, home, fake.origin, late=timedelta(hours=5)) as worker:
            for _ in range(4):
                worker.tend()
                worker.clock.ahead += timedelta(hours=1)
            assert worker.job().state is S.STORED
            asked = len(fake.asked)
            assert isinstance(worker.done(), Delivery)
        assert (len(fake.submissions), len(fake.asked)) == (1, asked)


@pytest.mark.parametrize("case", PAID, ids=lambda case: case.provider)
def test_an_unknown_outcome_is_never_ordered_again_by_anybody(case: Case, home: Path) -> None:
    with fake_of(case.fake)() as fake:
        unasked = {"on": "GET /v1/me", "fault": "status", "status": 500}  # where it could be found again
        fake.script = Script([{"on": case.submit, "nth": 1, "fault": "reset_after"}, unasked])
        for days in range(4):
            with desk(case, home, fake.origin, late=timedelta(days=days)) as worker:
                for _ in range(2):
                    found = worker.done()
                    assert isinstance(found, LabelError) and found.code == OUTCOME_UNKNOWN
                    worker.clock.ahead += timedelta(hours=2)
                    worker.tend()
                assert worker.job().state is S.UNKNOWN
        assert len(fake.submissions) == 1


def test_a_charge_above_its_quote_is_counted_and_stops_the_provider(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elevenlabs, "COST_OF_A_MINUTE", 3000)
    with elevenlabs.Server() as fake:
        with desk(ELEVENLABS, home, fake.origin) as first:
            assert isinstance(first.done(), Delivery)
            charged = fake.bill["credits"] * price("elevenlabs_music")["credit_micros"]
            assert charged > first.order.quote.micros
            assert first.books()["USD"] == (charged, 0)
            assert first.books()["elevenlabs credits"] == (fake.bill["credits"], 0)
            assert first.job().cost == charged
            (told,) = first.news
            assert (told.event, "budget acknowledge elevenlabs_music" in told.hint) == ("overcharged", True)
        monkeypatch.undo()
        with desk(ELEVENLABS, home, fake.origin, attempt=2, late=NEXT_DAY) as later:
            found = later.done()
            assert isinstance(found, LabelError) and found.code == "budget.overcharged"
            assert "budget acknowledge elevenlabs_music" in found.hint
            assert (later.jobs.blocked(), len(fake.submissions)) == (["elevenlabs_music"], 1)
            assert later.jobs.acknowledge("elevenlabs_music")
            assert isinstance(later.done(), Delivery)


def test_sixty_four_orders_at_once_never_pass_a_cap(home: Path) -> None:
    with elevenlabs.Server() as fake:
        fake.tells_cost = False  # so each is charged as it was quoted
        with desk(ELEVENLABS, home, fake.origin) as one:
            cap = 20 * one.order.quote.micros
        command = [sys.executable, "-m", "tests.integration.outside.outside_crowd", str(home), fake.origin]
        crowds = [
            subprocess.Popen([*command, str(first), "32", str(cap)], cwd=ROOT, stdout=subprocess.PIPE)
            for first in (1, 33)
        ]
        watched = list(_watched(home, crowds))
        ended = Counter(code for crowd in crowds for code in json.loads(crowd.communicate()[0]))
        assert max(watched) <= cap
        assert ended == {"stored": 20, "budget.full": 44}
        assert len(fake.submissions) == 20
    assert watched[-1] == cap


def _watched(home: Path, crowds: list[subprocess.Popen[bytes]]) -> Iterator[int]:
    """Spent and held in US dollars, as long as anybody orders, and once more."""
    database = Database(Settings(home=home, _env_file=None))
    running = True
    while running:
        running = any(crowd.poll() is None for crowd in crowds)
        with database.read() as books:
            mine = [one for one in budgets.every(books) if (one.scope, one.currency) == ("label", "USD")]
        yield sum(one.spent + one.held for one in mine)
    database.close()


class Mailbox:
    """Where callbacks arrive: the label's own door for them, on loopback."""

    def __init__(self) -> None:
        self.at: Desk | None = None
        self._server = Loopback(self._heard)

    @property
    def address(self) -> str:
        """What the label is told to be reached by."""
        return f"http://127.0.0.1:{self._server.port}"

    @contextmanager
    def opened(self) -> Iterator[Mailbox]:
        """While it is open."""
        self._server.start()
        yield self
        self._server.close()

    def _heard(self, exchange: Exchange) -> None:
        assert self.at is not None
        studio = SimpleNamespace(settings=self.at.settings, clock=self.at.clock)
        office = SimpleNamespace(studio=studio, booking=SimpleNamespace(desk=self.at.jobs))
        _, provider, token = exchange.path.removeprefix("/").split("/")
        try:
            Hooks(cast("Office", office)).heard(provider, token, exchange.headers, exchange.body)
        except NotAllowed:
            exchange.send(401, b"{}")
        else:
            exchange.send(200, b"{}")


def _called(fake: suno.Server) -> None:
    """Callbacks come while the desk waits."""
    fake.answered(5.0)
    time.sleep(fake.making_s / 100)


SOON_S = 10.0
"""Half of the wait for a first look."""
KIE: dict[str, Any] = {"suno_dialect": "kie", "suno_webhook_hmac_key": "a-key-of-kie"}


@pytest.mark.parametrize(
    ("told", "more", "answers", "hurried"),
    [
        ({"types": ["complete"]}, {}, {200}, True),
        ({"types": ["complete", "complete", "complete"]}, {}, {200}, True),
        ({"types": ["complete", "first", "text"]}, {}, {200}, True),
        ({"types": ["error"]}, {}, {200}, True),
        ({"types": []}, {}, set(), False),
        ({"types": ["complete"], "early": True}, {}, {200}, None),
        ({"types": ["complete"]}, KIE, {200}, True),
        ({"types": ["complete"], "forged": True}, KIE, {401}, False),
        ({"types": ["complete"], "skew_s": -3600}, KIE, {401}, False),
    ],
    ids=["one", "thrice", "backwards", "error", "none", "early", "signed", "forged", "stale"],
)
def test_a_callback_is_a_hint_and_no_more(
    told: dict[str, Any], more: dict[str, Any], answers: set[int], hurried: bool | None, home: Path
) -> None:
    mailbox = Mailbox()
    with suno.Server() as fake, mailbox.opened():
        fake.seconds, fake.hmac_key = 12.0, str(more.get("suno_webhook_hmac_key", ""))
        fake.making_s = 0.5 if told.get("early") else 0.2  # by then the order is in the books
        fake.script = Script([{"on": SUNO.submit, "fault": "callbacks", **told}])
        with desk(SUNO, home, fake.origin, callbacks=mailbox.address, **more) as at:
            mailbox.at, at.clock.stride, at.clock.meanwhile = at, 1.0, lambda: _called(fake)
            found = at.done()
            waited = at.clock.ahead.total_seconds()
            assert isinstance(found, Delivery) and len(found.files) == 2
            assert set(fake.told) == answers and len(fake.told) == len(told["types"])
            assert hurried in (None, waited < SOON_S)
            assert (at.job().state, len(fake.submissions)) == (S.STORED, 1)
            token = str(fake.submissions[0]["callBackUrl"]).rpartition("/")[2]
            known = [at.jobs.hint(*one) for one in (("suno_gateway", token), ("suno_gateway", "nobody's"))]
            assert known == [False, False]  # it has ended; nobody knows it
            assert token not in at.written()


def test_a_token_of_another_provider_moves_nothing(home: Path) -> None:
    with (
        suno.Server() as fake,
        desk(SUNO, home, fake.origin, pause=dies, callbacks="http://127.0.0.1:9") as at,
    ):
        fake.making_s = 60.0
        with pytest.raises(Gone):
            at.done()
        token = str(fake.submissions[0]["callBackUrl"]).rpartition("/")[2]
        assert not at.jobs.hint("luma", token)
        assert at.job().next_look_at != at.clock.now()
        assert [at.jobs.hint("suno_gateway", token) for _ in range(3)] == [True] * 3
        due = at.job().next_look_at
        assert due is not None and due <= at.clock.now()
