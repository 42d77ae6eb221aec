"""Lyria through the real desk: songs, crashes, and every way it can go wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.outside_kit import home, opened, song

from noktvrn.kernel.errors import Invalid, LabelError
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.outbound.calls import Reply
from noktvrn.outbound.jobs.service import Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers import lyria as provider
from noktvrn.providers.lyria import dialect, interactions
from noktvrn.providers.lyria.composer import LyriaComposer, described
from noktvrn.providers.lyria.interactions import ANSWER, LyriaService
from noktvrn.settings import Settings
from noktvrn.storage.ledger.tickets import TicketState as S
from noktvrn.testing.fakes import lyria
from noktvrn.testing.fakes.script import Script

ORDER = "POST /v1beta/interactions"


def settings_for(server: lyria.Server, tmp_path: Path, **more: Any) -> Settings:
    told = {"gemini_api_key": lyria.KEY, "lyria_base_url": server.origin, **more}
    return Settings(home=home(tmp_path), _env_file=None, **told)


@pytest.mark.parametrize("rules", [[], [{"fault": "escaped"}]], ids=["plain", "escaped"])
def test_a_song_comes_out_of_the_json(tmp_path: Path, rules: list[dict[str, Any]]) -> None:
    with lyria.Server(Script(rules)) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            composer = LyriaComposer(settings, kit)
            made = composer.compose(song(tmp_path))
            assert composer.compose(song(tmp_path)) == made
            row = rows.one(composer.order(song(tmp_path)).key)
    assert made.sung and [stem.name for stem in made.stems] == ["mix"]
    assert abs(made.timeline.duration_s - 21.0) < 1.5
    told = made.provenance
    assert told.rights.watermark and told.rights.dsp_release == "unknown" and told.lossy_source
    assert (told.model, told.seed, told.ticket) == ("lyria-3.5", None, row.id)
    assert (row.state, row.cost) == (S.STORED, 80_000)
    assert len(server.submissions) == 1


def test_the_song_is_told_in_words(tmp_path: Path) -> None:
    text = described(song(tmp_path))
    assert text.startswith("synthwave, 96 bpm, A minor, Glassy arpeggios, tape hiss, distant choirs, bright.")
    assert "Length: about 0:21." in text and "Instrumental only" not in text
    assert "[Intro] (instrumental, 2 bars, sparse and quiet)" in text
    assert "[Verse] (4 bars, steady)\nHold me under silver rain\nAll the lights are going out" in text


def test_an_instrumental_has_no_word_in_it(tmp_path: Path) -> None:
    text = described(song(tmp_path, instrumental=True))
    assert "Instrumental only, no vocals." in text and "silver" not in text


def test_more_words_than_are_sent_are_refused(tmp_path: Path) -> None:
    long = Lyrics(title="x", hook="", sections=(LyricSection(label="verse", lines=("word " * 5000,)),))
    with pytest.raises(Invalid, match="20,000 are sent at most"):
        described(song(tmp_path, lyrics=long))


def test_a_clip_costs_what_a_clip_costs(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, lyria_model="lyria-3-clip-preview", _env_file=None)
    order = LyriaComposer(settings, None).order(song(tmp_path))  # type: ignore[arg-type]
    assert order.quote.micros == 40_000


def test_an_answer_that_came_whole_before_a_crash_is_salvaged(tmp_path: Path) -> None:
    with lyria.Server() as server:
        settings = settings_for(server, tmp_path)
        order = LyriaComposer(settings, None).order(song(tmp_path))  # type: ignore[arg-type]
        service = LyriaService(settings)
        spool = tmp_path / "spool"
        spool.mkdir()
        assert service.salvage(order, spool) is None
        service._caller.post_into("/v1beta/interactions", order.request, into=spool / ANSWER)
        found = service.salvage(order, spool)
        assert found is not None and found.files[0].path.read_bytes()[:3] in (b"ID3", b"\xff\xfb\x90")
        assert service.salvage(order, spool) is None
        assert len(server.submissions) == 1


def test_a_song_under_another_name_is_paid_for_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect.Interaction, "song", property(lambda _told: None))
    with lyria.Server() as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            composer = LyriaComposer(settings, kit)
            assert composer.compose(song(tmp_path)).stems
            assert rows.one(composer.order(song(tmp_path)).key).state is S.STORED
            assert len(server.submissions) == 1


UNKNOWN = "outside.outcome_unknown"
FAULTS: list[tuple[str, dict[str, Any], S, str, int]] = [
    ("no_connection", {"fault": "reset"}, S.UNKNOWN, UNKNOWN, 0),
    ("hangs_up_after", {"fault": "reset_after"}, S.UNKNOWN, UNKNOWN, 1),
    ("cut_short", {"fault": "truncated"}, S.UNKNOWN, UNKNOWN, 1),
    ("half_json", {"fault": "half"}, S.UNKNOWN, UNKNOWN, 1),
    ("other_json", {"fault": "other_json"}, S.UNKNOWN, UNKNOWN, 1),
    ("gateway_502", {"fault": "status_after", "status": 502}, S.UNKNOWN, UNKNOWN, 1),
    ("deadline_504", {"fault": "deadline"}, S.UNKNOWN, UNKNOWN, 0),
    ("internal_500", {"fault": "internal"}, S.UNKNOWN, UNKNOWN, 0),
    ("overloaded_503", {"fault": "unavailable"}, S.UNKNOWN, UNKNOWN, 0),
    ("redirected", {"fault": "redirect", "to": "http://10.0.0.1/"}, S.REFUSED, "outside.refused", 0),
    ("login_page", {"fault": "html"}, S.UNKNOWN, UNKNOWN, 0),
    ("blocked", {"fault": "blocked"}, S.REJECTED, "outside.withheld", 1),
    ("failed", {"fault": "failed"}, S.FAILED, "outside.failed", 1),
    ("cancelled", {"fault": "cancelled"}, S.FAILED, "outside.failed", 1),
    ("incomplete", {"fault": "incomplete"}, S.FAILED, "outside.failed", 1),
    ("budget_exceeded", {"fault": "budget_exceeded"}, S.REFUSED, "outside.quota", 0),
    ("in_progress", {"fault": "in_progress"}, S.UNKNOWN, UNKNOWN, 1),
    ("queued", {"fault": "queued"}, S.UNKNOWN, UNKNOWN, 1),
    ("new_status", {"fault": "new_status"}, S.UNKNOWN, UNKNOWN, 1),
    ("empty_audio", {"fault": "empty"}, S.REJECTED, "outside.withheld", 1),
    ("not_base64", {"fault": "not_base64"}, S.UNKNOWN, UNKNOWN, 1),
    ("page_as_audio", {"fault": "html_as_audio"}, S.FAILED, "", 1),
    ("bad_key", {"fault": "bad_key"}, S.REFUSED, "outside.key_refused", 0),
    ("permission", {"fault": "permission"}, S.REFUSED, "outside.key_refused", 0),
    ("invalid", {"fault": "invalid"}, S.REFUSED, "outside.refused", 0),
    ("invalid_in_list", {"fault": "invalid", "in_list": True}, S.REFUSED, "outside.refused", 0),
    ("prohibited", {"fault": "prohibited"}, S.REJECTED, "outside.moderated", 0),
    ("no_model", {"fault": "not_found"}, S.REFUSED, "outside.refused", 0),
    ("rate", {"fault": "exhausted"}, S.REFUSED, "outside.busy", 0),
    ("day", {"fault": "day_exhausted"}, S.REFUSED, "outside.quota", 0),
]


@pytest.mark.parametrize(
    ("rule", "state", "code", "billed"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_every_fault_ends_where_it_should_and_is_never_paid_twice(
    tmp_path: Path, rule: dict[str, Any], state: S, code: str, billed: int
) -> None:
    with lyria.Server(Script([{"on": ORDER, "first": 3, **rule}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            composer = LyriaComposer(settings, kit)
            with pytest.raises(LabelError) as told:
                composer.compose(song(tmp_path))
            row = rows.one(composer.order(song(tmp_path)).key)
            assert (row.state, len(server.submissions)) == (state, billed)
            assert told.value.code == code or not code
            assert told.value.message and told.value.hint
            assert lyria.KEY not in told.value.message + told.value.hint
            if state is not S.REFUSED:
                with pytest.raises(LabelError):
                    composer.compose(song(tmp_path))
                assert server.asked.count(ORDER) == 1


def test_a_timeout_may_be_a_song_that_is_billed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "DEADLINE_S", 1.0)
    with lyria.Server(Script([{"on": ORDER, "fault": "hang_after"}])) as server:
        settings = settings_for(server, tmp_path)
        with opened(settings) as (kit, rows):
            composer = LyriaComposer(settings, kit)
            for _ in range(2):
                with pytest.raises(LabelError) as told:
                    composer.compose(song(tmp_path))
                assert told.value.code == UNKNOWN and "ticket settle" in told.value.hint
            assert rows.one(composer.order(song(tmp_path)).key).state is S.UNKNOWN
        assert server.asked.count(ORDER) == len(server.submissions) == 1


def test_the_wait_that_stands_in_the_body_is_kept(tmp_path: Path) -> None:
    from noktvrn.outbound.wire import Wire

    with lyria.Server(Script([{"fault": "exhausted"}])) as server:
        settings = settings_for(server, tmp_path)
        order = LyriaComposer(settings, None).order(song(tmp_path))  # type: ignore[arg-type]
        with Wire() as wire, pytest.raises(LabelError) as told:
            LyriaService(settings).submit(order, Slip("t", tmp_path))
    assert trouble_of(told.value) is Trouble.RATE
    assert wire.last is not None and wire.last.retry_after_s == 2.0


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("17s", 17.0), ("0.5s", 0.5), ("9999999s", 3600.0), ("soon", None), (7, None), (None, None)],
)
def test_only_a_length_of_time_is_a_wait(delay: object, seconds: float | None) -> None:
    body = json.dumps({"error": {"details": [{"reason": "x"}, {"retryDelay": delay}, 5]}}).encode()
    assert dialect.retry_delay_s(Reply(429, "application/json", {}, body)) == seconds


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'{"error": 7}', b'{"error": {"details": 7}}'])
def test_errors_in_no_form_at_all_are_read_by_their_status(body: bytes) -> None:
    error = dialect.told_by(Reply(429, "application/json", {}, body))
    assert trouble_of(error) is Trouble.RATE and "HTTP status 429" in error.message


def test_an_interaction_under_way_is_named_for_who_settles_it() -> None:
    error = dialect.without_song(dialect.Interaction(id="interactions/abc", status="queued"))
    assert "interactions/abc is queued" in error.message and "ticket settle" in error.hint


def test_health_is_one_free_question(tmp_path: Path) -> None:
    with lyria.Server() as server:
        settings = settings_for(server, tmp_path)
        assert provider.health(settings, None).well  # type: ignore[arg-type]
        other = settings.model_copy(update={"lyria_model": "lyria-9"})
        assert not provider.health(other, None).well  # type: ignore[arg-type]
        assert server.asked == ["GET /v1beta/models/lyria-3.5", "GET /v1beta/models/lyria-9"]
        assert not server.submissions
