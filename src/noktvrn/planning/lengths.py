"""How long a song of a style usually is, in seconds: the span a brief's wish is drawn from.

Spans are the house's taste for streaming releases of 2026, by the style of the embedded engine. A style that
is not in the table takes the middle one.
"""

from __future__ import annotations

import random

SONG_SECONDS: dict[str, tuple[int, int]] = {
    "ambient": (210, 300),
    "cinematic": (170, 240),
    "dark_electronic": (175, 235),
    "dnb": (180, 240),
    "folk": (165, 215),
    "funk": (180, 235),
    "house": (190, 250),
    "jazz": (185, 255),
    "latin": (165, 215),
    "lofi": (115, 160),
    "pop": (160, 205),
    "reggae": (185, 240),
    "rock": (175, 230),
    "synthwave": (180, 240),
    "techno": (210, 270),
    "trap": (135, 180),
}
USUAL = (165, 215)
SHORTEST, LONGEST = 30, 720


def draw_length(style: str, rng: random.Random, factor: float = 1.0) -> int:
    """Seconds for one song of a style, times `factor`, inside what a brief may ask for."""
    low, high = SONG_SECONDS.get(style, USUAL)
    return min(LONGEST, max(SHORTEST, round(rng.randint(low, high) * factor)))
