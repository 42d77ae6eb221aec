"""Lettering: the words of a picture, spelt, set, placed and coloured, ready to be laid on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import Pixels, luminance
from noktvrn.picture.palette import Palette
from noktvrn.picture.plane import Band, View, mix
from noktvrn.picture.type.placement import (
    BUSY,
    SHOUT,
    SPEAK,
    WHISPER,
    Layout,
    Placed,
    Voice,
    Words,
    busyness,
    candidates,
    contrast_under,
    place,
    window,
)
from noktvrn.picture.type.setting import Block, Box
from noktvrn.picture.type.spelling import Spelling

CLEAR = 5.5
"""Contrast that leaves room above the critic's 4.5, which is read from the finished file."""
_SCRIM = 0.17
"""How far a scrim falls off beyond the type, in units of the stage."""

_VOICES: dict[str, tuple[Voice, ...]] = {
    "whisper": (WHISPER,),
    "speak": (SPEAK, WHISPER),
    "shout": (SHOUT, SPEAK, WHISPER),
}


@dataclass(frozen=True)
class Lettering:
    """Blocks of type and their colour (linear RGB). `veil` lies under type that found no quiet ground: softly
    around each block, or, as a `scrim`, from the picture's edge to beyond the block; `strength` is how much
    of the ground it covers."""

    blocks: tuple[Block, ...]
    colour: Pixels
    contrast: float
    shown: tuple[str, ...]
    romanised: bool
    notes: tuple[str, ...]
    title_box: Box | None
    veil: Pixels | None = None
    scrim: bool = False
    strength: float = 0.94

    @property
    def svg(self) -> str:
        """All type as SVG, white."""
        return "".join(block.svg() for block in self.blocks)

    @property
    def fonts(self) -> list[str]:
        """The font files the type needs."""
        return sorted({str(line.face.file) for block in self.blocks for line in block.lines})

    def burn(self, light: Pixels, band: Band) -> Pixels:
        """The ground under the type calmed by the veil, where there is one."""
        if self.veil is None:
            return light
        cover = np.zeros(band.shape, dtype=np.float32)
        for block in self.blocks:
            cover = np.maximum(cover, (_soft_edge if self.scrim else _soft_box)(block.box, band))
        return mix(light, self.veil, cover * np.float32(self.strength))


def _soft_box(box: Box, band: Band) -> Pixels:
    """1 inside a box, falling softly to 0 over a twelfth of the stage."""
    dx = np.maximum(np.maximum(box[0] - band.x, band.x - box[2]), 0)
    dy = np.maximum(np.maximum(box[1] - band.y, band.y - box[3]), 0)
    return np.asarray(np.exp(-(dx * dx + dy * dy) / np.float32(0.12**2)), dtype=np.float32)


def _soft_edge(box: Box, band: Band) -> Pixels:
    """1 from the nearer of the upper and the lower edge to the box, falling softly to 0 beyond it."""
    upper = box[1] + box[3] < 0
    beyond = np.maximum(band.y - box[3] if upper else box[1] - band.y, 0)
    fall = np.exp(-(beyond * beyond) / np.float32(_SCRIM**2))
    return np.asarray(np.broadcast_to(fall, band.shape), dtype=np.float32)


def letter(
    preview: Pixels,
    view: View,
    title: Spelling,
    name: Spelling,
    look: VisualIdentity,
    palette: Palette,
    quiet: tuple[str, ...],
    *,
    scrim: bool = False,
) -> Lettering:
    """Sets title and name where they read well on the preview (linear RGB of `view`); what lies under type
    that does not is calmed by a veil, or by a scrim no stronger than it must be."""
    words = Words(title, name, look.tracking)
    inks = inks_of(palette)
    placed = place(words, habits(look, quiet), voices(look), preview, view, inks)
    notes = tuple(part.note for part in (title, name) if part.note)
    shown = tuple(part.text for part in (title, name) if part.text)
    romanised = title.romanised or name.romanised
    if placed is None:
        return Lettering((), palette.paper, 0.0, (), romanised, notes, None)
    veil = None if placed.passed else veil_for(placed, palette)
    box = placed.blocks[0].box if title.text else None
    told = Lettering(placed.blocks, placed.colour, placed.contrast, shown, romanised, notes, box, veil)
    if veil is None:
        return told
    for strength in (0.55, 0.7, 0.85) if scrim else ():
        light = replace(told, scrim=True, strength=strength)
        if _calmed(light, preview, view):
            return replace(light, contrast=_veiled_contrast(light, preview, view))
    told = replace(told, scrim=scrim)
    return replace(told, contrast=_veiled_contrast(told, preview, view))


def _calmed(told: Lettering, preview: Pixels, view: View) -> bool:
    """Whether every block reads well on its veiled ground."""
    ground = told.burn(preview, Band(view, 0, view.height))
    parts = [window(ground, view, block.box) for block in told.blocks]
    clear = all(contrast_under(part, told.colour) >= CLEAR for part in parts)
    return clear and max(busyness(part) for part in parts) <= 2 * BUSY


def _veiled_contrast(told: Lettering, preview: Pixels, view: View) -> float:
    """The contrast of the first block once the veil lies under it."""
    calmed = told.burn(preview, Band(view, 0, view.height))
    return contrast_under(window(calmed, view, told.blocks[0].box), told.colour)


def inks_of(palette: Palette) -> list[Pixels]:
    """Colours type may have, first choice first."""
    return [palette.stop(0.97), palette.paper, palette.ink, palette.stop(0.0) * np.float32(0.5)]


def habits(look: VisualIdentity, quiet: tuple[str, ...]) -> list[Layout]:
    """The layouts of an artist: sides and small lines in its own order, zones in the motif's."""
    chance = dice(look.seed, "type habits")
    sides = chance.sample(["left", "centre", "right"], k=3, counts=None)
    if chance.random() < 0.5:
        sides = ["left", *[side for side in sides if side != "left"]]
    smalls = chance.sample(["beside", "across"], k=2)
    zones = [*quiet, *(zone for zone in ("foot", "head") if zone not in quiet)]
    return candidates(zones, sides, smalls)


def voices(look: VisualIdentity) -> tuple[Voice, ...]:
    """How loud an artist's type is, and the quieter voices it falls back to."""
    return _VOICES[dice(look.seed, "voice").choice(["whisper", "speak", "speak", "shout", "shout"])]


def veil_for(placed: Placed, palette: Palette) -> Pixels:
    """The ground colour that lifts type best."""
    bright = float(luminance(placed.colour)) > 0.18
    return palette.stop(0.03) if bright else palette.paper
