"""Structure: sections, what comes back, and how far the chorus stands above the verse."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from noktvrn.model.finding import Finding, Severity
from noktvrn.model.sound import Timeline
from noktvrn.music.critic.case import AGAIN, Case, error, outside, warning
from noktvrn.sound.analysis import meters

LONGEST_SHARE = 0.4
LEAST_CONTRAST_LU = 1.0


def sections(case: Case) -> Iterator[Finding]:
    """Two sections at least, none of them most of the song. A person's form is a person's business."""
    make = warning if case.by_a_person else error
    spans = case.timeline.sections
    if len(spans) < 2:
        yield make("audio.sections", "The song has fewer than two sections.", AGAIN, len(spans), 2)
    whole = max(case.figures.duration_s, 1e-9)
    for span in spans:
        if (share := (span.end_s - span.start_s) / whole) > LONGEST_SHARE and len(spans) > 1:
            message = f"One {span.label} takes {share:.0%} of the song; {LONGEST_SHARE:.0%} is the most."
            yield make("audio.long_section", message, "Plan it in more sections.", share, LONGEST_SHARE)


def hook(case: Case) -> Iterator[Finding]:
    """Something comes back: a section, or its chords."""
    make = warning if case.by_a_person else error
    labels = [span.label for span in case.timeline.sections]
    # A through-composed form names no section twice; then its chords have to come back.
    if len(set(labels)) == len(labels) and not _progression_returns(case.timeline):
        yield make("audio.hook", "Nothing in the song comes back.", "Plan a second chorus or drop.")


def _progression_returns(timeline: Timeline) -> bool:
    """Whether two sections set out on the same three different chords or more."""
    seen: set[tuple[str, ...]] = set()
    for span in timeline.sections:
        names = [c.name for c in timeline.chords if span.start_s - 0.05 <= c.start_s < span.end_s - 0.05]
        start = tuple(names[:4])
        if start in seen:
            return True
        if len(set(start)) >= 3:
            seen.add(start)
    return False


def contrast(case: Case) -> Iterator[Finding]:
    """The sections differ as much as the style's should."""
    value, wanted = case.figures.section_contrast_lu, case.targets.contrast
    if value >= wanted:
        return
    hard = min(LEAST_CONTRAST_LU, wanted)
    # The hard limit is between chorus and verse; a form without both has no such promise to keep.
    broken = not value >= hard and _promised(case)
    what = f"Sections differ by {value:.2f} LU"
    hint = "Arrange more lift into the chorus, or less into the verse."
    severity = Severity.ERROR if broken else Severity.WARNING
    yield outside("audio.contrast", severity, what, value, (hard if broken else wanted, inf), hint)


def _promised(case: Case) -> bool:
    labels = {span.label for span in case.timeline.sections}
    return bool(labels & meters.LIFTED and labels & meters.LAID_BACK) and not case.by_a_person
