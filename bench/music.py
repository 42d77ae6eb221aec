"""The embedded engine: what a mastered three-minute song costs, each in a fresh process on one thread.

Run: `python -m bench.music [STYLE[+voice] ...]`. From the plan to the master in memory, CPU time without
imports; with a voice, the embedded singer's and its bus too. Best of three processes, whose samples must
be the same. Beside it, where fluidsynth and a bank are installed, what it takes to play the same score to
a raw file, neither mixed nor mastered.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from noktvrn.model.sound import SoundIdentity, Timeline
    from noktvrn.sound.score import Score

    Samples = NDArray[np.float32]

STYLES = ("dark_electronic", "pop", "rock", "ambient", "jazz", "pop+voice", "rock+voice")
SECONDS, SEED, ROUNDS = 180, 1, 3
BANK = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
FLOOR, SUNG_FLOOR, AIM, MOST_MB = 60, 30, 100, 600

_STAGES = {
    "notes": (("mixing.band", "play_part"), ("mixing.band", "play_kit")),
    "spaces": tuple(("mixing.render", name) for name in ("heard", "impulse_response", "add_doubled")),
    "filters": (("mixing.render", "sweep_low_pass"), ("mixing.gestures", "sweep_band")),
    "dynamics": tuple(("mixing.render", name) for name in ("compress", "saturate", "widen")),
    "singing": (("voice.formant", "sing"),),
    "vocal bus": (("mixing.vocal", "place_voice"), ("mixing.vocal", "sit_voice")),
    "equaliser": (("mastering.master", "_equalise"),),
    "limiter": (
        ("mastering.limiter", "limit"),
        ("mastering.master", "block_peaks"),
        ("mastering.master", "_make_up"),
    ),
    "loudness": (("analysis.loudness", "survey"), ("analysis.loudness", "powers_of")),
}
"""What is counted under each name: functions of `noktvrn.sound`, without the time of another stage inside
them. What is left of the mix is `sum`, what is left of the master is `shape`."""


class Watch:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inside = 0.0

    def over(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, its time counted under `stage`."""

        @wraps(work)
        def timed(*given: Any, **named: Any) -> Any:
            begun, outside, self._inside = time.process_time(), self._inside, 0.0
            try:
                return work(*given, **named)
            finally:
                taken = time.process_time() - begun
                self.spent[stage] = self.spent.get(stage, 0.0) + taken - self._inside
                self._inside = outside + taken

        return timed

    def watch(self) -> None:
        """Puts the watch on every function of `_STAGES`."""
        from importlib import import_module

        for stage, places in _STAGES.items():
            for module, name in places:
                home = import_module(f"noktvrn.sound.{module}")
                setattr(home, name, self.over(stage, getattr(home, name)))


def song(style: str, midi: Path) -> dict[str, Any]:
    """One song in this process: seconds by stage, length, peak memory, hash of the samples; its score is
    left at `midi`."""
    import scipy.fft  # noqa: F401 - imports are not counted

    from noktvrn.model.artist import TempoRange
    from noktvrn.music.planner import plan_song
    from noktvrn.sound.composition.arrangement import compose
    from noktvrn.sound.composition.timeline import timeline
    from noktvrn.sound.files.midi import write_midi
    from noktvrn.sound.mastering.master import Character, master
    from noktvrn.sound.mixing.render import mix_down
    from noktvrn.sound.score import RATE
    from noktvrn.sound.signature import make_identity
    from noktvrn.sound.style import load_style

    watch = Watch()
    watch.watch()
    style, _, voice = style.partition("+")
    if voice:
        import noktvrn.providers.formant_singer.singer  # noqa: F401 - imports are not counted
        from noktvrn.providers.procedural_music import words  # noqa: F401
    begun = time.process_time()
    home = load_style(style)
    identity = make_identity(SEED, style, moods=["dark"])
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    plan = plan_song(
        genre=style, style=style, tempo=tempo, modes=home.modes, mood="", duration_s=SECONDS, seed=SEED
    )
    score = compose(plan, identity)
    composed = time.process_time()
    mix = mix_down(score, home, identity, SEED, singer=bool(voice))
    if voice:
        add_voice(mix, score, timeline(score, plan), identity)
    mixed = time.process_time()
    character = Character(identity.brightness, identity.drive)
    master(mix, RATE, character, target_lufs=home.targets.lufs)
    done = time.process_time()
    spent = watch.spent
    parts = {name: spent.get(name, 0.0) for name in _STAGES}
    named = ("notes", "spaces", "filters", "dynamics", "singing", "vocal bus")
    in_mix = sum(parts[name] for name in named)
    in_master = sum(parts[name] for name in ("equaliser", "limiter", "loudness"))
    parts |= {
        "compose": composed - begun,
        "sum": mixed - composed - in_mix,
        "shape": done - mixed - in_master,
    }
    write_midi(midi, score, "Bench")
    return {
        "cpu_s": done - begun,
        "audio_s": mix.shape[1] / RATE,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "sha256": hashlib.sha256(mix.tobytes()).hexdigest(),
        "parts": parts,
    }


def add_voice(mix: Samples, score: Score, heard: Timeline, identity: SoundIdentity) -> None:
    """The embedded singer on the tune, a syllable a note, through the vocal bus into `mix`, in place."""
    from itertools import groupby

    from noktvrn.providers.formant_singer.mouth import vocals
    from noktvrn.providers.procedural_music.words import melody
    from noktvrn.roles.singer import SungLine, SungSyllable
    from noktvrn.sound.mixing import vocal
    from noktvrn.sound.voice import formant
    from noktvrn.sound.voice.character import octaves_to, voice_of

    tune = melody(score)
    lines = [
        SungLine(text="la", syllables=tuple(SungSyllable(text="la", notes=(note,)) for note in notes))
        for _, notes in groupby(tune, key=lambda note: (note.section, note.line))
    ]
    voice = voice_of(identity)
    syllables = vocals(lines, "en", octaves_to(voice, [note.pitch for note in tune]))
    dry = formant.sing(syllables, voice, mix.shape[1], SEED)
    placed = vocal.place_voice(dry, heard.sections, score.beat_s, SEED)
    vocal.sit_voice(mix, placed, heard.sections)


def fresh(style: str, midi: Path) -> dict[str, Any]:
    """`song` in a process of its own, its linear algebra on one thread."""
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    argv = [sys.executable, "-m", "bench.music", "--song", style, str(midi)]
    answer = subprocess.run(
        argv, check=True, capture_output=True, text=True, timeout=300, env={**os.environ, **single}
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def soundfont(midi: Path, folder: Path) -> float | None:
    """CPU seconds fluidsynth takes to play the score to a raw file; None where it is not installed."""
    program = shutil.which("fluidsynth")
    if program is None or not BANK.exists():
        return None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    argv = [
        program,
        "-ni",
        "-q",
        "-r",
        "44100",
        "-T",
        "raw",
        "-F",
        str(folder / "f.raw"),
        str(BANK),
        str(midi),
    ]
    subprocess.run(argv, check=True, capture_output=True, timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(style: str) -> dict[str, Any]:
    """The best of `ROUNDS` processes, whether all gave the same samples, and fluidsynth's time."""
    with tempfile.TemporaryDirectory() as name:
        midi = Path(name) / "score.mid"
        rounds = [fresh(style, midi) for _ in range(ROUNDS)]
        best: dict[str, Any] = min(rounds, key=lambda found: float(found["cpu_s"]))
        same = len({found["sha256"] for found in rounds}) == 1
        return {**best, "same": same, "fluidsynth_s": soundfont(midi, Path(name))}


def main() -> None:
    """Prints two lines a style and says where a target is missed."""
    if sys.argv[1:2] == ["--song"]:
        print(json.dumps(song(sys.argv[2], Path(sys.argv[3]))))
        return
    print(f"floor {FLOOR}x ({SUNG_FLOOR}x sung), aim {AIM}x real time, at most {MOST_MB} MB")
    for style in sys.argv[1:] or STYLES:
        found = measure(style)
        factor = found["audio_s"] / found["cpu_s"]
        other = found["fluidsynth_s"]
        beside = f", {other / found['cpu_s']:.1f}x fluidsynth ({other:.2f} s)" if other else ""
        kept = "same samples twice" if found["same"] else "DIFFERENT SAMPLES"
        floor = SUNG_FLOOR if "+" in style else FLOOR
        short = "" if factor >= floor and found["rss_mb"] <= MOST_MB else "  MISSED"
        print(
            f"{style}: {found['audio_s']:.0f} s mastered in {found['cpu_s']:.2f} CPU s ({factor:.0f}x)"
            f"{beside}, peak {found['rss_mb']:.0f} MB, {kept}{short}"
        )
        parts = sorted(found["parts"].items(), key=lambda item: -item[1])
        print("    " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts))


if __name__ == "__main__":
    main()
