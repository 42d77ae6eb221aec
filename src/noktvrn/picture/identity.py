"""An artist's visual identity, drawn once from a seed and what the genre and the moods suggest."""

from __future__ import annotations

import random
from collections.abc import Sequence

from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import hex_of, oklch
from noktvrn.picture.motifs import MOTIFS
from noktvrn.picture.type.faces import faces

# Motif families a visual keyword leans to; whatever is not named here may still be drawn, more rarely.
_LEANINGS: dict[str, tuple[str, ...]] = {}
_GROUNDS = ("dark", "light", "flood")


def make_look(seed: int, *, moods: Sequence[str], looks: Sequence[str], stage_name: str) -> VisualIdentity:
    """The identity of the artist born with `seed`: the same arguments give the same identity."""
    chance = dice(seed, "look")
    hue = chance.uniform(0, 360)
    turn = chance.choice((-1, 1)) * chance.uniform(55, 100)
    display, text = _faces(chance, looks)
    return VisualIdentity(
        seed=seed,
        hue=round(hue, 2) % 360,
        ramp=_ramp(hue, turn, chance),
        paper=hex_of(oklch(0.955, 0.02, hue + turn)),
        ink=hex_of(oklch(0.19, 0.03, hue)),
        accent=hex_of(oklch(0.68, 0.2, hue + 180)),
        motif=chance.choice(sorted(MOTIFS)),
        display_face=display,
        text_face=text,
        tracking=chance.choice((0.02, 0.06, 0.18, 0.42)),
        uppercase=faces()[display].upper and chance.random() < 0.7,
        grain=round(chance.uniform(0.014, 0.03), 4),
        light_angle=round(chance.uniform(15, 165), 1),
        glyph=_glyph(stage_name),
        keywords=tuple(dict.fromkeys([*looks, *moods]))[:12],
    )


def _ramp(hue: float, turn: float, chance: random.Random) -> tuple[str, str, str, str, str]:
    strength = chance.uniform(0.8, 1.1)
    steps = ((0.13, 0.05), (0.33, 0.14), (0.55, 0.21), (0.76, 0.15), (0.93, 0.06))
    colours = [
        hex_of(oklch(lightness, chroma * strength, hue + turn * index / 4))
        for index, (lightness, chroma) in enumerate(steps)
    ]
    return colours[0], colours[1], colours[2], colours[3], colours[4]


def _faces(chance: random.Random, looks: Sequence[str]) -> tuple[str, str]:
    display = chance.choice([name for name, face in faces().items() if "display" in face.roles])
    genus = faces()[display].genus
    calm = [
        name
        for name, face in faces().items()
        if "text" in face.roles and (genus == "serif" or face.genus != "serif")
    ]
    return display, chance.choice(calm)


def _glyph(stage_name: str) -> str:
    letters = [word[0] for word in stage_name.split() if word[0].isalnum()]
    return "".join(letters[:2]).upper() or "N"
