"""The fault matrix as data: what goes wrong at each outside service, and what the label makes of it.

A row is a script of faults, the state and the code its order comes to while they last, how many jobs the fake
has taken by then, and the state after they have cleared. `GENERAL` faults any service can have; `OWN` are in
the words of each service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.integration.outside.outside_cases import CASES, Case

from noktvrn.storage.ledger.tickets import TicketState as S

Rule = tuple[str, dict[str, Any]]
"""Which request a fault meets (`order`, `look`, `file`, or a method and a path), and the fault."""
FAR = "http://169.254.169.254/latest/meta-data/"
UNKNOWN, STALE = "outside.outcome_unknown", "outside.stale"
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


def order(fault: str, **told: Any) -> Rule:
    """A fault that the order meets."""
    return "order", {"fault": fault, **told}


def look(fault: str, **told: Any) -> Rule:
    """A fault that looks meet."""
    return "look", {"fault": fault, **told}


def file(fault: str, **told: Any) -> Rule:
    """A fault that downloads meet."""
    return "file", {"fault": fault, **told}


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


def _refused(code: str, *rules: Rule, taken: int | None = 0) -> tuple[tuple[Rule, ...], S, str, int | None]:
    return rules, S.REFUSED, f"outside.{code}", taken


def _unknown(*rules: Rule, taken: int = 0) -> tuple[tuple[Rule, ...], S, str, int | None]:
    return rules, S.UNKNOWN, UNKNOWN, taken


def _ended(
    state: S, code: str, *rules: Rule, taken: int | None = 1
) -> tuple[tuple[Rule, ...], S, str, int | None]:
    return rules, state, f"outside.{code}", taken


def _stored(*rules: Rule) -> tuple[tuple[Rule, ...], S, str, int | None]:
    return rules, S.STORED, "", 1


def _stale(*rules: Rule) -> tuple[tuple[Rule, ...], S, str, int | None]:
    return rules, S.STALE, STALE, 1


Told = tuple[tuple[Rule, ...], S, str, int | None]

ELEVENLABS: dict[str, Told] = {
    "the quota is used up": _refused("quota", order("quota_exceeded")),
    "a wrong key": _refused("key_refused", order("invalid_api_key")),
    "a key without music": _refused("key_refused", order("missing_permissions")),
    "a plan without music": _refused("key_refused", order("limited_access")),
    "an upgrade is asked for": _refused("quota", order("payment_required")),
    "too many at once": _refused("full", order("too_many_concurrent_requests")),
    "a busy system": _refused("full", order("system_busy")),
    "harmful words": _ended(S.REJECTED, "moderated", order("harmful"), taken=0),
    "words against the policy": _ended(S.REJECTED, "moderated", order("content_against_policy"), taken=0),
    "a work under copyright is named": _ended(S.REJECTED, "moderated", order("bad_prompt"), taken=0),
    "a plan that names one": _ended(S.REJECTED, "moderated", order("bad_composition_plan"), taken=0),
    "a suggestion under data": _ended(
        S.REJECTED, "moderated", order("bad_prompt", where="data", status=422), taken=0
    ),
    "maintenance": _unknown(order("maintenance")),
    "something went wrong": _unknown(order("server_error")),
    "no sound at all": _ended(S.FAILED, "contract", order("empty")),
    "half a song": _ended(S.FAILED, "contract", order("half")),
    "a page called a song": _ended(S.FAILED, "contract", order("html_as_audio")),
    "JSON called a song": _ended(S.FAILED, "contract", order("json_as_audio")),
}
LYRIA: dict[str, Told] = {
    "a wrong key, told as a bad request": _refused("key_refused", order("bad_key")),
    "a wrong request": _refused("refused", order("invalid")),
    "a blocked prompt": _ended(S.REJECTED, "moderated", order("prohibited"), taken=0),
    "an error in a list": _ended(S.REJECTED, "moderated", order("prohibited", in_list=True), taken=0),
    "a project without access": _refused("key_refused", order("permission")),
    "an unknown model": _refused("refused", order("not_found")),
    "a quota of a minute": _refused("busy", order("exhausted")),
    "a quota of a day": _refused("quota", order("day_exhausted")),
    "an overloaded model": _unknown(order("unavailable")),
    "an internal error": _unknown(order("internal")),
    "a deadline there": _unknown(order("deadline")),
    "blocked in silence": _ended(S.REJECTED, "moderated", order("blocked")),
    "an interaction that failed": _ended(S.FAILED, "failed", order("failed")),
    "one that was cancelled": _ended(S.FAILED, "failed", order("cancelled")),
    "one that is incomplete": _ended(S.FAILED, "failed", order("incomplete")),
    "a budget there": _refused("quota", order("budget_exceeded")),
    "one that waits": _unknown(order("queued"), taken=1),
    "one that goes on": _unknown(order("in_progress"), taken=1),
    "a status nobody knows": _unknown(order("new_status"), taken=1),
    "a song that is no base64": _unknown(order("not_base64"), taken=1),
    "a page in base64": _ended(S.FAILED, "contract", order("html_as_audio")),
    "a song of no bytes": _ended(S.REJECTED, "moderated", order("empty")),
    "escaped JSON": _stored(order("escaped")),
    "an answer that ends inside the song": _unknown(order("half"), taken=1),
    "another service's JSON": _unknown(order("other_json"), taken=1),
}
OPENAI: dict[str, Told] = {
    "the safety system": _ended(S.REJECTED, "moderated", order("moderated"), taken=0),
    "the content policy": _ended(S.REJECTED, "moderated", order("policy"), taken=0),
    "no quota, told as too often": _refused("quota", order("no_quota")),
    "a hard limit, told as a bad request": _refused("quota", order("hard_limit")),
    "pictures in a minute": _refused("busy", order("rate")),
    "a model out of reach": _refused("refused", order("bad_model")),
    "a smaller picture": _stored(order("small", side=256)),
    "an address instead of a picture": _unknown(order("url_only"), taken=1),
    "no picture": _unknown(order("no_data"), taken=1),
    "letters that are no base64": _unknown(order("bad_base64"), taken=1),
    "base64 that ends early": _unknown(order("cut_base64"), taken=1),
    "a page in base64": _ended(S.FAILED, "contract", order("not_picture")),
    "escaped slashes": _stored(order("escaped")),
}
LUMA: dict[str, Told] = {
    "moderated while it is made": _ended(S.REJECTED, "moderated", order("moderated")),
    "a final failure": _ended(S.FAILED, "failed", order("final")),
    "the account's budget": _ended(S.FAILED, "failed", order("final", code="budget_exhausted")),
    "a failure that may pass": _ended(S.FAILED, "failed", order("again")),
    "no balance": _refused("quota", order("no_balance")),
    "too many at once": _refused("full", order("busy")),
    "a value that is not valid": _refused("refused", order("broken")),
    "a flagged prompt": _ended(S.REJECTED, "moderated", order("refused_prompt"), taken=0),
    "a state nobody knows": _stored(look("unknown_state", first=2)),
    "only states nobody knows": _stale(look("unknown_state")),
    "unknown for a moment": _stored(look("forgotten", first=2)),
    "forgotten": _ended(S.LOST, "lost", look("forgotten")),
    "done, and no film told of yet": _stored(look("no_output", nth=2)),
    "done, and never a film": _stale(look("no_output")),
    "an address that has expired": _stored(file("expired", first=1)),
    "addresses that have expired": _stale(file("expired")),
    "half a film": _stored(file("half", first=1)),
    "a page called a film": _stored(file("not_film", first=1)),
}
LEONARDO: dict[str, Told] = {
    "a wrong key, told as a bad request": _refused("key_refused", order("bad_key")),
    "moderated before it is made": _ended(S.REJECTED, "moderated", order("moderated"), taken=0),
    "no tokens, told as a bad request": _refused("quota", order("no_credits")),
    "too many at once": _refused("full", order("too_many")),
    "an error inside a success": _refused("refused", order("invalid_in_200")),
    "a service error": _unknown(order("service_error")),
    "a job that fails": _ended(S.FAILED, "failed", order("fails")),
    "a smaller picture": _stored(order("small", side=256)),
    "an unfit picture": _ended(S.REJECTED, "moderated", order("adult")),
    "unknown for a moment": _stored(look("forgotten", first=2)),
    "forgotten": _ended(S.LOST, "lost", look("forgotten")),
    "a status nobody knows": _stored(look("unknown_status", first=2)),
    "only statuses nobody knows": _stale(look("unknown_status")),
    "done, and no picture told of yet": _stored(look("no_images", nth=2)),
    "done, and never a picture": _stale(look("no_images")),
    "an address that has expired": _stored(file("expired", first=1)),
    "addresses that have expired": _stale(file("expired")),
    "half a picture": _stored(file("half", first=1)),
    "a page called a picture": _stored(file("not_picture", first=1)),
    "taken, and the account cannot be asked": _unknown(
        order("reset_after"), ("GET /v1/me", {"fault": "status", "status": 500}), taken=1
    ),
    "taken, and the list is none": _unknown(
        order("reset_after"), ("GET /v1/generations/user", {"fault": "html"}), taken=1
    ),
}


def _code(code: int, msg: str, **told: Any) -> Rule:
    return order("code", code=code, msg=msg, **told)


SUNO: dict[str, Told] = {
    "400": _refused("refused", _code(400, "bad parameters")),
    "401": _refused("key_refused", _code(401, "no access")),
    "402": _refused("quota", _code(402, "pay")),
    "404": _refused("refused", _code(404, "no such path")),
    "405, too often": _refused("busy", _code(405, "rate limit")),
    "408, a time-out there": _unknown(_code(408, "timeout")),
    "409": _refused("refused", _code(409, "exists")),
    "413, too long": _refused("refused", _code(413, "too long")),
    "422, by its words a rule": _ended(S.REJECTED, "moderated", _code(422, "sensitive words"), taken=0),
    "429, which means credits": _refused("quota", _code(429, "credits are insufficient")),
    "429 with its HTTP status": _refused("quota", _code(429, "credits are insufficient", http=429)),
    "430, too often": _refused("busy", _code(430, "call frequency is too high")),
    "455, maintenance": _refused("maintenance", _code(455, "maintenance")),
    "500": _unknown(_code(500, "server error")),
    "500, but taken": _unknown(order("code_after", code=500, msg="server error"), taken=1),
    "a code nobody knows": _unknown(_code(777, "new")),
    "no task id": _unknown(order("no_task_id"), taken=1),
    "credits that are gone": _refused("quota", order("credits", left=0)),
    "a job that fails": _ended(S.FAILED, "failed", order("fails")),
    "a task that was not created": _ended(S.FAILED, "failed", order("fails", status="CREATE_TASK_FAILED")),
    "a sensitive word": _ended(S.REJECTED, "moderated", order("moderated")),
    "a failure by its rules": _ended(
        S.REJECTED, "moderated", order("fails", message="it contained an artist name")
    ),
    "the first song, then a failure": _stored(order("first_then_fail")),
    "one song of two": _stored(order("one_song")),
    "callbacks it could not send": _stored(order("callback_exception")),
    "files that have expired": _ended(S.STALE, "stale", order("expires")),
    "a status nobody knows": _stored(look("says", status="DREAMING", first=2)),
    "only statuses nobody knows": _stale(look("says", status="DREAMING")),
    "the first song for a while": _stored(look("says", status="FIRST_SUCCESS", first=2)),
    "words only, for a while": _stored(look("says", status="TEXT_SUCCESS", first=1)),
    "unknown for a moment": _stored(look("code", code=404, msg="no such task", first=2)),
    "every job forgotten": _ended(S.LOST, "lost", look("forgets")),
    "maintenance while it is made": _stored(look("code", code=455, msg="maintenance", first=2)),
    "asked too often while it is made": _stored(look("code", code=430, msg="slower", first=3)),
    "a key that is refused while it is made": _stale(look("code", code=401, msg="no access")),
    "a record that is a number": _stored(look("code", code=200, msg="ok", data=7, first=1)),
    "a record that is not there yet": _stored(look("code", code=200, msg="ok", first=1)),
}
ACESTEP: dict[str, Told] = {
    "a full queue": _refused("full", order("full")),
    "taken, and not named": _refused("contract", order("no_task_id"), taken=1),
    "a refusal with words": _refused("refused", order("detail", detail="no")),
    "a failure with words": _refused("transient", order("detail", status=500, detail="CUDA error")),
    "a field that is not valid": _refused("refused", order("detail", status=422, detail="bpm")),
    "a song that fails": _ended(S.FAILED, "failed", order("fails")),
    "a file at another host": _stale(order("elsewhere", file="http://evil.example/v1/audio?path=x")),
    "a file of this machine": _stale(order("elsewhere", file="file:///etc/passwd")),
    "done, and no file": _stale(order("no_file")),
    "a result that is no JSON": _stale(order("garbled")),
    "a restart that forgets": _ended(S.LOST, "lost", look("forgets")),
    "no rows": _stale(look("no_rows")),
    "no rows for a moment": _stored(look("no_rows", first=1)),
    "an error inside a success": _stored(look("code", code=500, first=2)),
    "a refusal inside a success": _stale(look("code", code=404)),
}
PEXELS: dict[str, Told] = {
    "a wrong key": _refused("key_refused", order("bad_key")),
    "a key without the right": _refused("key_refused", order("forbidden")),
    "a wrong request": _refused("refused", order("invalid")),
    "a clip that is gone": _refused("lost", order("gone")),
    "requests of the hour used up": _refused("busy", order("too_often")),
    "an error there": _refused("transient", order("down")),
    "requests of the month used up": _stored(order("month_spent")),
    "streams only": _refused("expired", order("hls_only")),
    "files without a size": _refused("expired", order("null_widths")),
    "a clip without files": _refused("expired", order("no_files")),
    "another clip": _refused("contract", order("other_clip")),
    "a width below nothing": _refused("contract", order("bad_size")),
    "a file in the cloud's own data": _stale(order("far_inside")),
    "a file of this machine": _refused("contract", order("foreign_scheme")),
}
PIXABAY: dict[str, Told] = {
    "a wrong key, told as a bad request": _refused("key_refused", order("bad_key")),
    "a wrong request": _refused("refused", order("invalid")),
    "a number out of range": _refused("refused", order("gone")),
    "requests of the minute used up": _refused("busy", order("too_often")),
    "an error there": _refused("transient", order("down")),
    "a wall for robots": _refused("key_refused", order("blocked")),
    "the last request of the minute": _stored(order("minute_spent")),
    "a clip that is gone": _refused("lost", order("nothing")),
    "files without a size": _refused("expired", order("null_widths")),
    "a clip without files": _refused("expired", order("no_files")),
    "another clip": _refused("contract", order("other_clip")),
    "a width below nothing": _refused("contract", order("bad_size")),
    "a file in the cloud's own data": _stale(order("far_inside")),
    "a file of this machine": _refused("contract", order("foreign_scheme")),
}
OWN: dict[str, dict[str, Told]] = {
    "elevenlabs_music": ELEVENLABS,
    "lyria": LYRIA,
    "openai_images": OPENAI,
    "luma": LUMA,
    "leonardo": LEONARDO,
    "suno_gateway": SUNO,
    "acestep": ACESTEP,
    "pexels": PEXELS,
    "pixabay": PIXABAY,
}
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
