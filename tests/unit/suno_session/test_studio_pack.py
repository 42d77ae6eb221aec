"""What is pasted into the studio: title, style, words with their tags, and what the person presses."""

from __future__ import annotations

from pathlib import Path

import pytest

from noktvrn.kernel.errors import Refused
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers.suno_session.pack import as_text, pack_of
from noktvrn.roles.composer import CompositionRequest

PLAN = SongPlan(
    genre="synthwave",
    style="synthwave",
    tempo_bpm=104,
    tonic=9,
    mode="minor",
    seed=1,
    sections=(
        SectionPlan(label="intro", bars=4, energy=0.3),
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=(8, 8)),
        SectionPlan(label="prechorus", bars=4, energy=0.6, syllables=(6,)),
        SectionPlan(label="chorus", bars=8, energy=0.9, syllables=(7,)),
        SectionPlan(label="outro", bars=4, energy=0.2),
    ),
)
WORDS = Lyrics(
    title="Night Bus",
    hook="Last stop",
    sections=(
        LyricSection(label="verse", lines=("Rain on the window", "Nobody speaks")),
        LyricSection(label="prechorus", lines=("The lights go by",)),
        LyricSection(label="chorus", lines=("Last stop, last stop",)),
    ),
)


def request(folder: Path, **more: object) -> CompositionRequest:
    told = {
        "plan": PLAN,
        "identity": SoundIdentity(seed=1, style="synthwave"),
        "lyrics": WORDS,
        "title": "Night Bus",
        "prompt": "Neon haze, wide pads",
        "seed": 1,
        "folder": folder,
    }
    return CompositionRequest.model_validate({**told, **more})


def test_a_song_with_words_has_a_tag_for_every_section(tmp_path: Path) -> None:
    pack = pack_of(request(tmp_path))
    assert pack.lyrics == (
        "[Intro]\n\n[Verse]\nRain on the window\nNobody speaks\n\n[Pre-Chorus]\nThe lights go by\n\n"
        "[Chorus]\nLast stop, last stop\n\n[Outro]"
    )
    assert "104 bpm" in pack.style
    assert "Neon haze" in pack.style
    assert not pack.instrumental
    assert pack.exclude == ""


@pytest.mark.parametrize("more", [{"lyrics": None}, {"instrumental": True}])
def test_an_instrumental_has_no_words_and_keeps_voices_out(more: dict[str, object], tmp_path: Path) -> None:
    pack = pack_of(request(tmp_path, **more))
    assert pack.instrumental
    assert pack.lyrics == ""
    assert "vocals" in pack.exclude
    assert any("Instrumental on" in step for step in pack.press)


def test_what_the_page_does_not_take_is_cut_or_refused(tmp_path: Path) -> None:
    pack = pack_of(request(tmp_path, title="Word " * 24, prompt=", ".join(f"trait {n}" for n in range(300))))
    assert len(pack.title) <= 80
    assert len(pack.style) <= 1000
    assert not pack.style.endswith(("trait", ",", " "))
    long = LyricSection(
        label="verse", lines=tuple(f"A line that is rather long, number {n}" for n in range(200))
    )
    with pytest.raises(Refused) as refused:
        pack_of(request(tmp_path, lyrics=WORDS.model_copy(update={"sections": (long,)})))
    assert refused.value.code == "studio.too_long"


def test_a_person_can_read_and_copy_it(tmp_path: Path) -> None:
    text = as_text(pack_of(request(tmp_path)))
    assert text.startswith("TITLE\nNight Bus\n")
    assert "press Create" in text
    assert "press Download" in text
