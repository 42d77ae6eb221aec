"""The embedded voice: its source, its formants, its pitch, and that it is a voice and no organ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import formant, glottis
from noktvrn.sound.voice.character import Voice, octaves_to, voice_of
from noktvrn.sound.voice.gestures import GESTURES
from noktvrn.sound.voice.phrase import Tone, Vocal, breath_groups
from noktvrn.sound.voice.vowels import VOWELS, formants

Floats = NDArray[np.float64]


def plain(tract: float = 0.0) -> Voice:
    """A voice without habits: steady, unforced, close to the tables."""
    return Voice(
        register="baritone",
        centre=50.0,
        tract=tract,
        colour=(1.0,) * 5,
        rd=1.0,
        breath=0.0,
        ring=0.0,
        vibrato_hz=5.0,
        vibrato_cents=0.0,
        vibrato_after_s=9.0,
        glide_s=0.08,
        scoop_cents=0.0,
        articulation=0.8,
    )


def held(vowel: str, voice: Voice, pitch: float = 36.0, seconds: float = 1.5, onset: str = "") -> Floats:
    tone = Tone(0.3, 0.3 + seconds, pitch, 0.8)
    sung = Vocal((tone,), vowel, (onset,) if onset else ())
    return np.asarray(formant.sing([sung], voice, round((seconds + 0.6) * RATE), 1), np.float64)


def envelope(sound: Floats, hertz: float) -> tuple[Floats, Floats]:
    """Frequencies and levels (dB) of the harmonics of the middle of a held note."""
    middle = sound[round(0.6 * RATE) : round(1.6 * RATE)]
    level = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    at = hertz * np.arange(1, int(4200 / hertz))
    place = np.rint(at * middle.size / RATE).astype(int)
    loud = [level[max(0, p - 12) : p + 13].max() for p in place]
    return np.asarray(at, np.float64), np.asarray(20 * np.log10(np.array(loud)))


@pytest.mark.parametrize("tract", [0.0, 1.0])
@pytest.mark.parametrize("vowel", ["AA", "IY", "EH", "AE", "UW", "ER"])
def test_the_formants_of_a_sung_vowel_are_those_of_the_table(vowel: str, tract: float) -> None:
    at, level = envelope(held(vowel, plain(tract)), 65.406)
    level = level + 9.0 * np.log2(at / 100.0)  # the slope of source and microphone moves no peak far
    for wanted in formants(vowel, tract)[:2]:
        near = np.flatnonzero(np.abs(at - wanted) <= max(0.1 * wanted, 70.0))
        best = near[level[near].argmax()]
        around = np.flatnonzero((np.abs(at - at[best]) > 120) & (np.abs(at - at[best]) < 330))
        assert level[best] > np.median(level[around]) + 1.5, (vowel, wanted, at[best])


def test_vowels_differ_from_each_other_more_than_a_voice_from_itself() -> None:
    spectra = {vowel: envelope(held(vowel, plain()), 65.406)[1] for vowel in VOWELS}
    again = envelope(held("AA", plain(), seconds=1.6), 65.406)[1]
    own = np.std(again - spectra["AA"])
    others = [np.std(spectra["AA"] - other) for vowel, other in spectra.items() if vowel != "AA"]
    assert 2 * own < min(others)


@pytest.mark.parametrize("rd", [0.5, 1.0, 1.7, 2.6])
def test_a_glottal_cycle_closes_and_has_one_excitation(rd: float) -> None:
    wave = glottis.cycle(rd, 4096)
    assert abs(wave.mean()) < 1e-4  # what flows out has been let in
    assert wave.min() == pytest.approx(-1.0, abs=5e-3)
    assert min(wave.argmin(), 4096 - wave.argmin()) < 0.005 * 4096


def test_a_tense_voice_is_brighter_than_a_lax_one() -> None:
    lines = np.abs(glottis.spectra(np.array([0.6, 1.2, 2.4]), 40))
    share = lines[:, 10:].sum(axis=1) / lines.sum(axis=1)
    assert share[0] > share[1] > share[2]


def test_more_effort_is_louder_and_brighter() -> None:
    def bright(velocity: float) -> tuple[float, float]:
        tone = Tone(0.3, 1.8, 48.0, velocity)
        sound = formant.sing([Vocal((tone,), "AA")], plain(), round(2.2 * RATE), 1)[RATE // 2 : RATE]
        power = np.abs(np.fft.rfft(sound)) ** 2
        return float(power.sum()), float(power[1500:3500].sum() / power.sum())

    soft, hard = bright(0.4), bright(1.0)
    assert hard[0] > 2 * soft[0] and hard[1] > 1.2 * soft[1]


def test_vibrato_waits_and_then_swings_at_its_rate() -> None:
    voice = voice_of(SoundIdentity(seed=5, style="pop"))
    sound = np.asarray(
        formant.sing([Vocal((Tone(0.2, 3.2, voice.centre),), "AA")], voice, 4 * RATE, 3), np.float64
    )
    track = np.array([_pitch(sound, at, voice.centre) for at in np.arange(0.3, 3.0, 0.01)])
    early, late = track[5:12], track[120:260]
    assert np.ptp(late) > 2.5 * np.ptp(early) > 0
    swing = np.abs(np.fft.rfft((late - late.mean()) * np.hanning(late.size), 2000))
    assert np.fft.rfftfreq(2000, 0.01)[swing.argmax()] == pytest.approx(voice.vibrato_hz, abs=0.7)


def _pitch(sound: Floats, at: float, near: float) -> float:
    """MIDI pitch around `at`, by autocorrelation of 50 ms."""
    piece = sound[round((at - 0.025) * RATE) : round((at + 0.025) * RATE)]
    piece = (piece - piece.mean()) * np.hanning(piece.size)
    own = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(piece.size), 8192)) ** 2)[: piece.size]
    curve = np.fft.irfft(np.abs(np.fft.rfft(piece, 8192)) ** 2)[: piece.size] / np.maximum(own, 1e-9)
    hertz = 440 * 2 ** ((near - 69) / 12)
    first = int(RATE / hertz / 1.3)
    best = first + int(curve[first : int(RATE / hertz * 1.3)].argmax())
    left, middle, right = curve[best - 1 : best + 2]
    exact = best + 0.5 * (left - right) / (left - 2 * middle + right)
    return float(69 + 12 * np.log2(RATE / exact / 440))


def test_artists_have_voices_of_their_own() -> None:
    voices = [voice_of(SoundIdentity(seed=seed, style="pop")) for seed in range(24)]
    assert {voice.register for voice in voices} == {"baritone", "tenor", "alto", "soprano"}
    assert len({round(voice.vibrato_hz, 6) for voice in voices}) == 24
    assert voices[3] == voice_of(SoundIdentity(seed=3, style="pop"))


@pytest.mark.parametrize(("pitches", "shift"), [((48, 50, 52), 12), ((62, 64), 0), ((76, 79), -12), ((), 0)])
def test_a_tune_is_brought_to_the_voice_by_octaves(pitches: tuple[int, ...], shift: int) -> None:
    voice = voice_of(SoundIdentity(seed=0, style="pop"))
    assert voice.register == "alto"
    assert octaves_to(voice, pitches) == shift


@pytest.mark.parametrize("sign", sorted(GESTURES))
def test_every_consonant_is_soft_finite_and_before_its_note(sign: str) -> None:
    with_it, without = held("AA", plain(), 50.0, 0.6, sign), held("AA", plain(), 50.0, 0.6)
    assert np.isfinite(with_it).all() and np.abs(with_it).max() < 0.9
    lead, note = slice(round(0.2 * RATE), round(0.3 * RATE)), slice(round(0.42 * RATE), round(0.7 * RATE))
    assert np.abs(with_it[lead]).max() > 1e-4
    steady = np.sqrt(np.mean(with_it[note] ** 2)) / np.sqrt(np.mean(without[note] ** 2))
    assert steady == pytest.approx(1.0, abs=0.2)


def test_equal_requests_are_equal_bytes_and_seeds_differ() -> None:
    voice = voice_of(SoundIdentity(seed=9, style="pop"))
    sung = [Vocal((Tone(0.5, 1.0, 60.0), Tone(1.0, 1.6, 62.0)), "OW", ("M",))]
    first, again, other = (formant.sing(sung, voice, 2 * RATE, seed).tobytes() for seed in (1, 1, 2))
    assert first == again != other


def test_nothing_sounds_where_nobody_sings() -> None:
    voice = voice_of(SoundIdentity(seed=9, style="pop"))
    sung = [Vocal((Tone(1.0, 1.5, 60.0),), "AA"), Vocal((Tone(4.0, 4.5, 60.0),), "AA", ("S",))]
    sound = formant.sing(sung, voice, 6 * RATE, 1)
    assert sound.dtype == np.float32 and sound.shape == (6 * RATE,)
    assert not sound[round(1.8 * RATE) : round(3.3 * RATE)].any()
    assert not sound[round(4.8 * RATE) :].any()
    breath = sound[round(3.4 * RATE) : round(3.8 * RATE)]
    assert 1e-5 < np.sqrt(np.mean(breath**2)) < 0.01  # a breath is taken, quietly


def test_a_song_that_starts_at_once_and_ends_short_is_cut_to_length() -> None:
    sung = [Vocal((Tone(0.0, 2.0, 60.0),), "AA", ("T",))]
    assert formant.sing(sung, plain(), RATE, 1).shape == (RATE,)
    assert not formant.sing([], plain(), RATE, 1).any()


def test_groups_are_in_time_and_notes_do_not_run_into_each_other() -> None:
    loose = [
        Vocal((Tone(2.0, 2.6, 60.0),), "AA"),
        Vocal((Tone(0.0, 0.9, 60.0),), "AA"),
        Vocal((Tone(0.5, 0.95, 62.0),), "IY"),
        Vocal((Tone(1.0, 1.2, 62.0),), "IY"),
    ]
    groups = breath_groups(loose)
    assert [len(group) for group in groups] == [3, 1]
    ends = [(syllable.start_s, syllable.end_s) for syllable in groups[0]]
    assert ends == [(0.0, 0.5), (0.5, 1.0), (1.0, 1.2)]


@settings(max_examples=15, deadline=None)
@given(
    notes=st.lists(
        st.tuples(st.floats(0.0, 3.0), st.floats(0.0, 1.5), st.floats(20.0, 110.0), st.floats(0.0, 1.0)),
        min_size=1,
        max_size=8,
    ),
    signs=st.lists(st.sampled_from(sorted(GESTURES)), max_size=3),
    vowel=st.sampled_from([*VOWELS, "AY", "OY"]),
    artist=st.integers(0, 30),
)
def test_whatever_is_asked_sounds_finite_and_no_louder_than_a_voice(
    notes: list[tuple[float, float, float, float]], signs: list[str], vowel: str, artist: int
) -> None:
    sung = [
        Vocal(
            (Tone(start, start + length, pitch, force),), vowel, tuple(signs), tuple(signs[:1]), force > 0.5
        )
        for start, length, pitch, force in notes
    ]
    sound = formant.sing(sung, voice_of(SoundIdentity(seed=artist, style="pop")), 3 * RATE, 1)
    assert np.isfinite(sound).all() and np.abs(sound).max() < 2.0
