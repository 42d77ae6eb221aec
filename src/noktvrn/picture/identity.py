"""An artist's visual identity, drawn once from a seed and what the genre and the moods suggest.

Keywords only load the dice (`leanings.toml`): two artists of one genre must still not look alike.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import hex_of, oklch
from noktvrn.picture.type.faces import Face, faces

Ground = Literal["night", "day"]

_CALLED_FOR = 0.78
"""How often a motif comes from the keywords; otherwise from all families."""

_BY_PLACE = (1.0, 0.6, 0.4, 0.25)
"""How much the moods count for the ground, strongest first."""
_BY_LOOK = 0.3
_NIGHT, _DAY = -0.12, 0.30
"""Below the first leaning a ground is night, above the second it is day; between them the seed decides."""

_CHROMA = {"vivid": 1.0, "muted": 0.48, "mono": 0.12, "acid": 1.25}
_MANNERS = ("vivid", "vivid", "vivid", "muted", "muted", "mono", "acid")

# Hues dark colours look clean in: violet and navy, teal and pine, oxblood and brown, a little moss.
_DARKS = (((240, 325), 0.42), ((165, 240), 0.26), ((338, 405), 0.24), ((110, 150), 0.08))

_PAPERS = (
    (0.955, 0.018, 88.0),
    (0.965, 0.010, 95.0),
    (0.93, 0.040, 85.0),
    (0.86, 0.045, 72.0),
    (0.96, 0.006, 250.0),
    (0.90, 0.008, 100.0),
)


def make_look(seed: int, *, moods: Sequence[str], looks: Sequence[str], stage_name: str) -> VisualIdentity:
    """The identity of the artist born with `seed`: the same arguments give the same identity.

    `looks` and `moods` are keywords of `leanings.toml`; unknown ones are kept but lean to nothing.
    """
    words = [word.strip().lower() for word in (*looks, *moods) if word.strip()]
    manner = dice(seed, "manner").choice([*_of(words[:3], "chroma"), *_MANNERS])
    ground = _ground(dice(seed, "ground"), moods, looks)
    ramp, hue = _ramp(dice(seed, "ramp"), ground, manner, [tuple(part) for part in _of(words, "hues")])
    display = _display(dice(seed, "display face"), _of(words[:4], "genera"))
    text = _text_face(dice(seed, "text face"), display)
    chance = dice(seed, "habits")
    return VisualIdentity(
        seed=seed,
        hue=round(hue, 2) % 360,
        ramp=ramp,
        paper=_paper(chance, hue),
        ink=hex_of(oklch(chance.uniform(0.16, 0.24), 0.035 * _CHROMA[manner], hue)),
        accent=_accent(dice(seed, "accent"), hue, manner),
        motif=_motif(dice(seed, "motif"), ground, _of(words, "motifs")),
        ground=ground,
        display_face=display.id,
        text_face=text.id,
        tracking=chance.choice((0.02, 0.06, 0.12, 0.24, 0.42)),
        uppercase=display.upper and chance.random() < 0.7,
        grain=round(chance.uniform(0.014, 0.028), 4),
        light_angle=round(chance.uniform(15, 165), 1),
        glyph=_glyph(stage_name),
        keywords=tuple(dict.fromkeys(words))[:12],
    )


@cache
def _leanings() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "leanings.toml").read_text(encoding="utf-8"))


def _of(words: Iterable[str], what: str) -> list[Any]:
    """Everything the keywords lean to in one respect, repeated where several agree."""
    found: list[Any] = []
    for word in words:
        value = _leanings().get(word.replace("-", "_").replace(" ", "_"), {}).get(what, [])
        found.extend(value if isinstance(value, list) else [value])
    return found


def light_of(word: str) -> float:
    """Where a mood or a look leans: -1 to the night, 1 to the day, 0 where it does not say."""
    return float(next(iter(_of([word.strip().lower()], "light")), 0.0))


def hues_of(word: str) -> tuple[tuple[float, float], ...]:
    """The ranges of hue (degrees) a word leans to."""
    return tuple((float(low), float(high)) for low, high in _of([word.strip().lower()], "hues"))


def _ground(chance: random.Random, moods: Sequence[str], looks: Sequence[str]) -> Ground:
    """Night or day: the moods say most, the strongest first; where they do not say, the seed does."""
    said = [(light_of(word), weight) for word, weight in zip(moods, _BY_PLACE, strict=False)]
    said += [(light_of(word), _BY_LOOK) for word in looks]
    total = sum(weight for _, weight in said) or 1.0
    leaning = sum(light * weight for light, weight in said) / total
    share = (leaning - _NIGHT) / (_DAY - _NIGHT)
    return "day" if chance.random() < share else "night"


def _motif(chance: random.Random, ground: Ground, called: list[str]) -> str:
    fitting: list[str] = _leanings()["ground"][ground]["motifs"]
    wanted = [name for name in called if name in fitting]
    if wanted and chance.random() < _CALLED_FOR:
        return chance.choice(wanted)
    return chance.choice(fitting)


def _ramp(
    chance: random.Random, ground: Ground, manner: str, wanted: list[tuple[float, float]]
) -> tuple[tuple[str, str, str, str, str], float]:
    """Five stops of rising lightness and turning hue, and the hue of the middle one."""
    span, _share = chance.choices(_DARKS, [share for _span, share in _DARKS])[0]
    dark = chance.uniform(*span)
    turn = chance.choice((-1, 1)) * chance.uniform(28, 105)
    if wanted and chance.random() < 0.75:
        low, high = chance.choice(wanted)
        turn = max(-125.0, min(125.0, (chance.uniform(low, high) - dark + 180) % 360 - 180))
    strength = _CHROMA[manner] * chance.uniform(0.85, 1.1)
    lift = chance.uniform(-0.03, 0.04)
    steps: list[tuple[float, float]] = _leanings()["ground"][ground]["steps"]
    stops = [
        hex_of(oklch(lightness + lift * (index in (1, 2, 3)), chroma * strength, dark + turn * index / 4))
        for index, (lightness, chroma) in enumerate(steps)
    ]
    return (stops[0], stops[1], stops[2], stops[3], stops[4]), (dark + turn / 2) % 360


def _accent(chance: random.Random, hue: float, manner: str) -> str:
    turn = chance.choice((150, 180, 210, 115, -115))
    lightness = chance.uniform(0.62, 0.76)
    return hex_of(oklch(lightness, 0.20 if manner != "muted" else 0.14, hue + turn))


def _paper(chance: random.Random, hue: float) -> str:
    if chance.random() < 0.3:
        return hex_of(oklch(0.94, 0.028, hue))
    return hex_of(oklch(*chance.choice(_PAPERS)))


def _display(chance: random.Random, genera: list[str]) -> Face:
    every = [face for face in faces().values() if "display" in face.roles]
    common = [face for face in every if face.genus != "blackletter"]
    called = [face for face in every if face.genus in genera]
    if called and chance.random() < 0.7:
        return chance.choice(called)
    return chance.choice(common)


def _text_face(chance: random.Random, display: Face) -> Face:
    """A calm face beside the display face; two different serifs never meet."""
    calm = [face for face in faces().values() if "text" in face.roles and face.genus != "serif"]
    if display.genus == "serif" and "text" in display.roles:
        calm.append(display)
    return chance.choice(calm)


def _glyph(stage_name: str) -> str:
    letters = [word[0] for word in stage_name.split() if word[0].isalnum()]
    return "".join(letters[:2]).upper() or "N"
