"""The faults of each outside service in its own words, and what an order comes to while they last."""

from __future__ import annotations

from typing import Any

from noktvrn.storage.ledger.tickets import TicketState as S

Rule = tuple[str, dict[str, Any]]
"""Which request a fault meets (`order`, `look`, `file`, or a method and a path), and the fault."""
UNKNOWN, STALE = "outside.outcome_unknown", "outside.stale"


def order(fault: str, **told: Any) -> Rule:
    """A fault that the order meets."""
    return "order", {"fault": fault, **told}


def look(fault: str, **told: Any) -> Rule:
    """A fault that looks meet."""
    return "look", {"fault": fault, **told}


def file(fault: str, **told: Any) -> Rule:
    """A fault that downloads meet."""
    return "file", {"fault": fault, **told}


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
    "blocked in silence": _ended(S.REJECTED, "withheld", order("blocked")),
    "an interaction that failed": _ended(S.FAILED, "failed", order("failed")),
    "one that was cancelled": _ended(S.FAILED, "failed", order("cancelled")),
    "one that is incomplete": _ended(S.FAILED, "failed", order("incomplete")),
    "a budget there": _refused("quota", order("budget_exceeded")),
    "one that waits": _unknown(order("queued"), taken=1),
    "one that goes on": _unknown(order("in_progress"), taken=1),
    "a status nobody knows": _unknown(order("new_status"), taken=1),
    "a song that is no base64": _unknown(order("not_base64"), taken=1),
    "a page in base64": _ended(S.FAILED, "contract", order("html_as_audio")),
    "a song of no bytes": _ended(S.REJECTED, "withheld", order("empty")),
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
