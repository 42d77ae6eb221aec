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
    drive: float = Field(default=0.0, ge=0.0, le=30.0, description="amount of tanh saturation")
    power: bool = Field(
        default=False, description="notes that start together go through one drive, as on an amplifier"
    )
    velocity_tone: Share = Field(default=0.3, description="how much a soft note is darker")
    amp: Literal["none", "line", "combo", "stack", "bass"] = Field(
        default="none",
        description="the amplifier and cabinet that `drive` overdrives; `line` is a clean stage without",
    )


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


class SustainedPatch(PatchBase):
    """A tone that is blown, bowed or sung; `players` of them make a section."""

    engine: Literal["sustained"]
    corner: Hertz = Field(default=1500.0, description="Hz above which a fortissimo's harmonics fall faster")
    span: float = Field(default=2.0, ge=0.0, le=5.0, description="octaves the corner moves from pp to ff")
    fall: float = Field(default=0.0, ge=-3.0, le=24.0, description="dB an octave below the corner")
    slope: float = Field(default=12.0, ge=0.0, le=36.0, description="dB an octave more above the corner")
    track: Share = Field(default=0.3, description="how far the corner follows the pitch")
    even: Share = Field(default=1.0, description="level of even harmonics; a stopped pipe has few")
    resonances: tuple[tuple[Hertz, float, float], ...] = Field(
        default=(), description="bells of the body: Hz, dB, octaves"
    )
    ripple: float = Field(default=0.0, ge=0.0, le=8.0, description="dB of the body's many small modes")
    body_seed: int = 1
    vowel: Vowel = "none"
    breath: Share = Field(default=0.05, description="noise of air or bow under the tone")
    breath_low: Hertz = 800.0
    breath_high: Hertz = 8000.0
    chiff: Share = Field(default=0.1, description="noise before the tone speaks")
    swell_s: Seconds = Field(default=0.06, description="time the brightness takes to open")
    bite: Share = Field(default=0.0, description="extra brightness of the attack")
    scoop: float = Field(default=0.0, ge=-400.0, le=400.0, description="cents the note begins below")
    scoop_s: Seconds = 0.06
    vibrato: float = Field(default=0.0, ge=0.0, le=120.0, description="cents")
    vibrato_hz: float = Field(default=5.4, ge=0.1, le=12.0)
    vibrato_onset: Seconds = 0.25
    drift: float = Field(default=2.0, ge=0.0, le=30.0, description="cents of slow wandering")
    jitter: float = Field(default=0.0, ge=0.0, le=30.0, description="cents of quick roughness")
    detune: float = Field(default=0.0, ge=0.0, le=40.0, description="cents between players, and note to note")
    wow: float = Field(default=0.0, ge=0.0, le=60.0, description="cents of a tape that is not round")
    growl: Share = 0.0
    tremolo_hz: float = Field(default=0.0, ge=0.0, le=16.0, description="bow changes a second")
    players: int = Field(default=1, ge=1, le=8)
    blend_ms: float = Field(default=30.0, ge=0.0, le=200.0, description="how far apart players begin")


class PluckedPatch(PatchBase):
    """A plucked string on a body or over a pickup."""

    engine: Literal["plucked"]
    ring: Seconds = Field(default=4.0, description="time G3's fundamental takes to fall by 60 dB")
    ring_track: float = Field(default=0.45, ge=0.0, le=1.5, description="how much sooner high notes die")
    damping: float = Field(default=1.0, ge=0.0, le=20.0, description="how much sooner high partials die")
    brightness: Share = Field(default=0.5, description="0 flesh, 1 hard plectrum on new wire")
    position: float = Field(default=0.14, ge=0.02, le=0.5, description="where the string is plucked")
    pickup: float = Field(
        default=0.0, ge=0.0, le=0.5, description="where a pickup sits; 0 for an acoustic instrument"
    )
    stiffness: float = Field(default=0.00005, ge=0.0, le=0.01, description="inharmonicity B")
    second_decay: bool = True
    course: Literal[1, 2] = Field(default=1, description="strings struck at once")
    course_cents: float = Field(default=4.0, ge=0.0, le=30.0)
    octaves: bool = Field(default=False, description="low courses are tuned in octaves")
    modes: tuple[tuple[Hertz, Seconds, Share], ...] = Field(
        default=(), description="modes of the body: Hz, seconds, share"
    )
    thump: Share = Field(default=0.2, description="how loud the finger hits the body")
    ripple: float = Field(default=0.0, ge=0.0, le=8.0, description="dB of the body's many small modes")
    body_seed: int = 1
    knock: Share = Field(default=0.2, description="noise of nail, finger or plectrum")
    knock_s: Seconds = 0.008
    knock_low: Hertz = 900.0
    knock_high: Hertz = 6000.0
    release_noise: Share = 0.3
    bend: float = Field(default=0.0, ge=0.0, le=200.0, description="cents a hard note starts sharp")
    slide: float = Field(
        default=0.0, ge=-12.0, le=12.0, description="semitones the note slides in from below"
    )
    vibrato: float = Field(default=0.0, ge=0.0, le=60.0, description="cents")
    buzz: Share = Field(default=0.0, description="string grazing its bridge, membrane in a gourd")


class PianoPatch(PatchBase):
    """Hammers on strings. 1 is a good grand in every ratio."""

    engine: Literal["piano"]
    ring: float = Field(default=1.0, ge=0.05, le=3.0, description="decay times against a grand's")
    brightness: Share = Field(default=0.5, description="hardness of the felt")
    position: float = Field(default=0.125, ge=0.02, le=0.5)
    stiffness: float = Field(default=1.0, ge=0.0, le=6.0, description="inharmonicity against a grand's")
    damping: float = Field(default=1.0, ge=0.0, le=6.0)
    choir_cents: float = Field(default=0.7, ge=0.0, le=30.0, description="cents between strings of a choir")
    knock: Share = 0.2
    damper: Share = Field(default=0.5, description="noise of the felt that falls back")
    haze: Share = Field(default=0.4, description="other strings that ring along")


class ElectricPianoPatch(PatchBase):
    """A tine or reed before a pickup."""

    engine: Literal["electric_piano"]
    kind: Literal["tine", "reed"] = "tine"
    ring: Seconds = 9.0
    bark: float = Field(default=0.9, ge=0.0, le=2.0, description="how far into the pickup's field it swings")
    offset: float = Field(default=0.35, ge=0.0, le=1.5, description="how far off the field's middle it rests")
    bell: Share = 0.3
    knock: Share = 0.3
    tremolo: Share = 0.0
    tremolo_hz: float = Field(default=4.8, ge=0.1, le=12.0)


class OrganPatch(PatchBase):
    """Drawbars, dividers or pipes."""

    engine: Literal["organ"]
    drawbars: str = Field(default="888000000", pattern=r"^[0-8]{9}$")
    generator: Literal["tonewheel", "divider", "pipe"] = "tonewheel"
    rotary_hz: float = Field(default=0.8, ge=0.0, le=9.0, description="turns of the horn; 0 for no rotor")
    rank_cents: float = Field(default=2.0, ge=0.0, le=30.0, description="cents between the sides' ranks")
    vibrato: float = Field(default=0.0, ge=0.0, le=60.0, description="cents")
    percussion: Share = 0.0
    percussion_harmonic: Literal[2, 3] = 3
    click: Share = 0.3


class BarPatch(PatchBase):
    """A struck body whose partials stand in `ratios` to the note."""

    engine: Literal["bars"]
    ratios: tuple[float, ...] = Field(default=(1.0, 2.756, 5.404), min_length=1, max_length=16)
    levels: tuple[float, ...] = Field(default=(1.0, 0.4, 0.2), min_length=1, max_length=16)
    ring: Seconds = 2.0
    ring_track: float = Field(default=0.5, ge=0.0, le=1.5)
    damping: float = Field(default=0.4, ge=0.0, le=20.0)
    hardness: Share = Field(default=0.6, description="0 yarn, 1 metal")
    knock: Share = 0.2
    knock_s: Seconds = 0.008
    knock_low: Hertz = 500.0
    knock_high: Hertz = 5000.0
    beat_hz: float = Field(default=0.0, ge=0.0, le=12.0, description="beats of a detuned pair")
    tremolo: Share = 0.0
    tremolo_hz: float = Field(default=5.0, ge=0.1, le=12.0)
    rattle: Share = 0.0


class AnalogPatch(PatchBase):
    """Drifting oscillators through a filter that may wobble, sync or morph."""

    engine: Literal["analog"]
    wave: Literal["saw", "square", "pulse", "triangle", "sine", "pwm", "sync", "morph"] = "saw"
    level: Share = Field(default=1.0, description="of the oscillators beside sub and noise")
    stack: tuple[int, ...] = Field(default=(0,), min_length=1, max_length=5, description="semitones")
    voices: int = Field(default=1, ge=1, le=9)
    detune: float = Field(default=1.0, ge=0.0, le=4.0, description="in parts of the identity's detune")
    stereo: Share = 0.9
    drift: float = Field(default=3.0, ge=0.0, le=40.0, description="cents")
    cutoff: Hertz = 1200.0
    track: Share = 0.4
    sweep: float = Field(default=2.0, ge=-6.0, le=8.0, description="octaves the envelope opens the filter")
    sweep_decay: Seconds = 0.25
    opens: bool = Field(default=False, description="the envelope rises instead of falling")
    resonance: Share = 0.2
    colour: Share = Field(default=0.2, description="where a sync sweep or a morph begins")
    vowel: Vowel = "none"
    lfo: Literal["sine", "saw", "square", "random"] = "sine"
    lfo_hz: float = Field(default=0.3, ge=0.0, le=20.0)
    lfo_beats: float = Field(default=0.0, ge=0.0, le=32.0, description="beats of a turn, for `lfo_hz`, or 0")
    lfo_depth: float = Field(default=0.0, ge=0.0, le=6.0, description="octaves")
    lfo_free: bool = Field(default=True, description="runs on between notes; else each note starts it")
    width: Share = Field(default=0.6, description="how far the pulse width moves")
    width_hz: float = Field(default=0.6, ge=0.0, le=12.0)
    glide: float = Field(default=0.0, ge=-24.0, le=24.0, description="semitones the note comes from below")
    glide_s: Seconds = 0.06
    punch: float = Field(default=0.0, ge=-24.0, le=48.0, description="semitones the note falls at its start")
    punch_s: Seconds = 0.02
    growl: Share = Field(default=0.0, description="phase modulation by its own octave")
    vibrato: float = Field(default=0.0, ge=0.0, le=120.0, description="cents")
    vibrato_hz: float = Field(default=5.4, ge=0.1, le=12.0)
    sub: Share = 0.0
    sub_step: Literal[-24, -12, 0] = -12
    noise: Share = 0.0
    noise_low: Hertz = 200.0
    noise_high: Hertz = 12_000.0


Patch = Annotated[
    WavetablePatch
    | EnsemblePatch
    | ModalPatch
    | FmPatch
    | SustainedPatch
    | PluckedPatch
    | PianoPatch
    | ElectricPianoPatch
    | OrganPatch
    | BarPatch
    | AnalogPatch,
    Field(discriminator="engine"),
]
