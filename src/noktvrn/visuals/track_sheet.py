"""The analysis sheet: one picture of a recording, from its headline figures down to its loudness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from noktvrn.model.analysis import KnownTrack, TrackAnalysis
from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis.bands import BAND_NAMES
from noktvrn.sound.analysis.spectrogram import HIGH_HZ, LOW_HZ, MARKS_HZ, spectrum
from noktvrn.sound.analysis.true_peak import BLOCK, block_peaks
from noktvrn.visuals import sheet_ground as ground
from noktvrn.visuals.sheet_ground import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Box,
    caps,
    clock,
    mixed,
    panel,
    sans,
    serif,
)

Samples = NDArray[np.float32]

_SECTIONS: Box = (LEFT, 300, RIGHT, 348)
_WAVE: Box = (LEFT, 392, RIGHT, 592)
_SPECTRUM: Box = (LEFT, 640, RIGHT, 1120)
_LOUDNESS: Box = (LEFT, 1168, RIGHT, 1388)
_FOOT = 1496
_PEAK_DBTP = -1.0
_LEAST_SPAN_LU = 18.0
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)
_MOST_TICKS = 14


@dataclass(frozen=True)
class Sheet:
    """What is drawn: `title` and a `line` below it, the analysis, the samples (2, n) it was made from, and
    the track they are, whose score is believed more than the ear."""

    title: str
    line: str
    analysis: TrackAnalysis
    audio: Samples
    rate: int
    known: KnownTrack | None = None

    @property
    def sections(self) -> tuple[SectionSpan, ...]:
        """The composed sections where there is a score, else the heard ones."""
        return (self.known.sections if self.known else ()) or self.analysis.sections

    @property
    def seconds(self) -> float:
        """The length of the recording."""
        return float(self.audio.shape[1] / self.rate)

    def x(self, seconds: float) -> float:
        """Where a moment stands on every panel."""
        return LEFT + (RIGHT - LEFT) * seconds / self.seconds


def draw_sheet(sheet: Sheet) -> Image.Image:
    """The sheet as a picture of 2400 x 1600."""
    image = Image.new("RGB", (WIDTH, HEIGHT), ground.NIGHT)
    _head(image, sheet)
    _sections(image, sheet)
    _waveform(image, sheet)
    _spectrogram(image, sheet)
    _loudness(image, sheet)
    _seams(image, sheet)
    _clock(image, sheet)
    _foot(image, sheet)
    return image


def write_sheet(path: Path, sheet: Sheet) -> None:
    """The sheet as a PNG at `path`."""
    draw_sheet(sheet).save(path, "PNG", optimize=True)


def _head(image: Image.Image, sheet: Sheet) -> None:
    draw = ImageDraw.Draw(image)
    figures = _headline(sheet.analysis, sheet.known)
    left = RIGHT - 236 * len(figures)
    title, font = ground.fitted(sheet.title, 108, left - LEFT - 48)
    draw.text((LEFT - 4, 176), title, font=font, fill=ground.INK, anchor="ls")
    draw.text((LEFT, 224), sheet.line, font=sans(26), fill=ground.MUTED, anchor="lm")
    for place, (name, value, unit) in enumerate(figures):
        x = left + 236 * place
        draw.line((x, 96, x, 232), fill=ground.HAIR, width=2)
        caps(draw, (x + 24, 108), name, 17)
        large, size = ground.fitted(value, 62, 200, 30)
        draw.text((x + 22, 184), large, font=size, fill=ground.INK, anchor="ls")
        draw.text((x + 24, 220), unit, font=sans(22), fill=ground.MUTED, anchor="lm")


def _headline(heard: TrackAnalysis, known: KnownTrack | None) -> list[tuple[str, str, str]]:
    """Name, figure and unit of the four everybody asks for."""
    figures = heard.figures
    return [
        ("Tempo", *_tempo(heard, known)),
        ("Key", *_key(heard, known)),
        ("Loudness", _signed(figures.integrated_lufs), f"LUFS, range {figures.loudness_range_lu:.1f} LU"),
        ("True peak", _signed(figures.true_peak_dbtp), f"dBTP, crest {figures.crest_db:.1f} dB"),
    ]


def _tempo(heard: TrackAnalysis, known: KnownTrack | None) -> tuple[str, str]:
    if known and known.tempo_bpm and known.meter:
        return f"{known.tempo_bpm:.1f}", f"BPM in {known.meter[0]}/{known.meter[1]}"
    if heard.tempo is None:
        return "free", "no steady pulse"
    signature = f"in {heard.meter.signature[0]}/{heard.meter.signature[1]}" if heard.meter else "no bars"
    return f"{heard.tempo.bpm:.1f}", f"BPM {signature}"


def _key(heard: TrackAnalysis, known: KnownTrack | None) -> tuple[str, str]:
    tuned = _tuning(heard.key.tuning_cents) if heard.key else "no key stands out"
    if known and known.key:
        return known.key, tuned if heard.key else "as composed"
    return heard.key.name if heard.key else "none", tuned


def _tuning(cents: float) -> str:
    return f"A = {440 * 2 ** (cents / 1200):.1f} Hz"


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}")


def _colours(spans: Sequence[SectionSpan]) -> dict[str, ground.Rgb]:
    """A colour a name, in order of appearance."""
    return dict(zip(dict.fromkeys(span.label for span in spans), cycle(ground.LETTER_COLOURS), strict=False))


def _sections(image: Image.Image, sheet: Sheet) -> None:
    draw = ImageDraw.Draw(image)
    composed = sheet.known is not None and bool(sheet.known.sections)
    caps(draw, (LEFT, _SECTIONS[1] - 22), "Sections, as composed" if composed else "Sections", 17)
    colours = _colours(sheet.sections)
    for span in sheet.sections:
        left, right = sheet.x(span.start_s), sheet.x(span.end_s)
        colour = mixed(ground.NIGHT, colours[span.label], 0.45 + 0.55 * span.energy)
        draw.rectangle((left + 1, _SECTIONS[1], max(left + 2, right - 2), _SECTIONS[3]), fill=colour)
        _named(draw, span, (left, right), colour)


def _named(
    draw: ImageDraw.ImageDraw, span: SectionSpan, edges: tuple[float, float], colour: ground.Rgb
) -> None:
    """The name, smaller where the section is short, and the length where there is room for both."""
    left, right = edges
    if right - left > 36:
        name, font = ground.fitted(span.label, 34, int(right - left) - 24, 16)
        draw.text((left + 14, 324), name, font=font, fill=ground.INK, anchor="lm")
        left += font.getlength(name)
    if right - left > 108:
        text = clock(span.end_s - span.start_s)
        draw.text((right - 14, 325), text, font=sans(19), fill=mixed(colour, ground.INK, 0.75), anchor="rm")


def _waveform(image: Image.Image, sheet: Sheet) -> None:
    """Left above, right below: the highest samples of each column, and inside them its RMS."""
    panel(image, _WAVE, "Waveform")
    draw = ImageDraw.Draw(image)
    middle, reach = (_WAVE[1] + _WAVE[3]) / 2, (_WAVE[3] - _WAVE[1]) / 2 - 8
    edges = np.linspace(0, sheet.audio.shape[1], RIGHT - LEFT + 1).astype(np.intp)
    for channel, up in zip(sheet.audio, (-1, 1), strict=True):
        highest = np.maximum.reduceat(np.abs(channel), edges[:-1])
        loud = np.sqrt(np.add.reduceat(np.square(channel), edges[:-1]) / np.maximum(np.diff(edges), 1))
        for curve, colour in ((highest, ground.DUSK), (loud, ground.LILAC)):
            for column, level in enumerate(np.minimum(curve, 1.0).tolist()):
                draw.line((LEFT + column, middle, LEFT + column, middle + up * reach * level), fill=colour)
    draw.line((LEFT, middle, RIGHT, middle), fill=ground.NIGHT)
    for text, up in (("L", -1), ("R", 1)):
        draw.text((LEFT - 20, middle + up * reach / 2), text, font=sans(20), fill=ground.MUTED, anchor="rm")


def _spectrogram(image: Image.Image, sheet: Sheet) -> None:
    draw = panel(image, _SPECTRUM, "Spectrum, Hz")
    left, top, right, bottom = _SPECTRUM
    pixels = spectrum(sheet.audio, sheet.rate, right - left, bottom - top)
    image.paste(Image.fromarray(pixels), (left, top))
    for hertz in MARKS_HZ:
        y = top + (bottom - top) * math.log(HIGH_HZ / hertz) / math.log(HIGH_HZ / LOW_HZ)
        text = f"{hertz // 1000}k" if hertz >= 1000 else str(hertz)
        draw.line((left - 10, y, left - 1, y), fill=ground.MUTED)
        draw.text((left - 20, y), text, font=sans(20), fill=ground.MUTED, anchor="rm")


def _loudness(image: Image.Image, sheet: Sheet) -> None:
    draw = panel(image, _LOUDNESS, "Loudness, LUFS")
    figures, curves = sheet.analysis.figures, sheet.analysis.loudness
    low, high = _range(curves.momentary_lufs, figures.integrated_lufs)

    def y(level: float) -> float:
        share = (min(max(level, low), high) - low) / (high - low)
        return _LOUDNESS[3] - share * (_LOUDNESS[3] - _LOUDNESS[1])

    for level in range(math.ceil(low / 6) * 6, int(high) + 1, 6):
        draw.line((LEFT, y(level), RIGHT, y(level)), fill=ground.HAIR)
        draw.text((LEFT - 20, y(level)), _whole(level), font=sans(20), fill=ground.MUTED, anchor="rm")
    _area(draw, [(sheet.x(at), y(level)) for at, level in _points(curves.momentary_lufs, 0.4)], _LOUDNESS[3])
    line = [(sheet.x(at), y(level)) for at, level in _points(curves.short_term_lufs, 3.0)]
    if len(line) > 1:
        draw.line(line, fill=ground.AMBER, width=4, joint="curve")
    _dashed(draw, y(figures.integrated_lufs))
    _legend(draw)
    _peaks(draw, sheet)


def _legend(draw: ImageDraw.ImageDraw) -> None:
    """What the lines mean, above the panel's right edge."""
    x, y = float(RIGHT), _LOUDNESS[1] - 22
    entries = (
        ("true peak", ground.CORAL),
        ("integrated", ground.INK),
        ("short-term", ground.AMBER),
        ("momentary", mixed(ground.PANEL, ground.DUSK, 0.75)),
    )
    for name, colour in entries:
        x -= sans(19).getlength(name)
        draw.text((x, y), name, font=sans(19), fill=ground.MUTED, anchor="lm")
        draw.rectangle((x - 34, y - 3, x - 12, y + 3), fill=colour)
        x -= 66


def _range(momentary: Sequence[float], integrated: float) -> tuple[float, float]:
    """The levels at the panel's foot and head."""
    high = math.ceil(max((*momentary, integrated)) + 3)
    heard = sorted(level for level in momentary if level > -70) or [integrated]
    low = min(heard[len(heard) // 20], high - _LEAST_SPAN_LU)
    return math.floor(max(low, high - 48.0)) - 1.0, float(high)


def _points(levels: Sequence[float], window_s: float) -> list[tuple[float, float]]:
    """Moments and levels, each at the middle of its window, no more than the panel has columns."""
    stride = max(1, len(levels) // (RIGHT - LEFT))
    return [(0.1 * place + window_s / 2, levels[place]) for place in range(0, len(levels), stride)]


def _area(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], foot: int) -> None:
    if len(points) > 1:
        outline = [(points[0][0], foot), *points, (points[-1][0], foot)]
        draw.polygon(outline, fill=mixed(ground.PANEL, ground.DUSK, 0.55))


def _dashed(draw: ImageDraw.ImageDraw, y: float) -> None:
    for x in range(LEFT, RIGHT - 13, 26):
        draw.line((x, y, x + 13, y), fill=ground.INK, width=2)


def _whole(level: int) -> str:
    return str(level).replace("-", "\N{MINUS SIGN}")


def _peaks(draw: ImageDraw.ImageDraw, sheet: Sheet) -> None:
    """A mark where the true peak passes -1 dBTP, and the highest one named."""
    limit = 10 ** (_PEAK_DBTP / 20)
    blocks = block_peaks(sheet.audio, above=limit)
    top = _LOUDNESS[1]
    for x in sorted({round(sheet.x(float(b) * BLOCK / sheet.rate)) for b in np.flatnonzero(blocks > limit)}):
        draw.line((x, top, x, top + 14), fill=ground.CORAL, width=2)
    highest = sheet.x(float(np.argmax(blocks)) * BLOCK / sheet.rate)
    draw.polygon([(highest - 9, top - 14), (highest + 9, top - 14), (highest, top - 1)], fill=ground.CORAL)


def _seams(image: Image.Image, sheet: Sheet) -> None:
    """A hair through all panels where a section begins."""
    draw = ImageDraw.Draw(image, "RGBA")
    for span in sheet.sections[1:]:
        x = sheet.x(span.start_s)
        for box in (_WAVE, _SPECTRUM, _LOUDNESS):
            draw.line((x, box[1], x, box[3]), fill=(*ground.INK, 70))


def _clock(image: Image.Image, sheet: Sheet) -> None:
    draw = ImageDraw.Draw(image)
    step = next((s for s in _TICKS_S if sheet.seconds / s <= _MOST_TICKS), _TICKS_S[-1])
    for second in range(0, int(sheet.seconds) + 1, step):
        x, foot = sheet.x(second), _LOUDNESS[3]
        draw.line((x, foot + 4, x, foot + 12), fill=ground.MUTED)
        draw.text((x, foot + 30), clock(second), font=sans(20), fill=ground.MUTED, anchor="mm")


def _foot(image: Image.Image, sheet: Sheet) -> None:
    draw = ImageDraw.Draw(image)
    shares, width = sheet.analysis.figures.band_shares_db, 150
    for place, (name, share) in enumerate(zip(BAND_NAMES, shares, strict=False)):
        x = LEFT + (width + 18) * place
        draw.rectangle((x, _FOOT, x + width, _FOOT + 7), fill=ground.HAIR)
        draw.rectangle(
            (x, _FOOT, x + width * min(1.0, max(0.0, 1 + share / 48)), _FOOT + 7), fill=ground.AMBER
        )
        caps(draw, (x, _FOOT - 20), name, 15)
        draw.text((x, _FOOT + 28), f"{_signed(share)} dB", font=sans(19), fill=ground.INK, anchor="lm")
    x = LEFT + (width + 18) * len(BAND_NAMES) + 30
    for name, value in _small(sheet.analysis):
        caps(draw, (x, _FOOT - 20), name, 15)
        draw.text((x, _FOOT + 12), value, font=serif(34), fill=ground.INK, anchor="lm")
        x += 176
    draw.text((RIGHT, _FOOT + 12), "noktvrn", font=serif(40), fill=ground.INK, anchor="rm")


def _small(heard: TrackAnalysis) -> list[tuple[str, str]]:
    figures = heard.figures
    return [
        ("Correlation", f"{figures.correlation:.2f}".replace("-", "\N{MINUS SIGN}")),
        ("Side to mid", f"{_signed(figures.side_mid_db)} dB"),
        ("Tilt", f"{_signed(figures.tilt_db_per_octave)} dB/oct"),
        ("Centroid", f"{heard.spectral.centroid_hz:,.0f} Hz"),
    ]
