"""Where a song happens and how it feels: the bank and the mood nearest to what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.kernel.seeds import derive_seed
from noktvrn.words.bank import World, moods, worlds
from noktvrn.words.palette import closest

OWN_WEIGHT = 3
"""How much the mood of a song counts against each mood of its artist."""


def setting(
    theme: str, feeling: str, *hints: str, moods_of_artist: Sequence[str] = (), language: str = "en"
) -> tuple[World, World]:
    """The world and the mood for a theme and a feeling; `hints` (other themes, genre) weigh less.

    The same texts always give the same pair, so that a title and its lyric share one world. Texts no
    keyword knows draw a pair by their own spelling. `language` is one that has banks.
    """
    places, feelings = worlds(language), tuple(bank for bank in moods(language) if bank.keywords)
    place = closest(places, theme, *hints, feeling)
    felt = " ".join([*[feeling] * OWN_WEIGHT, *moods_of_artist])
    tone = closest(feelings, felt, theme, *hints)
    return (
        place or places[derive_seed(0, "world", theme, *hints) % len(places)],
        tone or feelings[derive_seed(0, "mood", feeling) % len(feelings)],
    )
