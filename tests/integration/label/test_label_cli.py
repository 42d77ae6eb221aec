"""Every verb of the command line: JSON alone on stdout, documented exit codes, plain errors."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image
from tests.integration.label.shell import noktvrn

Made = dict[str, Any]
UNKNOWN = {kind: f"{kind}_0000000000000" for kind in ("art", "run", "rel")}


def verbs(made: Made) -> list[tuple[str, ...]]:
    artist, run, release = made["artist_id"], made["run_id"], made["release_id"]
    return [
        ("init",),
        ("artist", "list"),
        ("artist", "show", artist),
        ("artist", "create", "--prompt", "Warm lo-fi beats for late trains", "--seed", "7"),
        ("run", "list"),
        ("run", "list", "--artist", artist),
        ("run", "show", run),
        ("run", "watch", run),
        ("review", "queue"),
        ("review", "show", run),
        ("release", "list"),
        ("release", "show", release),
        ("release", "check", release),
        ("open", release),
        ("open", run),
        ("open", artist),
        ("plan", "show", artist),
        ("figures", "show", artist),
        ("track", "analyse", made["track"]),
        ("provider", "list"),
        ("audit", "verify"),
    ]


def test_every_verb_speaks_json_on_stdout_and_nothing_else(made: Made) -> None:
    for words in verbs(made):
        said = noktvrn(*words, "--json")
        assert said.code == 0, (words, said.err)
        assert isinstance(said.data, dict | list), words
        lines = noktvrn(*words, "--jsonl")
        assert lines.code == 0
        rows = [json.loads(line) for line in lines.out.splitlines()]
        assert rows == (said.data if isinstance(said.data, list) else [said.data]) or words == ("init",)


def test_every_verb_speaks_to_people_too(made: Made) -> None:
    for words in verbs(made):
        said = noktvrn(*words)
        assert said.code == 0, (words, said.err)
        assert said.out.strip() or words[0] == "audit", words
        assert "Traceback" not in said.err


def test_doctor_names_what_it_looked_at(made: Made) -> None:
    said = noktvrn("doctor", "--json")
    rules = {finding["rule"]: finding["severity"] for finding in said.data["findings"]}
    names = ("python", "home", "space", "ledger", "vault", "ffmpeg", "env")
    assert set(rules) == {f"doctor.{name}" for name in names}
    assert said.code == (0 if set(rules.values()) == {"info"} else 1)


def test_the_debut_names_files_that_are_there(made: Made) -> None:
    for name in ("package", "track", "cover", "page"):
        assert Path(made[name]).exists(), name
    assert made["video"] is made["teaser"] is None
    assert made["state"] == "completed"
    assert Path(noktvrn("open", made["artist_id"]).out.strip()) == Path(made["page"])


def test_the_same_sentence_and_seed_find_the_release_again(made: Made) -> None:
    words = ("--prompt", "Warm lo-fi beats for late trains", "--seed", "7", "--no-video", "--autopilot")
    again = noktvrn("debut", *words, "--json")
    assert again.code == 0
    assert again.data == made | {"existed": True}
    assert "is already there" in noktvrn("debut", *words).out


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("artist", "show", UNKNOWN["art"]), 3, "artist.not_found"),
        (("artist", "evolve", UNKNOWN["art"]), 3, "artist.not_found"),
        (("run", "start", UNKNOWN["art"]), 3, "artist.not_found"),
        (("plan", "make", UNKNOWN["art"]), 3, "artist.not_found"),
        (("plan", "show", UNKNOWN["art"]), 3, "artist.not_found"),
        (("figures", "show", UNKNOWN["art"]), 3, "artist.not_found"),
        (("run", "show", UNKNOWN["run"]), 3, "run.not_found"),
        (("run", "watch", UNKNOWN["run"]), 3, "run.not_found"),
        (("run", "resume", UNKNOWN["run"]), 3, "run.not_found"),
        (("run", "cancel", UNKNOWN["run"]), 3, "run.not_found"),
        (("review", "show", UNKNOWN["run"]), 3, "run.not_found"),
        (("review", "approve", UNKNOWN["run"]), 3, "run.not_found"),
        (("review", "reject", UNKNOWN["run"], "--reason", "x"), 3, "run.not_found"),
        (("release", "show", UNKNOWN["rel"]), 3, "release.not_found"),
        (("release", "check", UNKNOWN["rel"]), 3, "release.not_found"),
        (("open", UNKNOWN["rel"]), 3, "release.not_found"),
        (("open", UNKNOWN["run"]), 3, "run.not_found"),
        (("open", UNKNOWN["art"]), 3, "artist.not_found"),
        (("figures", "import", "nowhere.csv"), 3, "figures.no_file"),
        (("track", "analyse", "nowhere.flac"), 3, None),
        (("artist", "show", "Rosewood"), 2, "artist.bad_id"),
        (("run", "show", UNKNOWN["art"]), 2, "run.bad_id"),
        (("release", "show", "../../etc/passwd"), 2, "release.bad_id"),
        (("open", "\udcff\x1b[31m"), 2, "release.bad_id"),
        (("artist", "show"), 2, "usage"),
        (("artist", "bow"), 2, "usage"),
        (("sing",), 2, "usage"),
        (("debut",), 2, "usage"),
        (("debut", "--prompt", "x", "--duration", "5"), 2, "usage"),
        (("run", "start", UNKNOWN["art"], "--bogus"), 2, "usage"),
        (("serve", "--host", "0.0.0.0"), 7, "api.no_keys"),  # noqa: S104
    ],
)
def test_errors_are_one_line_and_a_hint_or_a_problem(
    words: tuple[str, ...], code: int, error: str | None
) -> None:
    said = noktvrn(*words)
    lines = said.err.splitlines()
    assert (said.code, said.out) == (code, ""), said.err
    assert len(lines) == 2, lines
    assert lines[0].startswith("noktvrn: ")
    assert lines[1].startswith("  ")
    assert "\x1b" not in said.err
    if words[0] == "serve":
        return
    as_json = noktvrn(*words, "--json")
    assert (as_json.code, as_json.out) == (code, "")
    assert as_json.problem["hint"]
    assert error is None or as_json.problem["code"] == error


def test_ended_runs_are_a_conflict_and_verdicts_are_given_once(made: Made) -> None:
    run = made["run_id"]
    for words in (
        ("run", "resume", run),
        ("run", "cancel", run),
        ("review", "approve", run),
        ("review", "reject", run, "--reason", "late"),
    ):
        said = noktvrn(*words, "--json")
        assert (said.code, said.out) == (4, "")
        assert said.problem["status"] == 409


def test_a_run_goes_from_the_queue_to_a_cancelled_end(copied: Made) -> None:
    begun = noktvrn("run", "start", copied["artist_id"], "--duration", "30", "--no-wait", "--json")
    assert (begun.code, begun.data["state"]) == (0, "queued")
    late = noktvrn("run", "watch", begun.data["id"], "--timeout", "0.2", "--json")
    assert (late.code, late.out, late.problem["code"]) == (8, "", "run.timed_out")
    not_yet = noktvrn("review", "approve", begun.data["id"], "--json")
    assert (not_yet.code, not_yet.problem["code"]) == (4, "review.not_open")
    assert noktvrn("run", "cancel", begun.data["id"], "--json").data["state"] == "cancelled"
    assert noktvrn("run", "watch", begun.data["id"]).code == 1
    assert noktvrn("release", "check", copied["release_id"]).code == 0


def test_a_worker_drains_and_a_person_rejects(copied: Made) -> None:
    begun = noktvrn(
        "run", "start", copied["artist_id"], "--duration", "30", "--no-video", "--no-wait", "--json",
        "--title", "Ночной поезд",
    )  # fmt: skip
    drained = noktvrn("worker", "--drain")
    assert (drained.code, drained.out) == (0, "")
    waiting = noktvrn("review", "queue", "--json").data
    assert [item["run_id"] for item in waiting] == [begun.data["id"]]
    assert waiting[0]["title"] == "Ночной поезд"
    assert Path(noktvrn("open", begun.data["id"]).out.strip()).is_file()
    rejected = noktvrn("review", "reject", begun.data["id"], "--reason", "too warm", "--json")
    assert (rejected.code, rejected.data["reason"]) == (1, "too warm")
    artist = noktvrn("artist", "show", copied["artist_id"], "--json").data
    assert artist["consecutive_rejections"] == 1


def test_a_plan_is_made_and_shown(copied: Made) -> None:
    made_plan = noktvrn("plan", "make", copied["artist_id"], "--days", "40", "--json")
    assert made_plan.code == 0
    assert made_plan.data["days"] == 40
    assert (
        noktvrn("plan", "make", copied["artist_id"], "--days", "40", "--json").data["id"]
        == made_plan.data["id"]
    )
    assert [plan["id"] for plan in noktvrn("plan", "show", copied["artist_id"], "--json").data] == [
        made_plan.data["id"]
    ]
    assert noktvrn("plan", "make", copied["artist_id"], "--days", "0").code == 2


def test_figures_are_imported_and_broken_rows_are_named(copied: Made, tmp_path: Path) -> None:
    heading = "release,platform,period_start,period_end,streams,completions\n"
    good = f"{copied['release_id']},spotify,2026-10-01,2026-10-31,1000,600\n"
    sheet = tmp_path / "figures.csv"
    sheet.write_text(heading + good)
    first = noktvrn("figures", "import", str(sheet), "--json")
    assert (first.code, first.data["changed"], first.data["known"]) == (0, 1, 0)
    again = noktvrn("figures", "import", str(sheet), "--json")
    assert (again.code, again.data["changed"], again.data["known"]) == (0, 0, 1)
    shown = noktvrn("figures", "show", copied["artist_id"], "--json").data
    assert [(row["streams"], row["skips"]) for row in shown] == [(1000, None)]
    sheet.write_text(heading + good + f"{copied['release_id']},spotify,soon,2026-10-31,many,1\n"
                     + "rel_0000000000000,spotify,2026-10-01,2026-10-31,9,3\n")  # fmt: skip
    broken = noktvrn("figures", "import", str(sheet), "--json")
    assert broken.code == 1
    assert [problem["line"] for problem in broken.data["problems"]] == [3]
    assert [(row["line"], row["release"]) for row in broken.data["unmatched"]] == [(4, "rel_0000000000000")]
    told = noktvrn("figures", "import", str(sheet))
    assert re.search(r"^  line 3: \w", told.err, re.MULTILINE)
    assert "line 4: no release of this label carries rel_0000000000000" in told.err
    sheet.write_bytes(b"\xff\xfe\x00nothing")
    assert noktvrn("figures", "import", str(sheet)).code == 2
    assert noktvrn("audit", "verify").code == 0


def test_without_figures_an_artist_stays_as_it_is_and_says_why(copied: Made) -> None:
    said = noktvrn("artist", "evolve", copied["artist_id"], "--json")
    assert said.code == 0
    assert said.data["progression"]["decision"] == "held"
    assert said.data["progression"]["why"]
    assert said.data["artist"]["version"] == 1
    assert "stays as it is" in noktvrn("artist", "evolve", copied["artist_id"]).out


def test_an_edited_audit_row_is_found(copied: Made) -> None:
    assert noktvrn("audit", "verify", "--json").data["passed"] is True
    with sqlite3.connect(Path(os.environ["NOKTVRN_HOME"]) / "label.db") as ledger:
        ledger.execute("UPDATE audit SET actor = 'person:nobody' WHERE act LIKE 'verdict.%'")
    ledger.close()
    said = noktvrn("audit", "verify", "--json")
    assert (said.code, said.data["passed"]) == (1, False)
    assert said.data["findings"]


def test_a_flipped_byte_in_a_package_is_found(copied: Made) -> None:
    package = Path(os.environ["NOKTVRN_HOME"]) / "packages" / copied["release_id"]
    track = next((package / "resources").glob("*.flac"))
    content = bytearray(track.read_bytes())
    content[len(content) // 2] ^= 1
    track.chmod(0o644)
    track.write_bytes(content)
    said = noktvrn("release", "check", copied["release_id"], "--json")
    assert (said.code, said.data["passed"]) == (1, False)
    assert any(track.name in finding["message"] for finding in said.data["findings"])


def test_any_sound_file_is_measured_and_drawn(made: Made, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    said = noktvrn("track", "analyse", made["track"], "--png", str(picture), "--json")
    figures = said.data["figures"]
    assert figures["integrated_lufs"] == pytest.approx(-14, abs=0.5)
    assert figures["true_peak_dbtp"] <= -1
    with Image.open(picture) as image:
        assert image.size == (2400, 1600)
    assert said.data["track"]["run_id"] == made["run_id"]
    assert said.data["track"]["report"]["checked"] > 20
    composed = said.data["track"]
    assert composed["sections"][-1]["end_s"] == pytest.approx(figures["duration_s"], abs=0.01)
    assert "chorus" in {span["label"] for span in composed["sections"]}
    assert composed["tempo_bpm"] and composed["meter"] and composed["key"]
    assert said.data["sections"][0]["label"] == "A"
    mono = tmp_path / "mono.wav"
    noise = np.random.Generator(np.random.PCG64(1)).normal(0, 0.1, 48_000 * 4)
    soundfile.write(mono, noise, 48_000)
    figures = noktvrn("track", "analyse", str(mono), "--json").data["figures"]
    assert (figures["channels"], figures["sample_rate"], figures["correlation"]) == (
        1,
        48_000,
        pytest.approx(1),
    )


@pytest.mark.parametrize(
    ("channels", "rate", "seconds", "code"),
    [(2, 44_100, 1, "audio.too_short"), (4, 44_100, 4, "audio.not_stereo"), (2, 4_000, 4, "audio.bad_rate")],
)
def test_sound_that_cannot_be_measured_is_refused(
    tmp_path: Path, channels: int, rate: int, seconds: int, code: str
) -> None:
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.full((rate * seconds, channels), 0.1), rate)
    said = noktvrn("track", "analyse", str(path), "--png", str(tmp_path / "x.png"), "--json")
    assert (said.code, said.out, said.problem["code"]) == (2, "", code)
    assert not (tmp_path / "x.png").exists()


def test_what_is_no_sound_or_has_no_place_for_its_picture_is_refused(made: Made, tmp_path: Path) -> None:
    text = tmp_path / "text.flac"
    text.write_text("la la la")
    assert noktvrn("track", "analyse", str(text), "--json").problem["code"] == "audio.unreadable"
    assert noktvrn("track", "analyse", str(tmp_path)).code == 3
    nowhere = noktvrn("track", "analyse", made["track"], "--png", str(tmp_path / "no" / "x.png"))
    assert (nowhere.code, nowhere.out) == (7, "")
