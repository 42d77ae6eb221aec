"""Estimates that ask nobody, free questions, caps by unit, and jobs settled by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.label.label_samples import enter_artist
from tests.integration.label.outside_samples import Outside, outside
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.errors import Unavailable
from noktvrn.label.label import Label, open_label
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Quote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes import media


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with outside(monkeypatch) as found:
        yield found


@pytest.fixture
def label(served: Outside) -> Iterator[Label]:
    with open_label(Settings()) as opened:
        yield opened


def test_an_estimate_tells_who_is_asked_what_it_costs_and_asks_nobody(label: Label, served: Outside) -> None:
    artist = enter_artist(label)
    assert noktvrn("budget", "set", "provider:suno_gateway", "100", "--unit", "suno credits").code == 0
    said = noktvrn("produce", artist.id, "--estimate", "--takes", "3", "--json")
    assert said.code == 0, said.err
    parts = {part["part"]: part for part in said.data["parts"]}
    song = parts["track"]["first"]
    assert song["provider"] == "suno_gateway" and song["usual_s"] > 0
    assert song["charges"]["suno credits"] == 2 * 12 + 3, (
        "two songs for one order, a credit for each lossless"
    )
    assert parts["cover"]["first"]["charges"]["USD"] > 0
    assert parts["video"]["first"]["provider"] == "pexels"
    assert [offer["provider"] for offer in parts["video"]["then"]] == ["luma", "the embedded engine"]
    assert {"scope": "provider:suno_gateway", "unit": "suno credits", "left": 100} in said.data["left"]
    assert served.asked == 0 and noktvrn("ticket", "list", "--json").data == []
    assert noktvrn("run", "list", "--json").data == []


def test_a_debut_is_estimated_before_there_is_an_artist(label: Label, served: Outside) -> None:
    shown = noktvrn("debut", "--prompt", "Quiet piano", "--no-video", "--estimate")
    assert shown.code == 0 and "suno_gateway" in shown.out and "video" not in shown.out
    assert "Nothing was spent and nobody was asked." in shown.err
    assert served.asked == 0 and label.artists.every() == ()


def test_models_that_write_the_words_are_named(
    label: Label, served: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOKTVRN_LLM", "openai")
    said = noktvrn("debut", "--prompt", "Quiet piano", "--no-video", "--estimate", "--json")
    assert said.data["parts"][0]["part"] == "words"
    first = said.data["parts"][0]["first"]
    assert first["provider"].startswith("openai")
    assert 10_000 < first["charges"]["USD"] < 20_000_000 and "at most" in first["note"]
    assert said.data["total"]["USD"] >= first["charges"]["USD"]
    monkeypatch.setenv("NOKTVRN_LLM_ITERATIONS", "0")
    plain = noktvrn("debut", "--prompt", "Quiet piano", "--no-video", "--estimate", "--json")
    assert plain.data["parts"][0]["first"]["charges"]["USD"] < first["charges"]["USD"] / 2
    assert served.asked == 0


def test_without_services_an_estimate_is_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = noktvrn("debut", "--prompt", "Quiet piano", "--estimate", "--json")
    assert {part["first"]["provider"] for part in said.data["parts"]} == {"the embedded engine"}
    assert (said.data["total"], said.data["left"]) == ({}, [])


def test_a_free_question_gives_a_verdict(
    label: Label, served: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = noktvrn("provider", "test", "suno_gateway", "--json")
    assert (good.code, good.data["well"]) == (0, True)
    assert good.data["left"] == [{"unit": "suno credits", "amount": 1000}]
    assert served.submissions == 0
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    bad = noktvrn("provider", "test", "openai_images")
    assert bad.code == 5 and "not well" in bad.out and "sk-wrong" not in bad.out + bad.err
    unset = noktvrn("provider", "test", "elevenlabs_music", "--json")
    assert unset.code == 4 and "ELEVENLABS_API_KEY" in unset.problem["detail"]
    assert noktvrn("provider", "test", "procedural_art").code == 0
    assert noktvrn("provider", "test", "nobody").code == 3


def test_the_list_says_ready_missing_unofficial_and_who_is_asked(served: Outside) -> None:
    rows = {row["id"]: row for row in noktvrn("provider", "list", "--json").data}
    assert rows["suno_gateway"]["state"] == "ready, unofficial"
    assert rows["elevenlabs_music"]["state"] == "needs ELEVENLABS_API_KEY"
    line = next(line for line in noktvrn("provider", "list").out.splitlines() if "suno_gateway" in line)
    assert line.endswith("1 of 2")
    assert served.asked == 0


def test_a_cast_that_does_not_exist_is_refused_before_a_run(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = enter_artist(label)
    monkeypatch.setenv("NOKTVRN_COMPOSER", "sunoo_gateway")
    said = noktvrn("run", "start", artist.id, "--json")
    assert said.code == 2 and "sunoo_gateway" in said.problem["detail"]
    assert noktvrn("run", "list", "--json").data == []


class Lost:
    """A service whose answers never come."""

    caps = Caps()

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        raise trouble(Trouble.UNKNOWN, "Lost")

    def look(self, ref: str) -> Progress:
        raise AssertionError("there is no job to look at")

    def find(self, order: JobOrder) -> str | None:
        raise AssertionError("it cannot find")

    def cancel(self, ref: str) -> bool:
        raise AssertionError("it cannot cancel")


def test_a_job_of_unknown_outcome_is_shown_and_settled_with_what_it_brought(
    label: Label, tmp_path: Path
) -> None:
    order = JobOrder(
        provider="suno_gateway",
        purpose="compose",
        errand=Errand(artist_id=enter_artist(label).id, stage="track", attempt=1),
        request={"prompt": "rain"},
        kind="audio",
        quote=Quote(charges=(Charge(unit="suno credits", amount=12),)),
    )
    with pytest.raises(Unavailable):
        label.office.booking.desk.done(order, Lost())
    (row,) = noktvrn("ticket", "list", "--state", "unknown", "--json").data
    shown = noktvrn("ticket", "show", row["ticket_id"])
    assert "0 spent, 12 held" in shown.out and f"settle {row['ticket_id']} --lost" in shown.out
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    for seed, path in enumerate((one, two)):
        path.write_bytes(media.song(5.0, "WAV", seed=seed))
    done = noktvrn(
        "ticket", "settle", row["ticket_id"], "--found", str(one), "--found", str(two), "--charge",
        "10 suno credits", "--json",
    )  # fmt: skip
    assert (done.code, done.data["state"]) == (0, "stored"), done.err
    story = noktvrn("ticket", "show", row["ticket_id"], "--json").data
    assert [file["media_type"] for file in story["files"]] == ["audio/wav", "audio/wav"]
    assert story["units"] == {"suno credits": {"held": 0, "cost": 10}}
    assert [event["event"] for event in story["events"]] == ["order", "loss", "found"]
    assert len(label.office.booking.desk.done(order, Lost()).files) == 2
    wrong = noktvrn("ticket", "list", "--state", "perhaps", "--json")
    assert wrong.code == 2 and "none of" in wrong.problem["detail"]


def test_caps_are_set_and_taken_away_by_unit(label: Label) -> None:
    assert noktvrn("budget", "set", "label", "12.50").code == 0
    rows = noktvrn("budget", "show", "--json").data
    assert [(row["scope"], row["cap_micros"]) for row in rows] == [("label", 12_500_000)]
    assert noktvrn("budget", "set", "label", "none").code == 0
    assert noktvrn("budget", "show", "--json").data == []
    assert noktvrn("budget", "set", "moon", "1").code == 2
    assert noktvrn("budget", "acknowledge", "luma", "--json").data["acknowledged"] is False


def test_the_worker_opens_no_desk_where_there_is_nothing_to_tend(label: Label) -> None:
    assert label.office.booking.tend() == 0
    assert label.office.booking._desk is None
