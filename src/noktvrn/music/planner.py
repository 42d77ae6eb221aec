"""The song plan: form, bars, tempo, key, syllables and rhymes. Made first; words, melody and engines obey
it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SectionLabel, SectionPlan, SongPlan, quarters_per_beat
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.style import Style, load_style
from noktvrn.sound.theory import MODES

SHORTEST_S, LONGEST_S = 30, 720
TAIL_S = (2.4, 6.5)
"""What may be left of the length asked for after the last bar: enough for a number of bars that is even."""

RING_S = 4.8
"""The longest ring: a guitar or a drum is silent after it, and stores refuse silence. Song lengths may be
5 % off, so what is left beyond it is not played."""

_ENERGY = {
    "intro": 0.3,
    "verse": 0.5,
    "prechorus": 0.65,
    "chorus": 0.9,
    "bridge": 0.55,
    "drop": 1.0,
    "breakdown": 0.3,
    "interlude": 0.45,
    "outro": 0.35,
}
_RHYMES = {
    "verse": ("ABAB", "AABB"),
    "prechorus": ("AA",),
    "chorus": ("AABB", "ABAB"),
    "bridge": ("AA", "ABAB", "AABB"),
}
_DARK = frozenset(
    {
        "dark",
        "melancholic",
        "sad",
        "mysterious",
        "brooding",
        "haunting",
        "ominous",
        "tense",
        "aggressive",
        "angry",
        "nocturnal",
        "somber",
        "moody",
    }
)
_BRIGHT = frozenset(
    {
        "happy",
        "uplifting",
        "bright",
        "joyful",
        "euphoric",
        "playful",
        "sunny",
        "hopeful",
        "romantic",
        "warm",
        "carefree",
    }
)
_SUNG_RATE = 4.2
"""Syllables a second a singer manages with ease."""

_ROOM, _ROOM_OF_PHRASES = 1.33, 1.06
"""How much longer than the song a form may be before something of it is left out: eight bars still round to
eight at 1 / 1.33; phrases that must stay whole cannot be scaled at all."""

Form = list[tuple[SectionLabel, int]]


def plan_song(
    *,
    genre: str,
    style: str,
    tempo: TempoRange,
    modes: Sequence[str],
    mood: str,
    duration_s: int,
    seed: int,
    energy: float = 0.5,
) -> SongPlan:
    """A plan whose length with its tail lies within 5 % of `duration_s` (30..720), its tempo inside the
    range.

    `genre` is carried along; `style` is an id of the embedded engine; `modes` are those of the genre, best
    first.
    Deterministic in all arguments.

    Raises:
        Invalid: a duration or a mode nobody can play.
        NotFound: no such style.
    """
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise Invalid(
            f"A song of {duration_s} s cannot be planned.",
            code="music.bad_duration",
            hint=f"Ask for {SHORTEST_S} to {LONGEST_S} seconds.",
        )
    home = load_style(style)
    luck = dice(seed, "plan", style, duration_s)
    bpm = _tempo(luck, tempo, energy)
    bar_s = home.meter[0] * (4.0 / home.meter[1]) * 60.0 / (bpm * quarters_per_beat(home.meter))
    bars = _bars(duration_s, bar_s)
    form = _fit(_form(luck, home, bars), bars, home.phrase)
    words = _Words(luck, bar_s, {})
    sections = tuple(
        _section(label, count, words, _lift(form, index), energy) for index, (label, count) in enumerate(form)
    )
    tail = min(_ring(bar_s), max(TAIL_S[0], duration_s - bars * bar_s))
    return SongPlan(
        genre=genre,
        style=style,
        tempo_bpm=bpm,
        tonic=luck.randrange(12),
        mode=_mode(luck, modes or home.modes, home, mood),
        meter=home.meter,
        sections=sections,
        seed=derive_seed(seed, "song"),
        tail_s=round(tail, 3),
    )


def _tempo(luck: random.Random, tempo: TempoRange, energy: float) -> float:
    """A whole or half tempo inside the range, higher for more energy."""
    span = tempo.high - tempo.low
    wanted = tempo.low + span * min(1.0, max(0.0, luck.gauss(0.25 + 0.5 * energy, 0.18)))
    step = 1.0 if luck.random() < 0.85 else 0.5
    return min(float(tempo.high), max(float(tempo.low), round(wanted / step) * step))


def _tail(duration_s: float) -> tuple[float, float]:
    """Shortest and longest tail: a short song must not be all outro."""
    return TAIL_S[0], min(TAIL_S[1], max(1.5 * TAIL_S[0], 0.08 * duration_s))


def _ring(bar_s: float) -> float:
    """The longest ring at this tempo: slow songs leave more between two bars."""
    return max(RING_S, 1.2 * bar_s)


def _bars(duration_s: float, bar_s: float) -> int:
    """The bars that leave a tail in its range, even if there is a choice; else the nearest length."""
    shortest, longest = _tail(duration_s)
    low = math.ceil((duration_s - longest) / bar_s - 1e-9)
    high = math.floor((duration_s - shortest) / bar_s + 1e-9)
    fitting = list(range(max(4, low), high + 1))
    if not fitting:
        # A longer ring first, then a longer song: one shorter than asked for may be too short for stores.
        return max(4, math.ceil((duration_s - _ring(bar_s)) / bar_s - 1e-9))
    return min(fitting, key=lambda bars: (bars % 4 != 0, bars % 2, -bars))


def _mode(luck: random.Random, modes: Sequence[str], style: Style, mood: str) -> str:
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown:
        raise Invalid(
            f"There is no mode {unknown[0]!r}.", code="music.bad_mode", hint=f"Use {', '.join(MODES)}."
        )
    weights = [
        (3.0 if mode in style.harmony else 1.0) * _leaning(mode, mood.lower()) / (1 + 0.5 * place)
        for place, mode in enumerate(modes)
    ]
    return luck.choices(list(modes), weights)[0]


def _leaning(mode: str, mood: str) -> float:
    minor = MODES[mode][2] == 3
    if mood in _DARK:
        return 3.0 if minor else 0.6
    return (0.6 if minor else 3.0) if mood in _BRIGHT else 1.0


# ---- form


def _form(luck: random.Random, style: Style, bars: int) -> Form:
    """A form of the style: the nearer its own length, the likelier, since that is bent the least."""
    forms = [_parse(text) for text in style.forms]
    return luck.choices(forms, [1.0 / (0.25 + abs(math.log2(_total(form) / bars))) for form in forms])[0]


def _parse(text: str) -> Form:
    known = get_args(SectionLabel)
    form: Form = []
    for word in text.split():
        label, _, count = word.partition(":")
        if label not in known:
            raise Invalid(
                f"A form knows no section {label!r}.", code="sound.bad_style", hint=f"Use {', '.join(known)}."
            )
        form.append((label, int(count)))  # type: ignore[arg-type]
    return form


def _fit(form: Form, bars: int, phrase: int) -> Form:
    """The form stretched to `bars`: cycles are repeated or dropped first, then sections scaled, then
    trimmed to the bar. Sections written in whole phrases longer than four bars (a twelve-bar blues) stay
    whole where the song has room for three."""
    unit = 4 if bars >= 32 else 2 if bars >= 16 else 1
    whole = phrase if phrase > 4 and bars >= 3 * phrase else unit
    most = _ROOM if whole == unit else _ROOM_OF_PHRASES
    opens = whole > unit or bars < 16
    while _total(form) < 0.72 * bars and len(form) < 40:
        form = _longer(form)
    while _total(form) > most * bars and 4 <= len(shorter := _shorter(form, opens=opens)) < len(form):
        form = shorter
    share = bars / _total(form)
    units = [whole if count % whole == 0 else unit for _, count in form]
    scaled: Form = [
        (label, max(step, round(count * share / step) * step))
        for (label, count), step in zip(form, units, strict=True)
    ]
    return _trimmed(scaled, bars, unit, whole if whole > unit else None)


def _total(form: Form) -> int:
    return sum(count for _, count in form)


def _longer(form: Form) -> Form:
    """One more verse and chorus (or whatever leads to the last peak) before the last peak's cycle."""
    ends = [i for i, (label, _) in enumerate(form) if label in PEAKS and form[i + 1 : i + 2] != [form[i]]]
    first, second = (ends[0], ends[1]) if len(ends) > 1 else (0, ends[0] if ends else len(form) - 1)
    return [*form[: second + 1], *form[first + 1 : second + 1], *form[second + 1 :]]


def _shorter(form: Form, *, opens: bool) -> Form:
    """Without what is missed least: interludes, pre-choruses, a third cycle, bridges and breakdowns, the
    intro, a first verse. Two peaks always stay: a song in which nothing comes back is none; and a peak opens
    a song only where the form is written so, or where `opens` says that it may."""
    for label in ("interlude", "prechorus"):
        if any(found == label for found, _ in form):
            return [section for section in form if section[0] != label]
    peaks = [i for i, (label, _) in enumerate(form) if label in PEAKS]
    if len(peaks) > 2:
        last = 0 if len(peaks) > 3 else 1
        return _without(form, peaks[last] + 1, peaks[last + 1] + 1)
    for label in ("bridge", "breakdown"):
        places = [i for i, (found, _) in enumerate(form) if found == label]
        parts_peaks = any(
            {form[i - 1][0], *(after for after, _ in form[i + 1 : i + 2])} <= set(PEAKS) for i in places
        )
        if places and not parts_peaks:
            return _without(form, places[-1], places[-1] + 1)
    first, after = form[0][0], form[1][0]
    if (opens or after not in PEAKS) and (first == "intro" or (first == "verse" and len(form) > 4)):
        return form[1:]
    return form


def _without(form: Form, first: int, last: int) -> Form:
    """The form without [first, last); two equal sections that meet at the gap become one."""
    head, tail = form[:first], form[last:]
    return [*head, *(tail[1:] if head and tail and head[-1][0] == tail[0][0] else tail)]


_TRIM_ORDER: tuple[SectionLabel, ...] = (
    "outro",
    "intro",
    "interlude",
    "bridge",
    "breakdown",
    "prechorus",
    "verse",
    "chorus",
    "drop",
)


def _trimmed(form: Form, bars: int, unit: int, kept: int | None) -> Form:
    """Exactly `bars`, no section above 40 %: whole units first, the odd bars where they are heard least.
    Sections of `kept` bars change last."""
    counts = [count for _, count in form]
    order = sorted(range(len(form)), key=lambda i: (_TRIM_ORDER.index(form[i][0]), -i))
    step = unit
    while (missing := bars - sum(counts)) != 0:
        step = step if abs(missing) >= step else 1
        change = step if missing > 0 else -step
        free = [i for i in order if counts[i] != kept]
        place = _place_for(change, counts, free, bars)
        if place is None and step == 1:
            place = _place_for(change, counts, order, bars)
        if place is None and step > 1:
            step = 1
            continue
        counts[counts.index(min(counts)) if place is None else place] += change
    while max(counts) > 0.4 * bars and max(counts) - min(counts) > 1:
        counts[counts.index(max(counts))] -= 1
        counts[counts.index(min(counts))] += 1
    return [(label, count) for (label, _), count in zip(form, counts, strict=True)]


def _place_for(change: int, counts: list[int], order: list[int], bars: int) -> int | None:
    """Where `change` bars do least harm: single bars go to what is missed least, units to the shortest;
    the longest shrink."""
    # The last section rings on, which counts as part of it.
    rings = {len(counts) - 1: 1.5}
    able = [
        i
        for i in order
        if 1 <= counts[i] + change <= min(0.36 * bars - rings.get(i, 0.0), 24 if counts[i] < 24 else 64)
    ]
    if not able:
        return None
    if change == 1:
        return able[0]
    if change == -1 and (spare := [i for i in able if counts[i] > 3]):
        return spare[0]
    # Of the shortest, the one that is heard most grows; of the longest, the one missed least shrinks.
    return min(reversed(able), key=counts.__getitem__) if change > 0 else max(able, key=counts.__getitem__)


# ---- words


@dataclass(frozen=True, slots=True)
class _Words:
    """The lines of sections with words. A label of one length keeps its shape, so a chorus is the same
    chorus."""

    luck: random.Random
    bar_s: float
    kept: dict[tuple[str, int], tuple[tuple[int, ...], str]]

    def lines(self, label: SectionLabel, bars: int) -> tuple[tuple[int, ...], str]:
        """Syllables per line and rhyme scheme of a section."""
        if label not in _RHYMES:
            return (), ""
        if (label, bars) not in self.kept:
            self.kept[label, bars] = self._invent(label, bars)
        return self.kept[label, bars]

    def _invent(self, label: SectionLabel, bars: int) -> tuple[tuple[int, ...], str]:
        scheme = self.luck.choice(_RHYMES[label])
        if label == "verse" and bars * self.bar_s >= 8 * 3.0:
            scheme += scheme.replace("A", "C").replace("B", "D")
        scheme = scheme if bars * self.bar_s >= len(scheme) * 1.6 else scheme[:1] * 2
        seconds = bars * self.bar_s / len(scheme)
        room = 0.72 * min(seconds, 5.0) * _SUNG_RATE * (0.62 if label == "chorus" else 0.72)
        home = min(11, max(5, round(room)))
        by_letter = {
            letter: min(12, max(4, home + self.luck.choice((-1, 0, 0, 1)))) for letter in sorted(set(scheme))
        }
        return tuple(by_letter[letter] for letter in scheme), scheme


def _section(label: SectionLabel, bars: int, words: _Words, lift: float, energy: float) -> SectionPlan:
    syllables, rhyme = words.lines(label, bars)
    force = _ENERGY[label] + lift + 0.2 * (energy - 0.5)
    return SectionPlan(
        label=label, bars=bars, energy=round(min(1.0, max(0.1, force)), 3), syllables=syllables, rhyme=rhyme
    )


def _lift(form: Form, index: int) -> float:
    """A song grows: later sections of a label have a little more energy than the first."""
    label = form[index][0]
    return 0.05 * sum(1 for earlier, _ in form[:index] if earlier == label)
