"""The song at a glance: its energy as bars and its sections below, drawn as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from noktvrn.model.track import Track

WIDTH, HEIGHT, LABELS = 640, 96, 24
BODY = 0.25


def wave(track: Track) -> str:
    """An SVG of the energy curve with section names; empty where the energy was not measured."""
    curve = track.figures.energy_curve
    if not curve:
        return ""
    step = WIDTH / len(curve)
    bars = "".join(_bar(place * step, step, share) for place, share in enumerate(_stretched(curve)))
    return (
        f'<svg class="wave" viewBox="0 0 {WIDTH} {HEIGHT + LABELS}" role="img" aria-label="Energy">'
        f'<g fill="var(--accent)" opacity=".85">{bars}</g>{_sections(track)}</svg>'
    )


def _stretched(curve: Sequence[float]) -> Iterator[float]:
    """The curve as shares of the height: a mastered song moves little, so its body fills the upper part."""
    low, high = sorted(curve)[len(curve) // 20], max(curve)
    for energy in curve:
        share = BODY + (1 - BODY) * (energy - low) / (high - low) if high > low else 1.0
        yield min(1.0, max(0.0, share))


def _bar(x: float, step: float, share: float) -> str:
    height = max(2.0, share * HEIGHT)
    top = (HEIGHT - height) / 2
    return f'<rect x="{x:.1f}" y="{top:.1f}" width="{step * 0.56:.1f}" height="{height:.1f}" rx="1"/>'


def _sections(track: Track) -> str:
    """Section names where they begin; the narrow ones go without."""
    scale = WIDTH / track.timeline.duration_s
    return "".join(
        f'<text x="{section.start_s * scale:.1f}" y="{HEIGHT + LABELS - 3}" font-size="13" '
        f'fill="var(--muted)">{escape(section.label)}</text>'
        for section in track.timeline.sections
        if (section.end_s - section.start_s) * scale >= 8 * len(section.label)
    )
