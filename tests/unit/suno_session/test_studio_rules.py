"""The rules of the studio session: rights, the one chair, the map of the page, safe names."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noktvrn.distribution.rights import Claim, check_rights
from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed, NotReady
from noktvrn.model.provenance import Provenance, Rights
from noktvrn.model.studio import StudioPack, StudioSession
from noktvrn.model.terms import Terms
from noktvrn.providers.registry import manifests
from noktvrn.providers.suno_session.browser import find_chromium, safe_name
from noktvrn.providers.suno_session.journal import place_of
from noktvrn.providers.suno_session.rights import rights_of_session, terms_holder
from noktvrn.providers.suno_session.seat import seated
from noktvrn.providers.suno_session.selectors import selector_map

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TEMPLATE = Rights(dsp_release="unknown", commercial=False, licence="theirs")


def session(driver: str, plan: str, *, confirmed: bool = False) -> StudioSession:
    return StudioSession.model_validate(
        {
            "id": "stu_0000000000000",
            "artist_id": "art_1",
            "key": "k",
            "driver": driver,
            "plan": plan,
            "terms_on": "2026-11-20",
            "pack": StudioPack(title="t", style="s"),
            "opened_at": NOW,
            "updated_at": NOW,
            "confirmed_at": NOW if confirmed else None,
        }
    )


@pytest.mark.parametrize(
    ("driver", "plan", "confirmed", "release"),
    [
        ("manual", "free", False, "no"),
        ("browser", "free", True, "no"),
        ("bas", "free", True, "no"),
        ("manual", "paid", False, "yes"),
        ("browser", "paid", False, "yes"),
        ("bas", "paid", False, "unknown"),
        ("bas", "paid", True, "yes"),
    ],
)
def test_the_plan_and_the_hand_settle_the_rights(
    driver: str, plan: str, confirmed: bool, release: str
) -> None:
    rights = rights_of_session(TEMPLATE, session(driver, plan, confirmed=confirmed))
    assert rights.dsp_release == release
    assert rights.commercial is (release != "no")
    assert (rights.plan_tier, rights.terms_on) == (plan, "2026-11-20")


def test_a_record_that_says_no_is_no() -> None:
    no = TEMPLATE.model_copy(update={"dsp_release": "no"})
    assert rights_of_session(no, session("manual", "paid")).dsp_release == "no"
    assert rights_of_session(no, session("bas", "paid", confirmed=True)).dsp_release == "no"


def test_only_its_own_confirmation_clears_what_an_application_made() -> None:
    assert terms_holder(session("bas", "paid")) == "stu_0000000000000"
    assert terms_holder(session("browser", "paid")) == "suno_session"


def test_delivery_lets_an_applications_song_pass_by_its_own_confirmation_only() -> None:
    made = session("bas", "paid")
    rights = rights_of_session(TEMPLATE, made)
    song = Provenance(engine="suno", engine_version="1", rights=rights, provider=terms_holder(made))
    with pytest.raises(NotAllowed) as barred:
        check_rights([Claim("track", song, NOW.date(), None)], "run_1")
    assert f"noktvrn studio confirm {made.id}" in barred.value.hint
    word = Terms(
        provider=made.id,
        plan="paid",
        dsp_release="yes",
        since=NOW.date(),
        recorded_by="person:jo",
        recorded_at=NOW,
    )
    check_rights([Claim("track", song, NOW.date(), word)], "run_1")


def test_the_manifest_is_off_until_a_person_says_how_they_work() -> None:
    manifest = next(one for one in manifests() if one.id == "suno_session")
    assert manifest.needs == ("studio",)
    assert manifest.roles == ("composer",)


def _sit(home: Path, sat: object, leave: object) -> None:
    with seated(home, "stu_first"):
        sat.set()  # type: ignore[attr-defined]
        leave.wait(30)  # type: ignore[attr-defined]


def test_one_session_sits_at_the_studio_over_all_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    sat, leave = context.Event(), context.Event()
    other = context.Process(target=_sit, args=(tmp_path, sat, leave))
    other.start()
    assert sat.wait(30)
    with pytest.raises(Conflict, match="stu_first") as refused, seated(tmp_path, "stu_second"):
        pass
    assert refused.value.code == "studio.busy"
    other.kill()
    other.join()
    with seated(tmp_path, "stu_second"):
        assert (tmp_path / "studio").stat().st_mode & 0o077 == 0


def test_the_bundled_map_has_fallbacks_for_every_field() -> None:
    found = selector_map(None)
    assert set(found.fields) == {"lyrics", "style", "title", "exclude"}
    assert set(found.walls) == {"login", "challenge", "rate"}
    assert all(len(place.any) >= 2 for place in found.fields.values())


def test_a_persons_file_replaces_single_entries(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[fields.title]\nany = ["#my-title"]\n', "utf-8")
    found = selector_map(own)
    assert found.fields["title"].any == ("#my-title",)
    assert found.fields["lyrics"] == selector_map(None).fields["lyrics"]


@pytest.mark.parametrize(
    "text", ["[fields.title\n", '[fields.titel]\nany = ["a"]\n', "[fields.title]\nany = []\n", "fields = 3\n"]
)
def test_a_map_that_cannot_be_read_is_told(text: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(Invalid, match=r"own\.toml") as refused:
        selector_map(own)
    assert refused.value.hint
    with pytest.raises(Invalid):
        selector_map(tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("suggested", "name"),
    [
        ("Night Bus.mp3", "Night Bus.mp3"),
        ("../../etc/passwd", "passwd"),
        ("..\\evil.mp3", "evil.mp3"),
        ("a\x00b\n.mp3", "a_b_.mp3"),
        ("x" * 300 + ".mp3", "x" * 120 + ".mp3"),
        ("", "download"),
    ],
)
def test_names_a_site_suggests_are_made_safe(suggested: str, name: str) -> None:
    assert safe_name(suggested) == name


def test_addresses_are_logged_without_what_may_be_a_token() -> None:
    assert place_of("https://suno.com/create?token=abc#x") == "https://suno.com/create"
    assert place_of("http://me:secret@127.0.0.1:80/a?b") == "http://127.0.0.1/a"


def test_a_browser_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotReady, match="none"):
        find_chromium(tmp_path / "chromium")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotReady, match="No Chromium") as refused:
        find_chromium(None)
    assert "NOKTVRN_CHROMIUM" in refused.value.hint
