"""Harmony, kit and bass: turns at section ends, chords on felt beats, growing fills, the pocket, the feel."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.unit.composition.composition_samples import METERS, small_style, song_of, song_of_shelf

from noktvrn.kernel.errors import Fault
from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.answers import backing, counter
from noktvrn.sound.composition.feel import Feel
from noktvrn.sound.composition.form import lay_out
from noktvrn.sound.composition.grooves import drum
from noktvrn.sound.composition.harmony import harmonise
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.motif import Motif, invent
from noktvrn.sound.composition.pocket import locked
from noktvrn.sound.composition.variants import renewed
from noktvrn.sound.score import ChordSlot, Hit, Note, Section
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import PartStyle, Style, load_style
from noktvrn.sound.theory import Chord, chord

NOBODY = SoundIdentity(seed=1, style="small")
FOUR = Meter((4, 4, 4, 4))
C_MAJOR = Chord(0, (0, 4, 7), "")


def plan(style: Style, *sections: tuple[str, int], mode: str = "minor") -> SongPlan:
    whole = [SectionPlan.model_validate({"label": s, "bars": b, "energy": 0.6}) for s, b in sections]
    return SongPlan(
        genre="g",
        style="small",
        tempo_bpm=100,
        tonic=9,
        mode=mode,
        meter=style.meter,
        sections=tuple(whole),
        seed=3,
    )


def part(line: str, **more: object) -> PartStyle:
    given = {"name": "p", "bus": "bass", "patches": ("upright",), "line": line, "play": ("all",), "gate": 1.0}
    return PartStyle.model_validate({**given, "low": 28, "high_pitch": 52, **more})


def section(bars: int = 16, turn: int = 0, label: str = "verse") -> Section:
    return Section(0, label, 0.0, 4.0 * bars, bars, 0.6, turn, False, (), "")


def turning(meter: tuple[int, int] = (4, 4)) -> Style:
    style = small_style(meter)
    harmony = style.harmony["minor"].model_copy(update={"half": "iv V/V V", "deceptive": "V VI"})
    return style.model_copy(update={"harmony": {"minor": harmony}})


def test_sections_end_on_the_cadence_the_style_asks_for() -> None:
    style = turning()
    asked = plan(style, ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8))
    chords = harmonise(asked, lay_out(asked), style, NOBODY)
    names = {slot.start: slot.chord.name() for slot in chords}
    assert [names[beat] for beat in (28.0, 30.0, 31.0)] == ["Dm", "B", "E"]
    assert [names[beat] for beat in (60.0, 62.0)] == ["E", "F"]
    assert names[124.0] == "Am"
    assert chords[0].start == 0.0
    for before, after in pairwise(chords):
        assert before.start + before.length == pytest.approx(after.start)


@pytest.mark.parametrize("meter", METERS)
def test_chords_change_on_felt_beats_in_every_meter(meter: tuple[int, int]) -> None:
    style = turning(meter).model_copy(update={"chord_bars": (0.5,)})
    felt = Meter(style.groups)
    asked = plan(style, ("verse", 8), ("chorus", 8))
    slots = harmonise(asked, lay_out(asked), style, NOBODY)
    changes = [slot.start for slot in slots if slot.start < slots[-1].start - 2 * felt.bar]
    lead = min(3, len(style.groups))
    assert all(felt.strong(beat) for beat in changes) or lead < 3
    assert all(slot.length > 0 for slot in slots)


def test_a_numeral_nobody_can_read_is_named_when_the_style_is_read() -> None:
    with pytest.raises(Fault, match="'Q7' is not a roman numeral"):
        small_style(
            (4, 4), more='[harmony.dorian]\nverse = ["Q7"]\nchorus = ["i"]\nbridge = ["i"]\ncadence = "i"'
        )


def test_slash_chords_put_their_third_into_the_bass() -> None:
    style = small_style((4, 4)).model_copy(
        update={"parts": (part("bass", name="bass", patterns=("R" + "-" * 15,)),)}
    )
    harmony = style.harmony["minor"].model_copy(update={"verse": ("i/3",), "cadence": "V i"})
    asked = style.model_copy(update={"harmony": {"minor": harmony}, "modes": ("minor",)})
    plan_, score = song_of(asked, seconds=40)
    verse = next(s for s in score.sections if s.label == "verse")
    first = next(n for n in score.parts["bass"] if n.start >= verse.start - 1e-6)
    assert first.pitch % 12 == (plan_.tonic + 3) % 12
    assert chord("i/3", plan_.tonic, "minor").bass == (plan_.tonic + 3) % 12


def test_fills_grow_towards_a_peak_and_the_peak_is_crashed_into() -> None:
    style = small_style((4, 4))
    asked = plan(style, ("verse", 16), ("chorus", 16), ("verse", 8), ("intro", 4))
    hits = drum(asked, lay_out(asked), style, FOUR, NOBODY.model_copy(update={"fills": 0.2}))
    rolls = [sum(h.voice == "snare" and 4.0 * b <= h.start < 4.0 * b + 4 for h in hits) for b in range(44)]
    assert rolls[15] == 16
    assert rolls[7] in (8, 9)
    assert rolls[3] < rolls[7]
    crashes = [h.start for h in hits if h.voice == "crash"]
    assert 64.0 in crashes
    assert 96.0 in crashes
    assert 0.0 not in crashes


def test_a_busy_drummer_plays_more() -> None:
    style = small_style((4, 4))
    asked = plan(style, ("verse", 16), ("chorus", 16), ("verse", 8))
    counts = [
        len(drum(asked, lay_out(asked), style, FOUR, NOBODY.model_copy(update={"fills": share})))
        for share in (0.1, 0.9)
    ]
    assert counts[1] > counts[0]


def test_the_kick_goes_away_before_a_drop_where_the_style_builds_up() -> None:
    style = small_style((4, 4))
    rising = {
        "mix": style.mix.model_copy(update={"risers": 0.8}),
        "grooves": {**style.grooves, "prechorus": ("beat",)},
    }
    asked = plan(style, ("verse", 8), ("prechorus", 8), ("chorus", 8))
    hits = drum(asked, lay_out(asked), style.model_copy(update=rising), FOUR, NOBODY)
    kicks = [h.start for h in hits if h.voice == "kick"]
    assert any(56.0 <= kick < 60.0 for kick in kicks)
    assert not any(60.0 <= kick < 64.0 for kick in kicks)


def test_a_bass_locks_onto_the_kick_as_far_as_its_part_asks() -> None:
    kicks = [Hit(beat, "kick", 1.0) for beat in (0.0, 1.5, 2.75)]
    notes = [Note(0.0, 1.0, 36, 0.7), Note(1.25, 0.5, 36, 0.7), Note(2.0, 2.0, 38, 0.7)]
    loose = locked(part("bass", lock=0.0), notes, kicks, FOUR, 1)
    assert [n.start for n in loose] == [0.0, 1.25, 2.0]
    assert loose[0].velocity > notes[0].velocity
    found = [locked(part("bass", lock=1.0), notes, kicks, FOUR, seed) for seed in range(12)]
    assert all(1.5 in [n.start for n in made] for made in found)
    assert any(2.75 in [n.start for n in made] for made in found)
    assert all(sum(n.length for n in made) == pytest.approx(3.25) for made in found)


def test_a_place_of_the_bar_locks_in_every_bar_or_in_none() -> None:
    kicks = [Hit(4.0 * bar + 1.5, "kick", 1.0) for bar in range(8)]
    notes = [Note(4.0 * bar + 1.25, 0.5, 36, 0.7) for bar in range(8)]
    found = [locked(part("bass", lock=0.5), notes, kicks, FOUR, seed) for seed in range(12)]
    assert {frozenset(n.start % 4 for n in made) for made in found} == {frozenset({1.25}), frozenset({1.5})}


@pytest.mark.parametrize(("line", "bar"), [("chords", 15), ("bass", 15), ("arp", 15)])
def test_the_second_eight_bars_are_not_the_first(line: str, bar: int) -> None:
    player = part(line, low=40, high_pitch=80)
    notes = [Note(4.0 * b + i, 1.0, 60 + i, 0.7) for b in range(16) for i in range(4)]
    chorded = [Note(4.0 * b, 4.0, pitch, 0.7) for b in range(16) for pitch in (60, 64, 67)]
    chords = [ChordSlot(0.0, 64.0, C_MAJOR)]
    made = renewed(player, chorded if line == "chords" else notes, section(), chords, FOUR)

    def of_bar(number: int) -> list[tuple[float, int]]:
        return sorted((n.start % 4, n.pitch) for n in made if number * 4 <= n.start < number * 4 + 4)

    assert of_bar(bar) != of_bar(bar - 8)
    assert of_bar(0) == of_bar(8)


def test_countermelodies_answer_in_the_rests_and_second_voices_keep_below() -> None:
    tune = [Note(8.0 * i + j, 0.9, 72, 0.8) for i in range(2) for j in range(4)]
    chords = [ChordSlot(4.0 * i, 4.0, C_MAJOR) for i in range(4)]
    motif = Motif(("x---x---x---x---",) * 3, (0, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0), (0,) * 12, (4,))
    player = part("counter", low=55, high_pitch=79)
    made = counter(player, tune, chords, section(4), motif, FOUR, (0, 2, 4, 5, 7, 9, 11))
    answers = [n for n in made if 4.0 <= n.start < 8.0]
    assert len(answers) >= 3
    assert answers[-1].pitch % 12 in C_MAJOR.pitch_classes
    assert not any(
        t.start < a.start + a.length and a.start < t.start + t.length for a in answers for t in tune
    )
    below = backing(player, tune, chords)
    assert [n.start for n in below] == [n.start for n in tune]
    assert all(n.pitch in (67, 64) for n in below)


def test_a_drummer_leans_and_the_kick_does_not() -> None:
    style = small_style((4, 4)).model_copy(update={"humanise_ms": 8.0})
    late = Feel(FOUR, style, NOBODY.model_copy(update={"drummer_ms": 10.0}))
    early = Feel(FOUR, style, NOBODY.model_copy(update={"drummer_ms": -10.0}))
    written = [Hit(i * 0.5, voice, 0.8) for i in range(200) for voice in ("kick", "snare")]
    means = []
    for feel in (late, early):
        hits = feel.hits(written, dice(1))
        assert {h.nudge_ms for h in hits if h.voice == "kick"} == {0.0}
        means.append(sum(h.nudge_ms for h in hits if h.voice == "snare") / 200)
    assert means[0] > 8.0 > 0.0 > -8.0 > means[1]


def test_swung_notes_stay_as_legato_as_written() -> None:
    feel = Feel(FOUR, small_style((4, 4)), NOBODY.model_copy(update={"swing": 0.6}))
    first, second = feel.swung(Note(0.0, 0.25, 60, 0.8)), feel.swung(Note(0.25, 0.25, 60, 0.8))
    assert second.start == pytest.approx(0.4)
    assert first.start + first.length == pytest.approx(second.start)
    sung = feel.sung(Note(0.25, 0.25, 60, 0.8), 2, 1, 3)
    assert (sung.section, sung.line, sung.syllable) == (2, 1, 3)
    assert sung.start == second.start


def test_an_artist_uses_favourites_most_of_the_time_and_not_always() -> None:
    identity = make_identity(4, "house", moods=[])
    firsts = []
    home = load_style("house")
    for seed in range(200):
        made = plan(home, ("verse", 8), ("chorus", 8)).model_copy(update={"seed": seed})
        firsts.append(invent(made, home, identity).cells[0] in identity.rhythm_cells)
    assert 0.75 <= sum(firsts) / len(firsts) <= 0.99


def test_two_artists_do_not_share_their_habits() -> None:
    homes = [make_identity(seed, "rock", moods=[]) for seed in range(30)]
    assert len({home.turns for home in homes}) > 20
    assert len({home.rhythm_cells for home in homes}) > 20
    assert min(home.drummer_ms for home in homes) < -2 < 2 < max(home.drummer_ms for home in homes)
    assert len({home.grooves for home in homes}) > 3


def test_the_same_plan_and_artist_give_the_same_score() -> None:
    first, second = (song_of_shelf("pop", 9, 100)[1] for _ in range(2))
    assert first == second
    assert replace(first, sung=()) != first
