"""The analysis of a recording, set for a terminal of any width: figures, curves of blocks, sections."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from noktvrn.model.analysis import KnownTrack, TrackAnalysis, TrackReport
    from noktvrn.model.sound import SectionSpan

BLOCKS, PLAIN = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
BAR, PLAIN_BAR = "█", "#"
BANDS = ("sub", "bass", "low mid", "mid", "presence", "air", "ultra")

_NARROWEST, _WIDEST = 44, 120
_MARGIN, _NAMES = 2, 11
_BAND_DB, _CURVE_DB = 48.0, 24.0
_SILENT = -70.0


def show(report: TrackReport) -> None:
    """Prints the report for a person."""
    for line in lines(report, width=shutil.get_terminal_size().columns, blocks=_has_blocks()):
        click.echo(line)


def _has_blocks() -> bool:
    """Whether stdout can carry block elements."""
    try:
        (BLOCKS + BAR).encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def lines(report: TrackReport, *, width: int, blocks: bool) -> Iterator[str]:
    """The report in lines of at most `width` columns (44 at least); ASCII where `blocks` cannot be shown."""
    width = min(_WIDEST, max(_NARROWEST, width))
    steps, bar = (BLOCKS, BAR) if blocks else (PLAIN, PLAIN_BAR)
    heard, room = report.analysis, width - _MARGIN - _NAMES - 2
    yield from _folded(report.name, width)
    yield ""
    for name, value in _figures(report):
        yield from _pair(name, value, width)
    yield ""
    yield _row("waveform", curve(report.waveform, room, steps, highest=1.0))
    yield _row("loudness", curve(_levels(heard), room, steps))
    yield _row("sections", _names(report, room))
    yield ""
    yield from (_row(name, value) for name, value in _bands(heard, room, bar))
    yield ""
    yield from _sections(report.sections, width, bar)
    yield from _catalogue(report, width)


def _row(name: str, value: str) -> str:
    return f"{'':{_MARGIN}}{name:<{_NAMES}}  {value}".rstrip()


def _pair(name: str, value: str, width: int) -> Iterator[str]:
    """Name and value; what does not fit goes on below the value."""
    for place, part in enumerate(_folded(value, width - _MARGIN - _NAMES - 2)):
        yield _row("" if place else name, part)


def _folded(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
        while len(line) > width:
            yield line[:width]
            line = line[width:]
    yield line


def _figures(report: TrackReport) -> Iterator[tuple[str, str]]:
    heard, figures = report.analysis, report.analysis.figures
    channels = "mono" if report.channels == 1 else "stereo"
    yield "length", f"{clock(figures.duration_s)}, {channels}, {figures.sample_rate / 1000:g} kHz"
    known = report.known
    yield "tempo", _written_tempo(known) if known and known.tempo_bpm else _tempo(heard)
    yield "key", f"{known.key}, as composed" if known and known.key else _key(heard)
    loudest = max(heard.loudness.short_term_lufs, default=None)
    up_to = f", short-term up to {loudest:.1f}" if loudest is not None else ""
    range_lu = f"range {figures.loudness_range_lu:.1f} LU"
    yield "loudness", f"{figures.integrated_lufs:.1f} LUFS, {range_lu}{up_to}"
    clipped = f", {figures.clipped_runs} clipped run(s)" if figures.clipped_runs else ", nothing clipped"
    yield "true peak", f"{figures.true_peak_dbtp:.1f} dBTP, crest {figures.crest_db:.1f} dB{clipped}"
    side = f"side {figures.side_mid_db:.1f} dB against mid"
    yield "stereo", f"correlation {figures.correlation:.2f}, {side}, balance {figures.balance_db:.1f} dB"
    middle = f"centroid {heard.spectral.centroid_hz:,.0f} Hz"
    below = f"85 % below {heard.spectral.rolloff_hz:,.0f} Hz"
    yield "spectrum", f"tilt {figures.tilt_db_per_octave:.1f} dB an octave, {middle}, {below}"


def _written_tempo(known: KnownTrack) -> str:
    signature = f" in {known.meter[0]}/{known.meter[1]}" if known.meter else ""
    return f"{known.tempo_bpm:.1f} BPM{signature}, as composed"


def _tempo(heard: TrackAnalysis) -> str:
    if heard.tempo is None:
        return "no steady pulse"
    signature = f" in {heard.meter.signature[0]}/{heard.meter.signature[1]}" if heard.meter else ""
    others = [f"{other.bpm:.1f}" for other in heard.tempo.alternatives]
    rest = f", or {' or '.join(others)}" if others else ""
    return f"{heard.tempo.bpm:.1f} BPM{signature} ({100 * heard.tempo.confidence:.0f} % sure{rest})"


def _key(heard: TrackAnalysis) -> str:
    if heard.key is None:
        return "none stands out"
    tuned = 440 * 2 ** (heard.key.tuning_cents / 1200)
    sure = f"{100 * heard.key.confidence:.0f} % sure, or {heard.key.runner_up}"
    return f"{heard.key.name} ({sure}), A = {tuned:.1f} Hz"


def curve(values: Sequence[float], width: int, steps: str, *, highest: float | None = None) -> str:
    """`values` as one line of `width` blocks: the highest of each column, empty at 0, full at `highest` (the
    highest value itself if not given)."""
    if not values:
        return ""
    top = highest if highest is not None else max(values)
    columns = []
    for column in range(width):
        first = column * len(values) // width
        last = max(first + 1, (column + 1) * len(values) // width)
        share = max(values[first:last]) / top if top > 0 else 0.0
        columns.append(steps[min(len(steps) - 1, max(0, round(share * (len(steps) - 1))))])
    return "".join(columns)


def _levels(heard: TrackAnalysis) -> list[float]:
    """The momentary loudness above the quietest that is drawn."""
    momentary = heard.loudness.momentary_lufs
    floor = max((*momentary, _SILENT)) - _CURVE_DB
    return [max(0.0, level - floor) for level in momentary]


def _names(report: TrackReport, width: int) -> str:
    """Each section's name under the place where it begins, cut off before the next."""
    marks = [" "] * width
    for span in report.sections:
        first, last = (
            int(moment / report.analysis.figures.duration_s * width) for moment in (span.start_s, span.end_s)
        )
        name = span.label[: max(1, last - first - 1)]
        marks[first : first + len(name)] = name
    return "".join(marks[:width])


def _bands(heard: TrackAnalysis, room: int, bar: str) -> Iterator[tuple[str, str]]:
    for name, share in zip(BANDS, heard.figures.band_shares_db, strict=False):
        length = round(max(0.0, 1 + share / _BAND_DB) * (room - 10))
        yield name, f"{share:6.1f} dB {bar * length}"


def _sections(spans: Sequence[SectionSpan], width: int, bar: str) -> Iterator[str]:
    names = max(len("SECTION"), *(len(span.label) for span in spans)) + 1
    yield f"{'':{_MARGIN}}{'SECTION':<{names}} FROM    TO      LENGTH  ENERGY"
    room = min(24, width - names - 30)
    for span in spans:
        times = f"{clock(span.start_s):<6}  {clock(span.end_s):<6}  {span.end_s - span.start_s:5.1f} s"
        energy = bar * max(1, round(span.energy * room)) if room > 4 else f"{span.energy:.2f}"
        yield f"{'':{_MARGIN}}{span.label:<{names}} {times} {energy}"


def _catalogue(report: TrackReport, width: int) -> Iterator[str]:
    if report.known is None:
        return
    known = report.known
    yield ""
    yield from _folded(f"This is {known.title!r}, take {known.take} of {known.run_id}.", width)
    if known.report is None:
        yield "The critic has not heard it yet."
        return
    found = known.report.findings
    yield from _folded(
        f"The critic checked {known.report.checked} rules and found {len(found) or 'nothing'}.", width
    )
    for finding in found:
        yield from _pair(finding.severity.value, finding.message, width)


def clock(seconds: float) -> str:
    """Minutes and seconds: `3:07`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
