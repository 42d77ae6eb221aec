"""Meters, limiter and the whole mastering chain against pyloudnorm, in seconds of song per CPU second.

Run: `python -m bench.mastering`. One process, one song of 180 s, best of three, CPU time of all threads.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from noktvrn.sound.analysis import fingerprint, loudness, meters
from noktvrn.sound.analysis.key import key
from noktvrn.sound.analysis.listening import listen
from noktvrn.sound.analysis.tempo import tempo
from noktvrn.sound.analysis.true_peak import true_peak
from noktvrn.sound.mastering import limiter
from noktvrn.sound.mastering.master import Character, ceiling_db, master

Samples = NDArray[np.float32]

RATE, SECONDS = 44100, 180
ROUNDS = 3


def mix() -> Samples:
    """A stand-in for a song: a beat, a bass and a wide bed that swells every sixteen seconds; (2, n)."""
    rng = np.random.Generator(np.random.PCG64(1))
    clock = np.arange(SECONDS * RATE, dtype=np.float32) / RATE
    beat = np.sin(2 * np.pi * 55 * (clock % 0.5)) * np.exp(-9 * (clock % 0.5))
    bass = np.sin(2 * np.pi * 82.4 * clock) * np.exp(-3 * (clock % 0.25))
    bed = rng.standard_normal((2, clock.size), np.float32) * np.where(clock % 32 < 16, 0.02, 0.05)
    return np.asarray(0.5 * beat + 0.2 * bass + bed, dtype=np.float32)


def cpu(work: Callable[[Samples], object], song: Samples) -> float:
    """The least CPU seconds `work` takes on a fresh copy of `song`."""
    taken = []
    for _ in range(ROUNDS):
        copy = song.copy()
        begun = time.process_time()
        work(copy)
        taken.append(time.process_time() - begun)
    return min(taken)


def chain(song: Samples) -> None:
    """What the producer does between the mix and the file."""
    master(song, RATE, Character())
    meters.measure(song, RATE)
    heard = listen(song, RATE)
    tempo(heard.onsets)
    key(heard.pitches)
    fingerprint.spell(heard)


def main() -> None:
    """Prints the table."""
    song = mix()
    foreign = pyloudnorm.Meter(RATE)
    hot = song * np.float32(4)
    rows: tuple[tuple[str, Callable[[Samples], object], Samples], ...] = (
        ("loudness (integrated)", lambda s: loudness.integrated(loudness.powers_of(s, RATE)), song),
        ("pyloudnorm (integrated)", lambda s: foreign.integrated_loudness(s.T), song),
        ("true peak, 8x", true_peak, song),
        ("all meters", lambda s: meters.measure(s, RATE), song),
        ("limiter, 12 dB hot", lambda s: limiter.limit(s, RATE, ceiling_db(-14.0)), hot),
        ("tempo, key, fingerprint", lambda s: fingerprint.spell(listen(s, RATE)), song),
        ("mastering", lambda s: master(s, RATE, Character()), song),
        ("mastering and everything measured", chain, song),
    )
    print(f"{SECONDS} s of stereo at {RATE} Hz, CPU time, best of {ROUNDS}")
    for name, work, samples in rows:
        seconds = cpu(work, samples)
        print(f"  {name:36s}{seconds:7.3f} s  {SECONDS / seconds:7.0f} x realtime")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ours = loudness.integrated(loudness.powers_of(song, RATE))
    print(f"  against pyloudnorm {ours - foreign.integrated_loudness(song.T):+.3f} LU")
    print(f"  peak memory {peak:.0f} MB, pyloudnorm included")


if __name__ == "__main__":
    main()
