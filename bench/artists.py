"""Are artists of one style told apart, with loudness and long-term spectrum left out?

Run: `python -m bench.artists [--styles a,b] [--artists 8] [--songs 6]`. A song is described by the rhythm
cells of its tune, its chord trigrams and the envelopes of the notes its instruments play, scaled to a peak of
one. One song is left out at a time; its nearest artist, built from all other songs, should be its own.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.artist import TempoRange
from noktvrn.model.sound import SoundIdentity
from noktvrn.music.planner import plan_song
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.mixing.players import play_part
from noktvrn.sound.score import RATE, Score
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import PartStyle, Style, load_style

Figures = NDArray[np.float64]

STYLES = ("house", "dark_electronic", "trap", "folk", "jazz", "rock", "ambient", "lofi")
SECONDS = 100
_PER_BEAT, _LONGEST, _NOTES = 4, 8, 5
_POINTS = 10.0 ** np.linspace(-2.5, 0.3, 8)
"""Seconds after the stroke at which an envelope is read."""


def song(style: str, artist: int, number: int) -> tuple[Score, Style, SoundIdentity]:
    """One song of an artist."""
    home, seed = load_style(style), 1000 * artist + number
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    plan = plan_song(
        genre=style,
        style=style,
        tempo=tempo,
        modes=home.modes,
        mood="",
        duration_s=SECONDS,
        seed=seed,
    )
    identity = make_identity(artist, style, moods=[])
    return compose(plan, identity), home, identity


def rhythm(score: Score, style: Style) -> Figures:
    """(n,): where in the bar the tune strikes, and how long it waits for its next stroke, as shares."""
    tunes = [part.name for part in style.parts if part.line in ("melody", "hook")]
    steps = round(score.beats_per_bar * _PER_BEAT)
    places, waits = np.zeros(steps), np.zeros(_LONGEST + 1)
    for name in tunes:
        starts = [round(note.start * _PER_BEAT) for note in score.parts[name]]
        np.add.at(places, np.array(starts, int) % steps, 1.0)
        np.add.at(waits, np.minimum([b - a for a, b in pairwise(starts)], _LONGEST).astype(int), 1.0)
    return np.concatenate([places / max(1.0, places.sum()), waits / max(1.0, waits.sum())])


def trigrams(score: Score) -> Counter[tuple[int, ...]]:
    """How often three chords follow each other: root steps in semitones and whether each is minor."""
    chords = [slot.chord for slot in score.chords]
    distinct = [chords[0], *(b for a, b in pairwise(chords) if b != a)]
    return Counter(
        ((b.root - a.root) % 12, (c.root - b.root) % 12, a.minor, b.minor, c.minor)
        for a, b, c in zip(distinct, distinct[1:], distinct[2:], strict=False)
    )


def envelopes(score: Score, style: Style, identity: SoundIdentity) -> Figures:
    """(n,): of every part the mean level of a few of its notes at eight times after the stroke, peak 0 dB."""
    return np.concatenate([_envelope(part, score, style, identity) for part in style.parts])


def _envelope(part: PartStyle, score: Score, style: Style, identity: SoundIdentity) -> Figures:
    notes = score.parts[part.name]
    some = replace(score, parts={part.name: notes[:: max(1, len(notes) // _NOTES)][:_NOTES]})
    found = [_levels(played.take.sound()) for played in play_part(part, some, style, identity)]
    return np.mean(found, axis=0) if found else np.zeros(_POINTS.size)


def _levels(sound: NDArray[np.float32]) -> Figures:
    power = np.square(sound, dtype=np.float64).sum(axis=0)
    smooth = np.convolve(power, np.ones(256) / 256, "same")
    at = np.minimum((_POINTS * RATE).astype(int), smooth.size - 1)
    return np.asarray(np.maximum(10 * np.log10(smooth[at] / smooth.max() + 1e-6), -40.0) / 20.0)


def told_apart(described: Figures) -> float:
    """Share of the songs (artists, songs, n) whose nearest artist is their own."""
    artists, songs, _ = described.shape
    right = 0
    for artist in range(artists):
        for number in range(songs):
            kept = np.ones((artists, songs), dtype=bool)
            kept[artist, number] = False
            homes = np.stack([described[a][kept[a]].mean(axis=0) for a in range(artists)])
            strays = np.concatenate([described[a][kept[a]] - homes[a] for a in range(artists)])
            spread = np.sqrt((strays**2).mean(axis=0)) + 0.1 * described.std(axis=(0, 1)) + 1e-9
            away = np.abs((homes - described[artist, number]) / spread).sum(axis=1)
            right += int(np.argmin(away)) == artist
    return float(right / (artists * songs))


def _views(style: str, artists: int, songs: int) -> Iterator[tuple[str, Figures]]:
    made = [[song(style, a, n) for n in range(songs)] for a in range(1, artists + 1)]
    yield "rhythm cells", np.array([[rhythm(score, home) for score, home, _ in row] for row in made])
    counts = [[trigrams(score) for score, _, _ in row] for row in made]
    known = sorted({key for row in counts for count in row for key in count})
    yield (
        "chord trigrams",
        np.array(
            [[[c[key] / max(1, c.total()) for key in known] for c in row] for row in counts], dtype=np.float64
        ),
    )
    yield "envelopes", np.array([[envelopes(*one) for one in row] for row in made])


def main() -> None:
    """One line a style: the share recognised by each view alone and by the three together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--styles", default=",".join(STYLES))
    parser.add_argument("--artists", type=int, default=8)
    parser.add_argument("--songs", type=int, default=6)
    asked = parser.parse_args()
    print(f"{asked.artists} artists x {asked.songs} songs, chance {1 / asked.artists:.1%}")
    for style in asked.styles.split(","):
        views = list(_views(style, asked.artists, asked.songs))
        alone = ", ".join(f"{name} {told_apart(view):.0%}" for name, view in views)
        whole = told_apart(np.concatenate([view for _, view in views], axis=2))
        print(f"  {style}: {whole:.0%} ({alone})", flush=True)


if __name__ == "__main__":
    main()
