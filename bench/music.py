"""The embedded composer: what a three-minute song costs in three styles, each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

STYLES = ("dark_electronic", "pop", "ambient")
SECONDS = 180

_SONG = """
import json, resource, sys, time
from pathlib import Path
from noktvrn.model.artist import TempoRange
from noktvrn.music.planner import plan_song
from noktvrn.providers.procedural_music.composer import ProceduralComposer
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import load_style
import scipy.fft

style, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
started = time.process_time()
home = load_style(style)
tempo = TempoRange(low=home.tempo[0], high=home.tempo[1])
plan = plan_song(
    genre=style, style=style, tempo=tempo, modes=home.modes, mood="dark", duration_s=seconds, seed=1
)
identity = make_identity(1, style, moods=["dark"])
request = CompositionRequest(
    plan=plan, identity=identity, lyrics=None, title="Bench", prompt="", seed=1, folder=folder
)
recording = ProceduralComposer().compose(request)
print(json.dumps({
    "cpu_s": time.process_time() - started,
    "audio_s": recording.timeline.duration_s,
    "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def measure(style: str) -> dict[str, float]:
    """CPU seconds without imports, seconds of audio and peak RSS (MB) of one song with its stems written."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-c", _SONG, style, str(SECONDS), str(Path(folder))]
        answer = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=300)
    return {name: float(value) for name, value in json.loads(answer.stdout).items()}


def main() -> None:
    """Prints one line a style; the target is <= 3 CPU s and <= 600 MB."""
    for style in STYLES:
        found = measure(style)
        factor = found["audio_s"] / found["cpu_s"]
        print(
            f"{style}: {found['audio_s']:.0f} s of song in {found['cpu_s']:.2f} CPU s "
            f"({factor:.0f}x realtime), peak {found['rss_mb']:.0f} MB"
        )


if __name__ == "__main__":
    main()
