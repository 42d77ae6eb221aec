"""More than three hundred songs: every style of the embedded engine times eight seeds, held to every promise.

Run: `python -m bench.catalogue [--styles a,b] [--seeds 8] [--jobs 2] [--oracle PYTHON] [--keep FOLDER]`. A
song's length is drawn from its seed, 60 to 180 s, so are tempo, key and form; every song has an artist of its
own. `--oracle` names a Python that has librosa (the extra `oracle`, in an environment of its own): asked
for its tempogram of every song. `--keep` leaves a JSON line a song there, for a closer look.

Families are told apart by a linear discriminant over what the meters read, taught by all the other songs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench import families
from noktvrn.kernel.seeds import dice
from noktvrn.model.artist import TempoRange
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.music import critic, producer
from noktvrn.music.planner import plan_song
from noktvrn.providers.procedural_music.composer import ProceduralComposer
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.analysis.key import same_or_related
from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.variation import repeated_blocks
from noktvrn.sound.files import flac
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style, style_ids
from noktvrn.sound.theory import key_name

Row = dict[str, Any]

_ORACLE = """
import sys
import numpy as np, librosa
for line in sys.stdin:
    path, asked = line.split("\\t")
    y, sr = librosa.load(path, sr=22050, mono=True)
    onset = librosa.onset.onset_strength(y=y, sr=sr)
    gram = librosa.feature.tempogram(onset_envelope=onset, sr=sr, win_length=1024).mean(axis=1)
    bpm = librosa.tempo_frequencies(gram.size, sr=sr)
    near = np.abs(np.log2(bpm / float(asked)))
    near[0] = np.inf
    place = int(np.argmin(near))
    peak = max(range(max(2, place - 1), min(gram.size - 1, place + 2)), key=lambda i: gram[i])
    print(int(gram[peak] >= gram[peak - 1] and gram[peak] >= gram[peak + 1]), flush=True)
"""


def song(style: str, seed: int, folder: Path) -> tuple[Row, Path]:
    """Makes, masters and examines one song in `folder`; what was found, and the master."""
    home = load_style(style)
    luck = dice(seed, "catalogue", style)
    seconds = luck.randrange(60, 181)
    tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
    plan = plan_song(
        genre=style,
        style=style,
        tempo=tempo,
        modes=home.modes,
        mood="",
        duration_s=seconds,
        seed=seed,
        energy=luck.random(),
    )
    identity = make_identity(seed, style, moods=[])
    request = CompositionRequest(
        plan=plan, identity=identity, lyrics=None, title="Bench", prompt="", seed=seed, folder=folder
    )
    recording = ProceduralComposer().compose(request)
    take = producer.produce(recording, profile_sound=identity, folder=folder)
    report = critic.examine_file(
        take.path,
        plan=plan,
        timeline=recording.timeline,
        provenance=Provenance(
            engine="procedural_music", engine_version="bench", source_type=SourceType.ALGORITHMIC, seed=seed
        ),
        wanted_duration_s=float(seconds),
        catalogue=(),
        score=recording.score_figures,
    )
    figures = take.figures
    return {
        "style": style,
        "family": home.family,
        "seed": seed,
        "pulse": home.targets.pulse,
        "asked_bpm": plan.tempo_bpm,
        "asked_key": key_name(plan.tonic, plan.mode),
        "asked_s": seconds,
        "figures": figures.as_data(),
        "errors": [f.rule for f in report.findings if f.severity == "error"],
        "warnings": [f.rule for f in report.findings if f.severity == "warning"],
        "repeats": len(repeated_blocks(compose(plan, identity))),
        "features": families.describe(*flac.read_audio(take.path), figures).tolist(),
    }, take.path


def _songs(styles: Sequence[str], seeds: range, oracle: str) -> list[Row]:
    """The songs of some styles, one after the other, in one process with one oracle beside it."""
    asked = _Oracle(oracle) if oracle else None
    rows = []
    for style in styles:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                row, path = song(style, seed, Path(folder))
                row["oracle"] = asked.peak(path, row["asked_bpm"]) if asked else None
            rows.append(row)
            print(f"  {style} {seed}: {', '.join(row['errors']) or 'passes'}", file=sys.stderr, flush=True)
    return rows


class _Oracle:
    """A librosa in a process of its own, asked song by song."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _ORACLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def peak(self, path: Path, bpm: float) -> bool:
        """Whether its tempogram has a local peak at `bpm`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wav = path.with_suffix(".wav")
        audio, rate = soundfile.read(path)
        soundfile.write(wav, audio, rate)
        self._process.stdin.write(f"{wav}\t{bpm}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip() == "1"


def _share(rows: Sequence[Row], good: Callable[[Row], bool]) -> str:
    return f"{sum(map(good, rows))} of {len(rows)} ({sum(map(good, rows)) / max(1, len(rows)):.1%})"


def _tempo(row: Row, *factors: float) -> bool:
    heard = row["figures"]["tempo_bpm"]
    return heard is not None and any(abs(heard * f / row["asked_bpm"] - 1) <= 0.01 for f in factors)


def _key(row: Row) -> bool:
    heard = row["figures"]["key"]
    return heard is not None and same_or_related(heard, row["asked_key"])


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    steady = [row for row in rows if row["pulse"]]
    level = [abs(row["figures"]["integrated_lufs"] + 14.0) for row in rows]
    peaks = [row["figures"]["true_peak_dbtp"] for row in rows]
    yield f"no hard finding:            {_share(rows, lambda r: not r['errors'])}"
    yield f"loudness off -14 LUFS:      at most {max(level):.2f} LU"
    yield f"true peak:                  at most {max(peaks):.2f} dBTP"
    yield f"contrast of 2 LU or more:   {_share(rows, lambda r: r['figures']['section_contrast_lu'] >= 2.0)}"
    yield f"no repeated 8-bar blocks:   {_share(rows, lambda r: not r['repeats'])}"
    yield f"tempo within 1 %:           {_share(steady, lambda r: _tempo(r, 1.0))} with a pulse"
    yield f"tempo or an octave of it:   {_share(steady, lambda r: _tempo(r, 0.5, 1.0, 2.0))}"
    yield f"key, exact or relative:     {_share(rows, _key)}"
    if rows[0]["oracle"] is not None:
        yield f"librosa's tempogram agrees: {_share(steady, lambda r: bool(r['oracle']))}"
    right = families.told_apart([r["family"] for r in rows], np.array([r["features"] for r in rows]))
    families_heard = len({row["family"] for row in rows})
    yield f"family recognised:          {right:.1%} (chance {1 / families_heard:.1%})"


def main() -> None:
    """Makes the songs and prints the shares, then the styles that fall short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--styles", default=",".join(style_ids()))
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--oracle", default="")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    styles, seeds = asked.styles.split(","), range(asked.first, asked.first + asked.seeds)
    parts = [styles[i :: asked.jobs] for i in range(asked.jobs)]
    with ProcessPoolExecutor(asked.jobs) as pool:
        done = pool.map(_songs, parts, [seeds] * asked.jobs, [asked.oracle] * asked.jobs)
        rows = [row for part in done for row in part]
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
        (asked.keep / "songs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(f"{len(rows)} songs, {len(styles)} styles")
    for line in _lines(rows):
        print(f"  {line}")
    for rule, count in Counter(f"{r['style']}: {rule}" for r in rows for rule in r["errors"]).items():
        print(f"  error {rule} x{count}")
    for rule, count in Counter(rule for r in rows for rule in r["warnings"]).most_common():
        print(f"  warning {rule} x{count}")


if __name__ == "__main__":
    main()
