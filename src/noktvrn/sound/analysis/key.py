"""Key: the tonic and third that the notes, the basses and the chords of a recording agree on.

Six witnesses speak for each of the 24 keys: how well all notes fit its profile, how much of the bass is its
tonic, how often its tonic chord sounds, how many of the chords are its own, and the chords the song opens and
comes to rest on. Rest is what dies away: a recording that is cut off says nothing by its last chord.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid
from noktvrn.model.analysis import KeyHeard
from noktvrn.sound.analysis.chroma import CHROMA_RATE, Pitches
from noktvrn.sound.theory import key_name

Figures = NDArray[np.float64]

# How often each degree of a key is written: J. Albrecht, D. Shanahan, "The use of large corpora to train a
# new type of key-finding algorithm" (2013).
_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
_THIRDS = (4, 3)

# Fitted by multinomial logistic regression on whole songs and on cuts without beginning and end, in six
# modes: profile, bass, tonic chord, own chords, opening, rest.
_WEIGHTS = np.array([3.2, 1.7, 5.7, 3.0, 1.0, 4.3])

_AUDIBLE, _FEWEST_S = 0.05, 2
_EVEN, _FLEETING = 0.14, 0.08
_OPENING_S, _REST_S, _LAST_S = 3, 4, 1
_CHORD_S = 0.6

_SPELLING = re.compile(r"([A-G])([#b])?\s*([a-z]*)")
_SCALE_OF_MODE = {
    **dict.fromkeys(("", "major", "ionian"), 0),
    **dict.fromkeys(("m", "minor", "aeolian"), 3),
    **dict(zip(("dorian", "phrygian", "lydian", "mixolydian"), (10, 8, 7, 5), strict=True)),
}
_SCALES_OF_MINOR = (3, 10, 8)


def key(heard: Pitches) -> KeyHeard | None:
    """The key of the pitch classes; None for less than two seconds of sound or where no key stands out."""
    loud = heard.tuned.sum(axis=1)
    sounding = loud > _AUDIBLE * loud.max() if loud.size and loud.max() > 1e-6 else loud > np.inf
    if np.count_nonzero(sounding) < _FEWEST_S * CHROMA_RATE:
        return None
    notes = _shares(heard.tuned[sounding])
    if not _is_tonal(notes):
        return None
    witnesses = _witnesses(notes, _shares(heard.bass[sounding]), loud[sounding])
    scores = witnesses @ _WEIGHTS
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best, second = (int(place) for place in np.argsort(-shares)[:2])
    return KeyHeard(
        name=_named(best),
        confidence=round(float(shares[best]), 3),
        runner_up=_named(second),
        tuning_cents=heard.tuning_cents,
    )


def _named(place: int) -> str:
    return key_name(place % 12, "minor" if place >= 12 else "major")


def _is_tonal(notes: Figures) -> bool:
    """Whether some pitch classes stand out, or at least last: in noise all are even, and gone half a second
    later."""
    mean = notes.mean(axis=0)
    around, later = notes - mean, CHROMA_RATE // 2
    lasting = float((around[:-later] * around[later:]).sum() / max(float((around**2).sum()), 1e-12))
    return float(mean.std() / max(float(mean.mean()), 1e-12)) >= _EVEN or lasting >= _FLEETING


def _shares(frames: Figures) -> Figures:
    return np.asarray(frames / np.maximum(frames.sum(axis=1, keepdims=True), 1e-9))


def _witnesses(notes: Figures, basses: Figures, loud: Figures) -> Figures:
    """What each witness says for the twelve major keys from C, then the twelve minor ones: (24, 6)."""
    chords = _chords(notes)
    opening = notes[: _OPENING_S * CHROMA_RATE].mean(axis=0)
    rest = notes[-_REST_S * CHROMA_RATE :].mean(axis=0)
    dying = float(np.clip(1.2 - loud[-_LAST_S * CHROMA_RATE :].mean() / np.median(loud), 0, 1))
    fits, tonics, own, opens, rests = zip(
        *(
            (
                _alike(notes.mean(axis=0), np.roll((_MAJOR, _MINOR)[mode], tonic)),
                chords[tonic + 12 * mode],
                chords[_own_chords(mode, tonic)].sum(),
                _alike(opening, _tonic_chord(mode, tonic)),
                dying * _alike(rest, _tonic_chord(mode, tonic)),
            )
            for mode in (0, 1)
            for tonic in range(12)
        ),
        strict=True,
    )
    bass = np.tile(12 * basses.mean(axis=0) - 1, 2)
    return np.stack([np.asarray(column) for column in (fits, bass, tonics, own, opens, rests)], axis=1)


def _alike(heard: Figures, template: Figures) -> float:
    return float(np.corrcoef(heard, template)[0, 1]) if heard.std() > 0 else 0.0


def _chords(notes: Figures) -> Figures:
    """The share of the time each of the 24 triads sounds, major from C, then minor."""
    width = round(_CHORD_S * CHROMA_RATE)
    held = np.stack([np.convolve(column, np.full(width, 1 / width), "same") for column in notes.T], axis=1)
    stands_out = np.maximum(held - np.median(held, axis=1, keepdims=True), 0)
    # A frame's own length is the same for all 24, and cancels out.
    best = np.argmax(stands_out @ _triads().T, axis=1)
    return np.asarray(np.bincount(best, minlength=24) / best.size)


@lru_cache(maxsize=1)
def _triads() -> Figures:
    """(24, 12)."""
    shapes = np.zeros((24, 12))
    for mode, third in enumerate(_THIRDS):
        for root in range(12):
            shapes[root + 12 * mode, [root, (root + third) % 12, (root + 7) % 12]] = (1.0, 0.8, 0.9)
    return shapes


@lru_cache(maxsize=24)
def _own_chords(mode: int, tonic: int) -> NDArray[np.intp]:
    """The triads all of whose notes lie in the scale."""
    inside = np.zeros(12, dtype=np.bool_)
    inside[[(tonic + step) % 12 for step in _SCALES[mode]]] = True
    return np.flatnonzero((_triads() > 0).sum(axis=1) == ((_triads() > 0) & inside).sum(axis=1))


@lru_cache(maxsize=24)
def _tonic_chord(mode: int, tonic: int) -> Figures:
    chord = np.zeros(12)
    chord[[tonic, (tonic + _THIRDS[mode]) % 12, (tonic + 7) % 12]] = (1.0, 0.6, 0.7)
    return chord


def same_or_related(one: str, other: str) -> bool:
    """Whether two keys ("A minor", "F# dorian", "Bbm") are equal or relatives: A minor and C major, and modes
    of one scale.

    Raises:
        Invalid: one of them cannot be read as a key.
    """
    return not set(_scales(one)).isdisjoint(_scales(other))


def _scales(name: str) -> tuple[int, int]:
    """The major scales a key may be taken for: of its mode, and of plain major or minor on its tonic."""
    found = _SPELLING.fullmatch(name.strip())
    if not found or found.group(3) not in _SCALE_OF_MODE:
        raise Invalid(f"{name[:40]!r} is no key.", code="audio.bad_key", hint='Write keys as "A minor".')
    tonic = "C D EF G A B".index(found.group(1)) + {"#": 1, "b": -1}.get(found.group(2) or "", 0)
    above = _SCALE_OF_MODE[found.group(3)]
    plain = 3 if above in _SCALES_OF_MINOR else 0
    return (tonic + above) % 12, (tonic + plain) % 12
