"""The shared tables of the label: genres, moods, tempi, looks, footage, effects, trends, story arcs.

What comes in: the TOML files beside this one, or files of the user's own named by the `*_DB_PATH` settings.
What goes out: one frozen, checked `Reference`. It chooses nothing and draws no random number: that is the
business of writer, music and pictures, which all read the same rows here.
"""

from noktvrn.reference.library import Reference, load
from noktvrn.reference.tables import (
    Act,
    Arc,
    Effect,
    FootageRow,
    Genre,
    Mood,
    Tempo,
    Trend,
    VisualStyle,
)

__all__ = [
    "Act",
    "Arc",
    "Effect",
    "FootageRow",
    "Genre",
    "Mood",
    "Reference",
    "Tempo",
    "Trend",
    "VisualStyle",
    "load",
]
