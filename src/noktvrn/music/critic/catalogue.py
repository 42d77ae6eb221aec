"""Duplicates: nothing is released twice, no take is a copy of another, and a lossy source is told."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Finding
from noktvrn.music.critic.case import AGAIN, Case, error, warning
from noktvrn.sound.analysis import fingerprint


def duplicate(case: Case) -> Iterator[Finding]:
    """No recording of the label's catalogue, and none that is much like one."""
    for title, known in case.catalogue:
        likeness = fingerprint.similarity(case.figures.fingerprint, known)
        if likeness >= fingerprint.DUPLICATE:
            message = f"This is the recording of {title!r}."
            hint = "Never release it twice. " + AGAIN
            yield error("audio.duplicate", message, hint, likeness, fingerprint.DUPLICATE)
        elif likeness >= fingerprint.NEAR:
            message = f"Very much like {title!r}."
            yield warning("audio.near_duplicate", message, "Listen to both.", likeness, fingerprint.NEAR)


def same_take(case: Case) -> Iterator[Finding]:
    """A take that is another take of the run once more gives nobody a choice."""
    for name, known in case.takes:
        likeness = fingerprint.similarity(case.figures.fingerprint, known)
        if likeness >= fingerprint.DUPLICATE:
            message = f"This is {name} once more."
            hint = "The engine may not listen to its seed; one take of it is enough."
            yield warning("audio.same_take", message, hint, likeness, fingerprint.DUPLICATE)


def source(case: Case) -> Iterator[Finding]:
    """A lossy source is recorded, never passed off as lossless."""
    if case.provenance.lossy_source:
        message = "The master was made from a lossy file."
        yield warning("audio.lossy_source", message, "Ask for FLAC or WAV where there is one.")
