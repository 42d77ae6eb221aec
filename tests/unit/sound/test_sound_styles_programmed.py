"""The programmed styles as data: whole, playable on every instrument they name, and true to their genre."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SongPlan
from noktvrn.music.planner import plan_song
from noktvrn.music.producer import measure
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.mixing.render import render
from noktvrn.sound.score import RATE
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import PartStyle, Style, load_kit, load_style
from noktvrn.sound.theory import MODES, chord, is_minor

STYLES = (
    *("dark_electronic", "industrial", "electro", "synthwave", "techno", "house", "trance"),
    *("dnb", "dubstep", "uk_garage", "trap", "lofi", "boom_bap", "ambient", "downtempo"),
    *("pop", "synth_pop", "dream_pop", "disco", "reggaeton"),
)
PULSED = tuple(style for style in STYLES if style != "ambient")
STROKES = set("Xxog?.")
LABELS = {"intro", "verse", "prechorus", "chorus", "bridge", "drop", "breakdown", "interlude", "outro"}
PEAKS = {"chorus", "drop"}


def plain(pattern: str) -> str:
    return pattern.replace("|", "").replace(" ", "")


def drum_lines(style: Style) -> Iterator[tuple[str, str]]:
    for groove in style.groove.values():
        yield from groove.bars.items()
    for fill in style.fills:
        yield from fill.items()
    yield from style.lift.items()


def sections(form: str) -> list[tuple[str, int]]:
    return [(label, int(bars)) for label, _, bars in (word.partition(":") for word in form.split())]


@pytest.mark.parametrize("name", STYLES)
def test_every_drum_voice_is_in_every_kit_an_artist_may_choose(name: str) -> None:
    style = load_style(name)
    wanted = {voice for voice, _ in drum_lines(style)}
    assert len(set(style.kits)) >= 3
    for kit in style.kits:
        assert wanted - load_kit(kit).voices.keys() == set(), kit


@pytest.mark.parametrize("name", STYLES)
def test_drum_lines_are_written_in_the_strokes_there_are(name: str) -> None:
    style = load_style(name)
    for voice, line in drum_lines(style):
        assert set(plain(line)) <= STROKES, (voice, line)
    assert all(len(plain(cell)) == style.steps_per_bar for cell in style.cells)
    assert len(style.cells) >= 4
    assert len(style.fills) >= (0 if name == "ambient" else 4)
    assert all(len(plain(line)) <= 2 * style.steps_per_bar for fill in style.fills for line in fill.values())


@pytest.mark.parametrize("name", STYLES)
def test_sections_that_matter_have_three_grooves_and_every_groove_is_played(name: str) -> None:
    style = load_style(name)
    for label, grooves in style.grooves.items():
        assert label in LABELS
        if label in {"verse", *PEAKS}:
            assert len(set(grooves)) >= 3, label
    assert {groove for grooves in style.grooves.values() for groove in grooves} == style.groove.keys()


@pytest.mark.parametrize("name", STYLES)
def test_forms_are_songs_of_phrases_that_come_to_a_peak_twice(name: str) -> None:
    style = load_style(name)
    assert len(set(style.forms)) >= 2
    for form in style.forms:
        parts = sections(form)
        assert {label for label, _ in parts} <= LABELS
        assert all(bars % 4 == 0 for _, bars in parts)
        assert sum(label in PEAKS for label, _ in parts) >= 2
        assert parts[-1][0] == "outro"


@pytest.mark.parametrize("name", STYLES)
def test_every_section_of_a_form_has_players(name: str) -> None:
    style = load_style(name)
    labels = {label for form in style.forms for label, _ in sections(form)}
    for label in labels:
        players = [part for part in style.parts if "all" in part.play or label in part.play]
        assert len([part for part in players if part.bus in ("harmony", "lead")]) >= 1, label
        if label in PEAKS:
            assert len(players) >= 4, label
            assert {"bass", "harmony", "lead"} <= {part.bus for part in players}, label
    for part in style.parts:
        assert set(part.play) <= LABELS | {"all"}, part.name


@pytest.mark.parametrize("name", STYLES)
def test_every_mode_has_four_progressions_a_section_and_comes_home(name: str) -> None:
    style = load_style(name)
    assert set(style.modes) <= style.harmony.keys()
    for mode, harmony in style.harmony.items():
        for written in (harmony.verse, harmony.chorus, harmony.bridge):
            assert len(set(written)) >= 4, mode
        home = chord(harmony.cadence.split()[-1], 0, mode)
        assert home.root == 0
        assert home.minor == is_minor(mode)
        for text in harmony.verse:
            assert 0 in {chord(numeral, 0, mode).root for numeral in text.split()}, text


@pytest.mark.parametrize("name", STYLES)
def test_parts_offer_instruments_to_choose_from(name: str) -> None:
    style = load_style(name)
    assert 6 <= len(style.parts) <= 10
    assert len({part.name for part in style.parts}) == len(style.parts)
    for part in style.parts:
        assert len(set(part.patches)) >= 3, part.name
        assert part.line not in ("bass", "chords", "arp") or part.patterns, part.name


@pytest.mark.parametrize("name", STYLES)
def test_instruments_sound_in_the_register_they_are_given(name: str) -> None:
    style = load_style(name)
    for part in style.parts:
        assert part.high_pitch - part.low >= (9 if part.bus == "bass" else 11), part.name
        lowest, highest = (440.0 * 2 ** ((pitch - 69) / 12) for pitch in (part.low, part.high_pitch))
        for patch in (style.patch[name] for name in part.patches):
            assert patch.low_cut <= 2.0 * lowest, part.name
            assert patch.high_cut >= 1.5 * highest, part.name
    assert all(part.high_pitch <= 58 for part in style.parts if part.line == "bass")


@pytest.mark.parametrize("name", STYLES)
def test_targets_are_those_of_a_record(name: str) -> None:
    style = load_style(name)
    targets, mix = style.targets, style.mix
    assert -14.0 <= targets.lufs <= -12.0, "louder than this the limiter takes the lift out of choruses"
    assert -5.2 <= targets.tilt[0] < targets.tilt[1] <= 0.0
    assert targets.crest[0] < targets.crest[1] <= 20.0
    assert mix.contrast >= targets.contrast
    assert targets.pulse == (name != "ambient")
    assert {"drums", "harmony", "lead"} <= mix.space.keys()
    assert 60 <= style.tempo[0] < style.tempo[1] <= 180 or name == "ambient"


def test_swing_is_where_it_belongs() -> None:
    assert all(load_style(name).swing >= 0.1 for name in ("boom_bap", "uk_garage", "lofi", "house"))
    assert all(load_style(name).swing <= 0.05 for name in ("industrial", "electro", "trance", "synth_pop"))


def test_the_signature_beats_are_there() -> None:
    def kick(style: str, groove: str) -> str:
        return plain(load_style(style).groove[groove].bars["kick"])[:16]

    four = "X...X...X...X..."
    for style, groove in (
        ("trance", "anthem"),
        ("techno", "drive"),
        ("disco", "mirror"),
        ("house", "classic"),
    ):
        assert kick(style, groove) == four
    dembow = plain(load_style("reggaeton").groove["dembow"].bars["snare"])
    assert [step for step, stroke in enumerate(dembow) if stroke != "."] == [3, 6, 11, 14]
    half = plain(load_style("dubstep").groove["halfstep"].bars["snare"])
    assert half.index("X") == 8
    assert kick("uk_garage", "two_step").count("X") == 2


def test_styles_of_one_family_are_different_records() -> None:
    families: dict[str, list[Style]] = {}
    for name in STYLES:
        families.setdefault(load_style(name).family, []).append(load_style(name))
    assert len(families) >= 8
    for kin in families.values():
        for place, one in enumerate(kin):
            for other in kin[:place]:
                assert len(_leads(one) & _leads(other)) < len(_leads(one)), (one.id, other.id)
                assert one.mix.space != other.mix.space
                assert set(one.kits) != set(other.kits)
                grooves = [{str(g.bars) for g in style.groove.values()} for style in (one, other)]
                assert len(grooves[0] & grooves[1]) <= 2, (one.id, other.id)


def _leads(style: Style) -> set[str]:
    def first(part: PartStyle) -> bool:
        return part.line in ("bass", "arp", "hook")

    return {patch for part in style.parts if first(part) for patch in part.patches}


def song_plan(name: str, seed: int, seconds: int) -> SongPlan:
    style = load_style(name)
    tempo = TempoRange(low=style.tempo[0], high=style.tempo[1])
    return plan_song(
        genre=name, style=name, tempo=tempo, modes=style.modes, mood="", duration_s=seconds, seed=seed
    )


@cache
def mastered(name: str, seed: int, seconds: int) -> tuple[SongPlan, np.ndarray]:
    plan = song_plan(name, seed, seconds)
    identity = make_identity(seed, name, moods=[])
    score = compose(plan, identity)
    mix = np.zeros((2, score.samples), dtype=np.float32)
    for stem in render(score, load_style(name), identity, seed):
        mix += stem.samples
    return plan, master(mix, RATE, Character(identity.brightness, identity.drive))


def listen_to(name: str, seed: int, seconds: int) -> None:
    style = load_style(name)
    plan, song = mastered(name, seed, seconds)
    score = compose(plan, make_identity(seed, name, moods=[]))
    figures = measure(song, RATE, timeline(score, plan))
    assert abs(figures.integrated_lufs + 14.0) <= 0.3
    assert 0.0 <= figures.correlation <= 0.98
    assert style.targets.tilt[0] - 0.5 <= figures.tilt_db_per_octave <= style.targets.tilt[1] + 0.5
    assert style.targets.crest[0] - 1.0 <= figures.crest_db <= style.targets.crest[1] + 1.0
    assert figures.section_contrast_lu >= 0.5 * style.targets.contrast


@pytest.mark.parametrize("name", ["dubstep", "disco"])
def test_a_short_song_measures_like_a_record(name: str) -> None:
    listen_to(name, 5, 32)


@pytest.mark.long
@pytest.mark.parametrize("name", STYLES)
def test_a_song_of_every_style_measures_like_a_record(name: str) -> None:
    for seed in (3, 4):
        listen_to(name, seed, 75)


@pytest.mark.long
def test_nearly_every_pulse_is_heard_at_the_tempo_asked_for() -> None:
    heard = []
    for name in PULSED:
        plan, song = mastered(name, 3, 75)
        tempo = measure(song, RATE, None).tempo_bpm
        assert tempo is not None
        octaves = np.log2(tempo / plan.tempo_bpm)
        heard.append(abs(octaves) < 0.015)
        assert min(abs(octaves - step) for step in (-1, 0, 1)) < 0.015, name
    assert sum(heard) / len(heard) >= 0.85


def test_the_modes_of_the_styles_are_modes_there_are() -> None:
    assert {mode for name in STYLES for mode in load_style(name).modes} <= MODES.keys()
