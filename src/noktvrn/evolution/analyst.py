"""The analyst: an artist's performances become evidence about its style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from noktvrn.evolution.contrasts import Words, contrast_along, words_that_worked
from noktvrn.evolution.evidence import AxisEvidence, Evidence
from noktvrn.evolution.rates import newest, usable_rates
from noktvrn.evolution.surface import AXES, fit_surface
from noktvrn.kernel.clock import aware
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.artist import Artist, StyleAxes
from noktvrn.model.performance import Performance

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def analyse(
    artist: Artist,
    performances: Sequence[Performance],
    styles: Mapping[ReleaseId, StyleAxes],
    themes: Words | None = None,
    *,
    at: datetime | None = None,
) -> Evidence:
    """What the artist's own releases say about its style axes, themes and moods.

    `styles` gives the style each release was made in (measured where possible, `measured_style`); a release
    without one teaches nothing. `themes` gives (theme, mood) per release. Ages count from `at`, or from
    the newest record. Other artists' rows and flagged rows have no effect; the order of rows has none either.

    Raises:
        ValueError: a row was recorded at a time without a zone.
    """
    own = [row for row in performances if row.artist_id == artist.id and row.release_id in styles]
    clean = [row for row in own if not row.suspicious]
    read_at = aware(at) if at else newest(clean)
    rates, streams = usable_rates(clean, read_at or _EPOCH)
    profile = artist.profile
    surface = fit_surface(rates, styles, profile.anchor.style)
    axes = tuple(
        AxisEvidence(
            axis=axis,
            slope=slope,
            sd=sd,
            contrast=contrast_along(axis, slope, rates, styles) if rates else None,
        )
        for axis, slope, sd in zip(AXES, surface.slopes, surface.sds, strict=True)
    )
    return Evidence(
        artist_id=artist.id,
        artist_version=artist.version,
        releases=len(streams),
        streams=sum(streams.values()),
        left_out=len(own) - len(clean),
        newest_first_report=_newest_first_report(clean, streams),
        read_at=read_at,
        axes=axes,
        words=tuple(words_that_worked(profile, surface.appeal, themes or {})),
    )


def _newest_first_report(rows: Sequence[Performance], usable: Mapping[ReleaseId, int]) -> date | None:
    """When the release that was heard of last was heard of first: the end of its first period."""
    first: dict[ReleaseId, date] = {}
    for row in rows:
        if row.release_id in usable:
            first[row.release_id] = min(first.get(row.release_id, row.period_end), row.period_end)
    return max(first.values(), default=None)
