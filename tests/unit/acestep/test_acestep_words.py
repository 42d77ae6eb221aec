"""What ACE-Step is sent of a song: its figures within what it takes, its words, and no path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers._kit import Kit
from noktvrn.providers.acestep.composer import AceStepComposer
from noktvrn.providers.acestep.wording import INSTRUMENTAL, LONGEST_LYRICS, LONGEST_PROMPT, song
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings


def request(
    folder: Path, *, plan: dict[str, Any] | None = None, lines: int = 2, **more: Any
) -> CompositionRequest:
    sections = (
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=(9,) * lines),
        SectionPlan(label="chorus", bars=8, energy=0.9, syllables=(7, 7)),
    )
    figures = {"tempo_bpm": 96, "tonic": 1, "mode": "dorian", "meter": (4, 4), **(plan or {})}
    song_plan = SongPlan(genre="folk", style="folk", sections=sections, seed=1, **figures)
    words = (
        LyricSection(label="verse", lines=("The rain has a name on the bus",) * lines),
        LyricSection(label="chorus", lines=("Hold me", "under silver rain")),
    )
    told = {
        "plan": song_plan,
        "identity": SoundIdentity(seed=4, style="folk"),
        "lyrics": Lyrics(title="x", language="de-AT", sections=words, hook=""),
        "title": "x",
        "prompt": "Folk, tender, in the style of Bob Dylan. Sung by an alto.",
        "seed": 7,
        "folder": folder,
        **more,
    }
    return CompositionRequest.model_validate(told)


def test_the_plan_goes_along_in_figures(tmp_path: Path) -> None:
    asked = request(tmp_path)
    told = song(asked)
    assert (told["bpm"], told["key_scale"], told["time_signature"]) == (96, "C# minor", "4")
    assert told["audio_duration"] == pytest.approx(asked.plan.duration_s + asked.plan.tail_s, abs=0.01)
    assert told["vocal_language"] == "de" and told["batch_size"] == 1 and told["audio_format"] == "flac"
    assert told["use_random_seed"] is False and 0 <= told["seed"] < 2**31
    assert told["lyrics"].startswith("[Verse]\nThe rain has a name")
    assert told["prompt"].startswith("folk, 96 bpm, C# dorian") and "dylan" not in told["prompt"].lower()
    assert not [name for name in told if name.endswith("_path")]


@pytest.mark.parametrize(
    ("plan", "bpm", "key", "meter"),
    [
        ({"tempo_bpm": 60, "meter": (6, 8)}, 90, "C# minor", "6"),
        ({"tempo_bpm": 60, "meter": (3, 4), "mode": "lydian"}, 60, "Db major", "3"),
        ({"tempo_bpm": 220, "meter": (12, 8), "mode": "major", "tonic": 7}, 300, "G major", None),
        ({"tempo_bpm": 96, "meter": (7, 8), "mode": "phrygian", "tonic": 4}, 96, "E minor", None),
    ],
)
def test_other_meters_and_modes_are_brought_near(
    plan: dict[str, Any], bpm: int, key: str, meter: str | None, tmp_path: Path
) -> None:
    told = song(request(tmp_path, plan=plan))
    assert (told["bpm"], told["key_scale"], told.get("time_signature")) == (bpm, key, meter)


@pytest.mark.parametrize("lines", [60, 100, 134, 1000])
def test_long_words_end_with_a_whole_line(lines: int, tmp_path: Path) -> None:
    told = song(request(tmp_path, lines=lines, prompt="soft rain, " * 100 + "and much more of it, " * 40))
    assert 1000 < len(told["lyrics"]) <= LONGEST_LYRICS and len(told["prompt"]) <= LONGEST_PROMPT
    assert told["lyrics"].endswith(
        ("under silver rain", "The rain has a name on the bus", "Hold me", "[Chorus]")
    )


def test_an_instrumental_is_asked_for_as_one(tmp_path: Path) -> None:
    for asked in (request(tmp_path, lyrics=None), request(tmp_path, instrumental=True)):
        told = song(asked)
        assert (told["lyrics"], told["vocal_language"]) == (INSTRUMENTAL, "unknown")


def test_each_take_is_an_order_and_only_a_rented_server_costs(tmp_path: Path) -> None:
    kit = Kit(clock=None, scratch=tmp_path)  # type: ignore[arg-type]  # not asked
    own = AceStepComposer(Settings(_env_file=None, acestep_url="http://127.0.0.1:1"), kit)
    rented = AceStepComposer(
        Settings(_env_file=None, acestep_url="http://127.0.0.1:1", acestep_song="0.02"), kit
    )
    first, second = (own.order(request(tmp_path, seed=take, errand=Errand(attempt=take))) for take in (1, 2))
    assert first.key != second.key and first.request["seed"] != second.request["seed"]
    assert first.free and not first.quote.charges
    paid = rented.order(request(tmp_path))
    assert not paid.free and paid.quote.micros == 20_000
