"""Singer: turns a tune and its words into a vocal stem."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from noktvrn.model.consent import VoiceUse
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import MelodyNote, SoundIdentity
from noktvrn.roles.composer import StemFile
from noktvrn.roles.errand import Errand


class SungSyllable(Noun):
    """A syllable on its notes: more than one when it is stretched over several. `ends_word` closes a word."""

    text: str
    notes: tuple[MelodyNote, ...] = Field(min_length=1)
    ends_word: bool = True


class SungLine(Noun):
    """A line as it is to be sung: what is written, and its syllables in order."""

    text: str
    syllables: tuple[SungSyllable, ...] = Field(min_length=1)


class SingingRequest(Noun):
    """What every singer gets. All times are seconds of the recording, whose length the stem must have."""

    lines: tuple[SungLine, ...] = Field(min_length=1)
    language: str = Field(description="BCP 47 tag of the words")
    identity: SoundIdentity
    voice: str = Field(default="", description="how the artist's profile calls its voice: `smoky alto, low`")
    duration_s: float = Field(gt=0)
    seed: int
    folder: Path = Field(description="existing working folder; everything made is written here")
    errand: Errand = Errand()


class SungStem(Noun):
    """The dry vocal stem. `words` says whether words can be understood: `none` is vowels only, no lyrics."""

    stem: StemFile
    words: Literal["none", "sung", "spoken"]
    voice: str = Field(
        default="", description="the house's name of a person's voice, recorded or cloned; empty: nobody's"
    )
    use: VoiceUse = Field(default="recording", description="what a person's voice is used for")
    stock: bool = Field(
        default=False, description="a voice its service offers to everybody, by the terms it is made under"
    )
    provenance: Provenance


class Singer(Protocol):
    """Plays the role."""

    name: str

    def sing(self, request: SingingRequest) -> SungStem:
        """Sings the lines at the recording's clock.

        Raises:
            Unavailable: its program or service is not there; the message says how to get it.
            Invalid: the language is none it can sing.
        """
