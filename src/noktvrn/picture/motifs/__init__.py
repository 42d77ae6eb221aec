"""The motif families, one file each: a scene comes in, a sketch that can shade any band goes out.

A motif draws shapes and light and never words. It takes what stays with the artist from `scene.artist`,
what changes from release to release from `scene.release`, and works for any view of the plane.
"""

from __future__ import annotations

from noktvrn.kernel.errors import Invalid
from noktvrn.picture.motifs.arches import arches
from noktvrn.picture.motifs.botanical import botanical
from noktvrn.picture.motifs.chrome import chrome
from noktvrn.picture.motifs.contour import contour
from noktvrn.picture.motifs.crystal import crystal
from noktvrn.picture.motifs.dunes import dunes
from noktvrn.picture.motifs.eclipse import eclipse
from noktvrn.picture.motifs.facade import facade
from noktvrn.picture.motifs.glass import glass
from noktvrn.picture.motifs.inkbloom import inkbloom
from noktvrn.picture.motifs.opart import opart
from noktvrn.picture.motifs.orbit import orbit
from noktvrn.picture.motifs.papercut import papercut
from noktvrn.picture.motifs.press import press
from noktvrn.picture.motifs.profile import profile
from noktvrn.picture.motifs.ribbon import ribbon
from noktvrn.picture.motifs.startrails import startrails
from noktvrn.picture.motifs.weave import weave
from noktvrn.picture.scene import Motif

MOTIFS: dict[str, Motif] = {
    "arches": arches,
    "botanical": botanical,
    "chrome": chrome,
    "contour": contour,
    "crystal": crystal,
    "dunes": dunes,
    "eclipse": eclipse,
    "facade": facade,
    "glass": glass,
    "inkbloom": inkbloom,
    "opart": opart,
    "orbit": orbit,
    "papercut": papercut,
    "press": press,
    "profile": profile,
    "ribbon": ribbon,
    "startrails": startrails,
    "weave": weave,
}


def motif(name: str) -> Motif:
    """The motif family called `name`.

    Raises:
        Invalid: there is none.
    """
    found = MOTIFS.get(name)
    if found is None:
        raise Invalid(f"No motif family is called {name!r}.", hint=f"There are: {', '.join(sorted(MOTIFS))}.")
    return found
