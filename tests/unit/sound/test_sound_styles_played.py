"""The played styles as data: bands that can play what is written, in the meters and forms of their genres."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest

from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SongPlan, quarters_per_beat
from noktvrn.model.track import AudioFigures
from noktvrn.music.planner import plan_song
from noktvrn.music.producer import measure
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.mixing.render import render
from noktvrn.sound.score import RATE
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import Harmony, PartStyle, Style, load_kit, load_style
from noktvrn.sound.theory import MODES, chord, is_minor, key_name, scale

STYLES = (
    *("rock", "metal", "punk", "post_rock"),
    *("folk", "country", "bluegrass", "celtic"),
    *("jazz", "bossa_nova", "soul", "soul_ballad", "funk", "rnb", "blues"),
    *("cinematic", "neoclassical", "minimalism"),
    *("reggae", "dub", "latin", "afrobeat"),
)
METERS = {
    "celtic": (6, 8),
    "blues": (12, 8),
    "soul_ballad": (12, 8),
    "neoclassical": (3, 4),
    "minimalism": (5, 4),
    "post_rock": (5, 4),
}
DRUMLESS = {"neoclassical", "minimalism"}
STRUCK_BY_HAND = ("clave", "conga", "bongo", "timbale")
PEAKS = {"chorus", "drop"}
SYMBOLS = {
    "bass": "Rrm5387a.-",
    "chords": "Xxogs.-",
    "arp": "0123456789abcdefTt.-",
}


def plain(pattern: str) -> str:
    return pattern.replace("|", "").replace(" ", "")


def drum_lines(style: Style) -> Iterator[tuple[str, str]]:
    yield from chain.from_iterable(groove.bars.items() for groove in style.groove.values())
    yield from chain.from_iterable(fill.items() for fill in style.fills)
    yield from style.lift.items()


def progressions(harmony: Harmony) -> tuple[str, ...]:
    return (*harmony.verse, *harmony.chorus, *harmony.bridge)


def sections(form: str) -> list[tuple[str, int]]:
    return [(label, int(bars)) for label, _, bars in (word.partition(":") for word in form.split())]


def planned(name: str, seconds: int, seed: int) -> SongPlan:
    home = load_style(name)
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    return plan_song(
        genre=name, style=name, tempo=tempo, modes=home.modes, mood="warm", duration_s=seconds, seed=seed
    )


@pytest.mark.parametrize("name", STYLES)
def test_no_stroke_is_written_for_a_drum_that_some_kit_lacks(name: str) -> None:
    style = load_style(name)
    written = {voice for voice, _ in drum_lines(style)}
    assert len(set(style.kits)) >= 3
    silent = {kit: written - load_kit(kit).voices.keys() for kit in style.kits}
    assert not any(silent.values()), silent


@pytest.mark.parametrize("name", STYLES)
def test_the_drummer_has_grooves_to_choose_from_and_fills(name: str) -> None:
    style = load_style(name)
    assert all(set(plain(line)) <= set("Xxog?.") for _, line in drum_lines(style))
    assert {groove for names in style.grooves.values() for groove in names} == style.groove.keys()
    for label in {"verse", *PEAKS} & style.grooves.keys():
        assert len(set(style.grooves[label])) >= 3, label
    assert len(style.fills) >= 4
    if name not in DRUMLESS:
        assert "g" in "".join(line for _, line in drum_lines(style)), "a drummer plays ghost notes"


def test_the_clave_is_three_against_two_and_never_loses_a_stroke() -> None:
    claves = [g.bars["clave"] for g in load_style("latin").groove.values() if "clave" in g.bars]
    assert claves
    assert {tuple(i for i, c in enumerate(plain(line)) if c != ".") for line in claves} == {(0, 3, 6, 20, 24)}
    african = "".join(voice for g in load_style("afrobeat").groove.values() for voice in g.bars)
    assert any(voice in african for voice in STRUCK_BY_HAND)


@pytest.mark.parametrize("name", STYLES)
def test_the_meter_is_the_genres_own_and_every_cell_fills_its_bar(name: str) -> None:
    style = load_style(name)
    assert style.meter == METERS.get(name, (4, 4))
    assert len(style.cells) >= 5
    assert {len(cell) for cell in style.cells} == {style.steps_per_bar}
    assert sum(style.groups) == style.steps_per_bar


@pytest.mark.parametrize("name", STYLES)
def test_forms_name_two_peaks_and_start_nothing_they_cannot_end(name: str) -> None:
    style = load_style(name)
    assert len(style.forms) >= 2
    for form in style.forms:
        labels = [label for label, _ in sections(form)]
        assert sum(label in PEAKS for label in labels) >= 2, form
        assert labels[-1] == "outro", form
        assert all(1 <= bars <= 24 for _, bars in sections(form)), form
    played = {label for part in style.parts for label in part.play} | style.grooves.keys()
    assert {label for form in style.forms for label, _ in sections(form)} <= played | {"intro", "breakdown"}


def test_blues_choruses_are_twelve_bars_that_go_home_through_four_and_five() -> None:
    style = load_style("blues")
    bars = [count for form in style.forms for label, count in sections(form) if label in ("verse", "chorus")]
    assert set(bars) == {12}
    for mode, harmony in style.harmony.items():
        twelve = [chords.split() for chords in harmony.verse if len(chords.split()) == 12]
        assert twelve, mode
        for numerals in twelve:
            roots = [chord(numeral, 0, mode).root for numeral in numerals]
            assert (roots[0], roots[4], roots[10]) == (0, 5, 0), numerals


@pytest.mark.parametrize("name", STYLES)
def test_each_mode_has_progressions_that_lean_on_its_tonic_and_a_cadence_that_ends_there(name: str) -> None:
    style = load_style(name)
    assert set(style.modes) == style.harmony.keys() <= MODES.keys()
    for mode, harmony in style.harmony.items():
        assert len(harmony.verse) >= 3 and len(harmony.chorus) >= 3 and len(harmony.bridge) >= 3, mode
        assert chord(harmony.cadence.split()[-1], 0, mode).root == 0
        resting = [any(chord(n, 0, mode).root == 0 for n in text.split()) for text in harmony.verse]
        assert all(resting), mode
        for numeral in " ".join(progressions(harmony)).split():
            chord(numeral, 0, mode)


def test_soul_jazz_and_neoclassical_borrow_and_apply_dominants() -> None:
    for name in ("jazz", "soul", "soul_ballad", "neoclassical", "bossa_nova", "country", "blues"):
        harmony = load_style(name).harmony
        written = " ".join(chain.from_iterable(progressions(h) for h in harmony.values()))
        assert "/" in written, name


@pytest.mark.parametrize("name", STYLES)
def test_the_band_is_seven_to_eleven_parts_with_instruments_to_choose_from(name: str) -> None:
    style = load_style(name)
    names = [part.name for part in style.parts]
    assert 7 <= len(names) == len(set(names)) <= 12
    assert {part.bus for part in style.parts} >= {"bass", "harmony", "lead"}
    chosen_from = [len(set(part.patches)) for part in style.parts]
    assert sum(count >= 2 for count in chosen_from) >= 0.8 * len(chosen_from)
    assert sum(chosen_from) >= 2.2 * len(chosen_from)


@pytest.mark.parametrize("name", STYLES)
def test_parts_are_written_in_the_symbols_of_their_line_and_have_room_for_their_chords(name: str) -> None:
    for part in load_style(name).parts:
        assert part.patterns or part.line not in SYMBOLS, part.name
        for pattern in (*part.patterns, *part.high):
            assert set(plain(pattern)) <= set(SYMBOLS[part.line]), (part.name, pattern)
        assert part.high_pitch - part.low >= room(part), part.name


def room(part: PartStyle) -> int:
    """Semitones a part needs: an octave for a line, a fifth more for four voices."""
    if part.line == "drone":
        return 0
    return 12 if part.line not in ("chords", "arp") or part.voices < 4 else 16


@pytest.mark.parametrize("name", STYLES)
def test_no_instrument_is_asked_for_notes_its_own_equaliser_takes_away(name: str) -> None:
    style = load_style(name)
    for part in style.parts:
        for patch in part.patches:
            highest = 440.0 * 2.0 ** ((part.high_pitch - 69) / 12)
            lowest = 440.0 * 2.0 ** ((part.low - 69) / 12)
            assert style.patch[patch].low_cut < 0.75 * highest, (part.name, patch)
            assert style.patch[patch].high_cut > 3.0 * lowest, (part.name, patch)


@pytest.mark.parametrize("name", STYLES)
def test_targets_are_possible(name: str) -> None:
    style, targets = load_style(name), load_style(name).targets
    assert -5.0 <= targets.tilt[0] < targets.tilt[1] <= -0.9
    assert targets.contrast <= style.mix.contrast
    assert 6.0 <= targets.crest[0] < targets.crest[1] <= 20.0
    assert style.mix.space.keys() >= {"harmony", "lead"}


@pytest.mark.parametrize("name", STYLES)
def test_a_song_is_planned_in_the_styles_meter_and_every_bar_of_it_is_written(name: str) -> None:
    plan = planned(name, 45, 5)
    score = compose(plan, make_identity(5, name, moods=["warm"]))
    assert score.beats_per_bar * 4 == load_style(name).steps_per_bar
    assert score.tempo_bpm == pytest.approx(plan.tempo_bpm * quarters_per_beat(plan.meter))
    assert score.chords[-1].chord.root == plan.tonic
    starts = np.array([note.start for notes in score.parts.values() for note in notes])
    bars = np.floor(starts / score.beats_per_bar + 0.02)
    assert set(range(plan.bars)) <= set(bars.astype(int).tolist()), "a bar in which nobody plays"


def recorded(name: str, seconds: int, seed: int) -> tuple[SongPlan, AudioFigures]:
    plan, style, identity = (
        planned(name, seconds, seed),
        load_style(name),
        make_identity(seed, name, moods=[]),
    )
    score = compose(plan, identity)
    mix = np.zeros((2, score.samples), dtype=np.float32)
    for stem in render(score, style, identity, seed):
        mix += stem.samples
    master(mix, RATE, Character(identity.brightness, identity.drive))
    return plan, measure(mix, RATE, timeline(score, plan))


def near_keys(plan: SongPlan) -> set[str]:
    """The plan's key and every key written with the notes of its mode or of its plain major or minor."""
    plain_mode = "minor" if is_minor(plan.mode) else "major"
    scales = {frozenset(scale(plan.tonic, mode)) for mode in (plan.mode, plain_mode)}
    return {key_name(t, mode) for t in range(12) for mode in MODES if frozenset(scale(t, mode)) in scales}


def check(name: str, seconds: int, seed: int) -> None:
    plan, figures = recorded(name, seconds, seed)
    targets = load_style(name).targets
    assert figures.integrated_lufs == pytest.approx(-14.0, abs=0.3)
    assert figures.true_peak_dbtp <= -1.0
    assert 0.0 <= figures.correlation <= 0.98
    assert figures.section_contrast_lu >= min(2.0, targets.contrast)
    assert figures.tempo_bpm is not None
    octaves = [abs(figures.tempo_bpm * times / plan.tempo_bpm - 1) <= 0.01 for times in (0.5, 1.0, 2.0)]
    assert any(octaves), (figures.tempo_bpm, plan.tempo_bpm)
    assert figures.key in near_keys(plan)


@pytest.mark.parametrize("name", ["celtic", "soul"])
def test_a_short_song_has_its_tempo_key_and_level(name: str) -> None:
    check(name, 32, 3)


@pytest.mark.long
@pytest.mark.parametrize("name", STYLES)
def test_every_played_style_makes_a_song_in_range(name: str) -> None:
    check(name, 75, 1)
