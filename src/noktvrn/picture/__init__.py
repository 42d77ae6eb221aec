"""The picture craft: from a visual identity and a seed to a finished picture file.

What comes in: a `VisualIdentity`, words, an energy curve, a size, a seed. What goes out: arrays of pixels,
JPEG and PNG files that carry their source mark, fingerprints. All light is computed as linear RGB
(float32, 1.0 is white), all colours are chosen in OKLCH.

What it must never do: know an artist's record, a database, a setting or a network; draw from a clock or
from global chance; use a font of the machine it happens to run on.
"""
