"""Styles as data: a musician adds one by writing `styles/<id>.toml`, no code is touched.

`patches.toml` and `kits.toml` are the shared libraries a style names its instruments from. The format is
described at the head of `styles/dark_electronic.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, ValidationInfo, field_validator, model_validator

from noktvrn.kernel.errors import Fault, Invalid, NotFound
from noktvrn.model.noun import Noun
from noktvrn.sound.patch import Patch
from noktvrn.sound.theory import chord, pulse_of, sixteenths

FOLDER = Path(__file__).parent / "styles"

Family = Literal[
    "electronic",
    "club",
    "bass",
    "hip_hop",
    "ambient",
    "pop",
    "rock",
    "roots",
    "jazz",
    "soul",
    "classical",
    "afro_latin",
]
"""Kin groups of styles: who shares instruments and habits of the studio."""

Bus = Literal["drums", "bass", "harmony", "lead"]
BUSES: tuple[Bus, ...] = ("drums", "bass", "harmony", "lead")
Line = Literal["bass", "walk", "chords", "arp", "melody", "hook", "run", "counter", "backing", "drone"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Decibels = Annotated[float, Field(ge=-12.0, le=12.0)]


class Harmony(Noun):
    """Progressions of one mode, by kind of section, as roman numerals. `cadence` ends the song on the
    tonic."""

    verse: tuple[str, ...] = Field(min_length=1)
    chorus: tuple[str, ...] = Field(min_length=1)
    bridge: tuple[str, ...] = Field(min_length=1)
    cadence: str
    half: str = Field(
        default="", description="chords that end a section before a peak, open: `ii V`, `IV V7/V V`"
    )
    deceptive: str = Field(default="", description="chords that end a peak that is not the last: `V vi`")

    @model_validator(mode="after")
    def _numerals_can_be_read(self) -> Harmony:
        written = (*self.verse, *self.chorus, *self.bridge, self.cadence, self.half, self.deceptive)
        for numeral in (word for text in written for word in text.split()):
            try:
                chord(numeral, 0, "major")
            except Invalid as error:
                raise ValueError(str(error)) from error
        return self


class Groove(Noun):
    """A drum pattern: one string per kit voice, as many bars as it likes, one character a sixteenth (16 a
    bar in 4/4, 12 in 3/4 and 6/8, 24 in 12/8, 20 in 5/4, 14 in 7/8).

    `X` accent, `x` stroke, `o` soft, `g` ghost, `.` nothing, `?` sometimes.
    """

    bars: dict[str, str]


class PartStyle(Noun):
    """One part of the arrangement: who plays, what, where, how loud."""

    name: str
    bus: Bus
    patches: tuple[str, ...] = Field(min_length=1, description="an artist chooses one and keeps it")
    line: Line
    patterns: tuple[str, ...] = Field(default=(), description="a song chooses one; see the line generators")
    high: tuple[str, ...] = Field(default=(), description="patterns for sections of high energy")
    low: int = Field(default=48, ge=20, le=100)
    high_pitch: int = Field(default=72, ge=24, le=108)
    voices: int = Field(default=3, ge=1, le=6)
    power: bool = Field(default=False, description="roots and fifths alone: distortion makes mud of thirds")
    level: float = Field(default=-26.0, ge=-60.0, le=-8.0, description="LUFS of the part where it plays")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0)
    width: float = Field(
        default=0.6,
        ge=0.0,
        le=1.0,
        description="how far its low and high notes stand apart, as on a keyboard",
    )
    double_ms: float = Field(
        default=0.0, ge=0.0, le=35.0, description="a second take that late; the two stand left and right"
    )
    wet: float = Field(default=0.2, ge=0.0, le=1.0, description="share sent to the bus's space")
    duck: float = Field(default=0.0, ge=0.0, le=1.0, description="how far the kick pushes it down")
    gate: float = Field(default=0.95, gt=0.0, le=1.2, description="share of its written length a note sounds")
    play: tuple[str, ...] = Field(min_length=1, description="section labels, or `all`")
    later: bool = Field(
        default=False, description="silent the first time a section of a label comes, outros aside"
    )
    half: bool = Field(default=False, description="enters in the second half of a section's first time")
    strum_ms: float = Field(default=0.0, ge=0.0, le=60.0)
    lock: float = Field(
        default=0.25,
        ge=0.0,
        le=1.0,
        description="how far a bass moves onto the kick, and strikes with it again",
    )
    swept: bool | None = Field(
        default=None, description="follows the mix's filter automation; unset: all but basses and the tune"
    )


class Space(Noun):
    """The room of a bus: share of a short room, a hall and a ping-pong delay in one impulse response."""

    room: float = Field(default=0.3, ge=0.0, le=1.0)
    hall: float = Field(default=0.5, ge=0.0, le=1.0)
    hall_s: float = Field(default=2.2, ge=0.2, le=9.0, description="time to fall by 60 dB")
    delay: float = Field(default=0.0, ge=0.0, le=1.0)
    delay_beats: float = Field(default=0.75, gt=0.0, le=4.0)
    feedback: float = Field(default=0.4, ge=0.0, le=0.8)
    tone: float = Field(default=6000.0, ge=800.0, le=16_000.0, description="Hz where the space gets dark")


_GLUE: dict[Bus, float] = {"drums": 0.3, "bass": 0.4, "harmony": 0.3, "lead": 0.4}
_PARALLEL: dict[Bus, float] = {"drums": 0.35}
_OPENING: dict[str, tuple[float, float]] = {
    "intro": (0.2, 0.8),
    "verse": (0.55, 0.8),
    "prechorus": (0.45, 1.0),
    "chorus": (1.0, 1.0),
    "drop": (1.0, 1.0),
    "bridge": (0.6, 0.9),
    "breakdown": (0.1, 1.0),
    "interlude": (0.75, 0.9),
    "outro": (0.9, 0.3),
}
_SENDS: dict[str, float] = {
    "intro": 2.0,
    "verse": -1.5,
    "prechorus": 0.5,
    "chorus": 0.0,
    "drop": -0.5,
    "bridge": 2.0,
    "breakdown": 4.0,
    "interlude": 1.5,
    "outro": 3.0,
}
"""Verses stand near, breakdowns and endings far away."""


class Mix(Noun):
    """Loudness targets and bus processing."""

    drums: float = Field(default=-20.0, ge=-60.0, le=-10.0, description="LUFS of the kit where it plays")
    drive: dict[Bus, float] = Field(default_factory=dict, description="tanh saturation per bus, 0..4")
    tilt: float = Field(default=0.0, ge=-3.0, le=3.0, description="dB an octave around 800 Hz")
    air: float = Field(default=0.0, ge=-8.0, le=10.0, description="dB above 9 kHz on drums and lead")
    pump: float = Field(default=0.0, ge=0.0, le=1.0, description="depth of ducking at full duck")
    pump_beats: float = Field(default=0.5, ge=0.1, le=2.0)
    contrast: float = Field(default=3.0, ge=0.0, le=8.0, description="LU a chorus stands above a verse")
    width: float = Field(default=1.0, ge=0.5, le=2.0, description="gain of the sides; drums take half of it")
    texture: float = Field(
        default=0.0, ge=0.0, le=1.0, description="vinyl, tape or room noise under the song"
    )
    risers: float = Field(default=0.0, ge=0.0, le=1.0)
    sweep: float = Field(
        default=0.0, ge=0.0, le=1.0, description="how far intros and breakdowns are filtered"
    )
    space: dict[Bus, Space] = Field(default_factory=dict)
    glue: dict[Bus, Share] = Field(default_factory=lambda: dict(_GLUE), description="bus compression")
    parallel: dict[Bus, Share] = Field(
        default_factory=lambda: dict(_PARALLEL), description="level of a crushed copy under the bus"
    )
    opening: dict[str, tuple[Share, Share]] = Field(
        default_factory=lambda: dict(_OPENING),
        description="how far the filter stands open where a section begins and ends; `sweep` is its depth",
    )
    sends: dict[str, Decibels] = Field(
        default_factory=lambda: dict(_SENDS), description="dB the spaces swell in a section"
    )
    throws: float = Field(
        default=0.35, ge=0.0, le=1.0, description="echo thrown after the last note of a phrase"
    )
    lean: float = Field(default=1.5, ge=0.0, le=4.0, description="dB the harmony gives way under the tune")

    @field_validator("glue", "parallel", "opening", "sends", mode="before")
    @classmethod
    def _beside_the_usual(cls, written: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """A style names only the buses and sections it treats in its own way."""
        usual: dict[str, dict[Any, Any]] = {
            "glue": _GLUE,
            "parallel": _PARALLEL,
            "opening": _OPENING,
            "sends": _SENDS,
        }
        return {**usual[str(info.field_name)], **written}


class Targets(Noun):
    """What a finished song of the style should measure; the Critic warns outside."""

    lufs: float = Field(default=-14.0, ge=-14.3, le=-8.0, description="integrated loudness of the master")
    tilt: tuple[float, float] = Field(default=(-4.4, -0.9), description="dB an octave band, low and high")
    contrast: float = Field(default=2.0, ge=0.0, le=8.0, description="LU from verse to chorus, at least")
    crest: tuple[float, float] = Field(default=(8.0, 19.0), description="dB")
    range_lu: tuple[float, float] = Field(default=(1.0, 16.0), description="loudness range in LU")
    pulse: bool = Field(default=True, description="a listener can tap to it")


class Kit(Noun):
    """Drum voices: parameters of the one-shots in `drums.py`, by voice name."""

    voices: dict[str, dict[str, float | str]]


class Style(Noun):
    """A style of the embedded engine."""

    id: str
    name: str
    family: Family
    tempo: tuple[int, int] = Field(description="felt beats a minute; in compound meters dotted quarters")
    modes: tuple[str, ...] = Field(min_length=1)
    meter: tuple[int, int] = (4, 4)
    pulse: tuple[int, ...] = Field(
        default=(), description="how a bar is counted, in sixteenths: 7/8 as [4, 4, 6]; empty: by its meter"
    )
    swing: float = Field(default=0.0, ge=0.0, le=0.75)
    swing_unit: Literal[8, 16] = 16
    humanise_ms: float = Field(default=5.0, ge=0.0, le=25.0)
    forms: tuple[str, ...] = Field(min_length=1)
    phrase: int = Field(
        default=4, ge=1, le=16, description="bars of a phrase that is never cut where the song has room"
    )
    colour: Literal["triad", "power", "seventh", "ninth", "sus"] = "triad"
    chord_bars: tuple[float, ...] = Field(default=(1.0,), description="bars a chord lasts; a song chooses")
    harmony: dict[str, Harmony]
    cells: tuple[str, ...] = Field(min_length=2, description="motif rhythms, bars of x and -")
    kits: tuple[str, ...] = Field(min_length=1)
    grooves: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="groove names per section label"
    )
    groove: dict[str, Groove] = Field(default_factory=dict)
    fills: tuple[dict[str, str], ...] = ()
    lift: dict[str, str] = Field(
        default_factory=dict, description="strokes of voices that join any groove at the peaks"
    )
    parts: tuple[PartStyle, ...] = Field(min_length=2)
    mix: Mix = Mix()
    targets: Targets = Targets()
    patch: dict[str, Patch] = Field(default_factory=dict, description="patches of the style's own")

    @field_validator("cells")
    @classmethod
    def _cells_are_strokes(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        if odd := [cell for cell in cells if set(cell) - {"x", "-"} or "x" not in cell]:
            raise ValueError(f"a cell is written with x and - alone, with one x at least: {odd[0]!r}")
        return cells

    @model_validator(mode="after")
    def _patterns_are_whole_bars(self) -> Style:
        if self.meter[0] < 1 or self.meter[1] not in (2, 4, 8, 16):
            raise ValueError(
                f"meter: {self.meter[0]}/{self.meter[1]} is none; count halves, quarters, eighths"
            )
        steps = self.steps_per_bar
        for name, pattern in self._patterns():
            if (size := len(pattern.replace("|", "").replace(" ", ""))) == 0 or size % steps:
                meter = "/".join(map(str, self.meter))
                raise ValueError(f"{name}: {pattern!r} has {size} steps, a bar of {meter} has {steps}")
        if self.pulse and sum(self.pulse) != steps:
            raise ValueError(f"pulse: {sum(self.pulse)} sixteenths are no bar of {steps}")
        return self

    def _patterns(self) -> Iterator[tuple[str, str]]:
        """Every pattern that is laid on the bar, by where it is written."""
        yield from (("cells", cell) for cell in self.cells)
        for name, groove in self.groove.items():
            yield from ((f"groove {name}, {voice}", line) for voice, line in groove.bars.items())
        yield from ((f"lift, {voice}", line) for voice, line in self.lift.items())
        for part in self.parts:
            yield from ((f"part {part.name}", line) for line in (*part.patterns, *part.high))

    @model_validator(mode="after")
    def _names_are_known(self) -> Style:
        named = {name for names in self.grooves.values() for name in names}
        if lost := named - self.groove.keys():
            raise ValueError(f"grooves without a pattern: {', '.join(sorted(lost))}")
        if lost := {patch for part in self.parts for patch in part.patches} - self.patch.keys():
            raise ValueError(f"patches in no library: {', '.join(sorted(lost))}")
        return self

    @property
    def steps_per_bar(self) -> int:
        """Sixteenths in a bar."""
        return sixteenths(self.meter)

    @property
    def groups(self) -> tuple[int, ...]:
        """How a bar is felt, in sixteenths: the style's own pulse or its meter's."""
        return self.pulse or pulse_of(self.meter)

    def harmony_of(self, mode: str) -> Harmony:
        """The progressions for a mode: its own, else those of the first mode that is written."""
        return self.harmony.get(mode) or next(iter(self.harmony.values()))


def style_ids() -> tuple[str, ...]:
    """Every style there is, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load_style(style_id: str) -> Style:
    """The style of an id.

    Raises:
        NotFound: no such style.
        Fault: its file cannot be read as a style; the message says where.
    """
    if style_id not in style_ids():
        raise NotFound(
            f"There is no style {style_id!r}.",
            code="sound.no_style",
            hint=f"There are {', '.join(style_ids())}.",
        )
    return parse_style(style_id, (FOLDER / f"{style_id}.toml").read_text(encoding="utf-8"))


def parse_style(style_id: str, text: str) -> Style:
    """A style from the text of its file; library patches it names come with it.

    Raises:
        Fault: the text breaks the format; the message names the first place.
    """
    try:
        data = tomllib.loads(text)
        named = {patch for part in data.get("parts", []) for patch in part.get("patches", [])}
        own = {name: _like(fields) for name, fields in data.pop("patch", {}).items()}
        shared = {name: patch for name, patch in _library("patches.toml").items() if name in named}
        return Style.model_validate({"id": style_id, **data, "patch": {**shared, **own}})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Fault(
            f"The style {style_id} cannot be read: {_first(error)}",
            code="sound.bad_style",
            hint=f"Mend sound/styles/{style_id}.toml.",
        ) from error


@cache
def load_kit(kit_id: str) -> Kit:
    """A drum kit of `kits.toml`, put together from `drums.toml`. Raises NotFound."""
    kits = _library("kits.toml")
    if kit_id not in kits:
        raise NotFound(
            f"There is no drum kit {kit_id!r}.",
            code="sound.no_kit",
            hint=f"There are {', '.join(sorted(kits))}.",
        )
    drums = _library("drums.toml")
    voices = {voice: _inherited(drums, fields) for voice, fields in kits[kit_id].items()}
    return TypeAdapter(Kit).validate_python({"voices": voices})


def _like(fields: dict[str, Any]) -> dict[str, Any]:
    base = _library("patches.toml").get(fields.pop("like", ""), {})
    return {**base, **fields, "envelope": {**base.get("envelope", {}), **fields.get("envelope", {})}}


@cache
def _library(name: str) -> dict[str, Any]:
    shelf = tomllib.loads((FOLDER.parent / name).read_text(encoding="utf-8"))
    return {entry: _inherited(shelf, fields) for entry, fields in shelf.items()}


def _inherited(shelf: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields over those of the entry they are `like`; a table inside is laid over its namesake, unless
    it is itself like something."""
    merged = _inherited(shelf, shelf[fields["like"]]) if "like" in fields else {}
    for name, value in fields.items():
        if name != "like":
            inner = isinstance(value, dict) and "like" not in value
            merged[name] = {**merged.get(name, {}), **value} if inner else value
    return merged


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    return f"{'.'.join(str(place) for place in fault['loc'])}: {fault['msg']}"
