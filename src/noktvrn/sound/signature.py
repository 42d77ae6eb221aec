"""The sound identity: what makes two artists of one style two artists."""

from __future__ import annotations

import random
from collections.abc import Sequence

from noktvrn.kernel.seeds import dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.style import Style, load_style
from noktvrn.sound.theory import TURNS

_DARK = {
    "dark",
    "melancholic",
    "mysterious",
    "sad",
    "brooding",
    "nocturnal",
    "haunting",
    "moody",
    "ominous",
    "somber",
    "gloomy",
    "calm",
    "dreamy",
    "introspective",
}
_BRIGHT = {
    "happy",
    "uplifting",
    "bright",
    "euphoric",
    "playful",
    "joyful",
    "energetic",
    "sunny",
    "hopeful",
    "triumphant",
    "warm",
}
_WIDE = {
    "dreamy",
    "ethereal",
    "atmospheric",
    "cinematic",
    "epic",
    "mysterious",
    "haunting",
    "spacious",
    "calm",
    "nocturnal",
    "meditative",
}
_HARD = {
    "aggressive",
    "angry",
    "energetic",
    "intense",
    "gritty",
    "raw",
    "rebellious",
    "fierce",
    "ominous",
    "industrial",
}


def make_identity(seed: int, style: str, *, moods: Sequence[str]) -> SoundIdentity:
    """The signature of an artist: drawn from the seed around the style's habits, leaning where the moods
    lean.

    Raises:
        NotFound: no such style.
    """
    home = load_style(style)
    luck = dice(seed, "sound identity", style)
    feel = {mood.lower() for mood in moods}
    return SoundIdentity(
        seed=seed,
        style=style,
        swing=_near(luck, home.swing, 0.05 if home.swing == 0 else 0.08, 0.0, 0.75),
        detune_cents=_near(luck, 13.0, 7.0, 3.0, 36.0),
        brightness=_near(luck, 0.3 * (bool(feel & _BRIGHT) - bool(feel & _DARK)), 0.35, -1.0, 1.0),
        drive=_near(luck, 0.25 + 0.25 * bool(feel & _HARD), 0.12, 0.0, 1.0),
        space=_near(luck, 0.45 + 0.2 * bool(feel & _WIDE), 0.15, 0.0, 1.0),
        progressions=_favourites(luck, home),
        rhythm_cells=tuple(_varied(luck, cell) for cell in luck.sample(home.cells, min(3, len(home.cells)))),
        turns=tuple(luck.sample(TURNS, 2)),
        tessitura=_near(luck, 0.0, 0.5, -1.0, 1.0),
        drummer_ms=_near(luck, 0.0, 4.0, -12.0, 12.0),
        fills=_near(luck, 0.5, 0.25, 0.0, 1.0),
        grooves=_one_of_each(luck, home),
    )


def fader_db(identity: SoundIdentity, part: str) -> float:
    """How much louder than the style asks this artist keeps a part, in dB."""
    reach = 1.0 if part == "drums" else 2.2
    return dice(identity.seed, "fader", part).uniform(-reach, reach)


def colouring(identity: SoundIdentity, part: str) -> tuple[float, float]:
    """The bell (Hz, dB) this artist's microphone or amplifier puts on a part."""
    luck = dice(identity.seed, "colour", part)
    return float(250.0 * 2.0 ** luck.uniform(0.0, 4.6)), luck.choice((-1.0, 1.0)) * luck.uniform(2.5, 5.0)


def stage_width(identity: SoundIdentity) -> float:
    """How wide this artist stands beside the style's habit: a gain of the sides."""
    return float(2.0 ** dice(identity.seed, "stage").uniform(-0.35, 0.35))


def _near(luck: random.Random, home: float, spread: float, low: float, high: float) -> float:
    return round(min(high, max(low, luck.gauss(home, spread))), 4)


def _favourites(luck: random.Random, style: Style) -> tuple[str, ...]:
    """A progression of every kind in every mode the style knows."""
    chosen: list[str] = []
    for _, harmony in sorted(style.harmony.items()):
        chosen += [luck.choice(written) for written in (harmony.verse, harmony.chorus, harmony.bridge)]
    return tuple(dict.fromkeys(chosen))


def _one_of_each(luck: random.Random, style: Style) -> tuple[str, ...]:
    """A favourite groove for every kind of section."""
    return tuple(dict.fromkeys(luck.choice(names) for _, names in sorted(style.grooves.items()) if names))


def _varied(luck: random.Random, cell: str) -> str:
    """A cell of the artist's own: one stroke moved to a free neighbour, the downbeat kept."""
    strokes = [i for i in range(2, len(cell) - 1) if cell[i] == "x"]
    if not strokes or luck.random() < 0.25:
        return cell
    place = luck.choice(strokes)
    target = place + luck.choice((-1, 1))
    if cell[target] == "x":
        return cell
    steps = list(cell)
    steps[place], steps[target] = "-", "x"
    return "".join(steps)
