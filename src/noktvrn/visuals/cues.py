"""Which short line stands when: the lines of a film spread over its sections, on downbeats."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.film.captions import SHORTEST_S, broken, reading_s
from noktvrn.model.film import Cue
from noktvrn.model.sound import TimedLine, Timeline

LONGEST_S = 4.2
PAUSE_S = 0.4
TAIL_S = 0.6
GAP_S = 0.08


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


def sung_cues(
    lines: Sequence[TimedLine], *, start_s: float, first_s: float, last_s: float
) -> tuple[Cue, ...]:
    """A caption for every line that is sung between `first_s` and `last_s` of the film's own clock.

    Each begins when its line is sung and stays until it is over and could be read, or the next begins; a line
    too short to be read by itself shares a caption with the next. `start_s` is where the film begins in the
    song.
    """
    shared = _shared([line for line in lines if line.words])
    cues: list[Cue] = []
    for place, (text, begin, end) in enumerate(shared):
        until = shared[place + 1][1] - start_s - GAP_S if place + 1 < len(shared) else last_s
        since = max(begin - start_s, first_s)
        stands = min(max(end - start_s, begin - start_s + reading_s(text) + TAIL_S), until, last_s)
        if stands - since >= SHORTEST_S:
            cues.append(Cue(start_s=round(since, 3), end_s=round(stands, 3), text=broken(text)))
    return tuple(cues)


def _shared(lines: Sequence[TimedLine]) -> list[tuple[str, float, float]]:
    """Text, start and end of captions: lines in time, two in one where the first could not be read alone."""
    shared: list[tuple[str, float, float]] = []
    single = False
    for line in sorted(lines, key=lambda line: line.words[0].start_s):
        text, begin, end = line.text, line.words[0].start_s, line.words[-1].end_s
        before = shared[-1] if shared else None
        if before and single and begin < before[1] + reading_s(before[0]) and _fits(before[0], text):
            shared[-1] = (f"{before[0]} {text}", before[1], end)
            single = False
        else:
            shared.append((text, begin, end))
            single = True
    return shared


def _fits(one: str, other: str) -> bool:
    return not broken(f"{one} {other}").endswith("…")


def _nearest(downbeats: Sequence[float], wanted: float) -> float:
    near = [bar for bar in downbeats if abs(bar - wanted) <= 2.0]
    return min(near, key=lambda bar: abs(bar - wanted)) if near else wanted
