"""The film craft's typesetter, played by the picture craft: the same faces, the same kerning."""

from __future__ import annotations

import math

import numpy as np

from noktvrn.film.lettering import LINE_BOX, Face, Typesetter
from noktvrn.film.yuv import Bytes
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.plane import View
from noktvrn.picture.svg import draw
from noktvrn.picture.type.faces import Face as BundledFace
from noktvrn.picture.type.faces import face as bundled
from noktvrn.picture.type.setting import Line, ink_of
from noktvrn.picture.type.spelling import Spelling, spell

BASELINE = 0.95


def typesetter(look: VisualIdentity) -> Typesetter:
    """Sets lines in the artist's faces; what they cannot draw is set in the related face or romanised."""
    chosen = {"display": bundled(look.display_face), "text": bundled(look.text_face)}

    def set_line(text: str, face: Face, size: float, tracking: float) -> Bytes:
        spelling = _spelt(text, chosen[face])
        rows = max(2, math.ceil(LINE_BOX * size))
        if not spelling.text:
            return np.zeros((rows, 2), dtype=np.uint8)
        ink = ink_of(spelling.text, spelling.face.id, tracking)
        width = max(2, math.ceil(ink.width * size) + 2)
        line = Line(spelling.text, spelling.face, size, tracking, 1 - ink.left * size, BASELINE * size)
        view = View(width, rows, 1.0, cx=width / 2, cy=rows / 2)
        return np.ascontiguousarray(draw(line.svg(), view, fonts=[str(spelling.face.file)])[..., 3])

    return set_line


def _spelt(text: str, wanted: BundledFace) -> Spelling:
    """The spelling of a line; where no face draws all of it, of the words that can be drawn."""
    spelling = spell(text, wanted)
    if spelling.text:
        return spelling
    return spell(" ".join(word for word in text.split() if spell(word, wanted).text), wanted)
