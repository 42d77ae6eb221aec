"""The arc of a record: what holds for every artist, seed and number of songs."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.release.release_samples import profile

from noktvrn.kernel.errors import Invalid
from noktvrn.model.artist import TempoRange
from noktvrn.model.record import LONGEST_S, SONGS, RecordArc, RecordKind
from noktvrn.planning.record_arc import Asked, developed, fifths_apart, plan_record

MODES = ("minor", "dorian", "major", "mixolydian", "phrygian", "lydian")
PICTURES = ("harbour", "lantern", "ferry", "rope")


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    kind: RecordKind = draw(st.sampled_from(["ep", "album"]))
    low = draw(st.integers(40, 200))
    return {
        "kind": kind,
        "count": draw(st.integers(*SONGS[kind])),
        "modes": tuple(draw(st.lists(st.sampled_from(MODES), min_size=1, max_size=4, unique=True))),
        "tempo": TempoRange(low=low, high=min(220, low + draw(st.integers(0, 60)))),
        "seed": draw(st.integers(0, 2**32)),
    }


def arc_of(wish: dict[str, Any], **more: Any) -> RecordArc:
    asked = Asked(wish["kind"], wish["count"], images=PICTURES, **more)
    return plan_record(profile(), asked, modes=wish["modes"], tempo=wish["tempo"], seed=wish["seed"])


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_keys_of_neighbours_are_neighbours_and_the_record_comes_home(wish: dict[str, Any]) -> None:
    keys = [(song.tonic, song.mode) for song in arc_of(wish).songs]

    for first, second in pairwise(keys):
        assert first != second
        assert fifths_apart(first, second) <= 1
    assert fifths_apart(keys[0], keys[-1]) <= 1
    assert {mode for _, mode in keys} <= set(wish["modes"])


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_tempi_stay_in_the_artists_range_and_contrast(wish: dict[str, Any]) -> None:
    tempo = wish["tempo"]
    tempi = [song.tempo_bpm for song in arc_of(wish).songs]

    assert all(tempo.low <= bpm <= tempo.high for bpm in tempi)
    least = min(6, (tempo.high - tempo.low) // 4)
    assert all(abs(first - second) >= least for first, second in pairwise(tempi))


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_the_curve_opens_leads_turns_peaks_and_comes_home(wish: dict[str, Any]) -> None:
    arc = arc_of(wish)
    roles = [song.role for song in arc.songs]
    energy = {song.role: song.energy for song in arc.songs}

    assert (roles[0], roles[1], roles[-1]) == ("opener", "lead", "closer")
    assert roles.count("lead") == 1
    assert arc.lead == 2
    assert energy["closer"] < energy["opener"] < energy["lead"]
    if wish["count"] > 4:
        assert roles[-2] == "peak"
        quietest, loudest = (choose(arc.songs, key=lambda s: s.energy) for choose in (min, max))
        assert (quietest.role, loudest.role) == ("turn", "peak")


@settings(max_examples=60, deadline=None)
@given(wishes())
def test_a_record_keeps_its_loudness_and_its_songs_theirs(wish: dict[str, Any]) -> None:
    songs = arc_of(wish).songs
    seconds = sum(song.duration_s for song in songs)
    power = sum(song.duration_s * 10 ** (song.level_lu / 10) for song in songs) / seconds

    assert 10 * math.log10(power) == pytest.approx(0, abs=0.02)
    assert [s.energy for s in sorted(songs, key=lambda s: (s.level_lu, s.energy))] == sorted(
        song.energy for song in songs
    )
    assert seconds <= LONGEST_S[wish["kind"]]
    assert all(song.duration_s >= 30 for song in songs)


@settings(max_examples=40, deadline=None)
@given(wishes())
def test_the_songs_share_one_motif_and_the_same_pictures(wish: dict[str, Any]) -> None:
    arc = arc_of(wish)

    for place, song in enumerate(arc.songs):
        assert song.opening == developed(arc.motif, song.role, place)
        assert len(song.opening) == len(arc.motif)
        assert song.images == arc.images
    assert arc.songs[0].opening == arc.songs[-1].opening == arc.motif
    assert len(set(arc.images)) == 3
    assert set(arc.images) <= set(PICTURES)


@settings(max_examples=20, deadline=None)
@given(wishes())
def test_the_same_wish_is_the_same_arc(wish: dict[str, Any]) -> None:
    assert arc_of(wish) == arc_of(wish)
    assert arc_of(wish, theme="harbours") != arc_of(wish, theme="rain")


def test_a_motif_is_developed_and_never_lost() -> None:
    assert developed((4, -1, -1), "lead", 1) == (4, -1, -1)
    assert developed((4, -1, -1), "turn", 3) == (-4, 1, 1)
    assert developed((4, -1, -1), "peak", 5) == (5, -1, -1)
    assert developed((4, -1, -1), "path", 2) == (-1, -1, 4)
    assert developed((4, -1, -1), "path", 3) == (4, -1, 1)


@pytest.mark.parametrize(("kind", "count"), [("ep", 2), ("ep", 7), ("album", 6), ("album", 15)])
def test_a_number_no_record_has_is_refused(kind: RecordKind, count: int) -> None:
    wish = {"kind": kind, "count": count, "modes": MODES, "tempo": TempoRange(low=90, high=120), "seed": 1}

    with pytest.raises(Invalid) as caught:
        arc_of(wish)

    assert caught.value.code == "record.bad_count"
    assert f"--{kind}" in caught.value.hint
