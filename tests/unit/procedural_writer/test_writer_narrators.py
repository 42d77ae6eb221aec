"""Narrators: each tells all parts, says that the artist is virtual, and stays with its artist."""

from __future__ import annotations

import re

import pytest

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.narrator import PARTS, PAST, Narrator, choose, heard_in, narrators
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.roles.writer import CaptionsRequest, ProfileRequest

PROMPT = "A night porter who writes songs about lost luggage"


@pytest.mark.parametrize("narrator", narrators(), ids=lambda one: one.id)
def test_every_narrator_tells_every_part(narrator: Narrator) -> None:
    assert {*PARTS, *PAST, "persona", "post"} <= set(narrator.lines)
    assert all(len(lines) >= 4 for lines in narrator.lines.values())
    for layout in narrator.layouts:
        assert "open" in layout.split()
        assert set(layout.replace("|", " ").split()) <= set(narrator.lines)


@pytest.mark.parametrize("narrator", narrators(), ids=lambda one: one.id)
def test_every_opening_persona_and_post_discloses(narrator: Narrator) -> None:
    for line in (*narrator.lines["open"], *narrator.lines["persona"], *narrator.lines["mark"]):
        assert re.search(r"\{(?:a_)?ai\}", line, re.IGNORECASE), line
    for line in narrator.lines["post"]:
        assert "AI persona" in line and "{name}" in line and "{title}" in line, line


def test_all_narrators_are_heard_and_some_suit_a_mood_better() -> None:
    drawn = [choose(("dreamy", "ethereal"), dice(seed, "narrator")).id for seed in range(400)]
    assert set(drawn) == {narrator.id for narrator in narrators()}
    assert drawn.count("poet") > 2 * drawn.count("clerk")


def test_the_narrator_of_the_profile_writes_the_captions(writer: ProceduralWriter) -> None:
    for seed in range(12):
        profile = writer.profile(ProfileRequest(prompt=PROMPT, seed=seed))
        narrator = heard_in(profile.persona.tone)
        assert narrator is not None
        request = CaptionsRequest(
            profile=profile, title="Left Behind", theme="luggage", mood="calm", seed=seed
        )
        post = writer.captions(request).post
        skeletons = [re.split(r"\{\w+\}", line) for line in narrator.lines["post"]]
        assert any(all(part.strip().lower() in post.lower() for part in parts) for parts in skeletons)


def test_a_tone_nobody_here_speaks_has_no_narrator() -> None:
    assert heard_in("warm and plain") is None


def test_bands_are_many_and_speak_as_we(writer: ProceduralWriter) -> None:
    texts = []
    for seed in range(160):
        profile = writer.profile(ProfileRequest(prompt="a loud garage rock band", seed=seed))
        if profile.stage_name.startswith("The ") and profile.stage_name.endswith("s"):
            texts.append((profile.stage_name, f"{profile.biography} {profile.backstory}"))
    assert len(texts) >= 20
    for name, text in texts:
        assert not re.search(rf"{re.escape(name)} (?:is|has|was|does|keeps|comes)\b", text), text
        assert not re.search(rf"\bI am {re.escape(name)}", text), text
