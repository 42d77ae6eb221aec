"""`noktvrn track`: analyse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from noktvrn.cli.commands.export import export
from noktvrn.cli.commands.own import import_track
from noktvrn.cli.output import Output, note, pairs, with_output

if TYPE_CHECKING:
    from noktvrn.model.track import AudioFigures


@click.group()
def track() -> None:
    """Sound files, measured as the house measures its own masters."""


track.add_command(export)
track.add_command(import_track)


@track.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--png", type=click.Path(path_type=Path), metavar="OUT", help="Draw its spectrogram here.")
@with_output
def analyse(file: Path, png: Path | None, out: Output) -> None:
    """Measures a sound file: loudness, peaks, balance, tempo, key."""
    from noktvrn.label.tracks import analyse as measure

    figures = measure(file, png=png)
    data = {"file": str(file), "png": str(png) if png else None, "figures": figures.as_data()}
    out.one(data, lambda: _show(file, figures))
    if png is not None:
        note(f"The spectrogram is at {png}.")


def _show(file: Path, figures: AudioFigures) -> None:
    click.echo(f"{file.name}\n")
    pairs(
        [
            (
                "length",
                f"{figures.duration_s:.1f} s, {figures.channels} channel(s), {figures.sample_rate} Hz",
            ),
            ("loudness", f"{figures.integrated_lufs:.1f} LUFS, range {figures.loudness_range_lu:.1f} LU"),
            ("true peak", f"{figures.true_peak_dbtp:.1f} dBTP, crest {figures.crest_db:.1f} dB"),
            ("tempo", f"{figures.tempo_bpm:.1f} bpm" if figures.tempo_bpm else "none heard"),
            ("key", figures.key or "none heard"),
            (
                "width",
                f"correlation {figures.correlation:.2f}, side {figures.side_mid_db:.1f} dB against mid",
            ),
            ("balance", f"{figures.balance_db:.1f} dB between left and right"),
            ("tilt", f"{figures.tilt_db_per_octave:.1f} dB an octave"),
            ("clipped", f"{figures.clipped_runs} run(s)"),
        ]
    )
