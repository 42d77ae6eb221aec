"""A debut whose parts come from outside, the gate before stores, and secrets that turn up nowhere."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.label.outside_samples import (
    EVERYTHING_FAILS,
    SECRETS,
    Outside,
    outside,
    places_of,
)
from tests.integration.label.shell import Said, noktvrn

from noktvrn.label.label import Label, open_label
from noktvrn.model.film import Film
from noktvrn.model.picture import Picture
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.settings import Settings
from noktvrn.storage import tables

WORDS = ("debut", "--prompt", "Warm lo-fi beats for late trains", "--seed", "7", "--duration", "35", "--json")


@dataclass(frozen=True)
class Stage:
    """A label after its debut: its home, the services, what the command said, where services were then."""

    home: Path
    served: Outside
    said: Said
    origins: tuple[str, ...]

    @property
    def run_id(self) -> str:
        return str(self.said.data["run_id"])

    @property
    def log(self) -> str:
        return self.said.out + self.said.err


def result(label: Label, run_id: str, stage: StageName) -> Any:
    records = {record.stage: record for record in label.runs.holding(run_id)}
    return records[stage].result


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One production for all workers of this run of the tests: each has a copy, and services of its own with
    the same books. Who changes it works on a copy of that."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    made, kept = shared / "outside debut", shared / "outside debut" / "said.pickle"
    with (shared / "outside.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            shutil.rmtree(made, ignore_errors=True)
            _produce(made / "home", kept)
    said, books, origins = pickle.loads(kept.read_bytes())  # noqa: S301 - written above, by this very run
    home = tmp_path_factory.mktemp("outside") / "home"
    shutil.copytree(made / "home", home)
    with pytest.MonkeyPatch.context() as patch, outside(patch) as served:
        for fake, taken in zip(served.all, books, strict=True):
            fake.submissions.extend(taken)
        yield Stage(home, served, said, origins)


def _produce(home: Path, kept: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOKTVRN_HOME", str(home))
        patch.setenv("PUBLIC_BASE_URL", "http://127.0.0.1:9")
        with outside(patch) as served:
            said = noktvrn(*WORDS, "--no-video")
            books = [fake.submissions for fake in served.all]
            origins = tuple(fake.origin for fake in served.all)
    kept.write_bytes(pickle.dumps((said, books, origins)))


@pytest.fixture(autouse=True)
def _at_home(staged: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOKTVRN_HOME", str(staged.home))
    monkeypatch.setenv("NOKTVRN_LLM", "local")


def test_song_and_cover_come_from_outside_once_and_wait_for_a_verdict(staged: Stage) -> None:
    assert (staged.said.code, staged.said.data["state"]) == (0, "awaiting_review"), staged.log
    orders = [job["path"] for job in staged.served.suno.submissions]
    assert orders.count("/generate") == 1
    assert len(staged.served.images.submissions) == 1
    states = {row["provider"]: row["state"] for row in noktvrn("ticket", "list", "--json").data}
    assert states == {"suno_gateway": "stored", "openai_images": "stored"}


def test_provenance_names_provider_ticket_and_rights(staged: Stage) -> None:
    with open_label(Settings()) as label:
        track = Track.model_validate(result(label, staged.run_id, StageName.TRACK))
        cover = Picture.model_validate(result(label, staged.run_id, StageName.COVER))
        opened = {one.id for one in label.money.tickets()}
    assert (track.provenance.made_by, cover.provenance.made_by) == ("suno_gateway", "openai_images")
    assert {track.provenance.ticket, cover.provenance.ticket} <= opened
    assert track.provenance.rights.dsp_release == "unknown" and track.provenance.rights.terms_url
    assert cover.provenance.rights.dsp_release == "unknown"


def test_no_planted_secret_stands_in_anything_written(staged: Stage) -> None:
    shown = [staged.log]
    for words in (
        ("run", "show", staged.run_id, "--json"),
        ("ticket", "list", "--json"),
        ("provider", "show", "suno_gateway", "--json"),
        ("provider", "test", "suno_gateway"),
        ("budget", "show", "--json"),
    ):
        said = noktvrn(*words)
        shown.append(said.out + said.err)
    tickets = [row["ticket_id"] for row in noktvrn("ticket", "list", "--json").data]
    shown += [noktvrn("ticket", "show", ticket, "--json").out for ticket in tickets]
    callback = next(job["callBackUrl"] for job in staged.served.suno.submissions if "callBackUrl" in job)
    token = callback.rsplit("/", 1)[1]
    assert len(token) >= 20
    files = [f"{origin}/files/" for origin in staged.origins]
    for secret in (*SECRETS, token, *files):
        assert places_of(secret, staged.home) == [], "it stands in a file or the ledger"
        assert not any(secret in text for text in shown), "it was shown"


def test_delivery_refuses_until_a_record_covers_the_day(
    staged: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(staged.home, tmp_path / "copy")
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "copy"))
    assert approved(staged.run_id) == 7
    run = noktvrn("run", "show", staged.run_id, "--json").data
    assert "Nobody has recorded whether stores may sell the track" in run["error"]
    assert "noktvrn provider terms suno_gateway" in run["hint"]
    by_stage = {stage["stage"]: stage["state"] for stage in run["stages"]}
    assert (by_stage["seal"], by_stage["deliver"]) == ("done", "failed")
    package = next((tmp_path / "copy" / "packages").iterdir())
    made = json.loads((package / "provenance.json").read_text("utf-8"))["made"]
    assert made["track"]["rights"]["dsp_release"] == "unknown" and made["track"]["ticket"]

    assert terms("yes", "2020-01-01", "openai_images").code == 0
    assert terms("no", "2020-01-01").code == 0
    refused = noktvrn("run", "resume", staged.run_id)
    assert refused.code == 7 and "under terms that let no store sell it" in refused.out + refused.err
    ahead = terms("yes", "2999-01-01")
    assert ahead.code == 2 and "lies ahead" in ahead.problem["detail"]

    assert terms("yes", "2020-01-01").data["plan"] == "Pro"
    assert noktvrn("run", "resume", staged.run_id).code == 0
    with open_label(Settings()) as label:
        with label.office.studio.database.read() as connection:
            rows = connection.execute(sa.select(tables.audit.c.act, tables.audit.c.detail)).all()
        assert label.house.verify_audit().passed
    recorded = [row.detail["dsp_release"] for row in rows if row.act == "provider.terms"]
    assert recorded == ["yes", "no", "yes"]
    delivered = next(row.detail for row in rows if row.act == "release.delivered")
    cleared = {one["part"]: (one["provider"], one["plan"]) for one in delivered["rights_by_record"]}
    assert cleared == {"track": ("suno_gateway", "Pro"), "cover": ("openai_images", "Pro")}
    shown = noktvrn("provider", "show", "suno_gateway")
    assert "stores may sell  yes, plan Pro" in shown.out and "no official service" in shown.err


def approved(run_id: str) -> int:
    return noktvrn("review", "approve", run_id).code


def terms(dsp_release: str, since: str, provider: str = "suno_gateway") -> Said:
    url = "https://example.com/terms"
    told = ("--plan", "Pro", "--dsp-release", dsp_release, "--since", since, "--url", url)
    return noktvrn("provider", "terms", provider, *told, "--json")


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_whole_debut_from_outside_has_its_films_from_outside_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "home"))
    with outside(monkeypatch) as served:
        said = noktvrn(*WORDS)
    assert (said.code, said.data["state"]) == (0, "awaiting_review"), said.err
    assert all(one.asked for one in (served.suno, served.images, served.pexels))
    with open_label(Settings()) as label:
        video = Film.model_validate(result(label, said.data["run_id"], StageName.VIDEO))
    assert {shot.made_by for shot in video.shots} <= {"pexels", "luma"} and video.shots
    assert all(shot.rights.licence for shot in video.shots)
    for secret in SECRETS:
        assert places_of(secret, tmp_path / "home") == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_where_every_service_fails_the_embedded_engines_play_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "home"))
    with outside(monkeypatch, EVERYTHING_FAILS) as served:
        said = noktvrn(*WORDS)
        assert (said.code, said.data["state"]) == (0, "awaiting_review"), said.err
        assert served.submissions == 0
        findings = re.findall(r"warning: (\w+) did not", said.err)
        assert {"suno_gateway", "openai_images", "pexels", "luma"} <= set(findings)
    with open_label(Settings()) as label:
        track = Track.model_validate(result(label, said.data["run_id"], StageName.TRACK))
    assert track.provenance.engine == "procedural_music" and "provider" not in track.provenance.as_data()
    for secret in SECRETS:
        assert places_of(secret, tmp_path / "home") == []
