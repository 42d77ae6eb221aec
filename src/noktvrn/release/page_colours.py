"""The page's colours, from the artist's palette, dark and readable (WCAG 2.2 contrast)."""

from __future__ import annotations

from noktvrn.model.look import VisualIdentity

Rgb = tuple[float, float, float]

_BLACK: Rgb = (0.0, 0.0, 0.0)
_WHITE: Rgb = (1.0, 1.0, 1.0)
_READABLE = 7.0
_LIVELY = 4.5


def custom_properties(look: VisualIdentity) -> str:
    """CSS custom properties for the page: ground, raised, glow, line, text, muted and accent."""
    darkest, dark, middle, _, lightest = (_rgb(colour) for colour in look.ramp)
    ground = _mix(darkest, _BLACK, 0.45)
    while _luminance(ground) > 0.02:
        ground = _mix(ground, _BLACK, 0.3)
    colours = {
        "ground": ground,
        "raised": _mix(ground, dark, 0.35),
        "glow": _mix(ground, middle, 0.35),
        "line": _mix(ground, middle, 0.4),
        "text": _until(_mix(lightest, _WHITE, 0.35), ground, _READABLE),
        "muted": _until(_mix(lightest, ground, 0.4), ground, _LIVELY),
        "accent": _until(_rgb(look.accent), ground, _LIVELY),
    }
    return "".join(f"--{name}:{_hex(colour)};" for name, colour in colours.items())


def _until(colour: Rgb, ground: Rgb, contrast: float) -> Rgb:
    """`colour`, lightened until it stands out from `ground`."""
    while _contrast(colour, ground) < contrast:
        colour = _mix(colour, _WHITE, 0.15)
    return colour


def _contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _rgb(text: str) -> Rgb:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)
