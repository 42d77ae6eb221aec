"""Singer, played by espeak-ng and the house's own pitch work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.providers.espeak_singer.languages import variant_for, voice_for
from noktvrn.providers.espeak_singer.program import Utterance, find_espeak, speak
from noktvrn.roles.composer import StemFile
from noktvrn.roles.singer import SingingRequest, SungLine, SungStem, SungSyllable
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import chant
from noktvrn.sound.voice.character import octaves_to, voice_of
from noktvrn.sound.voice.phrase import Tone, stereo
from noktvrn.sound.voice.speech import Spoken, resampled, sounds_of, spoken
from noktvrn.words.tokens import words_of

VERSION = "1"
"""Rises with every change that makes the same request sound different."""

SPEED = 130
"""Words a minute: slow enough for vowels that have a middle to hold."""

PITCH_HZ = (60.0, 520.0)
_LETTERS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WEAK = {"a": "uh"}
"""English words that are spoken as letters when they stand alone."""


class EspeakSinger:
    """Sings words on this machine; with one version of espeak-ng, the same bytes for the same request."""

    name = "espeak_singer"

    def __init__(self, program: Path | None) -> None:
        self._program = program

    def sing(self, request: SingingRequest) -> SungStem:
        """The words of the lines, in the octave the artist's voice is at ease in.

        Raises:
            Unavailable: espeak-ng is not there.
            Invalid: it does not speak the language.
            Refused, TimedOut: it fails.
        """
        tongue = voice_for(request.language)
        program = find_espeak(self._program)
        voice = voice_of(request.identity, request.voice)
        words = [word for line in request.lines for word in _words(line, request.language)]
        if not words:
            raise Invalid(
                "There is no word in these lines that can be spoken.",
                code="voice.no_words",
                hint="Sing with formant_singer, or write lyrics in letters.",
            )
        variant, pitch = variant_for(voice, request.identity.seed)
        texts = sorted({word.text for word in words})
        told = speak(
            program, texts, voice=f"{tongue}+{variant}", pitch=pitch, speed=SPEED, folder=request.folder
        )
        speech = {text: _read(one) for text, one in zip(texts, told, strict=True)}
        shift = octaves_to(
            voice, [note.pitch for word in words for one in word.syllables for note in one.notes]
        )
        sung = [
            chant.SungWord(
                speech[word.text], tuple(_tones(one, shift) for one in word.syllables), word.ends_line
            )
            for word in words
        ]
        samples = chant.sing(sung, voice, round(request.duration_s * RATE), request.seed)
        path = request.folder / "vocals.wav"
        write_float_wav(path, stereo(samples), RATE)
        return SungStem(
            stem=StemFile(name="vocals", path=path), words="sung", provenance=_provenance(request)
        )


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    syllables: tuple[SungSyllable, ...]
    ends_line: bool


def _provenance(request: SingingRequest) -> Provenance:
    return Provenance(
        engine="espeak_singer",
        engine_version=VERSION,
        source_type=SourceType.ALGORITHMIC,
        model="espeak-ng",
        seed=request.seed,
        rights=Rights(
            licence="spoken by espeak-ng (a GPL-3 program; its output is not covered), sung by the label"
        ),
    )


def _words(line: SungLine, language: str) -> Iterator[_Word]:
    """What is spoken for each word of a line, and its syllables; signs without a sound are left out."""
    ends = [at for at, one in enumerate(line.syllables, 1) if one.ends_word or at == len(line.syllables)]
    for first, last in pairwise([0, *ends]):
        syllables = line.syllables[first:last]
        text = _said("".join(one.text for one in syllables), language)
        if text:
            yield _Word(text, tuple(syllables), last == len(line.syllables))


def _said(written: str, language: str) -> str:
    if language.lower().split("-")[0] == "en":
        return " ".join(_WEAK.get(word, word) for word in words_of(written)).replace("' ", " ").strip("' ")
    return " ".join(_LETTERS.findall(written.lower()))


def _read(utterance: Utterance) -> Spoken:
    samples = resampled(utterance.pcm, utterance.rate)
    return spoken(samples, sounds_of(utterance.phones), *PITCH_HZ)


def _tones(syllable: SungSyllable, shift: int) -> tuple[Tone, ...]:
    return tuple(
        Tone(note.start_s, max(note.end_s, note.start_s + 0.02), note.pitch + shift, note.velocity)
        for note in syllable.notes
    )
