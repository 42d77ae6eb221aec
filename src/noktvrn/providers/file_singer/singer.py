"""Singer, played by a person's recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid, Unavailable
from noktvrn.model.consent import VoiceUse
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.roles.composer import StemFile
from noktvrn.roles.singer import SingingRequest, SungStem
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.score import RATE

SPARE_S = 1.0
"""How much longer than the song a recording may run: the room after the last word."""

_HINT = "Give a WAV or FLAC of one or two channels at 44.1 kHz that starts where the song starts."


class FileSinger:
    """Hands on what a person recorded, or what a model of their voice made, which counts as generated. It
    changes nothing but the length."""

    name = "file_singer"

    def __init__(self, file: Path | None, voice: str, use: VoiceUse) -> None:
        self._file = file
        self._voice = voice
        self._use = use

    def sing(self, request: SingingRequest) -> SungStem:
        """The recording as a stem of the song's length.

        Raises:
            Unavailable: the file is not there.
            Invalid: it is no sound at 44.1 kHz, or longer than the song.
        """
        samples = self._read(round(request.duration_s * RATE))
        path = request.folder / "vocals.wav"
        write_float_wav(path, samples, RATE)
        return SungStem(
            stem=StemFile(name="vocals", path=path),
            words="spoken" if self._use == "speech" else "sung",
            voice=self._voice,
            use=self._use,
            provenance=Provenance(
                engine=self._voice,
                engine_version="",
                licence_class="licensed" if self._use == "clone" else "human",
                source_type=SourceType.TRAINED if self._use == "clone" else SourceType.HUMAN,
                rights=Rights(licence="the person's own, by their consent on record"),
            ),
        )

    def _read(self, frames: int) -> NDArray[np.float32]:
        """The recording as (2, frames), silence behind its end."""
        if self._file is None or not self._file.is_file():
            raise Unavailable(
                f"The voice's recording {self._file} is not there.", code="voice.no_file", hint=_HINT
            )
        try:
            facts = soundfile.info(self._file)
            self._check(facts.samplerate, facts.channels, facts.frames, frames)
            found, _ = soundfile.read(self._file, frames=frames, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise Invalid(
                f"{self._file.name} is no sound file.", code="voice.bad_file", hint=_HINT
            ) from error
        if not np.isfinite(found).all():
            raise Invalid(
                f"{self._file.name} holds values that are no numbers.", code="voice.bad_file", hint=_HINT
            )
        stereo = np.zeros((2, frames), np.float32)
        stereo[:, : found.shape[0]] = found.T
        return stereo

    def _check(self, rate: int, channels: int, frames: int, wanted: int) -> None:
        if rate != RATE or channels > 2:
            raise Invalid(
                f"The voice's recording has {channels} channel(s) at {rate} Hz.",
                code="voice.bad_file",
                hint=_HINT,
            )
        if frames > wanted + SPARE_S * RATE:
            raise Invalid(
                f"The voice's recording lasts {frames / RATE:.1f} s, the song {wanted / RATE:.1f} s.",
                code="voice.too_long",
                hint="Record it to this song, or cut it.",
            )
