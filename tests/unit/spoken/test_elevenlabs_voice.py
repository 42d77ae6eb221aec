"""ElevenLabs' voices through the real desk: whose voice, which language, which faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.outside_kit import home, lines, opened

from noktvrn.kernel.errors import Invalid, LabelError, NotAllowed, Refused
from noktvrn.model.sound import SoundIdentity
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.production.consents import outside
from noktvrn.providers import elevenlabs_voice as provider
from noktvrn.providers.elevenlabs_voice.languages import code_for
from noktvrn.providers.elevenlabs_voice.singer import ElevenLabsVoice
from noktvrn.providers.elevenlabs_voice.voices import stock_voice
from noktvrn.settings import Settings
from noktvrn.testing.fakes import elevenlabs
from noktvrn.testing.fakes.script import Script

MINE = "fakeMyOwnVoice000006"
STAR = "fakeFamous0000000007"
SPEECH = "POST /v1/text-to-speech/"
GENDERS = {one["voice_id"]: one["gender"] for one in elevenlabs.VOICES}


def settings_for(server: elevenlabs.Server, tmp_path: Path, **more: Any) -> Settings:
    told = {"elevenlabs_api_key": elevenlabs.KEY, "elevenlabs_base_url": server.origin, **more}
    return Settings(home=home(tmp_path), _env_file=None, **told)


def test_a_song_is_spoken_a_ticket_a_line_and_a_chorus_is_paid_once(tmp_path: Path) -> None:
    words = ("Hold me under rain", "We ride the bus", "Hold me under rain")
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            player = ElevenLabsVoice(settings, kit)
            stem = player.sing(lines(tmp_path, *words))
            first = stem.stem.path.read_bytes()
            assert player.sing(lines(tmp_path, *words)) == stem
            assert stem.stem.path.read_bytes() == first
    assert [job["speech"]["text"] for job in server.submissions] == list(words[:2])
    assert server.bill["credits"] == len(words[0]) + len(words[1])
    info = soundfile.info(stem.stem.path)
    assert (info.samplerate, info.channels, info.duration) == (44_100, 2, 9.5)
    assert (stem.words, stem.voice, stem.stock) == ("spoken", "", True)
    assert stem.provenance.lossy_source and stem.provenance.rights.dsp_release == "unknown"


def test_the_quote_is_what_a_line_costs(tmp_path: Path) -> None:
    player = ElevenLabsVoice(Settings(home=tmp_path, _env_file=None), None)  # type: ignore[arg-type]
    order = player.order(lines(tmp_path), "Hold me", 1.0, MINE, None)
    assert [(charge.unit, charge.amount) for charge in order.quote.charges] == [
        ("USD", 7 * 220),
        ("elevenlabs credits", 7),
    ]


@pytest.mark.parametrize(
    ("voice", "gender"),
    [("deep bass", "male"), ("bright soprano", "female"), ("androgynous, close", "neutral")],
)
def test_the_stock_voice_is_of_the_profiles_register(tmp_path: Path, voice: str, gender: str) -> None:
    with elevenlabs.Server() as server:
        service = provider.singer.caller(settings_for(server, tmp_path))  # type: ignore[attr-defined]
        chosen = {
            stock_voice(
                service, lines(tmp_path, voice=voice, identity=SoundIdentity(seed=seed, style="pop"))
            ).voice_id
            for seed in range(12)
        }
    assert {GENDERS[one] for one in chosen} == {gender}
    assert not chosen & {MINE, STAR}
    assert gender == "neutral" or len(chosen) == 2


def test_an_artist_keeps_its_voice(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        service = provider.singer.caller(settings_for(server, tmp_path))  # type: ignore[attr-defined]
        assert len({stock_voice(service, lines(tmp_path, seed=seed)).voice_id for seed in range(5)}) == 1


@pytest.mark.parametrize("voice", [MINE, STAR])
def test_a_persons_voice_without_a_consents_name_is_refused_before_it_costs(
    tmp_path: Path, voice: str
) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path, elevenlabs_voice=voice)
        with opened(settings) as (kit, _), pytest.raises(NotAllowed, match="no stock voice") as told:
            ElevenLabsVoice(settings, kit).sing(lines(tmp_path))
    assert "consent" in told.value.hint and not server.submissions


def test_a_named_voice_needs_its_consent_and_a_stock_voice_none(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        mine = settings_for(server, tmp_path, elevenlabs_voice=MINE, elevenlabs_voice_name="jo-doe")
        stock = settings_for(server, tmp_path, elevenlabs_voice="fakeSarah00000000002")
        unset = settings_for(server, tmp_path, elevenlabs_voice_name="jo-doe")
        with opened(mine) as (kit, _):
            named, plain, other = (
                ElevenLabsVoice(settings, kit).sing(lines(tmp_path)) for settings in (mine, stock, unset)
            )
    assert (named.voice, named.use, named.stock) == ("jo-doe", "clone", False)
    assert outside(named) and not outside(plain) and not outside(other)
    assert not outside(plain) and plain.voice == ""


def test_an_account_without_a_stock_is_told(tmp_path: Path) -> None:
    script = Script([{"on": "GET /v1/voices", "fault": "body", "text": '{"voices": []}'}])
    with elevenlabs.Server(script) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _), pytest.raises(Refused, match="no stock voice"):
            ElevenLabsVoice(settings, kit).sing(lines(tmp_path))


@pytest.mark.parametrize("text", ["[]", '{"voices": [{"voice_id": "../../v1/x"}]}', '{"voices": {}}', "{"])
def test_voices_that_are_none_are_told(tmp_path: Path, text: str) -> None:
    script = Script([{"on": "GET /v1/voices", "fault": "body", "text": text}])
    with elevenlabs.Server(script) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _), pytest.raises(LabelError) as told:
            ElevenLabsVoice(settings, kit).sing(lines(tmp_path))
    assert trouble_of(told.value) is Trouble.CONTRACT and not server.submissions


@pytest.mark.parametrize(
    ("model", "language", "code"),
    [
        ("eleven_multilingual_v2", "de-AT", None),
        ("eleven_flash_v2_5", "de-AT", "de"),
        ("eleven_flash_v2_5", "nb", "no"),
        ("eleven_v3", "pt_BR", "pt"),
    ],
)
def test_only_models_that_are_told_the_language_hear_it(model: str, language: str, code: str | None) -> None:
    assert code_for(model, language) == code


@pytest.mark.parametrize("language", ["la", "eo", "sw"])
def test_a_language_it_does_not_speak_costs_nothing(tmp_path: Path, language: str) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _), pytest.raises(Invalid, match="does not speak"):
            ElevenLabsVoice(settings, kit).sing(lines(tmp_path, language=language))
    assert not server.asked


FAULTS: list[tuple[str, dict[str, Any], str, int]] = [
    ("hangs_up_after", {"fault": "reset_after"}, "outside.outcome_unknown", 1),
    ("cut_short", {"fault": "truncated"}, "outside.outcome_unknown", 1),
    ("gateway", {"fault": "status_after", "status": 504}, "outside.outcome_unknown", 1),
    ("quota", {"fault": "quota_exceeded"}, "outside.quota", 0),
    ("bad_key", {"fault": "invalid_api_key"}, "outside.key_refused", 0),
    ("crowded", {"fault": "too_many_concurrent_requests"}, "outside.full", 0),
    ("policy", {"fault": "content_against_policy"}, "outside.moderated", 0),
    ("page_as_audio", {"fault": "html_as_audio"}, "", 1),
    ("empty", {"fault": "empty"}, "", 1),
]


@pytest.mark.parametrize(
    ("rule", "code", "billed"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_every_fault_is_told_and_never_paid_twice(
    tmp_path: Path, rule: dict[str, Any], code: str, billed: int
) -> None:
    with elevenlabs.Server(Script([{"on": SPEECH, **rule}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            player = ElevenLabsVoice(settings, kit)
            for _ in range(2):
                with pytest.raises(LabelError) as told:
                    player.sing(lines(tmp_path))
                assert told.value.hint and elevenlabs.KEY not in told.value.message
                assert told.value.code == code or not code or told.value.code == "outside.resting"
        assert len(server.submissions) == billed


def test_a_crash_between_lines_costs_no_line_twice(tmp_path: Path) -> None:
    script = Script([{"on": SPEECH, "nth": 2, "fault": "too_many_concurrent_requests"}])
    with elevenlabs.Server(script) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            player = ElevenLabsVoice(settings, kit)
            with pytest.raises(LabelError):
                player.sing(lines(tmp_path))
            assert player.sing(lines(tmp_path)).words == "spoken"
    assert [job["speech"]["text"] for job in server.submissions] == [
        "Hold me under silver rain",
        "All the lights are going out",
    ]


def test_health_tells_the_plan(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        assert provider.health(settings_for(server, tmp_path), None).well  # type: ignore[arg-type]
