"""The espeak-ng program: found, started by argument list, fed words on stdin, held to limits.

Its options: https://github.com/espeak-ng/espeak-ng/blob/master/src/espeak-ng.1.ronn
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid, Refused, TimedOut, Unavailable
from noktvrn.sound.voice.speech import words_in

HINT = "Install it (Debian, Ubuntu: apt install espeak-ng), or set NOKTVRN_SINGER=formant_singer."
TIMEOUT_S = 60.0
OUTPUT_LIMIT = 96_000_000
TEXT_LIMIT = 20_000
_HEADER = 44
_BREAK_MS = 300
_GAP_S = 0.2
_PROBE_S = 10.0
_SPOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?: [^\W_]+(?:['’][^\W_]+)*)*")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A word as the program spoke it: samples at `rate`, and its phones in IPA."""

    pcm: NDArray[np.int16]
    rate: int
    phones: tuple[str, ...]


def find_espeak(setting: Path | None) -> Path:
    """The program named by `setting`, else the one on PATH.

    Raises:
        Unavailable: there is none that starts.
    """
    if setting is not None:
        if _works(setting):
            return setting.absolute()
        raise Unavailable(
            f"The espeak-ng named in the settings does not start: {setting}",
            code="voice.no_espeak",
            hint=HINT,
        )
    found = shutil.which("espeak-ng")
    if found and _works(Path(found)):
        return Path(found).absolute()
    raise Unavailable("No working espeak-ng was found.", code="voice.no_espeak", hint=HINT)


@cache
def _works(program: Path) -> bool:
    try:
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, timeout=_PROBE_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and b"espeak" in done.stdout.lower()


def speak(
    program: Path, words: Sequence[str], *, voice: str, pitch: int, speed: int, folder: Path
) -> list[Utterance]:
    """Every word spoken by itself, in one run of the program; two where a run does not come out even.

    Words are letters, digits and apostrophes, parted by single spaces: no markup can be among them.

    Raises:
        Invalid: a word has other signs, or it is all too long.
        TimedOut, Refused: the program does not end, writes too much, or speaks nothing.
    """
    bad = next((word for word in words if not _SPOKEN.fullmatch(word)), None)
    if bad is not None:
        raise Invalid(
            f"{bad[:40]!r} cannot be spoken.",
            code="voice.bad_word",
            hint="Words are letters, digits and apostrophes.",
        )
    if sum(len(word) for word in words) > TEXT_LIMIT:
        raise Invalid(
            f"The words are longer than {TEXT_LIMIT:,} characters.",
            code="voice.too_long",
            hint="Shorten the lyrics.",
        )
    return _spoken(program, list(words), ["-v", voice, "-p", str(pitch), "-s", str(speed)], folder)


def _spoken(program: Path, words: list[str], options: list[str], folder: Path) -> list[Utterance]:
    if not words:
        return []
    pcm, rate, lines = _run(program, words, options, folder)
    places = words_in(pcm, rate, _GAP_S)
    if len(words) == 1 and places:
        return [Utterance(pcm[places[0][0] : places[-1][1]], rate, _phones(" ".join(lines)))]
    if len(places) == len(lines) == len(words):
        return [
            Utterance(pcm[first:last], rate, _phones(line))
            for (first, last), line in zip(places, lines, strict=True)
        ]
    if len(words) == 1:
        raise Refused(
            f"espeak-ng says nothing for {words[0][:40]!r}.",
            code="voice.silent",
            hint="Sing with formant_singer, or write the word another way.",
        )
    half = len(words) // 2
    return _spoken(program, words[:half], options, folder) + _spoken(program, words[half:], options, folder)


def _phones(line: str) -> tuple[str, ...]:
    return tuple(phone for phone in re.split(r"[_\s]+", line) if phone)


def _run(
    program: Path, words: Sequence[str], options: Sequence[str], folder: Path
) -> tuple[NDArray[np.int16], int, list[str]]:
    """Samples, their rate, and the phones of each word as the program wrote them."""
    text, phones = folder / "words.ssml", folder / "phones.txt"
    pause = f'<break time="{_BREAK_MS}ms"/>'
    text.write_text(f'<speak><prosody range="0%">{pause.join(words)}</prosody></speak>', "utf-8")
    fixed = ["-m", "-z", "-b", "1", "--stdin", "--stdout", "--ipa", "--sep=_", f"--phonout={phones}"]
    with text.open("rb") as source:
        process = subprocess.Popen(
            [str(program), *options, *fixed],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            sound = _read(process)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if len(sound) <= _HEADER or sound[:4] != b"RIFF":
        raise Refused(
            "espeak-ng wrote no sound.", code="voice.no_sound", hint="Try `espeak-ng hello` in a shell."
        )
    rate = int.from_bytes(sound[24:28], "little")
    pcm = np.frombuffer(sound[_HEADER : len(sound) - len(sound) % 2], "<i2")
    lines = [line for line in phones.read_text("utf-8").splitlines() if line.strip()]
    return pcm, rate, lines


def _read(process: subprocess.Popen[bytes]) -> bytes:
    """All it writes, within the limits of time and size."""
    assert process.stdout is not None  # noqa: S101 - asked for above
    deadline = time.monotonic() + TIMEOUT_S
    pieces: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise TimedOut(
                    f"espeak-ng did not end within {TIMEOUT_S:.0f} s.", code="voice.timeout", hint=HINT
                )
            piece = os.read(process.stdout.fileno(), 1 << 16)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > OUTPUT_LIMIT:
                raise Refused(
                    "espeak-ng wrote more sound than any song has.",
                    code="voice.too_much",
                    hint="Shorten the lyrics.",
                )
