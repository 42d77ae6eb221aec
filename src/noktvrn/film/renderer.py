"""A film, frame by frame: backdrop and subject, or footage; light on the beat, type, progress line.

The same script gives the same frames, always: everything random comes from the script's seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from noktvrn.film.backdrop import Backdrop, Set
from noktvrn.film.credits import CARD_S, Slot, Typography
from noktvrn.film.cutting import Cut, cut_footage
from noktvrn.film.filmed import Filmed, Finish, Stock
from noktvrn.film.lettering import Typesetter
from noktvrn.film.light import dim, neutral
from noktvrn.film.montage import Shot
from noktvrn.film.spectrum import Spectrum
from noktvrn.film.staging import grade_of, stage_of
from noktvrn.film.styles import STYLES, Act
from noktvrn.film.styles.base import Palette, Pulse
from noktvrn.film.yuv import Bytes, Frame
from noktvrn.model.film import Cue, FilmKind
from noktvrn.model.sound import Timeline

END_S = 3.0


@dataclass(frozen=True, slots=True)
class Script:
    """Everything a film is made from, besides its sound, its still and its letters."""

    kind: FilmKind
    width: int
    height: int
    fps: int
    frames: int
    start_s: float
    timeline: Timeline
    style: str
    palette: Palette
    tracking: float
    uppercase: bool
    artist: str
    title: str
    cues: tuple[Cue, ...]
    seed: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps


class Scene(Protocol):
    """What one cut shows, before any type."""

    def lay(self, frame: Frame, pulse: Pulse) -> bool:
        """Covers the frame; False when there is nothing more to show."""

    def close(self) -> None:
        """Lets go of what it holds."""


class Drawn:
    """A scene of the house's own: its backdrop and the subject before it. It never ends."""

    def __init__(self, backdrop: Set, act: Act) -> None:
        self._backdrop, self._act = backdrop, act

    def lay(self, frame: Frame, pulse: Pulse) -> bool:
        """Covers the frame."""
        self._backdrop.lay(frame, pulse.time_s, pulse.bass * pulse.presence)
        self._act.draw(frame, pulse)
        return True

    def close(self) -> None:
        """Holds nothing."""


class Renderer:
    """Draws the frames of one script. `spectrum` starts where the film does; `still` is RGB (H, W, 3);
    `stock` are clips to cut it from."""

    def __init__(
        self,
        script: Script,
        spectrum: Spectrum,
        still: Bytes,
        typeset: Typesetter,
        stock: Stock | None = None,
    ) -> None:
        self._script = script
        self._stock = stock
        self._cuts = self._cutting_list()
        self._spectrum = spectrum
        self._still = still
        self._backdrop = Backdrop(
            still, script.width, script.height, grain=script.palette.grain, seed=script.seed
        )
        self._beats = np.asarray(script.timeline.beats or (0.0,)) - script.start_s
        self._bars = np.asarray(script.timeline.downbeats or (0.0,)) - script.start_s
        self._slots = self._set_type(typeset)
        self._line = max(2, script.height // 360)

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The cutting list."""
        return self._cuts

    def frames(self) -> Iterator[Frame]:
        """Every frame in order, always the same buffer: use it before asking for the next."""
        frame = Frame(self._script.width, self._script.height)
        for cut in self._cuts:
            first = cut.shot.first
            while first < cut.shot.last:  # a clip that ends early is followed by a drawn scene
                with closing(self._scene(cut, frame)) as scene:
                    for index in range(first, cut.shot.last):
                        if not self._draw(frame, index, cut.shot, scene):
                            break
                        first = index + 1
                        yield frame
                cut = Cut(cut.shot)  # noqa: PLW2901

    def still(self, index: int) -> Frame:
        """One frame alone. Styles that remember earlier frames start afresh at it, clips at their cut."""
        frame = Frame(self._script.width, self._script.height)
        cut = next(cut for cut in self._cuts if cut.shot.first <= index < cut.shot.last)
        with closing(self._scene(cut, frame)) as scene:
            self._draw(frame, index, cut.shot, scene)
        return frame

    def _cutting_list(self) -> tuple[Cut, ...]:
        script = self._script
        return cut_footage(
            script.timeline,
            self._stock.clips if self._stock else (),
            start_s=script.start_s,
            frames=script.frames,
            fps=script.fps,
            seed=script.seed,
        )

    def _scene(self, cut: Cut, frame: Frame) -> Scene:
        script, shot = self._script, cut.shot
        if cut.clip is not None and self._stock is not None:
            return Filmed(self._stock, cut, self._finish, script.palette, script.fps, frame)
        stage = stage_of(shot, script.width, script.height, script.palette, self._still)
        lit = self._backdrop.light(grade_of(shot, script.palette), seed=shot.seed)
        return Drawn(lit, STYLES[script.style](stage))

    @cached_property
    def _finish(self) -> Finish:
        script = self._script
        return Finish(script.palette, script.width, script.height, seed=script.seed)

    def _draw(self, frame: Frame, index: int, shot: Shot, scene: Scene) -> bool:
        pulse = self._pulse(index, shot)
        if not scene.lay(frame, pulse):
            return False
        self._fade(frame, pulse.time_s)
        for slot in self._slots:
            slot.show(frame, pulse.time_s)
        if self._script.kind == "video":
            self._progress(frame, index)
        return True

    def _pulse(self, index: int, shot: Shot) -> Pulse:
        time_s = index / self._script.fps
        beat = int(np.searchsorted(self._beats, time_s + 1e-6, side="right")) - 1
        bar = int(np.searchsorted(self._bars, time_s + 1e-6, side="right")) - 1
        since = time_s - self._beats[beat] if beat >= 0 else 1.0
        spectrum = self._spectrum
        return Pulse(
            time_s=time_s,
            bands=spectrum.bands[index],
            bass=float(spectrum.bass[index]),
            level=float(spectrum.level[index]),
            air=float(spectrum.air[index]),
            beat=float(np.exp(-since * 5.0)),
            bar=self._bar_position(bar, time_s),
            shot=(index - shot.first) / max(1, shot.frames),
            presence=self._presence(time_s),
        )

    def _bar_position(self, bar: int, time_s: float) -> float:
        if not 0 <= bar < len(self._bars) - 1:
            return 0.0
        return float((time_s - self._bars[bar]) / (self._bars[bar + 1] - self._bars[bar]))

    def _presence(self, time_s: float) -> float:
        """The subject rises during a film's first seconds and leaves with the end card."""
        rise = 1.0 if self._script.kind == "teaser" else min(1.0, 0.25 + 0.75 * time_s / (0.6 * CARD_S))
        left = (self._script.duration_s - time_s) / END_S
        return rise * float(np.clip(left, 0.0, 1.0))

    def _fade(self, frame: Frame, time_s: float) -> None:
        """From black at the start, to black at the end; paper keeps its light until the last moment."""
        opening = 0.8 if self._script.kind == "video" else 0.0
        start = 1.0 - time_s / opening if opening else 0.0
        end = 1.0 - (self._script.duration_s - time_s) / (0.5 if self._script.palette.on_paper else END_S)
        share = min(0.92, max(start, end, 0.0))
        if share > 0:
            dim(frame.y, share)
            neutral(frame.u, share)
            neutral(frame.v, share)

    def _progress(self, frame: Frame, index: int) -> None:
        done = round(frame.width * (index + 1) / self._script.frames)
        rows = frame.y[-self._line :]
        rows[:, :done] = (rows[:, :done] >> 1) + (self._tone_y >> 1)

    def _set_type(self, typeset: Typesetter) -> list[Slot]:
        script = self._script
        typography = Typography(
            typeset,
            script.palette,
            (script.width, script.height),
            tracking=script.tracking,
            uppercase=script.uppercase,
        )
        self._tone_y = typography.tone.y
        end = script.duration_s
        captions = typography.captions(script.cues)
        if script.kind == "teaser":
            return [*typography.heading(script.artist, script.title, end_s=end), *captions]
        card = typography.title_card(script.artist, script.title, end_s=min(CARD_S, end / 3))
        closing = typography.end_card(
            script.artist, script.title, start_s=max(0.0, end - END_S * 0.8), end_s=end
        )
        return [*card, *captions, *closing]
