"""An EP as a person orders it: one command, one desk, one release, and every verb tells of its songs."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.integration.label.label_samples import enter_artist
from tests.integration.label.outside_samples import outside
from tests.integration.label.shell import noktvrn
from tests.unit.release.release_samples import SCHEMAS

from noktvrn.label.label import open_label
from noktvrn.label.records import Records
from noktvrn.model.record import RecordArc
from noktvrn.model.run import StageName
from noktvrn.planning.record_arc import fifths_apart
from noktvrn.settings import Settings
from noktvrn.sound.analysis import loudness
from noktvrn.sound.files import flac


def test_an_estimate_counts_every_song_and_the_cover_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with outside(monkeypatch) as served, open_label(Settings()) as label:
        artist = enter_artist(label)
        single, record = (
            noktvrn("run", "start", artist.id, *more, "--estimate", "--json").data["parts"]
            for more in ((), ("--ep", "5"))
        )
        assert served.asked == 0
    one, five = ({part["part"]: part["first"]["charges"] for part in told} for told in (single, record))

    assert five["track"] == {unit: 5 * amount for unit, amount in one["track"].items()}
    assert one["track"]
    assert five["cover"] == one["cover"]


@pytest.mark.parametrize(
    "wish", [("--ep", "2"), ("--album", "6"), ("--ep", "--album"), ("--ep", "--brief", "brf_1")]
)
def test_a_record_that_cannot_be_is_a_usage_error(hired: str, wish: tuple[str, ...]) -> None:
    assert noktvrn("run", "start", hired, *wish).code == 2


def test_an_ep_waits_for_a_worker_with_its_songs_named_in_its_brief(hired: str) -> None:
    begun = noktvrn("run", "start", hired, "--ep", "--title", "The Long Shore", "--no-wait", "--json")

    assert begun.code == 0
    with open_label(Settings()) as label:
        run = label.runs.get(begun.data["id"])
        brief = label.runs.brief(run)
    assert (brief.content_type, len(brief.songs), brief.title) == ("ep", 4, "The Long Shore")
    assert noktvrn("run", "cancel", run.id).code == 0


@pytest.mark.long
def test_an_ep_of_three_songs_is_one_release(hired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if SCHEMAS is not None:
        monkeypatch.setenv("NOKTVRN_DDEX_SCHEMA_DIR", str(SCHEMAS))
    begun = noktvrn("run", "start", hired, "--ep", "3", "--duration", "30", "--no-video", "--json")
    assert begun.data["state"] == "awaiting_review", begun.err
    record = begun.data["id"]
    songs = noktvrn("run", "show", record, "--json").data["songs"]
    assert [song["state"] for song in songs] == ["completed"] * 3
    assert len({song["title"] for song in songs}) == 3
    for song in songs:
        assert song["title"] in noktvrn("review", "show", record).out
    assert [item["run_id"] for item in noktvrn("review", "queue", "--json").data] == [record]
    arc = arc_of(record)
    assert all(fifths_apart((a.tonic, a.mode), (b.tonic, b.mode)) <= 1 for a, b in pairwise(arc.songs))

    assert noktvrn("review", "approve", record, "--json").code == 0
    release = noktvrn("release", "list", "--json").data[0]
    package = Path(os.environ["NOKTVRN_HOME"]) / "packages" / release["draft"]["id"]
    masters = sorted((package / "resources").glob("*.flac"))
    assert noktvrn("release", "check", release["draft"]["id"]).code == 0
    assert [track["title"] for track in release["draft"]["songs"]] == [song["title"] for song in songs]
    assert len(masters) == 3
    assert whole(masters) == pytest.approx(-14.0, abs=0.4)
    assert levels(masters) == pytest.approx([-14.0 + song.level_lu for song in arc.songs], abs=0.5)


def arc_of(record: str) -> RecordArc:
    """The arc of a record, which is what its songs were asked for."""
    with open_label(Settings()) as label:
        stages = {stage.stage: stage for stage in label.runs.holding(record)}
        arc = RecordArc.model_validate(stages[StageName.PLAN].result)
        songs = Records(label.office).songs(record)
        assert [label.runs.brief(song.run).part for song in songs] == list(arc.songs)
    return arc


def whole(masters: list[Path]) -> float:
    """The loudness of the files played one after the other."""
    heard = (flac.read_audio(path) for path in masters)
    return loudness.integrated(np.concatenate([loudness.powers_of(audio, rate) for audio, rate in heard]))


def levels(masters: list[Path]) -> list[float]:
    return [whole([path]) for path in masters]
