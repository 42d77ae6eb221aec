"""The fault matrix as data: what goes wrong at each outside service, and what the label makes of it.

A row is a script of faults, the state and the code its order comes to while they last, how many jobs the fake
has taken by then, and the state after they have cleared. `GENERAL` faults any service can have; `OWN` are in
the words of each service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.integration.outside.outside_cases import CASES, Case
from tests.integration.outside.outside_dialects import OWN, STALE, UNKNOWN, Rule, file, look, order

from noktvrn.storage.ledger.tickets import TicketState as S

FAR = "http://169.254.169.254/latest/meta-data/"
FREE = ("acestep", "pexels", "pixabay")
"""May be asked again without harm."""
FINDS = ("leonardo",)
"""Can tell which job an order became."""
COUNTS_FILES = ("pexels", "pixabay")
"""Their fakes count files that are handed out, not orders."""
AFTER = {S.REFUSED: S.STORED, S.STALE: S.STORED}
"""What a state becomes when the fault has cleared; any other one stays as it is."""


@dataclass(frozen=True)
class Row:
    """One fault of one provider. `taken` is what the fake counts while it lasts; None: it counts something
    else. `long`: left to the long suite, because another provider shows the same in the short one."""

    name: str
    rules: tuple[Rule, ...]
    state: S = S.STORED
    code: str = ""
    taken: int | None = 1
    then: S | None = None
    long: bool = False

    @property
    def after(self) -> S:
        """The state after the fault has cleared."""
        return self.then or AFTER.get(self.state, self.state)


@dataclass(frozen=True)
class General:
    """A fault of any service: what a paid order comes to, and one that costs nothing."""

    name: str
    rule: Rule
    paid: tuple[S, str] = (S.STORED, "")
    free: tuple[S, str] = (S.STORED, "")
    taken: int = 1


def _cut(name: str, rule: Rule, taken: int) -> General:
    """Nobody knows whether the order was taken."""
    return General(name, rule, (S.UNKNOWN, UNKNOWN), (S.REFUSED, "outside.transient"), taken)


def _no(name: str, rule: Rule, code: str) -> General:
    """A refusal in so many words."""
    return General(name, rule, (S.REFUSED, code), (S.REFUSED, code), 0)


def _strange(name: str, rule: Rule, taken: int = 0) -> General:
    """An answer of success that is none."""
    return General(name, rule, (S.UNKNOWN, UNKNOWN), (S.REFUSED, "outside.contract"), taken)


def _left(name: str, rule: Rule) -> General:
    """As long as it lasts nobody waits."""
    return General(name, rule, (S.STALE, STALE), (S.STALE, STALE))


ORDER = (
    _cut("broken off before it is taken", order("reset"), 0),
    _cut("broken off after it was taken", order("reset_after"), 1),
    _cut("a silent connection", order("hang", s=0.02), 0),
    _cut("silence after it was taken", order("hang_after", s=0.02), 1),
    _cut("a server's failure", order("status", status=500), 0),
    _cut("a gateway's failure after it was taken", order("status_after", status=502), 1),
    _cut("a gateway that waits no longer", order("status_after", status=504), 1),
    _cut("out of service, nobody says for how long", order("status", status=503), 0),
    _cut("half of the answer", order("truncated", kept=0.5), 1),
    _cut("an answer that never begins", order("truncated", kept=0.0), 1),
    _cut("an answer of 500 MB", order("huge", kind="application/json"), 0),
    _no("no room for now", order("status", status=503, retry_after=1), "outside.full"),
    _no("asked too often", order("status", status=429, retry_after=2), "outside.busy"),
    _no("a key that is refused", order("status", status=401), "outside.key_refused"),
    _no("a key without the right", order("status", status=403), "outside.key_refused"),
    _no("nothing left to pay with", order("status", status=402), "outside.quota"),
    _no("a request it does not take", order("status", status=400), "outside.refused"),
    _no("an address it does not know", order("status", status=404), "outside.refused"),
    _no("sent on to the cloud's own data", order("redirect", to=FAR), "outside.refused"),
    _strange("a page to sign in at", order("html")),
    _strange("JSON that ends early", order("body", text="{")),
    _strange("no bytes at all", order("body", text="")),
    _strange("null", order("body", text="null")),
    _strange("half of the answer, whole by its length", order("cut", kept=0.5), 1),
    General("another media type", order("renamed", kind="text/html")),
    General("in little pieces", order("drip", step=200_000, s=0.001)),
    General("late", order("slow", s=0.02)),
)
LOOK = (
    General("looks that break off", look("reset", first=2)),
    General("looks that fail", look("status", status=500, first=2)),
    General("looks behind a gateway that fails", look("status_after", status=502, first=2)),
    General("looks too often", look("status", status=429, retry_after=5, first=2)),
    General("a look at a page to sign in at", look("html", first=1)),
    General("a look that breaks off in its middle", look("truncated", kept=0.5, first=1)),
    General("a look at JSON that ends early", look("body", text="{", first=1)),
    General("a look at null", look("body", text="null", first=1)),
    General("a look at a list", look("body", text="[]", first=1)),
    General("a look at 500 MB", look("huge", kind="application/json", first=1)),
    General("a look that is sent on", look("redirect", to=FAR, first=1)),
    _left("looks at nothing but such pages", look("html")),
    _left("looks for which the key is refused", look("status", status=401)),
    _left("looks that are not taken", look("status", status=400)),
    _left("looks at a service that is gone", look("status", status=503)),
)
FILE = (
    General("a file that breaks off", file("reset", first=1)),
    General("half of a file", file("truncated", kept=0.6, first=1)),
    General("half of a file, whole by its length", file("cut", kept=0.5, first=1)),
    General("a file that fails", file("status", status=500, first=2)),
    General("a file that is not there for a while", file("status", status=403, first=1)),
    General("a file that is gone for a while", file("status", status=410, first=2)),
    General("a page instead of a file", file("html", first=1)),
    General("a page called a file", file("html", kind="audio/mpeg", first=1)),
    General("a file of another name", file("renamed", kind="text/plain")),
    General("an empty file", file("body", text="", kind="audio/mpeg", first=1)),
    General("a file of 2 GB", file("huge", size=2_000_000_000, first=1)),
    General("a file that lies in the cloud's own data", file("redirect", to=FAR, first=1)),
    General("a file asked for too often", file("status", status=429, retry_after=3, first=1)),
    General("a file that comes late", file("slow", s=0.02)),
    _left("a file that is gone", file("status", status=404)),
    _left("pages instead of files", file("html")),
    _left("files that lie in the cloud's own data", file("redirect", to=FAR)),
    _left("files of a host that is out of service", file("status", status=503)),
)


THEN: dict[tuple[str, str], S] = {
    # Faults of the job itself: they do not clear.
    ("acestep", "a file at another host"): S.STALE,
    ("acestep", "a file of this machine"): S.STALE,
    ("acestep", "done, and no file"): S.STALE,
    ("acestep", "a result that is no JSON"): S.STALE,
    ("suno_gateway", "files that have expired"): S.STALE,
    # What it lost costs nothing to be asked for again.
    ("acestep", "a restart that forgets"): S.STORED,
    # What it took is found among its last jobs.
    ("leonardo", "taken, and the account cannot be asked"): S.STORED,
    ("leonardo", "taken, and the list is none"): S.STORED,
}
"""What becomes of a job when its fault has cleared, where that is not the usual."""
DIFFERENTLY: dict[tuple[str, str], tuple[S, str]] = {
    # Bytes are the song or nothing: what came under an answer of success is paid for, and is none.
    ("elevenlabs_music", "JSON that ends early"): (S.FAILED, "outside.contract"),
    ("elevenlabs_music", "no bytes at all"): (S.FAILED, "outside.contract"),
    ("elevenlabs_music", "null"): (S.FAILED, "outside.contract"),
    ("elevenlabs_music", "half of the answer, whole by its length"): (S.FAILED, "outside.contract"),
    # Its queue is full, whatever it is asked: there is nothing it could be asked too often.
    ("acestep", "asked too often"): (S.REFUSED, "outside.full"),
    # A clip that is not there.
    ("pexels", "an address it does not know"): (S.REFUSED, "outside.lost"),
}


def rows_of(case: Case) -> list[Row]:
    """Every row of a provider. In the short suite the general faults go round: each is shown by one."""
    own = [
        Row(name, rules, state, code, _counted(case, taken), THEN.get((case.provider, name)))
        for name, (rules, state, code, taken) in OWN[case.provider].items()
    ]
    shown: list[tuple[Sequence[General], list[Case]]] = [(ORDER, list(CASES))]
    if case.look:
        shown.append((LOOK, [one for one in CASES if one.look]))
    if case.files:
        shown.append((FILE, [one for one in CASES if one.files]))
    return own + [
        _general(case, told, long=kin[place % len(kin)] is not case)
        for faults, kin in shown
        for place, told in enumerate(faults)
    ]


def _general(case: Case, told: General, *, long: bool) -> Row:
    state, code = told.free if case.provider in FREE else told.paid
    if case.provider in FINDS and state is S.UNKNOWN and told.taken:
        state, code = S.STORED, ""
    state, code = DIFFERENTLY.get((case.provider, told.name), (state, code))
    return Row(told.name, (told.rule,), state, code, _counted(case, told.taken), long=long)


def _counted(case: Case, taken: int | None) -> int | None:
    return None if case.provider in COUNTS_FILES else taken
