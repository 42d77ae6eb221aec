"""The sound as the meters read it at drafting."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.rulebook import Note

MIN_PAID_S, MAX_S = 30.0, 36_000.0
MAX_HEAD_S, MAX_TAIL_S, MAX_GAP_S = 2.0, 10.0, 10.0
PEAK_DBTP, LOUDEST_LUFS, QUIETEST_LUFS, MAX_CLIPS = -1.0, -7.0, -20.0, 50
MAX_DC, MAX_BALANCE_DB, DUAL_MONO = 0.01, 6.0, 0.9999


@DRAFT.rule("release.audio.format", Severity.ERROR, 66)
def audio_format(case: DraftCase) -> Iterator[Note]:
    """FLAC, 44.1 kHz or more, stereo, 16 or 24 bit."""
    master = case.dossier.track.master
    if master.media_type not in ("audio/flac", "audio/x-flac"):
        yield Note(f"The master is {master.media_type}.", "Master to FLAC.")
    if master.sample_rate < 44_100 or master.channels != 2 or master.bits not in (16, 24, None):
        yield Note(
            f"The master has {master.sample_rate} Hz, {master.channels} channels, {master.bits} bit.",
            "Master to stereo, at least 44.1 kHz, 16 or 24 bit.",
        )


@DRAFT.rule("release.audio.duration", Severity.ERROR, 68)
def duration(case: DraftCase) -> Iterator[Note]:
    """The length on the label is the length of the sound."""
    told, measured = case.draft.duration_s, case.dossier.track.figures.duration_s
    if abs(told - measured) > 1.0:
        yield Note("The drafted length is not the measured one.", "Draft the release again.", told, measured)


@DRAFT.rule("release.audio.length", Severity.WARNING, 69)
def length(case: DraftCase) -> Iterator[Note]:
    """Long enough to be paid for, short enough to be taken."""
    if not MIN_PAID_S <= case.draft.duration_s <= MAX_S:
        yield Note(
            "Stores do not pay for a track of this length.",
            "Keep it between 30 s and 10 h.",
            case.draft.duration_s,
            MIN_PAID_S,
        )


@DRAFT.rule("release.audio.silence", Severity.WARNING, 70)
def silence(case: DraftCase) -> Iterator[Note]:
    """No long silence at either end or in the middle."""
    figures = case.dossier.track.figures
    for name, value, limit in (
        ("start", figures.leading_silence_s, MAX_HEAD_S),
        ("end", figures.trailing_silence_s, MAX_TAIL_S),
        ("middle", figures.longest_inner_silence_s, MAX_GAP_S),
    ):
        if value > limit:
            yield Note(f"There is a long silence at the {name}.", "Trim it.", value, limit)


@DRAFT.rule("release.audio.level", Severity.WARNING, 71)
def level(case: DraftCase) -> Iterator[Note]:
    """True peak, loudness and clipping."""
    figures = case.dossier.track.figures
    if figures.true_peak_dbtp > PEAK_DBTP:
        yield Note("The true peak is too high.", "Master it again.", figures.true_peak_dbtp, PEAK_DBTP)
    if not QUIETEST_LUFS <= figures.integrated_lufs <= LOUDEST_LUFS:
        yield Note("The loudness is unusual.", "Master to -14 LUFS.", figures.integrated_lufs, -14.0)
    if figures.clipped_runs >= MAX_CLIPS:
        yield Note("The master clips.", "Master it again.", figures.clipped_runs, MAX_CLIPS)


@DRAFT.rule("release.audio.image", Severity.WARNING, 72)
def image(case: DraftCase) -> Iterator[Note]:
    """No DC, no dual mono, no one-sided channel."""
    figures = case.dossier.track.figures
    if abs(figures.dc_offset) >= MAX_DC:
        yield Note("The master has a DC offset.", "Filter below 20 Hz.", figures.dc_offset, MAX_DC)
    if figures.correlation >= DUAL_MONO:
        yield Note("Both channels are the same.", "Mix in stereo.", figures.correlation, DUAL_MONO)
    if abs(figures.balance_db) > MAX_BALANCE_DB:
        yield Note("One side is much louder.", "Balance the mix.", figures.balance_db, MAX_BALANCE_DB)


@DRAFT.rule("release.audio.lossy", Severity.WARNING, 73)
def lossy(case: DraftCase) -> Iterator[Note]:
    """A lossy source inside a FLAC is recorded, and wants a look."""
    if case.dossier.track.provenance.lossy_source:
        yield Note("The sound came from a lossy file.", "Fetch the lossless file where the engine has one.")
