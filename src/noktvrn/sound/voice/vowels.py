"""Vowels as resonances of the vocal tract.

F1 to F3 of men and women: Peterson & Barney, Control methods used in a study of the vowels, JASA 24 (1952),
table II. F4, F5 and the bandwidths: the defaults of Klatt, Software for a cascade/parallel formant
synthesizer, JASA 67 (1980), table I; the higher resonances are those of a neutral tube (Fant, Acoustic
theory of speech production, 1960).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MEN_AND_WOMEN = {
    "IY": ((270, 2290, 3010), (310, 2790, 3310)),
    "IH": ((390, 1990, 2550), (430, 2480, 3070)),
    "EH": ((530, 1840, 2480), (610, 2330, 2990)),
    "AE": ((660, 1720, 2410), (860, 2050, 2850)),
    "AH": ((640, 1190, 2390), (760, 1400, 2780)),
    "AA": ((730, 1090, 2440), (850, 1220, 2810)),
    "AO": ((570, 840, 2410), (590, 920, 2710)),
    "UH": ((440, 1020, 2240), (470, 1160, 2680)),
    "UW": ((300, 870, 2240), (370, 950, 2670)),
    "ER": ((490, 1350, 1690), (500, 1640, 1960)),
}
GLIDES = {
    "AY": ("AA", "IH"),
    "AW": ("AA", "UH"),
    "EY": ("EH", "IY"),
    "OW": ("AO", "UH"),
    "OY": ("AO", "IH"),
}
"""Diphthongs of ARPAbet by the vowel that is held and the one it closes on."""

VOWELS = tuple(_MEN_AND_WOMEN)
"""Every vowel that can be held, by its ARPAbet sign."""

FORMANTS = 5
_UPPER = {"men": (3300.0, 3750.0), "women": (3850.0, 4400.0)}
BANDWIDTHS = np.array([60.0, 80.0, 120.0, 200.0, 220.0])
TUBE_HZ = np.array([5000.0, 6100.0, 7200.0, 8300.0, 9400.0, 10500.0])
TUBE_BANDWIDTHS = np.array([300.0, 350.0, 400.0, 500.0, 600.0, 700.0])


def parts(vowel: str) -> tuple[str, str]:
    """The vowel that is held and the one it ends on (the same one, but for diphthongs)."""
    return GLIDES.get(vowel, (vowel, vowel))


@cache
def _men_and_women(vowel: str) -> tuple[Floats, Floats]:
    men, women = _MEN_AND_WOMEN[vowel]
    return np.array([*men, *_UPPER["men"]]), np.array([*women, *_UPPER["women"]])


def formants(vowel: str, tract: float) -> Floats:
    """F1 to F5 in Hz of a held vowel. `tract` 0 is the average man's vocal tract, 1 the average woman's.

    Raises:
        KeyError: no vowel of `VOWELS`.
    """
    men, women = _men_and_women(vowel)
    return np.asarray(men ** (1.0 - tract) * women**tract)
