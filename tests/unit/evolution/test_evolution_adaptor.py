"""The adaptor moves when the figures speak, says why, and never lets an artist leave itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evolution.evolution_samples import (
    AXES,
    HOME,
    NOW,
    RADIUS,
    audience,
    evolved_artist,
    heard,
    release_id,
    styled,
    styles_of,
)

from noktvrn.evolution.adaptor import GATE_SD, SAFE_AXES, adapt, distance_from_anchor
from noktvrn.evolution.analyst import analyse
from noktvrn.evolution.evidence import AxisEvidence, Evidence, WordEvidence
from noktvrn.kernel.errors import Conflict
from noktvrn.kernel.ids import ArtistId
from noktvrn.model.artist import Artist, EvolutionSettings, StyleAxes

LATER = NOW + timedelta(days=1)
STYLES = styles_of(*(styled(space=space) for space in (0.2, 0.5, 0.8)))


def evidence_of(
    slopes: Mapping[str, float], *, artist: Artist | None = None, sd: float = 0.5, **more: Any
) -> Evidence:
    artist = artist or evolved_artist()
    axes = tuple(AxisEvidence(axis=axis, slope=slopes.get(axis, 0.0), sd=sd) for axis in AXES)
    return Evidence.model_validate(
        {
            "artist_id": artist.id,
            "artist_version": artist.version,
            "releases": 3,
            "streams": 41_000,
            "axes": axes,
            **more,
        }
    )


def test_a_liked_axis_moves_a_little_and_says_why_in_plain_words() -> None:
    artist = evolved_artist()
    rows = [
        heard(number, finished=finished, streams=13_667) for number, finished in enumerate((0.46, 0.5, 0.55))
    ]
    profile, entry = adapt(artist, analyse(artist, rows, STYLES), now=NOW)
    (move,) = entry.moves
    assert (entry.decision, entry.from_version, entry.to_version) == ("moved", 1, 2)
    assert (move.axis, move.before) == ("space", 0.5)
    assert 0.5 < move.after <= 0.55 and profile.style == styled(space=move.after)
    assert move.reason == (
        "releases with more space were finished 9 points more often; 3 releases, 41,001 streams"
    )
    assert entry.why == (f"space 0.500 to {move.after:.3f}: {move.reason}.",)
    assert (entry.evidence_releases, entry.evidence_streams, entry.at) == (3, 41_001, NOW)
    assert entry.distance_from_anchor == pytest.approx((move.after - 0.5) / 0.2)


def test_a_disliked_axis_moves_the_other_way() -> None:
    artist = evolved_artist()
    profile, entry = adapt(artist, analyse(artist, audience(STYLES, {"space": -4.0}), STYLES), now=NOW)
    assert profile.style.space < 0.5
    assert entry.moves[0].reason.startswith("releases with less space were finished")
    assert "more often" in entry.moves[0].reason


@pytest.mark.parametrize(
    ("releases", "says"),
    [
        (0, "No release has usable rates yet; 3 are needed."),
        (1, "1 has usable rates"),
        (2, "2 have usable rates"),
    ],
)
def test_too_few_releases_hold(releases: int, says: str) -> None:
    artist = evolved_artist()
    rows = audience(STYLES, {"space": 8.0})[:releases]
    profile, entry = adapt(artist, analyse(artist, rows, STYLES), now=NOW)
    assert profile is artist.profile
    assert (entry.decision, entry.to_version, entry.moves) == ("held", 1, ())
    assert says in entry.why[0]


def test_releases_of_one_style_hold_and_say_that_nothing_can_be_compared() -> None:
    artist, styles = evolved_artist(), styles_of(HOME, HOME, HOME)
    _, entry = adapt(artist, analyse(artist, audience(styles, {}, lucks=(0.5, 0, -0.5)), styles), now=NOW)
    assert entry.decision == "held" and "in one style" in entry.why[0]


def test_a_weak_slope_holds_and_names_the_clearest_axis() -> None:
    _, entry = adapt(evolved_artist(), evidence_of({"groove": 0.15, "space": -0.1}), now=NOW)
    assert entry.decision == "held"
    assert "the clearest, groove, is 0.30 posterior sd" in entry.why[0]


@pytest.mark.parametrize(
    ("slope", "decision"), [(GATE_SD * 0.5 - 1e-6, "held"), (GATE_SD * 0.5 + 1e-6, "moved")]
)
def test_the_gate_is_where_it_is_documented(slope: float, decision: str) -> None:
    assert adapt(evolved_artist(), evidence_of({"space": slope}), now=NOW)[1].decision == decision


@settings(max_examples=200, deadline=None)
@given(
    slopes=st.fixed_dictionaries({axis: st.floats(-50, 50) for axis in AXES}),
    offsets=st.lists(st.floats(-1, 1), min_size=8, max_size=8),
    radii=st.lists(st.floats(0, 0.4), min_size=8, max_size=8),
    speed=st.sampled_from(["slow", "medium", "fast"]),
    safe=st.booleans(),
)
def test_no_evidence_ever_leads_out_of_the_identity(
    slopes: dict[str, float], offsets: list[float], radii: list[float], speed: str, safe: bool
) -> None:
    radius = StyleAxes(**dict(zip(AXES, radii, strict=True)))
    style = StyleAxes(**{axis: 0.5 + o * r for axis, o, r in zip(AXES, offsets, radii, strict=True)})
    evolution = EvolutionSettings.model_validate({"evolution_speed": speed, "safe_mode": safe})
    artist = evolved_artist(style=style, radius=radius, evolution=evolution)
    profile, entry = adapt(artist, evidence_of(slopes, artist=artist), now=NOW)
    for axis, limit in zip(AXES, radii, strict=True):
        before, after = getattr(style, axis), getattr(profile.style, axis)
        assert abs(after - 0.5) <= limit + 1e-9
        assert (after - before) * slopes[axis] >= 0, "never against the evidence"
        assert abs(after - before) <= 0.35 * limit + 1e-6
        if after != before:
            assert abs(after - 0.5) < limit, "a step ends strictly inside"
    assert len(entry.moves) <= (SAFE_AXES if safe else len(AXES))
    assert profile.anchor == artist.profile.anchor
    assert distance_from_anchor(profile) <= 1 + 1e-6


def test_an_axis_nobody_would_hear_moving_is_at_home() -> None:
    radius = RADIUS.model_copy(update={"groove": 2e-16})
    style = StyleAxes(groove=0.5 + 2.3e-16)  # as near as a float comes: more than the radius away
    profile = evolved_artist(style=style, radius=radius).profile
    assert distance_from_anchor(profile) == 0


def test_a_hundred_steps_in_a_row_stay_inside() -> None:
    artist = evolved_artist(evolution=EvolutionSettings(evolution_speed="fast", safe_mode=False))
    for _ in range(100):
        profile, entry = adapt(artist, evidence_of(dict.fromkeys(AXES, 9.0), artist=artist), now=NOW)
        artist = artist.model_copy(update={"profile": profile, "version": entry.to_version})
    assert all(0 <= getattr(artist.profile.style, axis) - 0.5 < getattr(RADIUS, axis) for axis in AXES)
    assert entry.decision == "held" and "too small to hear" in entry.why[0]


def test_surer_evidence_and_a_faster_artist_step_further() -> None:
    def step(slope: float, speed: str = "medium") -> float:
        artist = evolved_artist(evolution=EvolutionSettings.model_validate({"evolution_speed": speed}))
        return adapt(artist, evidence_of({"space": slope}, artist=artist), now=NOW)[0].style.space - 0.5

    sizes = [step(slope) for slope in (0.1, 0.6, 1.0, 1.4, 2.0)]
    assert sizes == sorted(sizes) and sizes[0] == 0.0 and len(set(sizes)) == 5
    assert step(1.0, "slow") < step(1.0, "medium") < step(1.0, "fast")


def test_a_signature_axis_practically_stands_still() -> None:
    artist = evolved_artist(radius=styled(**dict.fromkeys(AXES, 0.2)), signature=("space",))
    profile, _ = adapt(artist, evidence_of({"space": 9.0, "groove": 9.0}, artist=artist), now=NOW)
    assert 0 < profile.style.space - 0.5 < 0.15 * (profile.style.groove - 0.5)


def test_safe_mode_moves_the_clearest_axes_only() -> None:
    slopes = {axis: 1.0 + place for place, axis in enumerate(AXES)}
    _, safe = adapt(evolved_artist(), evidence_of(slopes), now=NOW)
    assert [move.axis for move in safe.moves] == ["groove", "space", "organic"]
    artist = evolved_artist(evolution=EvolutionSettings(safe_mode=False))
    _, free = adapt(artist, evidence_of(slopes), now=NOW)
    assert {move.axis for move in free.moves} == set(AXES) - {"tension"}, "its radius is a signature's"


def test_the_same_figures_never_step_twice() -> None:
    artist = evolved_artist()
    rows = audience(STYLES, {"space": 4.0})
    profile, entry = adapt(artist, analyse(artist, rows, STYLES), now=NOW)
    moved = artist.model_copy(update={"profile": profile, "version": entry.to_version})
    again, second = adapt(moved, analyse(moved, rows, STYLES), now=LATER, moved_at=entry.at)
    assert again is moved.profile and second.decision == "held"
    assert "moved on 2026-11-21" in second.why[0]

    styles = {**STYLES, release_id(12): profile.style}
    heard_since = analyse(moved, [*rows, heard(12, finished=0.6)], styles)
    assert adapt(moved, heard_since, now=LATER, moved_at=entry.at)[1].decision == "moved"


def test_suspicious_rows_are_mentioned_and_change_nothing() -> None:
    artist = evolved_artist()
    rows = audience(STYLES, {"space": 4.0})
    fake = heard(0, finished=0.9, streams=10**6, platform="deezer", suspicious=True)
    profile, entry = adapt(artist, analyse(artist, [*rows, fake], STYLES), now=NOW)
    honest, honest_entry = adapt(artist, analyse(artist, rows, STYLES), now=NOW)
    assert profile == honest and entry.moves == honest_entry.moves
    assert entry.why == (*honest_entry.why, "1 suspicious row left out.")


def test_a_theme_that_worked_comes_one_place_forward_and_no_word_is_lost_or_new() -> None:
    words = [
        WordEvidence(kind="theme", word="distance", releases=3, effect=0.4, sd=0.2),
        WordEvidence(kind="theme", word="rain", releases=2, effect=0.1, sd=0.2),
        WordEvidence(kind="mood", word="dark", releases=2, effect=0.4, sd=0.2),
        WordEvidence(kind="theme", word="stolen", releases=9, effect=9.0, sd=0.1),
    ]
    profile, entry = adapt(evolved_artist(), evidence_of({}, words=words), now=NOW)
    assert profile.themes == ("night", "distance", "rain")
    assert profile.moods == ("dark", "hypnotic", "calm"), "what stands in front cannot come forward"
    assert (entry.decision, entry.moves, profile.style) == ("moved", (), HOME)
    assert entry.why == (
        "The theme 'distance' comes one place forward: its 3 releases did better than the others.",
    )


def test_the_same_evidence_gives_the_same_answer() -> None:
    rows = audience(STYLES, {"space": 4.0, "energy": 1.0}, lucks=(0.1, -0.2, 0.3))
    answers = [adapt(evolved_artist(), analyse(evolved_artist(), rows, STYLES), now=NOW) for _ in range(2)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("stale", [{"artist_version": 2}, {"artist_id": ArtistId("art_000000000zzzz")}])
def test_evidence_about_somebody_else_is_refused(stale: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match="evidence is about") as caught:
        adapt(evolved_artist(), evidence_of({"space": 9.0}, **stale), now=NOW)
    assert "evolve" in caught.value.hint


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        adapt(evolved_artist(), evidence_of({}), now=datetime(2026, 11, 21))  # noqa: DTZ001 - what is tested
    assert adapt(evolved_artist(), evidence_of({}), now=NOW)[1].at.tzinfo is UTC
