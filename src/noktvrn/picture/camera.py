"""The camera: from where a motif is looked at, so that the hundredth cover of an artist is a new one.

A motif draws an endless plane. Two releases of one artist that chance has made alike are told apart by
another distance, another place in the frame, the other side and another hour of the light; palette, forms and
type stay what they are, and the type is placed on what the camera sees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from noktvrn.picture.plane import Band, View
from noktvrn.picture.scene import Motif, Scene, Sketch

FRAMED = frozenset({"press", "opart"})
"""Motifs that keep a margin of their own and are cut by no frame: they are only seen from the other side."""

_NEARER, _FARTHER = 1.45, 0.80
_ASIDE, _UP = 0.17, 0.12
_HOURS = 70.0
"""The farthest a camera goes at full variety: times closer and farther, units, degrees the light turns."""


@dataclass(frozen=True)
class Camera:
    """`zoom` times closer, moved by (`x`, `y`) units, `mirrored` or not, the light turned by `hours` deg."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    mirrored: bool = False
    hours: float = 0.0

    def view(self, view: View) -> View:
        """What is seen in the window `view` of the stage."""
        return replace(view, scale=view.scale * self.zoom, cx=view.cx + self.x, cy=view.cy + self.y)


def camera_of(scene: Scene) -> Camera:
    """The camera of a release: it stands still at variety 0, and goes farther the higher that is."""
    if scene.variety <= 0:
        return Camera()
    rng, room = scene.release("camera"), min(1.0, scene.variety)
    zoom = float(np.exp(room * rng.uniform(np.log(_FARTHER), np.log(_NEARER))))
    x, y = (float(room * rng.uniform(-most, most)) for most in (_ASIDE, _UP))
    mirrored, hours = bool(rng.random() < 0.5), float(room * rng.uniform(-_HOURS, _HOURS))
    if scene.look.motif in FRAMED:
        return Camera(mirrored=mirrored, hours=hours)
    return Camera(zoom, x, y, mirrored, hours)


def shot(motif: Motif, scene: Scene) -> Sketch:
    """What the release's camera sees of a motif, to be drawn in bands of the scene's own view."""
    camera = camera_of(scene)
    if camera == Camera():
        return motif(scene)
    view = camera.view(scene.view)
    look = scene.look.model_copy(update={"light_angle": scene.look.light_angle + camera.hours})
    sketch = motif(replace(scene, view=view, look=look))
    turn = -1 if camera.mirrored else 1
    return replace(sketch, shade=lambda band: sketch.shade(Band(view, band.start, band.stop))[:, ::turn])
