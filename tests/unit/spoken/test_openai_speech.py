"""OpenAI's voices through the real desk: whose voice, which request, which faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.outside_kit import home, lines, opened

from noktvrn.kernel.errors import BudgetSpent, Invalid, LabelError, NotAllowed
from noktvrn.model.sound import SoundIdentity
from noktvrn.outbound.calls import Reply
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.production.consents import outside
from noktvrn.providers import openai_speech as provider
from noktvrn.providers.openai_speech.singer import OpenAISpeech
from noktvrn.providers.openai_speech.speech import told_by
from noktvrn.providers.openai_speech.voices import BY_REGISTER, CLASSIC, NEITHER, STOCK, voice_for
from noktvrn.settings import Settings
from noktvrn.testing.fakes import openai_speech
from noktvrn.testing.fakes.script import Script

SPEECH = "POST /v1/audio/speech"


def settings_for(server: openai_speech.Server, tmp_path: Path, **more: Any) -> Settings:
    told = {
        "openai_api_key": openai_speech.KEY,
        "openai_speech_base_url": f"{server.origin}/v1",
        **more,
    }
    return Settings(home=home(tmp_path), _env_file=None, **told)


def test_a_song_is_spoken_a_ticket_a_line_and_a_chorus_is_paid_once(tmp_path: Path) -> None:
    words = ("Hold me under rain", "We ride the bus", "Hold me under rain")
    with openai_speech.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            player = OpenAISpeech(settings, kit)
            stem = player.sing(lines(tmp_path, *words))
            assert player.sing(lines(tmp_path, *words)) == stem
    assert [job["speech"]["input"] for job in server.submissions] == list(words[:2])
    assert {job["speech"]["voice"] for job in server.submissions} <= STOCK
    info = soundfile.info(stem.stem.path)
    assert (info.samplerate, info.channels, info.duration) == (44_100, 2, 9.5)
    assert (stem.words, stem.voice, stem.stock) == ("spoken", "", True)
    assert not stem.provenance.lossy_source and stem.provenance.rights.dsp_release == "unknown"
    assert not outside(stem)


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"])
def test_requests_are_as_published(tmp_path: Path, model: str) -> None:
    with openai_speech.Server() as server:
        settings = settings_for(server, tmp_path, openai_speech_model=model)
        with opened(settings) as (kit, _):
            OpenAISpeech(settings, kit).sing(lines(tmp_path, "one"))
    body = server.submissions[0]["speech"]
    assert ("instructions" in body) is (model == "gpt-4o-mini-tts")
    assert body["response_format"] == "wav"


def test_nobody_is_imitated(tmp_path: Path) -> None:
    player = OpenAISpeech(Settings(home=tmp_path, _env_file=None), None)  # type: ignore[arg-type]
    told = player.order(lines(tmp_path, voice="smoky alto, in the style of Madonna"), "one", 1.0, "ash")
    assert "smoky alto" in told.request["instructions"]
    assert "madonna" not in told.request["instructions"].lower()


@pytest.mark.parametrize(
    ("model", "micros"),
    [("tts-1", 150), ("tts-1-hd", 300), ("gpt-4o-mini-tts-2025-12-15", 250), ("another", 300)],
)
def test_the_quote_follows_the_model(tmp_path: Path, model: str, micros: int) -> None:
    settings = Settings(home=tmp_path, openai_speech_model=model, _env_file=None)
    order = OpenAISpeech(settings, None).order(lines(tmp_path), "ten letter", 1.0, "alloy")  # type: ignore[arg-type]
    assert order.quote.micros == micros


def chosen(tmp_path: Path, voice: str, **more: Any) -> set[str]:
    settings = Settings(home=tmp_path, _env_file=None, **more)
    return {
        voice_for(settings, lines(tmp_path, voice=voice, identity=SoundIdentity(seed=seed, style="pop")))
        for seed in range(40)
    }


def test_the_stock_voice_is_of_the_profiles_register(tmp_path: Path) -> None:
    assert chosen(tmp_path, "deep bass") == set(BY_REGISTER["baritone"])
    assert chosen(tmp_path, "soprano") == set(BY_REGISTER["soprano"])
    assert chosen(tmp_path, "androgynous") == set(NEITHER)
    assert chosen(tmp_path, "soprano", openai_speech_model="tts-1") <= CLASSIC
    assert chosen(tmp_path, "soprano", openai_voice="ash") == {"ash"}


def test_a_voice_of_no_stock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no stock voice called madonna"):
        chosen(tmp_path, "x", openai_voice="madonna")
    with pytest.raises(NotAllowed) as told:
        chosen(tmp_path, "x", openai_voice="voice_1234")
    assert told.value.code == "voice.no_consent"


def test_a_named_voice_needs_its_consent(tmp_path: Path) -> None:
    with openai_speech.Server() as server:
        settings = settings_for(
            server,
            tmp_path,
            openai_voice="voice_1234",
            openai_voice_name="jo-doe",
            openai_speech_model="tts-1",
        )
        with opened(settings) as (kit, _):
            stem = OpenAISpeech(settings, kit).sing(lines(tmp_path, "one"))
    assert server.submissions[0]["speech"]["voice"] == {"id": "voice_1234"}
    assert (stem.voice, stem.use) == ("jo-doe", "clone") and outside(stem)


def test_a_language_it_does_not_speak_costs_nothing(tmp_path: Path) -> None:
    with openai_speech.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _), pytest.raises(Invalid, match="do not speak"):
            OpenAISpeech(settings, kit).sing(lines(tmp_path, language="eo"))
    assert not server.asked


FAULTS: list[tuple[str, dict[str, Any], str, int]] = [
    ("hangs_up_after", {"fault": "reset_after"}, "outside.outcome_unknown", 1),
    ("cut_short", {"fault": "truncated"}, "outside.outcome_unknown", 1),
    ("gateway", {"fault": "status_after", "status": 502}, "outside.outcome_unknown", 1),
    ("server_error", {"fault": "server_error"}, "outside.outcome_unknown", 0),
    ("overloaded", {"fault": "overloaded"}, "outside.outcome_unknown", 0),
    ("quota", {"fault": "insufficient_quota"}, "outside.quota", 0),
    ("hard_limit", {"fault": "hard_limit"}, "outside.quota", 0),
    ("rate", {"fault": "rate_limit"}, "outside.busy", 0),
    ("bad_key", {"fault": "bad_key"}, "outside.key_refused", 0),
    ("permission", {"fault": "permission"}, "outside.key_refused", 0),
    ("moderation", {"fault": "moderation"}, "outside.moderated", 0),
    ("no_model", {"fault": "model_gone"}, "outside.refused", 0),
    ("page_as_audio", {"fault": "html_as_audio"}, "", 1),
    ("json_as_audio", {"fault": "json_as_audio"}, "", 1),
    ("empty", {"fault": "empty"}, "", 1),
]


@pytest.mark.parametrize(
    ("rule", "code", "billed"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_every_fault_is_told_and_never_paid_twice(
    tmp_path: Path, rule: dict[str, Any], code: str, billed: int
) -> None:
    with openai_speech.Server(Script([{"on": SPEECH, **rule}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            player = OpenAISpeech(settings, kit)
            for _ in range(2):
                with pytest.raises(LabelError) as told:
                    player.sing(lines(tmp_path))
                assert told.value.hint and openai_speech.KEY not in told.value.message
                assert told.value.code == code or not code or told.value.code == "outside.resting"
        assert len(server.submissions) == billed


def test_a_spent_quota_is_a_429_that_nobody_repeats(tmp_path: Path) -> None:
    with openai_speech.Server(Script([{"on": SPEECH, "fault": "insufficient_quota"}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings, patience_s=600) as (kit, _), pytest.raises(BudgetSpent):
            OpenAISpeech(settings, kit).sing(lines(tmp_path))
        assert server.asked.count(SPEECH) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": "no"}', b'{"error": {"code": 7, "message": []}}'])
def test_errors_in_no_form_at_all_are_read_by_their_status(body: bytes) -> None:
    error = told_by(Reply(404, "application/json", {}, body))
    assert trouble_of(error) is Trouble.INVALID and "HTTP status 404" in error.message


def test_the_address_is_the_models_own_the_language_models_or_theirs(tmp_path: Path) -> None:
    with openai_speech.Server() as server:
        shared = settings_for(
            server, tmp_path, openai_speech_base_url=None, openai_base_url=f"{server.origin}/v1"
        )
        assert provider.health(shared, None).well  # type: ignore[arg-type]
        gone = shared.model_copy(update={"openai_speech_model": "tts-9"})
        assert not provider.health(gone, None).well  # type: ignore[arg-type]
    assert server.asked == ["GET /v1/models/gpt-4o-mini-tts", "GET /v1/models/tts-9"]


def test_the_fake_offers_what_is_published() -> None:
    path = Path(__file__).parents[4] / "shared" / "contracts" / "openai-speech-images.openapi.json"
    if not path.is_file():
        pytest.skip("the published description is not here")
    schema = json.loads(path.read_text("utf-8"))["components"]["schemas"]
    request = schema["CreateSpeechRequest"]["properties"]
    assert set(request) == openai_speech.FIELDS
    assert set(schema["VoiceIdsShared"]["anyOf"][1]["enum"]) <= set(openai_speech.VOICES) == STOCK
    assert set(request["model"]["anyOf"][1]["enum"]) == set(openai_speech.MODELS)
