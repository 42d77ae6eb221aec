"""The house's own check of a finished film. It looks at the file, not at what the maker says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from noktvrn.film.flashes import LIMIT, relative_luminance, worst_flashing
from noktvrn.film.probe import Facts, Viewing, probe, watch
from noktvrn.kernel.errors import LabelError
from noktvrn.model.film import Cue, FilmKind
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import SourceType

SIZES: dict[FilmKind, tuple[int, int]] = {"video": (1920, 1080), "teaser": (1080, 1920)}
DURATION_TOLERANCE_S = 0.2
LONGEST_FREEZE_S = 3.0
SILENCE_DBFS = -60.0
STILL_STEP, STILL_SHARE, REFRESH_STEP = 1, 0.001, 16
RULES = 9


def examine_film(
    path: Path,
    *,
    kind: FilmKind,
    expected_duration_s: float,
    cues: Sequence[Cue],
    ffmpeg: Path,
    size: tuple[int, int] | None = None,
    fps: int = 30,
) -> Report:
    """Decodes the film to the end and judges it.

    Rules: it opens; has one picture and one sound stream; its size and rate; its length; it decodes without
    complaint; no picture stands still while sound plays; no dangerous flashing; captions end inside; the
    disclosure mark is in its tags.
    """
    subject = f"{kind} {path.name}"
    try:
        facts = probe(ffmpeg, path)
        viewing = watch(ffmpeg, path, fps=facts.fps or fps)
    except LabelError as error:
        return Report(subject=subject, checked=1, findings=(_error("film.opens", error.message, error.hint),))
    findings = (
        *_streams(facts),
        *_size(facts, size or SIZES[kind], fps),
        *_length(facts, viewing, expected_duration_s, fps),
        *_decoding(viewing),
        *_freeze(viewing, fps),
        *_flashes(viewing, fps),
        *_captions(cues, facts.duration_s),
        *_mark(facts),
    )
    return Report(subject=subject, checked=RULES, findings=findings)


def _error(
    rule: str,
    message: str,
    hint: str = "Make the film again with another seed.",
    *,
    measured: float | str | None = None,
    limit: float | str | None = None,
) -> Finding:
    return Finding(
        rule=rule, severity=Severity.ERROR, message=message, hint=hint, measured=measured, limit=limit
    )


def _streams(facts: Facts) -> Iterator[Finding]:
    if not facts.video_codec or not facts.audio_codec:
        yield _error("film.streams", "The film lacks its picture or its sound.")
    elif facts.video_codec != "h264" or facts.audio_codec != "aac":
        yield Finding(
            rule="film.codec",
            severity=Severity.WARNING,
            message=f"It is {facts.video_codec}/{facts.audio_codec}; some platforms only take H.264/AAC.",
            hint="Install an ffmpeg with libx264 or libopenh264.",
            measured=facts.video_codec,
            limit="h264",
        )


def _size(facts: Facts, size: tuple[int, int], fps: int) -> Iterator[Finding]:
    shown, wanted = f"{facts.width}x{facts.height}", f"{size[0]}x{size[1]}"
    if shown != wanted:
        yield _error("film.size", f"The film is {shown}, not {wanted}.", measured=shown, limit=wanted)
    if abs(facts.fps - fps) > 0.01:
        yield _error(
            "film.rate", f"The film runs at {facts.fps:g} frames a second.", measured=facts.fps, limit=fps
        )


def _length(facts: Facts, viewing: Viewing, expected: float, fps: int) -> Iterator[Finding]:
    lengths = {
        "The container": facts.duration_s,
        "The picture": len(viewing.looks) / (facts.fps or fps),
        "The sound": viewing.sound_s,
    }
    for what, length in lengths.items():
        if abs(length - expected) > DURATION_TOLERANCE_S:
            yield _error(
                "film.length",
                f"{what} lasts {length:.2f} s instead of {expected:.2f} s.",
                measured=round(length, 3),
                limit=round(expected, 3),
            )


def _decoding(viewing: Viewing) -> Iterator[Finding]:
    if viewing.complaints:
        yield _error("film.decodes", f"The film does not decode cleanly: {viewing.complaints[:200]}")


def _freeze(viewing: Viewing, fps: int) -> Iterator[Finding]:
    seconds, at = longest_freeze(viewing, fps)
    if seconds > LONGEST_FREEZE_S:
        yield _error(
            "film.frozen",
            f"The picture stands still for {seconds:.1f} s from {at:.1f} s while the song plays.",
            measured=round(seconds, 2),
            limit=LONGEST_FREEZE_S,
        )


def longest_freeze(viewing: Viewing, fps: int) -> tuple[float, float]:
    """Length and start in seconds of the longest run of equal pictures under audible sound.

    A picture equals the one before it when next to no point changed by more than `STILL_STEP`. Encoders
    refresh a still picture with every key frame: one slight change between equal pictures counts as none.
    """
    if len(viewing.looks) < 2:
        return 0.0, 0.0
    steps = np.abs(np.diff(viewing.looks.astype(np.int16), axis=0))
    still = (steps > STILL_STEP).mean(axis=(1, 2)) < STILL_SHARE
    still[1:-1] |= still[:-2] & still[2:] & (steps[1:-1].max(axis=(1, 2)) <= REFRESH_STEP)
    still &= viewing.sound[1:] > SILENCE_DBFS
    longest, run, at = 0, 0, 0
    for index, frozen in enumerate(still.tolist()):
        run = run + 1 if frozen else 0
        if run > longest:
            longest, at = run, index + 1 - run
    return longest / fps, at / fps


def _flashes(viewing: Viewing, fps: int) -> Iterator[Finding]:
    worst, frame = worst_flashing(relative_luminance(viewing.looks), fps)
    if worst > LIMIT:
        yield _error(
            "film.flashes",
            f"{worst:g} large flashes within a second at {frame / fps:.1f} s: dangerous for some people.",
            measured=worst,
            limit=LIMIT,
        )


def _captions(cues: Sequence[Cue], duration_s: float) -> Iterator[Finding]:
    for cue in cues:
        if not cue.text.strip() or cue.end_s <= cue.start_s or cue.end_s > duration_s:
            yield _error(
                "film.captions", f"The caption at {cue.start_s:.1f} s is empty or ends outside the film."
            )


def _mark(facts: Facts) -> Iterator[Finding]:
    comment = facts.tags.get("comment", "")
    if not any(f"DIGITALSOURCETYPE={kind.value}" in comment for kind in SourceType):
        yield _error(
            "film.mark",
            "The film does not carry its DIGITALSOURCETYPE mark.",
            "Films leave the house only with their disclosure; make it again.",
        )
