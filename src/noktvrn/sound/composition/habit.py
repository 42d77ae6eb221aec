"""Habit: how an artist chooses where a style leaves a choice. Most of the time as always, sometimes not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from noktvrn.kernel.seeds import dice
from noktvrn.model.sound import SoundIdentity

T = TypeVar("T")

LOYAL = 0.8
"""How often an artist takes a favourite where the style offers more."""


def favourite(luck: random.Random, identity: SoundIdentity, what: str, offered: Sequence[T]) -> T:
    """One of what a style offers: four times in five the one this artist always prefers."""
    own = dice(identity.seed, "favourite", what).choice(offered)
    return own if luck.random() < LOYAL else luck.choice(offered)
