"""The arc of a record: which songs stand in which order, and what makes them one.

What comes in: an artist's profile, how many songs, what the record is about and a seed. What goes out: a
`RecordArc` without titles, the same one for the same input. It reads no clock and no database.

The order follows what listeners of whole records know: an opener that draws in, the lead early, a quiet turn
past the middle, a peak before the end, a closer that comes home. Keys go from neighbour to neighbour on the
circle of fifths; tempi of neighbours differ as far as the artist's range lets them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import dice
from noktvrn.model.artist import Profile, TempoRange
from noktvrn.model.record import LONGEST_S, SONGS, RecordArc, RecordKind, Role, SongPlace
from noktvrn.planning.lengths import draw_length
from noktvrn.sound.theory import MODES, TURNS

LEAST_S = 32
"""A plan meets its length within 5 %: shorter songs could end below the 30 s that stores pay for."""

LEVEL_SPAN_LU = 3.0
"""How much quieter a song without any energy is mastered than one with all of it."""

MOST_GAP_BPM = 6
"""As far apart as two neighbours are kept where the artist's range is wide enough."""

PICTURES = 3

_ENERGY: dict[Role, float] = {"opener": 0.62, "lead": 0.88, "turn": 0.38, "peak": 1.0, "closer": 0.42}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a record is to be about; what is left open is the artist's own. `images` are pictures of the
    theme's world to draw from, `duration_s` how long every song shall last."""

    kind: RecordKind
    count: int
    theme: str = ""
    mood: str = ""
    images: Sequence[str] = ()
    duration_s: int | None = None
    duration_factor: float = 1.0


def plan_record(
    profile: Profile, asked: Asked, *, modes: Sequence[str], tempo: TempoRange, seed: int
) -> RecordArc:
    """The arc. `modes` are the genre's, most typical first; `tempo` is the range the artist plays in.

    Raises:
        Invalid: the number of songs is none of such a record's.
    """
    check_count(asked.kind, asked.count)
    roles = roles_of(asked.count)
    energies = _energies(roles, dice(seed, "energy"))
    keys = _keys(
        energies, [mode for mode in modes if mode in MODES] or ["minor", "major"], dice(seed, "keys")
    )
    tempi = _tempi(roles, energies, tempo)
    lengths = _lengths(profile, asked, dice(seed, "lengths"))
    levels = _levels(energies, lengths)
    motif = _motif(profile, dice(seed, "motif"))
    colours = _colours(profile, asked, roles, dice(seed, "colours"))
    images = tuple(dice(seed, "images").sample(list(asked.images), min(PICTURES, len(asked.images))))
    songs = tuple(
        SongPlace(
            role=role,
            energy=energies[place],
            tempo_bpm=tempi[place],
            tonic=keys[place][0],
            mode=keys[place][1],
            opening=developed(motif, role, place),
            cell=next(iter(profile.sound.rhythm_cells), ""),
            images=images,
            level_lu=levels[place],
            theme=colours[place][0],
            mood=colours[place][1],
            duration_s=lengths[place],
        )
        for place, role in enumerate(roles)
    )
    theme = colours[roles.index("lead")][0]
    return RecordArc(kind=asked.kind, theme=asked.theme or theme, images=images, motif=motif, songs=songs)


def check_count(kind: RecordKind, count: int) -> None:
    """Raises Invalid for a number of songs no record of this kind has."""
    fewest, most = SONGS[kind]
    if not fewest <= count <= most:
        name = "EP" if kind == "ep" else "album"
        raise Invalid(
            f"An {name} of {count} songs cannot be made.",
            code="record.bad_count",
            hint=f"Ask for {fewest} to {most} songs, for example --{kind} {fewest + 1}.",
        )


def roles_of(count: int) -> tuple[Role, ...]:
    """What each of `count` songs is there for. A record of three or four is too short for a peak beside its
    lead."""
    if count == 3:
        return "opener", "lead", "closer"
    roles: list[Role] = ["path"] * count
    roles[0], roles[1], roles[-1] = "opener", "lead", "closer"
    roles[min(count - 2, max(2, round(0.55 * (count - 1))))] = "turn"
    if count >= 5:
        roles[-2] = "peak"
    return tuple(roles)


def _energies(roles: Sequence[Role], luck: random.Random) -> list[float]:
    """A curve through the roles' energies; between them every other song leans a little the other way."""
    set_ = [(place, _ENERGY[role]) for place, role in enumerate(roles) if role != "path"]
    curve = []
    for place, role in enumerate(roles):
        if role != "path":
            curve.append(_ENERGY[role])
            continue
        (before, low), (after, high) = (
            max(one for one in set_ if one[0] < place),
            min(one for one in set_ if one[0] > place),
        )
        share = (place - before) / (after - before)
        lean = (0.07 if place % 2 else -0.07) + luck.uniform(-0.02, 0.02)
        curve.append(min(0.97, max(0.41, low + share * (high - low) + lean)))
    return [round(energy, 3) for energy in curve]


def _tempi(roles: Sequence[Role], energies: Sequence[float], tempo: TempoRange) -> list[int]:
    """The energetic songs are the fast ones; neighbours differ by a quarter of the range, at most by six.
    Peak, lead and turn get what they want; the others make room."""
    gap = min(MOST_GAP_BPM, (tempo.high - tempo.low) // 4)
    span = tempo.high - tempo.low
    chosen: dict[int, int] = {}
    for place in sorted(range(len(roles)), key=lambda place: (_FIRST.index(roles[place]), place)):
        beside = [chosen[near] for near in (place - 1, place + 1) if near in chosen]
        wanted = tempo.low + energies[place] * span
        # Two neighbours bar less than half the range each, so there is always one left.
        free = [
            bpm for bpm in range(tempo.low, tempo.high + 1) if all(abs(bpm - one) >= gap for one in beside)
        ]
        chosen[place] = min(free, key=lambda bpm: (abs(bpm - wanted), bpm))
    return [chosen[place] for place in range(len(roles))]


_FIRST: tuple[Role, ...] = ("peak", "lead", "turn", "closer", "opener", "path")


def fifths(tonic: int, mode: str) -> int:
    """Where a key stands on the circle of fifths, 0..11: the place of the major key with its signature."""
    # The step of its parent major scale a mode begins on, in semitones.
    above = {"major": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7, "minor": 9}[mode]
    return (tonic - above) * 7 % 12


def fifths_apart(first: tuple[int, str], second: tuple[int, str]) -> int:
    """Steps on the circle of fifths between two keys: 0 is the same signature, 1 a neighbour."""
    apart = (fifths(*first) - fifths(*second)) % 12
    return min(apart, 12 - apart)


def _keys(energies: Sequence[float], modes: Sequence[str], luck: random.Random) -> list[tuple[int, str]]:
    """A walk from neighbour to neighbour that ends beside where it began. No key follows itself."""
    keys = [(luck.randrange(12), _mode(energies[0], modes, luck))]
    for place, energy in enumerate(energies[1:], start=1):
        left = len(energies) - 1 - place
        offered = [
            (tonic, mode)
            for mode in dict.fromkeys([_mode(energy, modes, luck), *modes])
            for tonic in range(12)
            if (tonic, mode) != keys[-1]
            and fifths_apart((tonic, mode), keys[-1]) <= 1
            and fifths_apart((tonic, mode), keys[0]) <= left + 1
        ]
        wanted = _mode(energy, modes, luck)
        fitting = [key for key in offered if key[1] == wanted] or offered
        fresh = [key for key in fitting if key not in keys]
        keys.append(luck.choice(fresh or fitting))
    return keys


def _mode(energy: float, modes: Sequence[str], luck: random.Random) -> str:
    """Mostly the genre's first; much energy leans to modes with a major third, little to minor ones."""
    weights = [
        (2.0 if (MODES[mode][2] == 4) == (energy > 0.6) else 1.0) / (1 + place)
        for place, mode in enumerate(modes)
    ]
    return luck.choices(list(modes), weights)[0]


def _lengths(profile: Profile, asked: Asked, luck: random.Random) -> list[int]:
    """Seconds of every song: as long as the style's usually are, all together no longer than the record."""
    if asked.duration_s is not None:
        drawn = [asked.duration_s] * asked.count
    else:
        drawn = [draw_length(profile.sound.style, luck, asked.duration_factor) for _ in range(asked.count)]
    share = min(1.0, LONGEST_S[asked.kind] / (1.05 * sum(drawn)))
    return [max(LEAST_S, math.floor(length * share)) for length in drawn]


def _levels(energies: Sequence[float], lengths: Sequence[int]) -> list[float]:
    """How much louder (LU) than the record each song is: by its energy, so that the record as a whole keeps
    its loudness. The powers of the songs, weighed by their lengths, average to that of the whole."""
    raw = [LEVEL_SPAN_LU * (energy - 1.0) for energy in energies]
    power = sum(length * 10 ** (level / 10) for level, length in zip(raw, lengths, strict=True))
    whole = 10 * math.log10(power / sum(lengths))
    return [round(level - whole, 2) for level in raw]


def _motif(profile: Profile, luck: random.Random) -> tuple[int, ...]:
    """One of the artist's own ways to begin a tune; the record holds on to it."""
    return luck.choice(profile.sound.turns or TURNS)


def developed(motif: tuple[int, ...], role: Role, place: int) -> tuple[int, ...]:
    """The motif as a song of this role has it, still to be heard in it: as it is where the record begins and
    ends and in its lead, mirrored in the turn, widened at the peak; on the way by turns with its end turned
    round, or backwards (Schoenberg, "Fundamentals of Musical Composition", chapter 3)."""
    if role == "turn":
        return tuple(-move for move in motif)
    if role == "peak":
        widest = max(range(len(motif)), key=lambda at: abs(motif[at]))
        return tuple(_wider(move) if at == widest else move for at, move in enumerate(motif))
    if role == "path":
        return (*motif[:-1], -motif[-1]) if place % 2 else motif[::-1]
    return motif


def _wider(move: int) -> int:
    return move + (1 if move >= 0 else -1)


def _colours(
    profile: Profile, asked: Asked, roles: Sequence[Role], luck: random.Random
) -> list[tuple[str, str]]:
    """Theme and mood of every song. The record's own theme stands at its beginning, in its lead and at its
    end; the others look at it from another of the artist's themes."""
    core = asked.theme or luck.choice(profile.themes[:3])
    said = set(core.split())
    others = [theme for theme in profile.themes if said.isdisjoint(theme.split())]
    luck.shuffle(others)
    home = asked.mood or profile.moods[0]
    moods = list(dict.fromkeys([home, *profile.moods]))
    colours = []
    for place, role in enumerate(roles):
        if role in ("opener", "lead", "closer") or not others:
            theme = core
        else:
            theme = f"{core} and {others[place % len(others)]}"
        mood = {"turn": moods[-1], "path": moods[place % len(moods)]}.get(role, home)
        colours.append((theme, mood))
    return colours
