"""The fault matrix: every outside provider meets every fault of its service, at the real desk.

While a fault lasts the ticket is in the right state, whoever asked hears what to do next, the books hold or
count what is due, and no secret is written anywhere. When it has cleared, what was paid for is brought, and
nothing is ordered twice whose outcome nobody knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.integration.outside.outside_cases import CASES, Case
from tests.integration.outside.outside_dialects import OWN
from tests.integration.outside.outside_life import NEXT_DAY, Desk, as_text, desk, moved_in
from tests.integration.outside.outside_rows import FREE, Row, rows_of

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs import accounts
from noktvrn.outbound.jobs.nouns import Delivery
from noktvrn.outbound.troubles import Trouble
from noktvrn.providers.registry import price
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger.tickets import ENDED, TicketState
from noktvrn.storage.vault import file_sha256
from noktvrn.testing.fakes.__main__ import fake_of
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

S = TicketState
Bill = Mapping[str, int]
CALLBACKS = "http://127.0.0.1:9"
"""The label's public address: nobody listens, so that only looks tell."""
SHORT: dict[str, dict[str, Any]] = {
    "pexels": {"seconds": 1.0, "shrunk": 4},
    "pixabay": {"seconds": 1.0, "shrunk": 4},
}
"""Small files."""
NEXT_STEP = re.compile(
    r"noktvrn |Look at|Check|Top up|Change|asked again|Another take|is still kept|suggests|Make room"
)
MATRIX = [(case, row) for case in CASES for row in rows_of(case)]
BY_SHAPE = {"one answer, bytes", "one answer, JSON", "callback", "submit and poll", "search and download"}


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("blank")
    database = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(database)
    database.close()
    return home


Fakes = Callable[[Case], Fake]


@pytest.fixture(scope="module")
def fakes() -> Iterator[Fakes]:
    """The fake of a provider, started once and without faults."""
    with ExitStack() as stack:
        known: dict[str, Fake] = {}

        def of(case: Case) -> Fake:
            if case.fake not in known:
                known[case.fake] = stack.enter_context(_fake(case))
            _rested(known[case.fake])
            return known[case.fake]

        yield of


def _fake(case: Case) -> Fake:
    fake = fake_of(case.fake)(**SHORT.get(case.fake, {}))
    if case.fake in ("suno", "lyria"):
        fake.seconds = 12.0  # type: ignore[attr-defined]
    return fake


def _rested(fake: Fake) -> None:
    """No fault, and whatever runs out is there again."""
    fake.script = Script()
    for name, whole in {"credits": 5000, "month": 20_000, "minute": 100, "balance": 100}.items():
        if hasattr(fake, name):
            setattr(fake, name, whole)


def scripted(case: Case, row: Row) -> Script:
    """The row's faults as the fake reads them."""
    places = {"order": case.submit, "look": case.look, "file": case.files}
    return Script([{"on": places.get(at, at), **fault} for at, fault in row.rules])


def _long(row: Row) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.long,) if row.long else ()


@pytest.mark.parametrize(
    ("case", "row", "number"),
    [
        pytest.param(case, row, number, id=f"{case.provider}: {row.name}", marks=_long(row))
        for number, (case, row) in enumerate(MATRIX, 1)
    ],
)
def test_a_fault_costs_no_result_and_no_second_order(
    case: Case, row: Row, number: int, fakes: Fakes, blank: Path, tmp_path: Path
) -> None:
    home, fake = moved_in(blank, tmp_path / "home"), fakes(case)
    before, billed = len(fake.submissions), Counter(fake.bill)
    fake.script = scripted(case, row)
    with desk(case, home, fake.origin, attempt=number, callbacks=CALLBACKS) as first:
        found = first.done()
        waited = first.clock.ahead
        judge(first, found, row.state, row.code)
        if row.taken is not None:
            assert len(fake.submissions) - before == row.taken
        settled(case, first, row.state, fake.bill - billed)
        told_nothing(first, found, secrets(case, fake, before), fake.origin, home)
    _rested(fake)
    held = row.after in (S.STALE, S.UNKNOWN)
    for hours in range(1, 4):
        late = waited + NEXT_DAY * hours
        with desk(case, home, fake.origin, attempt=number, late=late, callbacks=CALLBACKS) as later:
            again = later.done()
            if later.job().state is not S.STALE:
                break
    judge_the_end(later, again, row, held)
    settled(case, later, row.after, fake.bill - billed)
    told_nothing(later, again, secrets(case, fake, before), fake.origin, home)
    if case.provider not in FREE:
        assert len(fake.submissions) - before <= 1, "ordered twice"


def judge(at: Desk, found: Delivery | LabelError, state: S, code: str) -> None:
    """State and words are right, files are whole."""
    told = as_text(found)
    assert at.job().state is state, told
    if isinstance(found, Delivery):
        assert not code and found.files
        for one in found.files:
            assert (file_sha256(one.path), one.path.stat().st_size) == (one.sha256, one.size)
    else:
        assert found.code == code, told
        assert NEXT_STEP.search(found.hint), told
        assert "\n" not in found.message + found.hint
    if state is S.UNKNOWN:
        assert code == OUTCOME_UNKNOWN and at.job().id in found.hint  # type: ignore[union-attr]
        assert [one.event for one in at.news] == ["unknown"]
    if state is S.STALE:
        assert [one.event for one in at.news] == ["stale"]


def judge_the_end(at: Desk, found: Delivery | LabelError, row: Row, held: bool) -> None:
    """What the service still has, is here; what nobody knows is not asked for again."""
    assert at.job().state is row.after, as_text(found)
    assert isinstance(found, Delivery) == (row.after is S.STORED)
    if isinstance(found, LabelError):
        assert NEXT_STEP.search(found.hint)
    assert any(at_stake > 0 for _, at_stake in at.books().values()) == held or at.order.free


def settled(case: Case, at: Desk, state: S, bill: Bill) -> None:
    """The books: held as quoted, charged as told or else as quoted, or nothing at all."""
    quote = accounts.amounts(at.order.quote.charges)
    told = {**quote, **(TOLD[case.provider](bill) if case.provider in TOLD else {})}
    nothing = dict.fromkeys(quote, 0)
    spent = {unit: at.books().get(unit, (0, 0))[0] for unit in quote}
    held = {unit: at.books().get(unit, (0, 0))[1] for unit in quote}
    if state in (S.UNKNOWN, S.STALE):
        assert (spent, held) == (nothing, quote)
        return
    assert held == nothing
    withheld = at.job().data.get("code") == f"outside.{Trouble.WITHHELD.value}"
    if state is S.REFUSED or (state is S.REJECTED and not (at.job().ref or withheld)):
        assert spent == nothing
    else:
        assert spent in (told, quote)


def _by_credits(unit: str, micros: int, name: str) -> Callable[[Bill], dict[str, int]]:
    return lambda bill: {unit: bill.get(name, 0), "USD": bill.get(name, 0) * micros}


def _by_tokens(bill: Bill) -> dict[str, int]:
    figures = price("openai_images")
    picos = 120 * figures["input_token_picos"] + bill.get("output_tokens", 0) * figures["output_token_picos"]
    return {"USD": -(-picos // 1_000_000)}


TOLD: dict[str, Callable[[Bill], dict[str, int]]] = {
    "elevenlabs_music": _by_credits(
        "elevenlabs credits", price("elevenlabs_music")["credit_micros"], "credits"
    ),
    "leonardo": _by_credits("leonardo credits", price("leonardo")["credit_micros"], "leonardo_credits"),
    "openai_images": _by_tokens,
}
"""What services charge by their own word."""


def secrets(case: Case, fake: Fake, before: int) -> list[str]:
    """Keys, signatures, and the tokens of callbacks."""
    keys = [value for name, value in case.settings("").items() if name.endswith("key")]
    addresses = [str(job.get("callBackUrl", "")) for job in fake.submissions[before:]]
    assert all(address.startswith(CALLBACKS) for address in addresses if address)
    return [*keys, "X-Amz-Signature", *(address.rpartition("/")[2] for address in addresses if address)]


def told_nothing(at: Desk, found: object, hidden: list[str], origin: str, home: Path) -> None:
    """No secret stands in any file, and no address of a file in what is said or kept."""
    told = "\n".join([at.written(), as_text(found), repr(at.news), repr(at.service)])
    assert not any(secret in told for secret in [*hidden, origin])
    files = [one.read_bytes() for one in home.rglob("*") if one.is_file()]
    assert not any(secret.encode() in data for secret in hidden if "X-Amz" not in secret for data in files)
    if at.job().state in (*ENDED, S.REFUSED, S.UNKNOWN, S.STALE):
        assert at.addresses() == []


def test_the_matrix_is_as_large_as_it_has_to_be() -> None:
    by_shape = Counter(_shape(case) for case, row in MATRIX if not row.long)
    assert set(by_shape) == BY_SHAPE
    assert min(by_shape.values()) >= 20
    assert min(Counter(case.provider for case, _ in MATRIX).values()) >= 40
    assert min(map(len, OWN.values())) >= 13


def _shape(case: Case) -> str:
    return "submit and poll" if case.shape.startswith("submit") else case.shape


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.provider)
def test_a_service_that_is_not_there_gets_the_order_later(
    case: Case, fakes: Fakes, blank: Path, tmp_path: Path
) -> None:
    home, fake = moved_in(blank, tmp_path / "home"), fakes(case)
    with desk(case, home, "http://127.0.0.1:9", attempt=900) as first:
        found = first.done()
        judge(first, found, S.REFUSED, "outside.unreachable")
        settled(case, first, S.REFUSED, {})
    with desk(case, home, fake.origin, attempt=900, late=NEXT_DAY) as later:
        assert isinstance(later.done(), Delivery)


SYNCHRONOUS = {
    "elevenlabs_music": "noktvrn.providers.elevenlabs_music.songs",
    "lyria": "noktvrn.providers.lyria.interactions",
    "openai_images": "noktvrn.providers.openai_images.generations",
}


@pytest.mark.parametrize("fault", [{"fault": "hang"}, {"fault": "hang_after"}, {"fault": "drip"}], ids=str)
@pytest.mark.parametrize("provider", SYNCHRONOUS)
def test_a_time_out_is_never_asked_again(
    provider: str,
    fault: dict[str, Any],
    fakes: Fakes,
    blank: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = next(one for one in CASES if one.provider == provider)
    home, fake = moved_in(blank, tmp_path / "home"), fakes(case)
    before = len(fake.submissions)
    monkeypatch.setattr(import_module(SYNCHRONOUS[provider]), "DEADLINE_S", 0.8)
    fake.script = Script([{"on": case.submit, **fault}])
    with desk(case, home, fake.origin, attempt=901) as first:
        judge(first, first.done(), S.UNKNOWN, OUTCOME_UNKNOWN)
        settled(case, first, S.UNKNOWN, {})
    monkeypatch.undo()
    _rested(fake)
    with desk(case, home, fake.origin, attempt=901, late=timedelta(days=2)) as later:
        assert isinstance(later.done(), LabelError)
        assert later.job().state is S.UNKNOWN
    due = before + (fault["fault"] != "hang")
    while len(fake.submissions) < due:  # it may be slower than anybody waits
        fake.changed.wait(0.01)
    assert len(fake.submissions) == due
