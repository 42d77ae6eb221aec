"""A band that plays on a sound bank of the person's own, through the fluidsynth program.

The program (LGPL) runs by itself, by argument list, once a part; what it plays goes onto the same desk as the
house's own instruments. Its options: https://github.com/FluidSynth/fluidsynth/wiki/UserManual
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from noktvrn.kernel.errors import NotReady, Unavailable
from noktvrn.kernel.seeds import dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.files.midi import performance
from noktvrn.sound.mixing.levels import Sounding
from noktvrn.sound.mixing.players import pan_gains
from noktvrn.sound.score import PRE_ROLL_S, RATE, Score, Section
from noktvrn.sound.signature import colouring
from noktvrn.sound.style import PartStyle, Style
from noktvrn.sound.synthesis.envelopes import ramp
from noktvrn.sound.synthesis.spectrum import Samples, bell, frequencies, padded, shaped
from noktvrn.sound.synthesis.takes import Take

TIMEOUT_S = 300.0
_HINT = "Install it (Debian, Ubuntu: apt install fluidsynth), or take NOKTVRN_SOUNDFONT away."
_SEAM = 441
"""Samples over which two sections of a part are joined."""

_SILENT = 1e-4
_KIT_WET = 0.12


def find_fluidsynth(setting: Path | None) -> Path:
    """The program named by `setting`, else the one on PATH. Raises Unavailable when there is none."""
    found = shutil.which(str(setting or "fluidsynth"))
    if found is None:
        raise Unavailable("No fluidsynth was found.", code="music.no_fluidsynth", hint=_HINT)
    return Path(found).absolute()


class SoundfontBand:
    """Every part and the kit on the bank's General MIDI programs, chosen as the artist chose its patches."""

    def __init__(self, program: Path, bank: Path) -> None:
        if not bank.is_file():
            raise NotReady(
                f"There is no sound bank at {bank}.",
                code="music.no_soundfont",
                hint="Name an .sf2 or .sf3 file in NOKTVRN_SOUNDFONT, or take it away.",
            )
        self._program, self._bank = program, bank.absolute()

    @property
    def name(self) -> str:
        """The bank by its file's name and hash."""
        return f"{self._bank.name} {_hash(self._bank)[:16]}"

    def part(self, part: PartStyle, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """The part, one piece a section."""
        notes = score.parts[part.name]
        if not notes:
            return []
        patch = dice(identity.seed, "instrument", part.name).choice(part.patches)
        sound = self._played(performance(score, program_of(patch, part.line), notes=notes))
        left, right = pan_gains(part.pan, 1.0)
        return [
            Sounding(at, section.index, take, left, right, take.energy / 2, part.wet, part.duck)
            for section, at, take in _pieces(sound, score, colouring(identity, part.name))
        ]

    def kit(self, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """The kit, one piece a section."""
        if not score.hits:
            return []
        kit = dice(identity.seed, "kit").choice(style.kits)
        sound = self._played(performance(score, _longest("kit", kit, 0), hits=score.hits))
        return [
            Sounding(at, section.index, take, 1.0, 1.0, take.energy / 2, _KIT_WET, 0.0)
            for section, at, take in _pieces(sound, score, colouring(identity, "drums"))
        ]

    def _played(self, midi: bytes) -> Samples:
        """What the program makes of a file: (2, n), dry."""
        with tempfile.TemporaryDirectory(prefix="noktvrn-bank-") as folder:
            source, out = Path(folder) / "part.mid", Path(folder) / "part.wav"
            source.write_bytes(midi)
            command = [str(self._program), "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.6", "-r", str(RATE)]
            command += ["-O", "float", "-T", "wav", "-F", str(out), str(self._bank), str(source)]
            try:
                subprocess.run(
                    command, check=True, capture_output=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL
                )
                audio, _ = soundfile.read(out, dtype="float32", always_2d=True)
            except (OSError, subprocess.SubprocessError, soundfile.SoundFileError) as error:
                raise Unavailable(
                    f"fluidsynth could not play {self._bank.name}.", code="music.no_fluidsynth", hint=_HINT
                ) from error
        return np.ascontiguousarray(audio.T)


def program_of(patch: str, line: str) -> int:
    """The General MIDI program that comes nearest to a patch of the library."""
    return _longest("patch", patch, _programs()["line"][line])


def _longest(table: str, name: str, otherwise: int) -> int:
    found = [key for key in _programs()[table] if key in name]
    return _programs()[table][max(found, key=lambda key: (len(key), key))] if found else otherwise


@cache
def _programs() -> dict[str, dict[str, int]]:
    return tomllib.loads(Path(__file__).with_name("programs.toml").read_text("utf-8"))


@cache
def _hash(bank: Path) -> str:
    with bank.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _pieces(sound: Samples, score: Score, colour: tuple[float, float]) -> Iterator[tuple[Section, int, Take]]:
    """The sound cut at the sections, each piece faded over its seams so that they add up."""
    lead = round(PRE_ROLL_S * RATE)
    for section in score.sections:
        final = section.index == len(score.sections) - 1
        start = 0 if section.index == 0 else score.sample(section.start) - lead
        stop = sound.shape[1] if final else score.sample(section.end) - lead + _SEAM
        piece = sound[:, start:stop].copy()
        if piece.shape[1] <= 2 * _SEAM or np.abs(piece).max() < _SILENT:
            continue
        if start:
            piece[:, :_SEAM] *= ramp(_SEAM)
        if not final:
            piece[:, -_SEAM:] *= ramp(_SEAM)[::-1]
        yield section, start + lead, Take(*shaped(piece, bell(frequencies(padded(piece.shape[1])), *colour)))
