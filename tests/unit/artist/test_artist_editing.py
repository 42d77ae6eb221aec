"""Profiles changed by hand: what may be, what never, how a new name is carried, how two are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from noktvrn.artist.editing import FIXED, differences, edited, monogram, same_identity
from noktvrn.artist.refiner import handles, refine, with_presence
from noktvrn.artist.review import PASS, feedback, review, verdict
from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.model.artist import Profile
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings

PROMPT = "dark electronic music from an empty harbour"


@pytest.fixture(scope="module")
def good() -> Profile:
    writer = ProceduralWriter(load(Settings(_env_file=None)))
    return with_presence(writer.profile(ProfileRequest(prompt=PROMPT, seed=3)))


def test_a_field_is_set_and_only_that_one_differs(good: Profile) -> None:
    made = edited(good, {"target_audience": "Night walkers along the quays, and their dogs."})
    assert [change.field for change in differences(good, made)] == ["target_audience"]
    assert differences(good, good) == ()


def test_fields_of_fields_and_lists_in_words(good: Profile) -> None:
    made = edited(
        good,
        {
            "themes": "rain, cranes , salt",
            "settings.release_strategy.video_release_ratio": 0.25,
            "moods": ["dark"],
        },
    )
    assert made.themes == ("rain", "cranes", "salt")
    assert made.settings.release_strategy.video_release_ratio == 0.25
    assert made.moods == ("dark",)


@pytest.mark.parametrize(
    "path", [*FIXED, "anchor.radius.energy", "sound", "look", "persona", "settings.evolution"]
)
def test_what_makes_the_artist_is_never_edited(path: str, good: Profile) -> None:
    with pytest.raises(NotAllowed) as refused:
        edited(good, {path: "other"})
    assert refused.value.code == "artist.fixed_field"
    assert refused.value.hint


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("themse", "x", "artist.no_field"),
        ("persona.tonne", "x", "artist.no_field"),
        ("themes.first", "x", "artist.no_field"),
        ("__class__", "x", "artist.no_field"),
        ("style.energy", 3, "artist.bad_value"),
        ("tempo.low", 5, "artist.bad_value"),
        ("themes", [], "artist.bad_value"),
        ("biography", 7, "artist.bad_value"),
        ("settings.release_strategy.track_release_random_days", [9, 3], "artist.bad_value"),
    ],
)
def test_fields_there_are_not_and_values_they_cannot_have(
    path: str, value: Any, code: str, good: Profile
) -> None:
    with pytest.raises(Invalid) as refused:
        edited(good, {path: value})
    assert refused.value.code == code
    assert refused.value.hint


def test_a_style_may_move_inside_its_identity_and_not_out_of_it(good: Profile) -> None:
    home, reach = good.anchor.style.space, good.anchor.radius.space
    inside = max(0.0, home - 0.5 * reach)
    assert edited(good, {"style.space": inside}).style.space == inside
    with pytest.raises(Invalid, match="left the artist's identity"):
        edited(good, {"style.space": 1.0 if home < 0.5 else 0.0})


def test_a_misspelt_field_is_told_with_the_right_one(good: Profile) -> None:
    with pytest.raises(Invalid) as refused:
        edited(good, {"biografy": "x"})
    assert "biography" in refused.value.hint


def test_a_field_of_fields_is_found_by_its_last_name(good: Profile) -> None:
    with pytest.raises(Invalid) as caught:
        edited(good, {"autopilot": True})
    assert caught.value.hint == "Did you mean settings.autopilot?"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("tempo", "fast", "tempo cannot be that: it has fields of its own."),
        ("moods", 7, "moods cannot be that: it is a list."),
        ("biography", 7, "biography cannot be that: it is text."),
        ("style.energy", 3, "style.energy cannot be that: it should be less than or equal to 1."),
        ("persona.posting_style", "loud", "persona.posting_style cannot be that: it is"),
    ],
)
def test_what_a_value_should_have_been_is_told_in_words(
    path: str, value: Any, told: str, good: Profile
) -> None:
    with pytest.raises(Invalid) as caught:
        edited(good, {path: value})
    assert caught.value.message.startswith(told)


def test_a_new_name_is_carried_into_every_text(good: Profile) -> None:
    made = edited(good, {"stage_name": "Corrin Fisk"})
    assert good.stage_name not in made.model_dump_json()
    assert made.look.glyph == monogram("Corrin Fisk") == "CF"
    assert made.social.handles[0] == "corrinfisk"
    assert "#CorrinFisk" in made.persona.hashtags
    assert made.sound == good.sound
    assert same_identity(good, made)
    assert not same_identity(good, good.model_copy(update={"genre": "jazz"}))


def test_handles_fit_every_platform() -> None:
    assert handles("Tørv O'Shea") == ("torvoshea", "torv_oshea", "torvoshea_music")
    assert handles("静かな海") == ()
    assert all(3 <= len(handle) <= 30 for handle in handles("Velvet " * 4))


def test_the_house_mends_what_needs_no_writer(good: Profile) -> None:
    persona = good.persona.model_copy(
        update={"hashtags": ("#fine", "not a tag", "#fine"), "call_to_action": ("Stream it on repeat!",)}
    )
    spoilt = good.model_copy(
        update={
            "persona": persona.model_copy(update={"description": "A quiet one from the quays. " * 3}),
            "themes": (*good.themes, good.themes[0]),
        }
    )
    mended, told = refine(spoilt)
    assert mended.persona.hashtags == ("#fine",)
    assert mended.persona.call_to_action == ()
    assert mended.themes == good.themes
    assert "virtual artist" in mended.persona.description
    assert len(told) == 4
    assert refine(good) == (good, ())


def test_the_review_tells_a_good_draft_from_a_poor_one(good: Profile) -> None:
    scores = review(good, prompt=PROMPT)
    assert verdict(scores) >= PASS
    assert feedback(scores) == ()
    dull = good.model_copy(
        update=dict.fromkeys(_PROSE, "It is music. It is very good music for all people. " * 4)
    )
    poor = review(dull, prompt="brass bands on a carnival morning", biographies=(dull.biography,))
    assert verdict(poor) < PASS
    assert len(feedback(poor)) >= 3
    assert all(0 <= score <= 1 for score in (*scores.values(), *poor.values()))


_PROSE = (
    "biography",
    "backstory",
    "style_description",
    "target_audience",
    "visual_identity_prompt",
    "song_prompt_generator",
    "video_prompt_generator",
)
