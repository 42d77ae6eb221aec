"""Sound files of anybody: measured as the house measures its own masters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from noktvrn.kernel.errors import Invalid, NotAllowed, Refused
from noktvrn.model.track import AudioFigures
from noktvrn.music import producer
from noktvrn.sound.analysis import spectrogram
from noktvrn.sound.files import flac

LONGEST_S = 1_200
RATES = range(16_000, 192_001)
STEREO = 2


def analyse(path: Path, *, png: Path | None = None) -> AudioFigures:
    """Every figure of a sound file of at least 3 s and at most 20 min, and its spectrogram at `png`.

    One channel is measured as two equal ones; `channels` says how many the file has.

    Raises:
        NotFound: no such file.
        Invalid: it is no sound file, too short, too long, or has more than two channels.
        NotAllowed: the picture cannot be written.
    """
    try:
        facts = flac.probe(path)
        _check(path, facts)
        audio, rate = flac.read_audio(path)
    except Refused as error:
        raise Invalid(
            f"{path.name} is no sound file that can be read.",
            code="audio.unreadable",
            hint="WAV, FLAC, MP3 and Ogg can be read.",
        ) from error
    stereo = audio if facts.channels == STEREO else np.repeat(audio, STEREO, axis=0)
    figures = producer.measure(stereo, rate, None)
    if png is not None:
        _draw(png, stereo, rate)
    return figures.model_copy(update={"channels": facts.channels})


def _check(path: Path, facts: flac.FlacFacts) -> None:
    if facts.channels > STEREO:
        raise Invalid(
            f"{path.name} has {facts.channels} channels.",
            code="audio.not_stereo",
            hint="Mix it down to two channels.",
        )
    if facts.sample_rate not in RATES:
        raise Invalid(
            f"{path.name} has {facts.sample_rate} samples a second.",
            code="audio.bad_rate",
            hint=f"{RATES.start:,} to {RATES.stop - 1:,} can be measured.",
        )
    if facts.frames > LONGEST_S * facts.sample_rate:
        raise Invalid(
            f"{path.name} lasts {facts.frames / facts.sample_rate:,.0f} s.",
            code="audio.too_long",
            hint=f"At most {LONGEST_S:,} s are read at once.",
        )


def _draw(png: Path, audio: flac.Samples, rate: int) -> None:
    """Writes the picture beside its place first, so that nothing half-drawn ever stands there."""
    try:
        with tempfile.TemporaryDirectory(dir=png.parent, prefix=".spectrogram-") as folder:
            drawn = Path(folder) / "drawn.png"
            spectrogram.write_png(drawn, audio, rate)
            drawn.replace(png)
    except OSError as error:
        raise NotAllowed(
            f"{png} cannot be written: {error.strerror}.",
            code="track.no_picture",
            hint="Name a file in a folder that can be written.",
        ) from error
