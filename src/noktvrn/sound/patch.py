"""Patches: the parameters of an instrument, as a style file or the patch library writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from noktvrn.model.noun import Noun

Seconds = Annotated[float, Field(ge=0.0, le=20.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Hertz = Annotated[float, Field(ge=20.0, le=20_000.0)]
Vowel = Literal["none", "ah", "oh", "oo", "ee", "eh"]


class Envelope(Noun):
    """Loudness of a note: attack, exponential decay towards `sustain`, release after the note's length."""

    attack: Seconds = 0.004
    decay: Seconds = 0.4
    sustain: Share = 0.7
    release: Seconds = 0.12


class PatchBase(Noun):
    """What every instrument has. `low_cut`, `high_cut` and `body` are its own EQ (Hz; body is dB at
    `body_hz`)."""

    envelope: Envelope = Envelope()
    low_cut: Hertz = 20.0
    high_cut: Hertz = 18_000.0
    body: float = Field(default=0.0, ge=-12.0, le=12.0)
    body_hz: Hertz = 300.0
    drive: float = Field(default=0.0, ge=0.0, le=12.0, description="amount of tanh saturation")
    power: bool = Field(
        default=False, description="notes that start together go through one drive, as on an amplifier"
    )
    velocity_tone: Share = Field(default=0.3, description="how much a soft note is darker")


class WavetablePatch(PatchBase):
    """Subtractive synthesis: a wave through a swept resonant low-pass."""

    engine: Literal["wavetable"]
    wave: Literal["saw", "square", "pulse", "triangle", "sine", "organ"] = "saw"
    voices: int = Field(default=1, ge=1, le=7)
    detune: float = Field(default=1.0, ge=0.0, le=4.0, description="in parts of the identity's detune")
    sub: Share = 0.0
    noise: Share = 0.0
    cutoff: Hertz = 1200.0
    track: Share = 0.4
    sweep: float = Field(default=2.0, ge=-6.0, le=8.0, description="octaves the envelope opens the filter")
    sweep_decay: Seconds = 0.25
    resonance: Share = 0.2
    vowel: Vowel = "none"
    vibrato: float = Field(default=0.0, ge=0.0, le=60.0, description="cents")
    glide: float = Field(default=0.0, ge=0.0, le=12.0, description="semitones the note falls in from below")


class EnsemblePatch(PatchBase):
    """Many players at once: a long stereo table of noise bands around each harmonic."""

    engine: Literal["ensemble"]
    wave: Literal["saw", "square", "triangle", "organ", "reed"] = "saw"
    spread: float = Field(default=25.0, ge=1.0, le=120.0, description="bandwidth of a partial in cents")
    cutoff: Hertz = 2500.0
    slope: float = Field(default=12.0, ge=3.0, le=48.0, description="dB per octave above the cutoff")
    octave: Share = Field(default=0.0, description="level of a second choir an octave above")
    vowel: Vowel = "none"
    breath: Share = 0.0


class ModalPatch(PatchBase):
    """Struck and plucked bodies: a sum of decaying partials."""

    engine: Literal["modal"]
    kind: Literal["piano", "string", "mallet", "bell", "tine"] = "piano"
    ring: Seconds = Field(default=4.0, description="time a middle C takes to fall by 60 dB")
    brightness: Share = 0.5
    position: float = Field(
        default=0.13, ge=0.02, le=0.5, description="where the string is struck or plucked"
    )
    stiffness: float = Field(default=0.0003, ge=0.0, le=0.01, description="inharmonicity")
    damping: float = Field(default=0.5, ge=0.0, le=3.0, description="how much faster high partials die")
    knock: Share = Field(default=0.2, description="noise of the finger, pick or hammer")
    strings: int = Field(default=1, ge=1, le=3)


class FmPatch(PatchBase):
    """Two-operator frequency modulation with a second, quieter pair for the tine."""

    engine: Literal["fm"]
    ratio: float = Field(default=1.0, gt=0.0, le=16.0)
    index: float = Field(default=1.5, ge=0.0, le=12.0)
    index_decay: Seconds = 0.6
    tine_ratio: float = Field(default=14.0, gt=0.0, le=24.0)
    tine: Share = 0.12
    tremolo: Share = 0.0
    tremolo_hz: float = Field(default=4.5, ge=0.1, le=12.0)


Patch = Annotated[WavetablePatch | EnsemblePatch | ModalPatch | FmPatch, Field(discriminator="engine")]
