"""Casts an artist's music from a reading: genre, moods, tempo and style axes, decided by score and seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from noktvrn.model.artist import IdentityAnchor, StyleAxes, TempoRange
from noktvrn.providers.procedural_writer.reading import Reading
from noktvrn.reference import Genre, Mood, Reference

CLOSE = 0.9
"""Genres that reach this share of the best score may be chosen by the seed."""
MOODS = 4
PLAYED_WELL = 0.4
"""Between equals the genre that the embedded engine has a style of its own for."""
OWN_MOOD, NAMED_MOOD = 0.55, 1.0
"""Weight of a genre's first mood: when the genre was inferred, and when the prompt named it."""
_BY_PLACE = (1.0, 0.9, 0.8, 0.7, 0.6)
"""How much a genre's moods count, most typical first."""
_AXES = ("energy", "brightness", "density", "organic", "tension", "space", "groove")
_TEMPO_FLOOR, _TEMPO_SPAN = 40.0, 180.0


@dataclass(frozen=True, slots=True)
class Casting:
    """What the artist plays. `guessed` is true when the prompt gave nothing to go by."""

    genre: Genre
    moods: tuple[Mood, ...]
    tempo: TempoRange
    style: StyleAxes
    guessed: bool


def cast(reading: Reading, reference: Reference, chance: random.Random) -> Casting:
    """The genre that fits best (the seed decides between close ones), its moods, tempo and style."""
    genre = _genre(reading, reference, chance)
    moods = _moods(reading, genre, reference, chance)
    tempo = _tempo(reading, genre, moods, chance)
    return Casting(
        genre=genre,
        moods=moods,
        tempo=tempo,
        style=_style(genre, moods, tempo, reading, chance),
        guessed=reading.says_nothing,
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a reading asks of any genre: moods with bounded weights, and the energy wanted (0..1)."""

    moods: dict[str, float]
    energy: float | None

    @property
    def weight(self) -> float:
        """How much was said about moods; long prompts must not drown the genre they name."""
        return sum(abs(weight) for weight in self.moods.values()) or 1.0


def _genre(reading: Reading, reference: Reference, chance: random.Random) -> Genre:
    moods = {mood: max(-1.0, min(2.5, weight)) for mood, weight in reading.moods.items()}
    wish = _Wish(moods, _energy(reading, reference))
    share = min(1.0, 2.5 / wish.weight) + 0.1
    scores = {genre.id: _score(genre, reading, wish, share) for genre in reference.genres.values()}
    best = max(scores.values())
    floor = best - (1 - CLOSE) * abs(best)
    close = [genre_id for genre_id, score in scores.items() if score >= floor - 1e-9]
    weights = [1e-6 + (scores[genre_id] - floor) for genre_id in close]
    return reference.genres[chance.choices(close, weights)[0]]


def _score(genre: Genre, reading: Reading, wish: _Wish, share: float) -> float:
    """Named genre + family + how well its moods and energy match what was said."""
    score = reading.genres.get(genre.id, 0.0) + reading.families.get(genre.family, 0.0)
    score += share * sum(
        wish.moods.get(mood, 0.0) * weight for mood, weight in zip(genre.moods, _BY_PLACE, strict=False)
    )
    score += PLAYED_WELL if genre.exact else 0.0
    if wish.energy is not None:
        score -= 2.2 * abs(wish.energy - genre.axes.energy)
    if reading.bpm is not None:
        low, high = genre.tempo
        score -= 0.08 * min(60, max(low - reading.bpm, reading.bpm - high, 0))
    if reading.pace is not None:
        score += reading.pace * (genre.axes.energy - 0.5)
    return score


def _energy(reading: Reading, reference: Reference) -> float | None:
    """The energy a prompt asks for, 0..1; None when it asks for none."""
    said = {mood: weight for mood, weight in reading.moods.items() if weight > 0 and mood in reference.moods}
    if not said and not reading.energy:
        return None
    total = sum(said.values())
    mean = (
        sum(reference.moods[mood].energy * weight for mood, weight in said.items()) / total if total else 0.5
    )
    shift: float = reading.energy / math.sqrt(max(1, len(reading.cues)))
    return min(1.0, max(0.0, mean + 0.5 * shift))


def _moods(reading: Reading, genre: Genre, reference: Reference, chance: random.Random) -> tuple[Mood, ...]:
    """The moods said, strongest first, filled up with moods of the genre that do not contradict them."""
    weights = {mood: weight for mood, weight in reading.moods.items() if mood in reference.moods}
    denied = {mood for mood, weight in weights.items() if weight < 0} | reading.denied
    own = [mood for mood in genre.moods if mood not in denied] or list(genre.moods)
    if not any(weight > 0 for weight in weights.values()):
        chance.shuffle(own)
    base = NAMED_MOOD if reading.genres.get(genre.id, 0.0) >= 1.0 else OWN_MOOD
    for place, mood in enumerate(own):
        weights[mood] = weights.get(mood, 0.0) + base - 0.06 * place
    for lead in [mood for mood, weight in weights.items() if weight >= 1.0]:
        for near in reference.moods[lead].near:
            if near in reference.moods:
                weights[near] = weights.get(near, 0.0) + 0.15
    order = sorted(weights.keys() - denied or weights, key=lambda mood: (-weights[mood], mood))
    first = reference.moods[order[0]]
    kept = [reference.moods[mood] for mood in order if _agree(first, reference.moods[mood])]
    return tuple(kept[:MOODS])


def _agree(first: Mood, other: Mood) -> bool:
    """Whether two moods can belong to one artist."""
    return abs(first.valence - other.valence) <= 0.55 and abs(first.energy - other.energy) <= 0.5


def _tempo(reading: Reading, genre: Genre, moods: tuple[Mood, ...], chance: random.Random) -> TempoRange:
    """A range inside the genre's own, placed by pace words, moods and seed; a BPM said is its centre."""
    low, high = genre.tempo
    width = max(4.0, 0.28 * (high - low))
    lead = sum(mood.energy for mood in moods[:2]) / len(moods[:2])
    place = 0.5 + 0.55 * (lead - genre.axes.energy) + 0.12 * reading.energy + 0.45 * (reading.pace or 0.0)
    centre = low + min(1.0, max(0.0, place + chance.uniform(-0.1, 0.1))) * (high - low)
    if reading.bpm is not None:
        centre = float(reading.bpm)
    centre = min(high - width / 2, max(low + width / 2, centre)) if high - low > width else (low + high) / 2
    return TempoRange(
        low=max(low, min(high, round(centre - width / 2))),
        high=min(high, max(low, round(centre + width / 2))),
    )


def _style(
    genre: Genre, moods: tuple[Mood, ...], tempo: TempoRange, reading: Reading, chance: random.Random
) -> StyleAxes:
    """The genre's place on the axes, shifted by the moods and a little by the seed."""
    shares = (0.22, 0.14, 0.08, 0.05)
    values: dict[str, float] = {}
    for axis in _AXES:
        value = float(getattr(genre.axes, axis)) + chance.uniform(-0.05, 0.05)
        for mood, share in zip(moods, shares, strict=False):
            value += share * {str(name): shift for name, shift in mood.shift.items()}.get(axis, 0.0)
        values[axis] = value
    values["energy"] += 0.08 * max(-1.0, min(1.0, reading.energy))
    values["tempo"] = ((tempo.low + tempo.high) / 2 - _TEMPO_FLOOR) / _TEMPO_SPAN
    return StyleAxes(**{axis: round(min(0.98, max(0.02, value)), 3) for axis, value in values.items()})


def anchor(style: StyleAxes, statement: str, chance: random.Random) -> IdentityAnchor:
    """The identity a style is born with: two or three signature axes hardly move, the others may stray.

    The signature is where the style stands furthest from the middle, which is what people notice.
    """
    values = {axis: float(value) for axis, value in style.as_data().items()}
    strength = {axis: abs(value - 0.5) + chance.uniform(0, 0.05) for axis, value in values.items()}
    order = sorted(values, key=lambda axis: -strength[axis])
    signature = tuple(order[: chance.choice((2, 3))])
    radius = {axis: 0.04 if axis in signature else round(chance.uniform(0.12, 0.26), 3) for axis in values}
    return IdentityAnchor(style=style, radius=StyleAxes(**radius), signature=signature, statement=statement)
