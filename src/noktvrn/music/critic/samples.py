"""What only the samples of the file itself can tell: depth, pasted bars, peaks after a lossy codec."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Finding
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import Timeline
from noktvrn.music.critic.case import AGAIN, error, warning
from noktvrn.sound.analysis import meters, repetition
from noktvrn.sound.files.flac import Samples

LOSSY_PEAK_DBTP = -1.0
BLOCK_BARS = 8
CHECKS = 3


def depth(bits: int) -> Iterator[Finding]:
    """16 or 24 bits, as stores take them."""
    if bits not in (16, 24):
        message = f"{bits}-bit samples cannot be delivered."
        yield error("audio.depth", message, "Write 24-bit or 16-bit FLAC.", bits, "16 or 24")


def loops(audio: Samples, rate: int, plan: SongPlan, timeline: Timeline) -> Iterator[Finding]:
    """No eight bars are followed by their own copy, wherever among the bars they begin. A stretch that is
    pasted again and again is told once."""
    bar_s, start_s = plan.bar_s, timeline.downbeats[0] if timeline.downbeats else 0.0
    found: list[float] = []
    for bar in range(BLOCK_BARS):
        first = round((start_s + bar * bar_s) * rate)
        alike = repetition.alike_blocks(audio[:, first:], rate, BLOCK_BARS * bar_s)
        found += [first / rate + at for at in alike]
    last = float("-inf")
    for start in sorted(found):
        if start - last > 1.5 * bar_s:
            message = f"Eight bars from {start:.0f} s on are repeated note for note and sample for sample."
            yield error("audio.loop", message, "A song is played, not pasted. " + AGAIN, start)
        last = start


def lossy_peak(audio: Samples, rate: int) -> Iterator[Finding]:
    """The true peak stays below -1 dBTP after a journey through MP3."""
    level = meters.true_peak_after_mp3(audio, rate)
    if not level <= LOSSY_PEAK_DBTP:
        message = f"True peak rises to {level:.1f} dBTP in a lossy codec."
        hint = "Leave more room: master to -1.5 dBTP."
        yield warning("audio.lossy_peak", message, hint, level, LOSSY_PEAK_DBTP)
