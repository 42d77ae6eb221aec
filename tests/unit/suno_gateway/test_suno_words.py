"""What is sent of a song: section tags, limits, names left out, and what two takes share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers._kit import Kit
from noktvrn.providers.suno_gateway.composer import SunoComposer
from noktvrn.providers.suno_gateway.models import limits_of
from noktvrn.providers.suno_gateway.wording import as_sent, cut, sheet, song, style, voice_gender
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings

VERSE = ("The rain has a name on the last bus home", "It spells it in light on the glass")
HOOK = ("Hold me under silver rain", "Night bus, carry my name")
PROMPT = (
    "Synthwave with a lean to dream pop, dark, tender, 90-110 BPM. Instruments: analog pads, tape strings. "
    "Sung by a smoky contralto, in the style of Madonna. Themes: rain, distance."
)


def request(folder: Path, *, lines: int = 2, **more: Any) -> CompositionRequest:
    sections = (
        SectionPlan(label="intro", bars=4, energy=0.3),
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=(9, 9) * (lines // 2)),
        SectionPlan(label="chorus", bars=8, energy=0.9, syllables=(7, 7)),
        SectionPlan(label="outro", bars=4, energy=0.3),
    )
    plan = SongPlan(
        genre="synthwave", style="synthwave", tempo_bpm=104, tonic=9, mode="minor", sections=sections, seed=1
    )
    lyrics = Lyrics(
        title="Night Bus",
        sections=(
            LyricSection(label="verse", lines=VERSE * (lines // 2)),
            LyricSection(label="chorus", lines=HOOK),
        ),
        hook=HOOK[0],
    )
    told = {
        "plan": plan,
        "identity": SoundIdentity(seed=4, style="synthwave", brightness=-0.5),
        "lyrics": lyrics,
        "title": "Night Bus",
        "prompt": PROMPT,
        "seed": 7,
        "folder": folder,
        **more,
    }
    return CompositionRequest.model_validate(told)


def body(asked: CompositionRequest, model: str = "V5_5", dialect: str = "sunoapi") -> dict[str, Any]:
    return song(asked, model, limits_of(model, dialect))


def test_the_words_stand_under_the_tags_of_their_sections(tmp_path: Path) -> None:
    told = sheet(request(tmp_path), 5000)
    assert told.split("\n\n") == [
        "[Intro]",
        "\n".join(("[Verse]", *VERSE)),
        "\n".join(("[Chorus]", *HOOK)),
        "[Outro]",
        "[End]",
    ]


def test_brackets_in_words_are_no_tags(tmp_path: Path) -> None:
    asked = request(tmp_path)
    assert asked.lyrics is not None
    lyrics = asked.lyrics.model_copy(
        update={"sections": (LyricSection(label="verse", lines=("Stay [Outro] here",)),)}
    )
    assert "Stay (Outro) here" in sheet(asked.model_copy(update={"lyrics": lyrics}), 5000)


@pytest.mark.parametrize("most", [*range(1, 140), 200, 3000])
def test_words_are_cut_between_words_and_tags_stay_whole(most: int, tmp_path: Path) -> None:
    whole, told = sheet(request(tmp_path), 5000), sheet(request(tmp_path), most)
    assert len(told) <= most
    assert whole.startswith(told)
    assert told.count("[") == told.count("]") == len(re.findall(r"^\[[A-Za-z -]+\]$", told, re.MULTILINE))
    after = whole[len(told) : len(told) + 1]
    assert not told or not after or not after.isalpha() or not told[-1].isalpha()


@pytest.mark.parametrize("model", ["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5", "V6", "V9"])
@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
def test_every_model_gets_no_more_than_it_takes(model: str, dialect: str, tmp_path: Path) -> None:
    limits = limits_of(model, dialect)
    told = body(request(tmp_path, lines=400, title="night " * 60, prompt="soft, " * 400), model, dialect)
    assert 0 < len(told["prompt"]) <= limits.prompt
    assert 0 < len(told["style"]) <= limits.style
    assert 0 < len(told["title"]) <= limits.title <= (80 if dialect == "kie" else 100)


def test_the_style_is_the_artists_and_names_nobody(tmp_path: Path) -> None:
    told = style(request(tmp_path), 1000)
    assert told.startswith("synthwave, 104 bpm, A minor")
    assert "tape strings" in told and "dark and warm" in told
    assert "madonna" not in told.lower()
    assert "90-110" not in told and "Themes" not in told


@pytest.mark.parametrize("most", [5, 12, 20, 60, 200])
def test_a_style_is_whole_phrases(most: int, tmp_path: Path) -> None:
    phrases = style(request(tmp_path), 1000).split(", ")
    told = style(request(tmp_path), most)
    assert len(told) <= most
    assert most < 9 or set(told.split(", ")) <= set(phrases)


def test_an_instrumental_has_no_words_and_no_voice(tmp_path: Path) -> None:
    for asked in (request(tmp_path, lyrics=None), request(tmp_path, instrumental=True)):
        told = body(asked)
        assert told["instrumental"] is True
        assert not {"prompt", "vocalGender"} & told.keys()
        assert "vocals" in told["negativeTags"]


@pytest.mark.parametrize(
    ("prompt", "gender"),
    [
        ("Sung by a smoky contralto. Bass and drums.", "f"),
        ("A soft baritone voice, alto flute behind it", "m"),
        ("male vocals, close", "m"),
        ("female vocals over male choirs", "f"),
        ("Alto flute and tenor sax; no more", ""),
        ("an androgynous voice", ""),
        ("bass-heavy vocals", ""),
        ("", ""),
    ],
)
def test_the_voice_is_asked_for_as_the_prompt_says(prompt: str, gender: str, tmp_path: Path) -> None:
    assert voice_gender(prompt) == gender
    assert body(request(tmp_path, prompt=prompt)).get("vocalGender", "") == gender


def test_what_was_sent_can_be_read(tmp_path: Path) -> None:
    told = body(request(tmp_path))
    read = as_sent(told)
    assert all(told[name] in read for name in ("title", "style", "negativeTags", "prompt"))


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        ("night bus", 9, "night bus"),
        ("night bus", 8, "night"),
        ("night, bus", 6, "night"),
        ("night bus", 5, "night"),
        ("nightbus", 5, "night"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, most: int, left: str) -> None:
    assert cut(text, most) == left


def test_two_takes_share_an_order_and_the_third_is_another(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, suno_api_key="k")
    composer = SunoComposer(settings, Kit(clock=None, scratch=tmp_path))  # type: ignore[arg-type]  # not asked
    orders = []
    for take in (1, 2, 3, 4):
        asked = request(tmp_path, seed=take, errand=Errand(run_id="r", stage="track", attempt=take))
        plan = asked.plan if take == 1 else asked.plan.model_copy(update={"seed": 90 + take})
        orders.append(composer.order(asked.model_copy(update={"plan": plan})))
    assert orders[0] == orders[1] and orders[2] == orders[3]
    assert orders[0].key != orders[2].key
    assert orders[0].quote.micros > 0 and not orders[0].free
