"""Sound files of anybody: analysed as the house hears its own masters, and drawn."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label import known, recordings
from noktvrn.label.recordings import STEREO, Samples
from noktvrn.model.analysis import TrackReport
from noktvrn.settings import Settings
from noktvrn.sound.analysis import analyse as hear
from noktvrn.visuals.sheet_ground import clock
from noktvrn.visuals.track_sheet import Sheet, write_sheet

WAVEFORM = 400
"""Slices of the waveform of a report."""


def analyse(path: Path, *, png: Path | None = None, settings: Settings | None = None) -> TrackReport:
    """Everything heard in a sound file of 3 s to 20 min, and its sheet at `png`: a file, or a folder that
    gets one of the sound file's name.

    One channel is measured as two equal ones; `channels` says how many the file has. With `settings` the
    label is asked whether it knows the recording.

    Raises:
        NotFound: no such file.
        Invalid: it is empty, silent, no sound file, too short, too long, or has more than two channels.
        NotAllowed: the picture cannot be written.
    """
    audio, rate, channels = recordings.read(path, settings.ffmpeg if settings else None)
    heard = hear(audio, rate)
    heard = heard.model_copy(update={"figures": heard.figures.model_copy(update={"channels": channels})})
    digest = _sha256(path)
    owned = known.find(settings, path, digest) if settings else None
    if png is not None:
        facts = f"{clock(heard.figures.duration_s)}  ·  {rate / 1000:g} kHz  ·  {_width(channels)}"
        title = owned.title if owned else path.stem
        _draw(picture_place(path, png), Sheet(title, facts, heard, audio, rate, owned))
    return TrackReport(
        name=path.name,
        sha256=digest,
        channels=channels,
        analysis=heard,
        waveform=_waveform(audio),
        known=owned,
    )


def picture_place(path: Path, png: Path) -> Path:
    """Where the sheet of `path` goes: `png` itself, or a file of the same name in it where it is a folder."""
    return png / f"{path.stem}.png" if png.is_dir() else png


def _width(channels: int) -> str:
    return "stereo" if channels == STEREO else "mono"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _waveform(audio: Samples) -> tuple[float, ...]:
    starts = np.linspace(0, audio.shape[1], WAVEFORM, endpoint=False).astype(np.intp)
    highest = np.maximum.reduceat(np.abs(audio).max(axis=0), starts)
    return tuple(np.round(np.minimum(highest, 1.0), 4).tolist())


def _draw(png: Path, sheet: Sheet) -> None:
    """Writes the picture beside its place first, so that nothing half-drawn ever stands there."""
    try:
        with tempfile.TemporaryDirectory(dir=png.parent, prefix=".sheet-") as folder:
            drawn = Path(folder) / "drawn.png"
            write_sheet(drawn, sheet)
            drawn.replace(png)
    except OSError as error:
        raise NotAllowed(
            f"{png} cannot be written: {error.strerror}.",
            code="track.no_picture",
            hint="Name a file, or a folder there is, that can be written.",
        ) from error
