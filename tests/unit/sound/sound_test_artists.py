"""Can a listener tell artists apart? A simple descriptor and a nearest-artist rule. Numpy only."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.artist import TempoRange
from noktvrn.music.planner import plan_song
from noktvrn.sound.analysis.onsets import ONSET_RATE, onsets
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.mixing.render import render
from noktvrn.sound.score import RATE
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style

Figures = NDArray[np.float64]

_EDGES = np.geomspace(40.0, 16_000.0, 17)
_STEPS = 16


def describe(style: str, artist: int, song: int, seconds: int) -> Figures:
    """(n,): band levels, width per band, and how onsets fall on the steps of a bar, whatever the tempo."""
    home = load_style(style)
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    seed = 1000 * artist + song
    plan = plan_song(
        genre=style, style=style, tempo=tempo, modes=home.modes, mood="", duration_s=seconds, seed=seed
    )
    identity = make_identity(artist, style, moods=[])
    score = compose(plan, identity)
    mix = np.sum([stem.samples for stem in render(score, home, identity, seed)], axis=0)
    levels, sides = _bands(mix)
    curve = np.maximum(onsets(mix.mean(axis=0), RATE).full, 0.0)
    return np.concatenate([levels, sides, _bar(curve, score.beat_s * score.beats_per_bar)])


def _bands(mix: NDArray[np.float32]) -> tuple[Figures, Figures]:
    mid, side = (np.abs(np.fft.rfft(part)) ** 2 for part in (mix[0] + mix[1], mix[0] - mix[1]))
    hertz = np.fft.rfftfreq(mix.shape[1], 1.0 / RATE)
    cuts = np.searchsorted(hertz, _EDGES)
    mids, sides = (np.array([part[a:b].sum() for a, b in pairwise(cuts)]) for part in (mid, side))
    levels = 10.0 * np.log10((mids + sides) / (mids + sides).sum())
    return levels, 10.0 * np.log10((sides + 1e-9) / (mids + 1e-9))


def _bar(curve: Figures, bar_s: float) -> Figures:
    """Share of the onsets on each sixteenth of a bar, and how peaked the curve is."""
    time = np.arange(curve.size) / ONSET_RATE - 0.04
    steps = np.round(time / bar_s * _STEPS).astype(int) % _STEPS
    shares = np.bincount(steps, weights=curve, minlength=_STEPS) / max(float(curve.sum()), 1e-9)
    peaked = float(curve.std() / max(float(curve.mean()), 1e-9))
    return np.concatenate([10.0 * shares, [peaked]])


def told_apart(described: Figures) -> float:
    """Share of the songs (artists, songs, n) whose nearest artist, built from all other songs, is their own.

    Every figure is measured in its spread between songs of one artist, and none counts for nothing.
    """
    artists, songs, _ = described.shape
    right = 0
    for artist in range(artists):
        for song in range(songs):
            kept = np.ones((artists, songs), dtype=bool)
            kept[artist, song] = False
            homes = np.stack([described[a][kept[a]].mean(axis=0) for a in range(artists)])
            strays = np.concatenate([described[a][kept[a]] - homes[a] for a in range(artists)])
            spread = np.sqrt((strays**2).mean(axis=0)) + 0.1 * described.std(axis=(0, 1)) + 1e-9
            away = (((homes - described[artist, song]) / spread) ** 2).sum(axis=1)
            right += int(np.argmin(away)) == artist
    return float(right / (artists * songs))
