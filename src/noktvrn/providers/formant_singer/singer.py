"""Singer, played by the embedded voice."""

from __future__ import annotations

from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.providers.formant_singer.mouth import vocals
from noktvrn.roles.composer import StemFile
from noktvrn.roles.singer import SingingRequest, SungStem
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import formant
from noktvrn.sound.voice.character import octaves_to, voice_of
from noktvrn.sound.voice.phrase import stereo

VERSION = "1"
"""Rises with every change that makes the same request sound different."""


class FormantSinger:
    """Sings the vowels of the words on this machine, the same bytes for the same request."""

    name = "formant_singer"

    def sing(self, request: SingingRequest) -> SungStem:
        """The vowels of the lines, brought into the octave the artist's voice is at ease in."""
        voice = voice_of(request.identity, request.voice)
        pitches = [note.pitch for line in request.lines for one in line.syllables for note in one.notes]
        syllables = vocals(request.lines, request.language, octaves_to(voice, pitches))
        samples = formant.sing(syllables, voice, round(request.duration_s * RATE), request.seed)
        path = request.folder / "vocals.wav"
        write_float_wav(path, stereo(samples), RATE)
        return SungStem(
            stem=StemFile(name="vocals", path=path),
            words="none",
            provenance=Provenance(
                engine=self.name,
                engine_version=VERSION,
                source_type=SourceType.ALGORITHMIC,
                seed=request.seed,
            ),
        )
