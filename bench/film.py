"""Films in figures: what computing a frame costs, and how far the whole is from the bare encode.

CPU seconds are user and system time, children included; on a shared machine only they can be trusted.
"""

from __future__ import annotations

import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from noktvrn.film.encoder import Encoder, Reel, command
from noktvrn.film.ffmpeg import choose_codec, find_ffmpeg
from noktvrn.film.renderer import Renderer, Script
from noktvrn.film.spectrum import Spectrum, analyse
from noktvrn.film.styles import STYLES
from noktvrn.film.yuv import Bytes, Floats
from noktvrn.model.film import Cue
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.picture.identity import make_look
from noktvrn.providers.procedural_video.look import palette_of
from noktvrn.providers.procedural_video.still import paint_paper, paint_world
from noktvrn.providers.procedural_video.type import typesetter

SECONDS, FPS, RATE, SIZE = 6.0, 30, 44_100, (1920, 1080)
WARM_UP = 10


def main() -> None:
    """Prints one line per style, then the film against the bare encode of its own frames."""
    sound, timeline = _song()
    spectrum = analyse(sound, RATE, fps=FPS)
    print("style     prepare ms/shot   frame ms CPU")
    for style in sorted(STYLES):
        prepare, frame = frame_cost(_renderer(style, spectrum, timeline))
        print(f"{style:<10}{prepare:>12.0f}{frame:>15.2f}")
    print("\nstyle     film CPU s/s   bare CPU s/s   bare/film   Mbit/s")
    for style in ("corona", "press", "silk"):
        film, bare, bits = film_cost(_renderer(style, spectrum, timeline), sound)
        print(f"{style:<10}{film:>12.2f}{bare:>15.2f}{bare / film:>12.2f}{bits:>9.1f}")
    python, ffmpeg = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
    print(f"\npeak RSS: python {python:.0f} MB, ffmpeg {ffmpeg:.0f} MB")


def frame_cost(renderer: Renderer) -> tuple[float, float]:
    """Milliseconds of CPU to prepare a shot, and per frame, without any encoder."""
    marks = []
    for _ in renderer.frames():
        marks.append(time.process_time())  # noqa: PERF401 - the clock is read as frames come
    steps = np.diff(marks) * 1000
    starts = [cut.shot.first - 1 for cut in renderer.cuts if cut.shot.first]
    usual = np.delete(steps, starts)
    frame = float(usual[WARM_UP:].mean())
    return float(np.mean(steps[starts]) - frame), frame


def film_cost(renderer: Renderer, sound: Floats) -> tuple[float, float, float]:
    """CPU seconds per second of film: all of it, and the encoder alone on stored frames; and Mbit/s."""
    ffmpeg = find_ffmpeg()
    codec = choose_codec(ffmpeg)
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder) / "a.flac"
        soundfile.write(audio, sound, RATE)
        reel = Reel(Path(folder) / "film.mp4", *SIZE, FPS, round(SECONDS * FPS), audio)
        store = Path(folder) / "frames.yuv"
        started = _cpu()
        with Encoder(ffmpeg, codec, reel) as encoder:
            for frame in renderer.frames():
                encoder.write(frame.view)
            encoder.finish()
        film = _cpu() - started
        bits = reel.path.stat().st_size * 8 / SECONDS / 1e6
        with store.open("wb") as out:
            for frame in renderer.frames():
                out.write(frame.view)
        bare = _cpu_of([str(store) if part == "pipe:0" else part for part in command(ffmpeg, codec, reel)])
    return film / SECONDS, bare / SECONDS, bits


def _cpu_of(arguments: list[str]) -> float:
    started = _cpu()
    subprocess.run(arguments, check=True, capture_output=True)
    return _cpu() - started


def _renderer(style: str, spectrum: Spectrum, timeline: Timeline) -> Renderer:
    look = make_look(21, moods=["dark"], looks=["night"], stage_name="Vesper Line")
    palette = replace(palette_of(look), on_paper=style == "press")
    paint = paint_paper if palette.on_paper else paint_world
    still: Bytes = paint(look, *SIZE, seed=1)
    script = Script(
        kind="video",
        width=SIZE[0],
        height=SIZE[1],
        fps=FPS,
        frames=round(SECONDS * FPS),
        start_s=0.0,
        timeline=timeline,
        style=style,
        palette=palette,
        tracking=look.tracking,
        uppercase=look.uppercase,
        artist="Vesper Line",
        title="Afterglow",
        cues=(Cue(start_s=3.0, end_s=6.0, text="the city hums in ultraviolet"),),
        seed=1,
    )
    return Renderer(script, spectrum, still, typesetter(look))


def _song() -> tuple[Floats, Timeline]:
    """A beat, a bass and noise: every band has something to do."""
    moment = np.arange(round(SECONDS * RATE)) / RATE
    beat = moment % 0.5
    chance = np.random.Generator(np.random.PCG64(1))
    kick = np.sin(2 * np.pi * 55 * beat) * np.exp(-beat * 9)
    hats = chance.standard_normal(len(moment)) * np.exp(-(moment % 0.25) * 40) * 0.2
    chord = sum(0.1 * np.sin(2 * np.pi * note * moment) for note in (110, 220, 330, 440, 660, 880, 1320))
    half = SECONDS / 2
    timeline = Timeline(
        duration_s=SECONDS,
        tempo_bpm=120,
        key="Am",
        beats=tuple(np.arange(0, SECONDS, 0.5).tolist()),
        downbeats=tuple(np.arange(0, SECONDS, 2.0).tolist()),
        sections=(
            SectionSpan(label="verse", start_s=0, end_s=half, energy=0.5),
            SectionSpan(label="chorus", start_s=half, end_s=SECONDS, energy=1.0),
        ),
        chords=(),
    )
    return np.asarray(0.5 * kick + hats + chord, dtype=np.float32), timeline


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    main()
