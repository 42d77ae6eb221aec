"""A short song, its time-line and an artist's look, for films of a few seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from noktvrn.film.encoder import Reel
from noktvrn.film.yuv import Frame
from noktvrn.model.film import Cue, FilmKind
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.roles.filmmaker import FilmRequest

RATE, BPM = 44_100, 120
MARK = "DIGITALSOURCETYPE=http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"


def write_song(path: Path, seconds: float) -> Path:
    time = np.arange(round(seconds * RATE)) / RATE
    beat = time % 0.5
    kick = np.sin(2 * np.pi * 55 * beat) * np.exp(-beat * 9)
    tone = 0.2 * np.sin(2 * np.pi * 440 * time) * (0.6 + 0.4 * np.sin(2 * np.pi * time))
    mono = 0.6 * kick + tone
    soundfile.write(path, np.stack([mono, mono], axis=1), RATE, format="FLAC")
    return path


def timeline(seconds: float) -> Timeline:
    half = seconds / 2
    return Timeline(
        duration_s=seconds,
        tempo_bpm=BPM,
        key="Am",
        beats=tuple(np.arange(0, seconds, 0.5).tolist()),
        downbeats=tuple(np.arange(0, seconds, 2.0).tolist()),
        sections=(
            SectionSpan(label="verse", start_s=0, end_s=half, energy=0.4),
            SectionSpan(label="chorus", start_s=half, end_s=seconds, energy=1.0),
        ),
        chords=(),
    )


def look(motif: str = "eclipse") -> VisualIdentity:
    return VisualIdentity(
        seed=9,
        hue=300,
        ramp=("#0d0614", "#3d0f5c", "#a6238f", "#f28a7a", "#ffe6cc"),
        paper="#f5f1e6",
        ink="#15131c",
        accent="#ff5a1f",
        motif=motif,
        display_face="space-grotesk",
        text_face="space-grotesk",
        tracking=0.18,
        grain=0.02,
        light_angle=60,
        glyph="VL",
    )


def request(folder: Path, *, kind: FilmKind = "video", seconds: float = 4.0, seed: int = 3) -> FilmRequest:
    size = (320, 180) if kind == "video" else (180, 320)
    audio = folder / "song.flac"
    if not audio.exists():
        write_song(audio, seconds)
    return FilmRequest(
        kind=kind,
        audio=audio,
        timeline=timeline(seconds),
        look=look(),
        artist_name="Vesper Line",
        title="Ночь / Café “Afterglow”",
        cues=(Cue(start_s=1.0, end_s=2.5, text="the city hums in ultraviolet"),),
        duration_s=seconds,
        width=size[0],
        height=size[1],
        seed=seed,
        comment="Made by a virtual artist.",
        folder=folder,
    )


def reel(path: Path, audio: Path, *, frames: int = 30, comment: str = MARK) -> Reel:
    return Reel(path, 64, 36, 30, frames, audio, tags={"title": "A", "comment": comment})


def moving_frame(index: int) -> Frame:
    """A frame of 64x36 in which something always moves."""
    frame = Frame(64, 36)
    frame.y[...] = 60
    frame.y[:, (2 * index) % 56 : (2 * index) % 56 + 8] = 150
    return frame
