"""Both embedded voices on one song: seconds of song per CPU second, and how far notes are off.

Run: `python -m bench.voice`. One process, a tune of two minutes sung nearly throughout, best of three; CPU
time of the process and of the programs it starts.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from noktvrn.kernel.clock import SystemClock
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote, SoundIdentity
from noktvrn.music.vocals import align
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.singer import Singer, SingingRequest, SungLine
from noktvrn.settings import Settings
from noktvrn.sound.voice.character import octaves_to, voice_of
from noktvrn.words.division import sung_count

RATE, ROUNDS, ARTIST = 44100, 3, 5
LINES = (
    "Hold me under silver rain",
    "We were walking through the night",
    "A beautiful and wandering light",
    "I never knew the ocean was so near",
)
TIMES = 8
LEAST = {"formant_singer": 100.0, "espeak_singer": 40.0}


def lines() -> tuple[tuple[SungLine, ...], tuple[MelodyNote, ...], float]:
    """The song as it is to be sung, its tune, and its length in seconds."""
    rng = np.random.Generator(np.random.PCG64(5))
    texts = LINES * TIMES
    notes, at, rung = [], 0.6, 3
    for number, text in enumerate(texts):
        count = sung_count(text)
        for syllable in range(count):
            length = 1.0 if syllable == count - 1 else (0.25, 0.25, 0.375, 0.5)[int(rng.integers(4))]
            rung = int(np.clip(rung + rng.integers(-2, 3), 0, 7))
            pitch = 60 + (0, 2, 4, 5, 7, 9, 11, 12)[rung]
            notes.append(
                MelodyNote(
                    start_s=at,
                    end_s=at + 0.92 * length,
                    pitch=pitch,
                    section=0,
                    line=number,
                    syllable=syllable,
                )
            )
            at += length
        at += 0.25
    counts = tuple(sung_count(text) for text in texts)
    sections = (
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=counts),
        SectionPlan(label="outro", bars=2, energy=0.3),
    )
    plan = SongPlan(genre="pop", style="pop", tempo_bpm=100, tonic=0, mode="major", seed=1, sections=sections)
    words = Lyrics(title="x", hook="", sections=(LyricSection(label="verse", lines=texts),))
    return align(words, notes, plan), tuple(notes), at + 1.0


def cpu() -> float:
    """CPU seconds of this process and of those it started."""
    own, started = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + started.ru_utime + started.ru_stime


def cents_off(sound: NDArray[np.float64], note: MelodyNote, shift: int) -> float:
    """The median error of a note over its middle, by autocorrelation of 45 ms."""
    hertz = 440.0 * 2.0 ** ((note.pitch + shift - 69) / 12)
    length = note.end_s - note.start_s
    found = [
        _hertz(sound[round((at - 0.0225) * RATE) : round((at + 0.0225) * RATE)], hertz)
        for at in np.arange(note.start_s + 0.35 * length, note.start_s + 0.85 * length, 0.01)
    ]
    return float(1200 * np.log2(np.median(found) / hertz))


def _hertz(piece: NDArray[np.float64], near: float) -> float:
    window = np.hanning(piece.size)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 8192)) ** 2)[: piece.size]
    curve = np.fft.irfft(np.abs(np.fft.rfft((piece - piece.mean()) * window, 8192)) ** 2)[: piece.size]
    curve /= np.maximum(own, 1e-9)
    first = int(RATE / near / 1.4)
    best = first + int(curve[first : int(RATE / near * 1.4)].argmax())
    left, middle, right = curve[best - 1 : best + 2]
    return RATE / float(best + 0.5 * (left - right) / (left - 2 * middle + right))


def main() -> None:
    """Prints one line a singer."""
    sung, notes, length = lines()
    identity = SoundIdentity(seed=ARTIST, style="pop")
    shift = octaves_to(voice_of(identity), [note.pitch for note in notes])
    singing = sum(note.end_s - note.start_s for note in notes)
    print(f"{len(notes)} notes, {singing:.0f} s of singing in {length:.0f} s of song")
    for name, least in LEAST.items():
        if name == "espeak_singer" and shutil.which("espeak-ng") is None:
            print("espeak_singer: espeak-ng is not installed (apt install espeak-ng)")
            continue
        with tempfile.TemporaryDirectory() as place:
            home = Path(place)
            singer: Singer = open_player("singer", name, Settings(home=home), Kit(SystemClock(), home))
            request = SingingRequest(
                lines=sung, language="en", identity=identity, duration_s=length, seed=4, folder=home
            )
            taken = []
            for _ in range(ROUNDS):
                begun = cpu()
                stem = singer.sing(request)
                taken.append(cpu() - begun)
            sound, _ = soundfile.read(stem.stem.path)
        errors = np.abs([cents_off(sound[:, 0], note, shift) for note in notes])
        speed = singing / min(taken)
        print(
            f"{name}: {speed:.0f}x real time of singing (at least {least:.0f}x), "
            f"{length / min(taken):.0f}x of song; "
            f"notes off by {np.median(errors):.1f} cents (median), {errors.max():.1f} (worst)"
        )


if __name__ == "__main__":
    main()
