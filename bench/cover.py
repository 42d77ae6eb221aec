"""Covers of 3000 x 3000 pixels: CPU seconds and peak memory of every motif family.

Each cover is painted in a process of its own, so the peak is that of one cover. Limits: 9 CPU s, 700 MB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CPU_LIMIT_S = 9.0
RSS_LIMIT_MB = 700.0


def main() -> None:
    """Prints one line a motif, then the worst."""
    from noktvrn.picture.motifs import MOTIFS

    figures = [_painted_apart(name) for name in sorted(MOTIFS)]
    for figure in figures:
        cost = f"{figure['cpu_s']:5.1f} CPU s {figure['rss_mb']:5.0f} MB"
        print(f"cover {figure['motif']:<12} {cost} {figure['kb']:6.0f} kB")
    cpu, rss = max(row["cpu_s"] for row in figures), max(row["rss_mb"] for row in figures)
    limits = f"limits {CPU_LIMIT_S:.0f} s, {RSS_LIMIT_MB:.0f} MB"
    print(f"cover worst        {cpu:5.1f} CPU s {rss:5.0f} MB ({limits})")


def _painted_apart(motif: str) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__)), motif]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(answer.stdout)
    return figures


def _paint(motif: str) -> None:
    """Paints one cover in this process and prints its figures as JSON; imports are not counted."""
    from noktvrn.picture.identity import make_look
    from noktvrn.providers.procedural_art.illustrator import ProceduralArt
    from noktvrn.roles.illustrator import PictureRequest

    look = make_look(5, moods=[], looks=[], stage_name="Vesper Line").model_copy(update={"motif": motif})
    with tempfile.TemporaryDirectory() as folder:
        request = PictureRequest(
            kind="cover",
            look=look,
            artist_name="Vesper Line",
            title="Salt Cathedral",
            seed=3,
            folder=Path(folder),
        )
        start = time.process_time()
        painting = ProceduralArt().paint(request)
        figures = {
            "motif": motif,
            "cpu_s": time.process_time() - start,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "kb": painting.path.stat().st_size / 1000,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _paint(sys.argv[1])
    else:
        main()
