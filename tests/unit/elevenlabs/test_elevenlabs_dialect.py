"""What ElevenLabs' own words mean for us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noktvrn.kernel.errors import LabelError, Refused
from noktvrn.outbound.calls import Caller, Reply
from noktvrn.outbound.jobs.nouns import Charge
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers._kit import elevenlabs as dialect
from noktvrn.settings import Settings
from noktvrn.testing.fakes import elevenlabs
from noktvrn.testing.fakes.script import Script


def answer(status: int, body: object, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, "application/json", named, raw)


def detail(status: str, message: str = "Some words.", **more: object) -> dict[str, object]:
    return {"detail": {"status": status, "message": message, **more}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, detail("quota_exceeded"), Trouble.CREDITS),
        (402, detail("payment_required"), Trouble.CREDITS),
        (401, detail("invalid_api_key"), Trouble.AUTH),
        (403, detail("only_for_creator+"), Trouble.AUTH),
        (429, detail("too_many_concurrent_requests"), Trouble.BUSY),
        (429, detail("system_busy"), Trouble.BUSY),
        (429, {"detail": {"code": "rate_limit_exceeded", "message": "Slowly."}}, Trouble.RATE),
        (429, b"", Trouble.RATE),
        (400, detail("bad_prompt"), Trouble.MODERATION),
        (422, detail("bad_composition_plan"), Trouble.MODERATION),
        (400, detail("voice_not_found"), Trouble.INVALID),
        (422, {"detail": [{"loc": ["body", "music_length_ms"], "msg": "too long"}]}, Trouble.INVALID),
        (404, {"detail": "Not Found"}, Trouble.INVALID),
        (500, detail("internal_server_error"), Trouble.UNKNOWN),
        (502, b"<html>Bad Gateway</html>", Trouble.UNKNOWN),
        (504, b"", Trouble.UNKNOWN),
        (500, {"detail": 7}, Trouble.UNKNOWN),
        (500, [1, 2], Trouble.UNKNOWN),
        (503, b"", Trouble.UNKNOWN),
    ],
)
def test_each_refusal_is_the_trouble_it_is(status: int, body: object, kind: Trouble) -> None:
    error = dialect.told_by(answer(status, body))
    assert trouble_of(error) is kind
    assert error.message.startswith("ElevenLabs ") and error.hint


def test_a_service_that_says_when_to_come_again_took_nothing() -> None:
    assert trouble_of(dialect.told_by(answer(503, b"", retry_after="9"))) is Trouble.BUSY


def test_a_refused_field_is_named() -> None:
    told = {"detail": [{"loc": ["body", "music_length_ms"], "msg": "too long"}]}
    assert "body.music_length_ms: too long" in dialect.told_by(answer(422, told)).message


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(
    ("status", "suggestion"),
    [
        ("bad_prompt", {"prompt_suggestion": "Something of your own"}),
        (
            "bad_composition_plan",
            {"composition_plan_suggestion": {"chunks": [{"positive_styles": ["Something of your own"]}]}},
        ),
        (
            "bad_composition_plan",
            {"composition_plan_suggestion": {"positive_global_styles": ["Something of your own"]}},
        ),
    ],
)
def test_a_suggestion_is_shown_and_nothing_else(
    status: str, suggestion: dict[str, object], inside: bool
) -> None:
    more = {"data": suggestion} if inside else suggestion
    error = dialect.told_by(answer(400, detail(status, **more)))
    assert "Something of your own" in error.hint and "only if you write it yourself" in error.hint


def test_a_suggestion_is_cut_and_holds_no_address() -> None:
    long = "see https://cdn.example/x?sig=abc " + "word " * 400
    error = dialect.told_by(answer(400, detail("bad_prompt", prompt_suggestion=long)))
    assert "sig=abc" not in error.hint and len(error.hint) < 800 and error.hint.endswith("\u2026")


def test_without_a_suggestion_the_usual_next_step_stands() -> None:
    assert "It suggests" not in dialect.told_by(answer(400, detail("bad_prompt"))).hint


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("648", (Charge(unit="elevenlabs credits", amount=648), Charge(amount=648 * 167))),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("9" * 30, None),
    ],
)
def test_what_it_cost_is_taken_by_its_own_word(told: str, wanted: object) -> None:
    assert dialect.charged({"character-cost": told} if told else {}, 167) == wanted


def caller_to(server: elevenlabs.Server, tmp_path: Path, key: str = elevenlabs.KEY) -> Caller:
    return dialect.caller(
        Settings(home=tmp_path, elevenlabs_api_key=key, elevenlabs_base_url=server.origin, _env_file=None)
    )


def test_health_tells_the_plan_and_what_is_left(tmp_path: Path) -> None:
    with elevenlabs.Server(limit=1000) as server:
        server.bill["credits"] = 400
        health = dialect.health(caller_to(server, tmp_path))
    assert health.well and health.left == (("elevenlabs credits", 600),)
    assert health.said == "plan creator, 600 of 1,000 credits left until 2027-01-01"


def test_health_of_an_empty_account_and_of_a_bad_key(tmp_path: Path) -> None:
    with elevenlabs.Server(limit=0) as server:
        assert not dialect.health(caller_to(server, tmp_path)).well
        told = dialect.health(caller_to(server, tmp_path, "sk_other_secret"))
    assert not told.well and "refused the key" in told.said and "sk_other_secret" not in told.said


@pytest.mark.parametrize(
    "body", ['{"tier": 7}', '{"character_count": -1, "character_limit": 1}', "[]", "no json"]
)
def test_an_account_that_is_none_is_told(tmp_path: Path, body: str) -> None:
    script = Script([{"fault": "body", "text": body}])
    with elevenlabs.Server(script) as server, pytest.raises(Refused) as told:
        dialect.health(caller_to(server, tmp_path))
    assert trouble_of(told.value) is Trouble.CONTRACT


def test_read_says_which_field_is_wrong() -> None:
    with pytest.raises(LabelError, match="character_count"):
        dialect.read(dialect.Account, {"character_limit": 1})
