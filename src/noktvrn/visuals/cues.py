"""Which short line stands when: the lines of a film spread over its sections, on downbeats."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.film.captions import broken, reading_s
from noktvrn.model.film import Cue
from noktvrn.model.sound import Timeline

LONGEST_S = 4.2
PAUSE_S = 0.4
TAIL_S = 0.6


def spread_cues(
    lines: Sequence[str],
    timeline: Timeline,
    *,
    start_s: float,
    duration_s: float,
    first_s: float,
    last_s: float,
) -> tuple[Cue, ...]:
    """Every line once, in order, at even distances between `first_s` and `last_s` of the film's own clock.

    Each begins on a downbeat where one is near, stands long enough to be read and ends before the next;
    lines that would not fit are left out from the end. `start_s` is where the film begins in the song.
    """
    texts = [broken(line) for line in lines if line.strip()]
    downbeats = [bar - start_s for bar in timeline.downbeats if first_s <= bar - start_s <= last_s]
    room = max(0.0, min(last_s, duration_s) - first_s)
    cues: list[Cue] = []
    for number, text in enumerate(texts):
        wanted = first_s + room * number / len(texts)
        begin = max(_nearest(downbeats, wanted), cues[-1].end_s + PAUSE_S if cues else 0.0)
        end = begin + max(reading_s(text) + TAIL_S, min(LONGEST_S, room / len(texts) - PAUSE_S))
        if end > min(last_s, duration_s):
            break
        cues.append(Cue(start_s=round(begin, 3), end_s=round(end, 3), text=text))
    return tuple(cues)


def _nearest(downbeats: Sequence[float], wanted: float) -> float:
    near = [bar for bar in downbeats if abs(bar - wanted) <= 2.0]
    return min(near, key=lambda bar: abs(bar - wanted)) if near else wanted
