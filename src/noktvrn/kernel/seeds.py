"""Seeds: one number at the top, named sub-seeds below it, so that adding a layer changes no other.

BLAKE2b, never `hash()`: the same on every machine and in every process.
"""

from __future__ import annotations

import hashlib
import random

SEED_BITS = 63


def derive_seed(seed: int, *labels: object) -> int:
    """The sub-seed of `seed` for `labels`: an integer in [0, 2**63)."""
    text = "\x1f".join([str(seed), *(str(label) for label in labels)])
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - SEED_BITS)


def dice(seed: int, *labels: object) -> random.Random:
    """A generator for choices made in plain Python. Arrays use numpy's PCG64 on `derive_seed`."""
    return random.Random(derive_seed(seed, *labels))  # noqa: S311 - taste, not secrecy


def seed_of(text: str) -> int:
    """The seed a sentence stands for when the person names none."""
    return derive_seed(0, "prompt", " ".join(text.split()))
