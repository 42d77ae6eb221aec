"""The motif families, one file each: a scene comes in, a sketch that can shade any band goes out.

A motif draws shapes and light and never words. It takes what stays with the artist from `scene.artist`,
what changes from release to release from `scene.release`, and works for any view of the plane.
"""

from __future__ import annotations

from noktvrn.kernel.errors import Invalid
from noktvrn.picture.motifs.eclipse import eclipse
from noktvrn.picture.motifs.glass import glass
from noktvrn.picture.motifs.ribbon import ribbon
from noktvrn.picture.scene import Motif

MOTIFS: dict[str, Motif] = {
    "eclipse": eclipse,
    "glass": glass,
    "ribbon": ribbon,
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
