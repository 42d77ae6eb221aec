"""A moved style reaches the next production, one way only, and an artist at home is not bent at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evolution.evolution_samples import AXES, HOME, evolved_artist, styled

from noktvrn.evolution.adaptor import BriefBias, brief_biases
from noktvrn.evolution.biases import TABLE, biases_between, tuned_sound, tuned_tempo
from noktvrn.evolution.measure import measured_style
from noktvrn.kernel.ids import ArtistId, TrackId
from noktvrn.model.artist import StyleAxes, TempoRange
from noktvrn.model.asset import AudioAsset
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.model.track import AudioFigures, Track

FIGURES = {name: 0 for name, field in AudioFigures.model_fields.items() if field.is_required()}

units = st.floats(0, 1)
any_style = st.builds(StyleAxes, **dict.fromkeys(AXES, units))


def test_an_artist_at_home_is_not_bent() -> None:
    profile = evolved_artist().profile
    assert brief_biases(profile) == BriefBias()
    assert tuned_sound(profile) == profile.sound
    assert tuned_tempo(profile.tempo, brief_biases(profile), 124.0) == 124.0


def test_every_axis_reaches_production() -> None:
    assert {row.axis for row in TABLE} == set(AXES)
    assert {row.input for row in TABLE} == set(BriefBias.model_fields)


@settings(max_examples=80, deadline=None)
@given(home=any_style, style=any_style, axis=st.sampled_from(AXES), higher=units)
def test_more_of_an_axis_never_means_less_of_its_inputs(
    home: StyleAxes, style: StyleAxes, axis: str, higher: float
) -> None:
    higher = max(higher, getattr(style, axis))
    low = biases_between(home, style)
    high = biases_between(home, style.model_copy(update={axis: higher}))
    signs = {row.input: row.gain for row in TABLE if row.axis == axis}
    for name in BriefBias.model_fields:
        change = getattr(high, name) - getattr(low, name)
        assert change * signs[name] >= 0 if name in signs else change == 0


def test_more_space_sounds_wider_and_longer() -> None:
    profile = evolved_artist(style=styled(space=0.6, brightness=0.6, groove=0.6)).profile
    sound, bias = tuned_sound(profile), brief_biases(profile)
    assert sound.space == pytest.approx(profile.sound.space + 0.1)
    assert sound.brightness == pytest.approx(0.2)
    assert sound.swing == pytest.approx(0.075)
    assert bias.duration_factor == pytest.approx(1.04)
    assert (sound.seed, sound.style, sound.drive) == (3, "techno", profile.sound.drive)


@settings(deadline=None)
@given(style=any_style, drawn=st.floats(40, 220))
def test_a_tempo_stays_in_the_artists_range(style: StyleAxes, drawn: float) -> None:
    assert 120 <= tuned_tempo(TempoRange(low=120, high=130), biases_between(HOME, style), drawn) <= 130


def test_a_faster_axis_shifts_the_tempo_by_its_part_of_the_range() -> None:
    bias = biases_between(HOME, styled(tempo=0.6))
    assert tuned_tempo(TempoRange(low=120, high=130), bias, 124.0) == pytest.approx(125.0)


def track(*, bpm: float = 125.0, energy: float = 0.55, tilt: float = -3.0, side: float = -8.5) -> Track:
    figures = AudioFigures.model_validate({**FIGURES, "tilt_db_per_octave": tilt, "side_mid_db": side})
    sections = (
        SectionSpan(label="verse", start_s=0.0, end_s=30.0, energy=energy),
        SectionSpan(label="chorus", start_s=30.0, end_s=90.0, energy=energy),
    )
    return Track(
        id=TrackId("trk_0000000000001"),
        artist_id=ArtistId("art_0000000000001"),
        title="Platform Nine",
        take=1,
        seed=1,
        instrumental=True,
        language="zxx",
        master=AudioAsset(
            sha256="0" * 64,
            size=1,
            media_type="audio/flac",
            name="master.flac",
            pcm_sha256="0" * 64,
            duration_s=90.0,
            sample_rate=44_100,
        ),
        timeline=Timeline(
            duration_s=90.0,
            tempo_bpm=bpm,
            key="A minor",
            beats=(0.0,),
            downbeats=(0.0,),
            sections=sections,
            chords=(),
        ),
        figures=figures,
        provenance=Provenance(engine="procedural_music", engine_version="0.1.0"),
    )


def test_a_usual_track_measures_as_the_artist_was_born() -> None:
    measured = measured_style(evolved_artist(style=styled(groove=0.6)).profile, track())
    assert measured.as_data() == pytest.approx(styled(groove=0.6).as_data())


@pytest.mark.parametrize(
    ("axis", "less", "more"),
    [
        ("tempo", track(bpm=121), track(bpm=129)),
        ("energy", track(energy=0.4), track(energy=0.7)),
        ("brightness", track(tilt=-5.0), track(tilt=-2.0)),
        ("space", track(side=-14.0), track(side=-6.0)),
    ],
)
def test_what_was_made_is_measured(axis: str, less: Track, more: Track) -> None:
    profile = evolved_artist().profile
    low, high = (measured_style(profile, made).as_data() for made in (less, more))
    assert 0 <= low[axis] < 0.5 < high[axis] <= 1
    assert {name for name in AXES if low[name] != high[name]} == {axis}


def test_a_tempo_shift_measures_as_the_axis_that_asked_for_it() -> None:
    profile = evolved_artist(style=styled(tempo=0.6)).profile
    bpm = tuned_tempo(profile.tempo, brief_biases(profile), 125.0)
    assert measured_style(profile, track(bpm=bpm)).tempo == pytest.approx(0.6)
