"""ElevenLabs Music through the real desk: songs, crashes, and every way it can go wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.outside_kit import Rows, home, opened, song

from noktvrn.kernel.errors import LabelError
from noktvrn.model.provenance import SourceType
from noktvrn.providers.elevenlabs_music import songs
from noktvrn.providers.elevenlabs_music.composer import ElevenLabsComposer
from noktvrn.providers.elevenlabs_music.songs import MusicService
from noktvrn.settings import Settings
from noktvrn.storage.ledger.tickets import TicketState as S
from noktvrn.testing.fakes import elevenlabs
from noktvrn.testing.fakes.script import Script

SONG_S = 21.0


def settings_for(server: elevenlabs.Server, tmp_path: Path, **more: Any) -> Settings:
    told = {"elevenlabs_api_key": elevenlabs.KEY, "elevenlabs_base_url": server.origin, **more}
    return Settings(home=home(tmp_path), _env_file=None, **told)


def test_a_song_comes_whole_with_its_words_and_its_rights(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            composer = ElevenLabsComposer(settings, kit)
            made = composer.compose(song(tmp_path))
            assert composer.compose(song(tmp_path)) == made
            row = rows.one(composer.order(song(tmp_path)).key)
    assert [stem.name for stem in made.stems] == ["mix"] and made.sung
    info = soundfile.info(made.stems[0].path)
    assert (info.samplerate, info.channels, info.subtype) == (44_100, 2, "FLOAT")
    assert abs(made.timeline.duration_s - SONG_S) < 1.5
    told = made.provenance
    assert told.lossy_source and told.source_type is SourceType.TRAINED and told.ticket == row.id
    assert (told.rights.dsp_release, told.rights.terms_on) == ("unknown", "2026-05-26")
    assert (row.state, row.cost) == (S.STORED, server.bill["credits"] * 167)
    assert len(server.submissions) == 1


def test_an_instrumental_is_asked_for_in_words(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            made = ElevenLabsComposer(settings, kit).compose(song(tmp_path, instrumental=True))
    body = server.submissions[0]["song"]
    assert not made.sung and body["force_instrumental"] and body["music_length_ms"] == 21_000
    assert "seed" not in body and "silver" not in body["prompt"] and "96 bpm" in body["prompt"]
    assert made.provenance.prompt == body["prompt"]


def test_another_attempt_is_another_order_and_the_seed_is_the_takes(tmp_path: Path) -> None:
    composer = ElevenLabsComposer(Settings(home=tmp_path, _env_file=None), None)  # type: ignore[arg-type]
    first, again, other = (composer.order(song(tmp_path, attempt=n)) for n in (0, 0, 1))
    assert first == again and first.key != other.key
    told = composer.order(song(tmp_path, seed=6)).request["body"]["seed"]
    assert told != first.request["body"]["seed"] < 2**31


def test_the_quote_is_the_most_it_can_cost(tmp_path: Path) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, _):
            composer = ElevenLabsComposer(settings, kit)
            composer.compose(song(tmp_path))
            quote = composer.order(song(tmp_path)).quote
    assert quote.micros >= server.bill["credits"] * 167
    assert quote.micros <= 1.2 * server.bill["credits"] * 167


@pytest.mark.parametrize("form", ["pcm_44100", "mp3_44100_192"])
def test_better_forms_come_as_they_are_asked_for(tmp_path: Path, form: str) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path, elevenlabs_output=form)
        with opened(settings) as (kit, _):
            made = ElevenLabsComposer(settings, kit).compose(song(tmp_path))
    assert made.provenance.lossy_source is (form != "pcm_44100")
    assert abs(made.timeline.duration_s - SONG_S) < 1.5


@pytest.mark.parametrize("form", ["pcm_44100", "mp3_44100_128"])
def test_an_answer_that_came_whole_before_a_crash_is_salvaged(tmp_path: Path, form: str) -> None:
    with elevenlabs.Server() as server:
        settings = settings_for(server, tmp_path, elevenlabs_output=form)
        order = ElevenLabsComposer(settings, None).order(song(tmp_path))  # type: ignore[arg-type]
        service = MusicService(settings)
        spool = tmp_path / "spool"
        spool.mkdir()
        assert service.salvage(order, spool) is None
        query = {"output_format": form}
        place = spool / (".song.pcm" if form == "pcm_44100" else "song.mp3")
        service._caller.post_into("/v1/music", order.request["body"], into=place, query=query)
        found = service.salvage(order, spool)
    assert found is not None and found.charged and found.charged[0].amount == server.bill["credits"]
    assert abs(soundfile.info(found.files[0].path).duration - SONG_S) < 0.5


def test_raw_samples_of_one_channel_are_heard_as_such(tmp_path: Path) -> None:
    from noktvrn.providers.elevenlabs_music.pcm import as_wav

    for channels in (1, 2):
        raw = tmp_path / f".{channels}.pcm"
        raw.write_bytes(b"\x10\x00" * (44_100 * channels) + b"\x01")
        info = soundfile.info(as_wav(raw, tmp_path / f"{channels}.wav", 1.0))
        assert (info.channels, info.frames, raw.exists()) == (channels, 44_100, False)


MUSIC = "POST /v1/music"
FAULTS: list[tuple[str, dict[str, Any], S, str, int]] = [
    ("no_connection", {"fault": "reset"}, S.UNKNOWN, "outside.outcome_unknown", 0),
    ("hangs_up_after", {"fault": "reset_after"}, S.UNKNOWN, "outside.outcome_unknown", 1),
    ("cut_short", {"fault": "truncated"}, S.UNKNOWN, "outside.outcome_unknown", 1),
    ("gateway_502", {"fault": "status_after", "status": 502}, S.UNKNOWN, "outside.outcome_unknown", 1),
    ("gateway_504", {"fault": "status_after", "status": 504}, S.UNKNOWN, "outside.outcome_unknown", 1),
    ("server_500", {"fault": "server_error"}, S.UNKNOWN, "outside.outcome_unknown", 0),
    ("down_503", {"fault": "maintenance"}, S.UNKNOWN, "outside.outcome_unknown", 0),
    ("redirected", {"fault": "redirect", "to": "http://169.254.169.254/"}, S.REFUSED, "outside.refused", 0),
    ("login_page", {"fault": "html"}, S.UNKNOWN, "outside.outcome_unknown", 0),
    ("page_as_audio", {"fault": "html_as_audio"}, S.FAILED, "", 1),
    ("json_as_audio", {"fault": "json_as_audio"}, S.FAILED, "", 1),
    ("empty", {"fault": "empty"}, S.FAILED, "", 1),
    ("quota", {"fault": "quota_exceeded"}, S.REFUSED, "outside.quota", 0),
    ("unpaid", {"fault": "payment_required"}, S.REFUSED, "outside.quota", 0),
    ("bad_key", {"fault": "invalid_api_key"}, S.REFUSED, "outside.key_refused", 0),
    ("no_right", {"fault": "missing_permissions"}, S.REFUSED, "outside.key_refused", 0),
    ("plan", {"fault": "limited_access"}, S.REFUSED, "outside.key_refused", 0),
    ("crowded", {"fault": "too_many_concurrent_requests"}, S.REFUSED, "outside.full", 0),
    ("busy", {"fault": "system_busy"}, S.REFUSED, "outside.full", 0),
    ("rate", {"fault": "status", "status": 429, "body": ""}, S.REFUSED, "outside.busy", 0),
    ("copyright", {"fault": "bad_prompt"}, S.REJECTED, "outside.moderated", 0),
    ("copyright_data", {"fault": "bad_prompt", "where": "data", "status": 422}, S.REJECTED, "", 0),
    ("plan_copyright", {"fault": "bad_composition_plan"}, S.REJECTED, "outside.moderated", 0),
    ("harmful", {"fault": "harmful"}, S.REJECTED, "outside.moderated", 0),
    ("invalid", {"fault": "status", "status": 422, "body": {"detail": [{"msg": "no"}]}}, S.REFUSED, "", 0),
    ("gone", {"fault": "status", "status": 404, "body": "no json"}, S.REFUSED, "outside.refused", 0),
    ("teapot", {"fault": "status", "status": 418, "body": "[]"}, S.REFUSED, "outside.refused", 0),
]


@pytest.mark.parametrize(
    ("rule", "state", "code", "billed"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_every_fault_ends_where_it_should_and_is_never_paid_twice(
    tmp_path: Path, rule: dict[str, Any], state: S, code: str, billed: int
) -> None:
    script = Script([{"on": MUSIC, "first": 3, **rule}])
    with elevenlabs.Server(script) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            row, error = _failed(ElevenLabsComposer(settings, kit), song(tmp_path), rows)
            assert row.state is state
            assert error.code == code or not code
            assert error.message and error.hint and elevenlabs.KEY not in error.message + error.hint
            assert len(server.submissions) == billed
            if state is not S.REFUSED:
                _failed(ElevenLabsComposer(settings, kit), song(tmp_path), rows)
                assert server.asked.count(MUSIC) == 1


def test_a_timeout_may_be_a_song_that_is_billed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(songs, "DEADLINE_S", 1.0)
    with elevenlabs.Server(Script([{"on": MUSIC, "fault": "hang_after"}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            for _ in range(2):
                row, error = _failed(ElevenLabsComposer(settings, kit), song(tmp_path), rows)
                assert (row.state, error.code) == (S.UNKNOWN, "outside.outcome_unknown")
                assert "ticket settle" in error.hint
        assert server.asked.count(MUSIC) == len(server.submissions) == 1


def _failed(composer: ElevenLabsComposer, request: Any, rows: Rows) -> tuple[Any, LabelError]:
    with pytest.raises(LabelError) as told:
        composer.compose(request)
    return rows.one(composer.order(request).key), told.value


def test_what_was_refused_in_so_many_words_is_asked_again_while_patience_lasts(tmp_path: Path) -> None:
    script = Script([{"on": MUSIC, "first": 2, "fault": "system_busy"}])
    with elevenlabs.Server(script) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings, patience_s=60) as (kit, _):
            made = ElevenLabsComposer(settings, kit).compose(song(tmp_path))
    assert made.sung and server.asked.count(MUSIC) == 3 and len(server.submissions) == 1
