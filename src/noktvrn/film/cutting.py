"""The cutting list of a film made from clips: cuts on downbeats, quick where the song is loud, and for each
the clip that moves as the song does.

Drawn scenes fill in where there are too few clips: every second of footage is seen twice at most, never one
clip twice in a row, and nothing is frozen or slowed down visibly to make it last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from noktvrn.film.clips import Clip, Part
from noktvrn.film.montage import Shot, cutting_list
from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.sound import Timeline

CALM_S, LOUD_S = 6.0, 1.9
"""How long a cut stands at energy 0 and 1, before it is fitted to the bars."""
SHORTEST_S = 0.8
SLOWEST = 0.85
"""The least speed at which a clip of usual rate still moves smoothly."""
SEEN = 2.0
"""How often a second of footage may be seen in one film."""
APART = 3
"""Cuts between two appearances of a clip, where there are clips enough."""
_MARGIN_S = 0.12
_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Cut:
    """One stretch of the film. `clip` is the place of its clip in the list; None: it is drawn."""

    shot: Shot
    clip: int | None = None
    part: Part = field(default_factory=lambda: Part(0.0))


@dataclass(slots=True)
class _Reel:
    """A clip and what of it has been seen."""

    place: int
    clip: Clip
    rank: float
    uses: int = 0
    seen: list[tuple[float, float]] = field(default_factory=list)

    @property
    def room_s(self) -> float:
        return self.clip.duration_s - 2 * _MARGIN_S

    def overlap(self, start: float, length: float) -> float:
        """Seconds of a window that were seen already, each time they were."""
        return sum(max(0.0, min(start + length, end) - max(start, begin)) for begin, end in self.seen)


def cut_footage(
    timeline: Timeline, clips: Sequence[Clip], *, start_s: float, frames: int, fps: int, seed: int
) -> tuple[Cut, ...]:
    """The cuts that fill `frames` frames from `start_s` of the song, without gap or overlap."""
    scenes = cutting_list(timeline, start_s=start_s, frames=frames, fps=fps, seed=seed)
    filmed = _worth_filming(scenes, clips, fps)
    room = _CuttingRoom(clips, fps, seed)
    cuts: list[Cut] = []
    for scene in scenes:
        pieces = _pieces(scene, timeline, start_s, fps) if scene in filmed else [scene]
        for piece in pieces:
            cuts += room.cut(piece) if scene in filmed else [Cut(piece)]
    return _joined(cuts)


def _worth_filming(scenes: Sequence[Shot], clips: Sequence[Clip], fps: int) -> set[Shot]:
    """The scenes there is footage for, the loudest first."""
    left = SEEN * sum(clip.duration_s for clip in clips) * fps
    filmed = set()
    for scene in sorted(scenes, key=lambda scene: (-scene.energy, scene.first)):
        if left <= 0:
            break
        filmed.add(scene)
        left -= scene.frames
    return filmed


def _pieces(scene: Shot, timeline: Timeline, start_s: float, fps: int) -> list[Shot]:
    """A scene cut at every so many bars, by its energy."""
    wanted = CALM_S + (LOUD_S - CALM_S) * scene.energy
    gap, apart = round(SHORTEST_S * fps), wanted * fps
    marks = [scene.first]
    for moment in _grid(timeline, wanted, scene.first / fps + start_s):
        frame = round((moment - start_s) * fps)
        if frame - marks[-1] >= max(gap, 0.7 * apart) and scene.last - frame >= max(gap, 0.5 * apart):
            marks.append(frame)
    return [
        replace(scene, first=first, last=last, seed=derive_seed(scene.seed, "cut", first))
        for first, last in pairwise([*marks, scene.last])
    ]


def _grid(timeline: Timeline, wanted: float, since: float) -> list[float]:
    """Moments from `since` on where a cut may fall so that cuts are about `wanted` seconds: every so many
    downbeats, half bars too where bars are long; even distances where the song has no bars."""
    bars = [bar for bar in timeline.downbeats if bar > since + 1e-3]
    if len(bars) < 2:
        return list(np.arange(since + wanted, timeline.duration_s, wanted))
    bar_s = float(np.median(np.diff(bars)))
    if wanted < 0.75 * bar_s:
        return sorted([*bars, *((one + two) / 2 for one, two in pairwise(bars))])
    every = 2 ** max(0, round(float(np.log2(wanted / bar_s))))
    return bars[every - 1 :: every]


class _CuttingRoom:
    """Hands out parts of clips, remembering what has been seen."""

    def __init__(self, clips: Sequence[Clip], fps: int, seed: int) -> None:
        stirs = sorted(clip.stir for clip in clips)
        self._reels = [
            _Reel(place, clip, stirs.index(clip.stir) / max(1, len(clips) - 1))
            for place, clip in enumerate(clips)
        ]
        self._order = {reel.place: dice(seed, "clip", reel.place).random() for reel in self._reels}
        self._fps = fps
        self._last: deque[int | None] = deque(maxlen=max(1, min(APART, len(clips) - 1)))

    def cut(self, piece: Shot) -> list[Cut]:
        """The piece with its clip; in halves where no clip is long enough; drawn where none is left."""
        length = piece.frames / self._fps
        reel = self._choose(piece, length)
        if reel is not None:
            return [self._taken(reel, piece, length)]
        middle = (piece.first + piece.last) // 2
        if length >= 2 * LOUD_S and self._reels:
            halves = (replace(piece, last=middle), replace(piece, first=middle))
            return [cut for half in halves for cut in self.cut(half)]
        self._last.append(None)
        return [Cut(piece)]

    def _choose(self, piece: Shot, length: float) -> _Reel | None:
        free = [
            reel
            for reel in self._reels
            if reel.place not in self._last
            and reel.room_s >= length * SLOWEST
            and sum(end - begin for begin, end in reel.seen) + length <= SEEN * reel.clip.duration_s
        ]
        if not free:
            return None
        return min(free, key=lambda reel: (reel.uses, self._mismatch(reel, piece), self._order[reel.place]))

    def _mismatch(self, reel: _Reel, piece: Shot) -> float:
        return round(abs(reel.rank - piece.energy), 1)

    def _taken(self, reel: _Reel, piece: Shot, length: float) -> Cut:
        speed = _speed(reel, piece, length, self._fps)
        span = length * speed
        start = _window(reel, span, loud=piece.energy >= 0.5)
        mirrored = bool(reel.uses % 2) and reel.overlap(start, span) > 0
        reel.uses += 1
        reel.seen.append((start, start + span))
        self._last.append(reel.place)
        return Cut(piece, reel.place, Part(round(start, 4), round(speed, 4), mirrored))


def _speed(reel: _Reel, piece: Shot, length: float, fps: int) -> float:
    """Clips of a high rate are slowed down in calm parts, as far as they have frames for it; others only as
    much as they are short."""
    usual = max(0.5, fps / reel.clip.fps) if piece.energy < 0.45 and reel.clip.fps > 1.5 * fps else 1.0
    return min(usual, max(reel.room_s / length, min(usual, SLOWEST)))


def _window(reel: _Reel, span: float, *, loud: bool) -> float:
    """Where in the clip to begin: unseen first, then where most moves (least, in calm parts)."""
    starts = np.arange(_MARGIN_S, max(reel.clip.duration_s - _MARGIN_S - span, _MARGIN_S) + 1e-6, _STEP_S)
    peak = float(reel.clip.motion.max()) or 1.0

    def worth(start: float) -> float:
        seconds = reel.clip.motion[int(start) : max(int(start) + 1, int(np.ceil(start + span)))]
        stir = float(seconds.mean()) / peak if len(seconds) else 0.0
        return round((stir if loud else -stir) - 4.0 * reel.overlap(start, span) / span, 4)

    return float(max(starts.tolist(), key=lambda start: (worth(start), -start)))


def _joined(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    """Drawn pieces of one scene that follow one another are one again."""
    joined: list[Cut] = []
    for cut in cuts:
        before = joined[-1] if joined else None
        if (
            before
            and before.clip is None
            and cut.clip is None
            and (before.shot.label, before.shot.take) == (cut.shot.label, cut.shot.take)
        ):
            joined[-1] = Cut(replace(before.shot, last=cut.shot.last))
        else:
            joined.append(cut)
    return tuple(joined)
