"""What the analysis hears: tempo, meter, beats, bars, key and sections of songs whose answers are known; its
speed; and its loudness against two foreign meters.

Run: `python -m bench.analysis [--styles a,b] [--seeds 1] [--first 901] [--seconds 60] [--noisy] [--oracle
PYTHON]`. Songs of the embedded engine are composed, mixed and mastered for it; bands in eight meters (the
tests' own) come on top. `--noisy` hears each song once more after an MP3 round trip, 30 cents low,
without its highs and its first and last tenth. `--oracle` names a Python that has librosa (an environment
of its own), which is asked for its own tempo of each song. CPU time of one process, imports excluded.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
from numpy.typing import NDArray
from tests.unit.analysis.analysis_rhythms import GROOVES, band
from tests.unit.analysis.analysis_rhythms import RATE as BAND_RATE

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.seeds import dice
from noktvrn.model.analysis import TrackAnalysis
from noktvrn.model.artist import TempoRange
from noktvrn.music.planner import plan_song
from noktvrn.sound.analysis import analyse, loudness
from noktvrn.sound.analysis.key import key, same_or_related
from noktvrn.sound.analysis.listening import listen
from noktvrn.sound.analysis.tempo import tempo
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.timeline import timeline
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.mixing.render import render
from noktvrn.sound.score import RATE
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style, style_ids
from noktvrn.sound.theory import is_minor, key_name

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

_NEAR_BEAT_S, _NEAR_SECTION_S = 0.07, 3.0

_ORACLE = """
import sys
import librosa
for line in sys.stdin:
    y, sr = librosa.load(line.strip(), sr=22050, mono=True)
    onset = librosa.onset.onset_strength(y=y, sr=sr)
    print(float(librosa.feature.tempo(onset_envelope=onset, sr=sr)[0]), flush=True)
"""


@dataclass(frozen=True)
class Labelled:
    """A song and its answers; `beats` and `sections` are empty where they are not known."""

    name: str
    audio: Samples
    rate: int
    bpm: float
    signature: tuple[int, int]
    key: str
    plain_key: str
    pulse: bool
    beats: Figures
    downbeats: Figures
    sections: Figures


def songs(styles: Sequence[str], seeds: range, seconds: int) -> Iterator[Labelled]:
    """Mastered songs of the embedded engine, one artist a song."""
    for style in styles:
        for seed in seeds:
            home, luck = load_style(style), dice(seed, "analysis", style)
            plan = plan_song(
                genre=style,
                style=style,
                tempo=TempoRange(low=home.tempo[0], high=home.tempo[1]),
                modes=home.modes,
                mood="",
                duration_s=seconds,
                seed=seed,
                energy=luck.random(),
            )
            identity = make_identity(seed, style, moods=[])
            score = compose(plan, identity)
            mix = np.sum([stem.samples for stem in render(score, home, identity, seed)], axis=0)
            master(mix, RATE, Character())
            told = timeline(score, plan)
            yield Labelled(
                name=f"{style} {seed}",
                audio=mix,
                rate=RATE,
                bpm=plan.tempo_bpm,
                signature=plan.meter,
                key=key_name(plan.tonic, plan.mode),
                plain_key=key_name(plan.tonic, "minor" if is_minor(plan.mode) else "major"),
                pulse=home.targets.pulse,
                beats=np.array(told.beats),
                downbeats=np.array(told.downbeats),
                sections=np.array([span.start_s for span in told.sections[1:]]),
            )


def bands(each: int) -> Iterator[Labelled]:
    """The tests' small bands: eight meters, `each` tempi and keys of every one."""
    for name, groove in GROOVES.items():
        for seed in range(100, 100 + each):
            luck = dice(seed, "bands", name)
            low, high = (160, 180) if name == "two_step" else (88, 125) if name == "jig" else (80, 150)
            bpm, tonic, minor = luck.uniform(low, high), luck.randrange(12), luck.random() < 0.5
            audio, starts = band(groove, bpm, seed=seed, tonic=tonic, minor=minor, seconds=40.0)
            named = key_name(tonic, "minor" if minor else "major")
            none = np.empty(0)
            yield Labelled(
                f"{name} {seed}",
                audio,
                BAND_RATE,
                bpm,
                groove.signature,
                named,
                named,
                True,
                none,
                starts,
                none,
            )


def worn(song: Labelled) -> Labelled:
    """The song as a bad copy: MP3 and back, 30 cents low, dull above 6 kHz, without beginning and end."""
    carried = io.BytesIO()
    with soundfile.SoundFile(carried, "w", song.rate, 2, format="MP3", compression_level=0.6) as out:
        for start in range(0, song.audio.shape[1], song.rate):
            out.write(song.audio[:, start : start + song.rate].T)
    carried.seek(0)
    back = soundfile.read(carried, dtype="float32")[0].T
    slower = 2 ** (30 / 1200)
    tenth = back.shape[1] // 10
    places = np.arange(tenth, back.shape[1] - tenth, 1 / slower)[: int(0.8 * back.shape[1])]
    low = np.stack([np.interp(places, np.arange(back.shape[1]), channel) for channel in back])
    spectrum = np.fft.rfft(low)
    spectrum *= 1 / (1 + (np.fft.rfftfreq(low.shape[1], 1 / song.rate) / 6000) ** 4)
    dull = np.fft.irfft(spectrum, low.shape[1]).astype(np.float32)
    none = np.empty(0)
    return Labelled(
        f"{song.name}, worn", dull, song.rate, song.bpm / slower, song.signature, song.key, song.plain_key,
        song.pulse, none, none, none,
    )  # fmt: skip


class Tally:
    """Counts and shares, by question."""

    def __init__(self, what: str) -> None:
        self.what, self.missed = what, list[str]()
        self.asked: dict[str, list[float]] = {}

    def add(self, question: str, value: float) -> None:
        """One answer: 1 right, 0 wrong, or a share of it."""
        self.asked.setdefault(question, []).append(float(value))

    def hear(self, song: Labelled, heard: TrackAnalysis) -> None:
        """Holds one analysis against the song's answers."""
        named = heard.key.name if heard.key else ""
        self.add("key, exact", named == song.plain_key)
        self.add("key, exact or relative", bool(named) and same_or_related(named, song.key))
        if not song.pulse:
            return
        bpm = heard.tempo.bpm if heard.tempo else 0.0
        exact = abs(bpm / song.bpm - 1) <= 0.01
        self.add("tempo within 1 %", exact)
        self.add("tempo or an octave of it", any(abs(bpm * f / song.bpm - 1) <= 0.01 for f in (0.5, 1, 2)))
        if not exact:
            self.missed.append(f"{song.name}: {song.bpm:.1f} heard as {bpm:.1f}")
        self.add("meter", heard.meter is not None and heard.meter.signature == song.signature)
        for question, wanted, found, near in (
            ("beats (mean F)", song.beats, heard.beats, _NEAR_BEAT_S),
            ("downbeats (mean F)", song.downbeats, heard.downbeats, _NEAR_BEAT_S),
            (
                "section boundaries (mean F)",
                song.sections,
                [s.start_s for s in heard.sections[1:]],
                _NEAR_SECTION_S,
            ),
        ):
            if wanted.size:
                self.add(question, f_measure(wanted, np.asarray(found), near))

    def print(self) -> None:
        """The table."""
        print(f"{self.what}:")
        for question, values in self.asked.items():
            print(f"  {question:30s}{np.mean(values):7.1%} of {len(values)}")
        for line in self.missed:
            print(f"    {line}")


def f_measure(wanted: Figures, found: Figures, near: float) -> float:
    """Harmonic mean of the shares of found moments that are right and of right ones that are found."""
    inside = found[(found >= wanted[0] - near) & (found <= wanted[-1] + near)]
    if inside.size == 0:
        return 0.0
    right = float(np.mean([np.abs(wanted - moment).min() <= near for moment in inside]))
    got = float(np.mean([np.abs(inside - moment).min() <= near for moment in wanted]))
    return 2 * right * got / (right + got) if right + got else 0.0


def cpu(work: Callable[[], object], rounds: int = 3) -> float:
    """The least CPU seconds of some rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def speed(song: Labelled) -> None:
    """Prints real-time factors over the song, three times in a row."""
    audio = np.tile(song.audio, (1, 3))
    seconds = audio.shape[1] / song.rate

    def quick() -> None:
        heard = listen(audio, song.rate)
        tempo(heard.onsets)
        key(heard.pitches)

    print(f"speed over {seconds:.0f} s of stereo at {song.rate} Hz, CPU time, best of 3:")
    for name, work in (("tempo and key", quick), ("the whole analysis", lambda: analyse(audio, song.rate))):
        taken = cpu(work)
        print(f"  {name:30s}{taken:7.3f} s {seconds / taken:7.0f} x realtime")


def meters(kept: Sequence[Labelled]) -> None:
    """Prints how far the loudness lies from pyloudnorm's and ffmpeg's on the same samples."""
    ffmpeg, apart = find_ffmpeg(), []
    for song in kept:
        ours = loudness.integrated(loudness.powers_of(song.audio, song.rate))
        theirs = pyloudnorm.Meter(song.rate).integrated_loudness(song.audio.T.astype(np.float64))
        apart.append((ours - theirs, ours - _ebur128(ffmpeg, song)))
    off = np.abs(np.array(apart)).max(axis=0)
    print(f"integrated loudness over {len(kept)} songs, at most apart:")
    print(f"  pyloudnorm {off[0]:.3f} LU, ffmpeg ebur128 {off[1]:.3f} LU (which prints tenths)")


def _ebur128(ffmpeg: Path, song: Labelled) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        soundfile.write(path, song.audio.T, song.rate, subtype="FLOAT")
        argv = [str(ffmpeg), "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
        said = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=300).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


class Oracle:
    """A librosa in a process of its own."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _ORACLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tempo(self, song: Labelled) -> float:
        """Its tempo of the song."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "song.wav"
            soundfile.write(path, song.audio.T, song.rate)
            self._process.stdin.write(f"{path}\n")
            self._process.stdin.flush()
            return float(self._process.stdout.readline())


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--styles", default=",".join(style_ids()))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=901)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--noisy", action="store_true")
    parser.add_argument("--oracle", default="")
    asked = parser.parse_args()
    oracle = Oracle(asked.oracle) if asked.oracle else None
    own, copies, meters_of = Tally("songs of the embedded engine"), Tally("the same, worn"), Tally("bands")
    kept: list[Labelled] = []
    for song in songs(asked.styles.split(","), range(asked.first, asked.first + asked.seeds), asked.seconds):
        own.hear(song, analyse(song.audio, song.rate))
        if asked.noisy:
            copies.hear(other := worn(song), analyse(other.audio, other.rate))
        if oracle and song.pulse:
            found = oracle.tempo(song)
            own.add("librosa's tempo within 1 %", abs(found / song.bpm - 1) <= 0.01)
            own.add("librosa's tempo within 4 %", abs(found / song.bpm - 1) <= 0.04)
        if len(kept) < 8:
            kept.append(song)
    for song in bands(5):
        meters_of.hear(song, analyse(song.audio, song.rate))
    for tally in (own, copies, meters_of):
        if tally.asked:
            tally.print()
    speed(kept[0])
    meters(kept)


if __name__ == "__main__":
    main()
