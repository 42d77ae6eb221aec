"""Pictures in words, for engines that read words: what an artist's identity looks like, and what must not be.

Neither the artist's name nor the title is told, nor a colour's code, nor that it is for a sleeve: an engine
letters what it reads, and what it has seen sleeves have.
"""

from __future__ import annotations

from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import PictureKind
from noktvrn.picture.colour import linear_of, to_oklch

NOTHING_WRITTEN = "No text, no lettering, no letters, no numbers, no logo, no watermark, no signature."
NO_FACES = "No faces of real people."
INSISTENT = "The picture must be purely pictorial: every surface is blank, nothing is written anywhere."
LONGEST_WISH = 600

_FORMS: dict[PictureKind, str] = {
    "cover": "Square artwork that fills the whole picture",
    "avatar": "Square emblem-like picture with one subject in the middle",
    "banner": "Very wide panorama with its subject in the middle",
    "thumbnail": "Wide picture with one strong subject",
}
SUBJECTS = {
    "arches": "nested arches and gateways",
    "botanical": "a single plant with finely drawn leaves",
    "chrome": "liquid chrome that mirrors its surroundings",
    "contour": "contour lines of an imaginary landscape",
    "crystal": "a cluster of faceted crystals",
    "dunes": "layered dunes under a low sun",
    "eclipse": "a dark disc rimmed with light",
    "facade": "the facade of a tall building at dusk with a few lit windows",
    "glass": "overlapping panes of coloured glass",
    "inkbloom": "ink blooming in water",
    "opart": "a field of stripes bent into a hidden form",
    "orbit": "a sphere circled by thin orbits",
    "papercut": "layers of cut paper with soft shadows",
    "press": "bold printed shapes with halftone dots on paper",
    "profile": "the dark back-lit silhouette of an imaginary head in profile, without features",
    "ribbon": "bundles of silky strands waving through the dark",
    "startrails": "trails of stars turning over a dark horizon",
    "weave": "a woven pattern of light threads",
}
_VIEWS = (
    "seen from afar, small in the frame",
    "close, cropped by one edge",
    "a little to the left of the middle",
    "a little to the right of the middle",
    "in the middle of the frame",
    "seen from slightly below",
    "seen from slightly above",
)
_AIRS = ("still air", "thin haze", "drifting fog", "clear air after rain", "dust in the light", "a calm void")
_SURFACES = (
    "matte surfaces",
    "a fine film grain",
    "soft printed texture",
    "smooth gradations",
    "velvet blacks",
)
_HUES = (
    (20, "rose"),
    (45, "red"),
    (70, "orange"),
    (95, "amber"),
    (120, "yellow"),
    (150, "green"),
    (180, "emerald"),
    (215, "teal"),
    (250, "sky blue"),
    (280, "blue"),
    (310, "violet"),
    (345, "magenta"),
)
_SIDES = ("right", "upper right", "top", "upper left", "left", "lower left", "below", "lower right")


def picture_wish(
    kind: PictureKind, look: VisualIdentity, *, mood: str = "", wish: str = "", seed: int, again: bool = False
) -> str:
    """The whole wish for a picture. Another seed composes it otherwise; `again` insists on no lettering."""
    chance = dice(seed, "wording")
    view, air, surface = chance.choice(_VIEWS), chance.choice(_AIRS), chance.choice(_SURFACES)
    subject = SUBJECTS.get(look.motif, "one simple abstract form")
    parts = [
        f"{_FORMS[kind]}: {subject}, {view}.",
        _sentence(wish),
        f"Mood: {mood}." if mood else "",
        colours_told(look),
        f"Light comes from the {_SIDES[round(look.light_angle / 45) % 8]}; {air}; {surface}.",
        "One dominant form and a lot of empty space; the lower third is calm and nearly empty.",
        f"Keywords: {', '.join(look.keywords[:5])}." if look.keywords else "",
        f"{NOTHING_WRITTEN} {NO_FACES}",
        INSISTENT if again else "",
    ]
    return " ".join(part for part in parts if part)


def shot_wish(look: VisualIdentity, wish: str) -> str:
    """The whole wish for a moving shot."""
    parts = [_sentence(wish), colours_told(look), "Slow, steady camera; no cuts, no flashes."]
    return " ".join(part for part in (*parts, NOTHING_WRITTEN, NO_FACES) if part)


def colours_told(look: VisualIdentity) -> str:
    """The identity's colours by name."""
    names = ", ".join(dict.fromkeys(colour_name(look.ramp[place]) for place in (0, 2, 3, 4)))
    ground = "dark ground" if look.ground == "night" else f"light {colour_name(look.paper)} ground"
    return f"Restrained palette on a {ground}: {names}, with a touch of {colour_name(look.accent)}."


def colour_name(code: str) -> str:
    """A colour (`#rrggbb`) as people call it: by lightness, chroma and hue in OKLCH."""
    lightness, chroma, hue = to_oklch(linear_of(code))
    if lightness < 0.16:
        return "near-black"
    shade = "deep " if lightness < 0.42 else "pale " if lightness > 0.8 else ""
    if chroma < 0.03:
        return "off-white" if lightness > 0.9 else f"{shade}grey"
    if 45 <= hue < 95 and lightness < 0.6:
        return shade + "brown"
    return shade + next((name for end, name in _HUES if hue < end), "pink")


def _sentence(text: str) -> str:
    plain = " ".join(text.split())[:LONGEST_WISH].rstrip(" ,;:")
    plain = plain[:1].upper() + plain[1:]
    return plain if not plain or plain.endswith((".", "!", "?")) else plain + "."
