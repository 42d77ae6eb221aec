"""What was asked for against what was made: rate, length, tempo, key."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.kernel.errors import LabelError
from noktvrn.model.finding import Finding
from noktvrn.music.critic.case import AGAIN, Case, error, warning
from noktvrn.sound.analysis.key import same_or_related
from noktvrn.sound.theory import key_name

RATES = (44_100, 48_000)
LENGTH_SHARE = 0.05


def rate(case: Case) -> Iterator[Finding]:
    """A sample rate stores take."""
    if case.figures.sample_rate not in RATES:
        message = f"{case.figures.sample_rate} Hz is no delivery rate."
        yield error(
            "audio.sample_rate", message, "Render at 44.1 kHz.", case.figures.sample_rate, "44100 or 48000"
        )


def length(case: Case) -> Iterator[Finding]:
    """As long as was asked for."""
    share = case.figures.duration_s / case.wanted_duration_s - 1
    if not abs(share) <= LENGTH_SHARE:
        lengths = f"{case.figures.duration_s:.0f} s long where {case.wanted_duration_s:.0f} s were asked for"
        message = f"The song is {lengths}."
        hint = "Plan more or fewer bars: 5 % either way is allowed."
        yield error("audio.brief_length", message, hint, share, LENGTH_SHARE)


def score_tempo(case: Case) -> Iterator[Finding]:
    """The time-line keeps the plan's tempo."""
    if not same_tempo(case.timeline.tempo_bpm, case.plan.tempo_bpm):
        message = f"Recorded at {case.timeline.tempo_bpm:g} BPM where the plan says {case.plan.tempo_bpm:g}."
        hint = "The engine left the plan. " + AGAIN
        yield error("audio.tempo", message, hint, case.timeline.tempo_bpm, case.plan.tempo_bpm)


def heard_tempo(case: Case) -> Iterator[Finding]:
    """The analyser hears the plan's tempo. In a style without a pulse it need not."""
    heard = case.figures.tempo_bpm
    if not case.targets.pulse:
        return
    if heard is None:
        yield warning("audio.heard_tempo", "No steady pulse can be heard.", "Listen: is that meant?")
    elif not same_tempo(heard, case.plan.tempo_bpm):
        message = f"The analyser hears {heard:.1f} BPM where {case.plan.tempo_bpm:g} was asked for."
        yield _cross_check(case, "audio.heard_tempo", message, heard, case.plan.tempo_bpm)


def score_key(case: Case) -> Iterator[Finding]:
    """The time-line keeps the plan's key."""
    asked = key_name(case.plan.tonic, case.plan.mode)
    if not _same_key(case.timeline.key, asked):
        message = f"Recorded in {case.timeline.key} where the plan says {asked}."
        yield error("audio.key", message, "The engine left the plan. " + AGAIN, case.timeline.key, asked)


def heard_key(case: Case) -> Iterator[Finding]:
    """The analyser hears the plan's key or a relative."""
    heard, asked = case.figures.key, key_name(case.plan.tonic, case.plan.mode)
    if heard is None:
        yield warning("audio.heard_key", "No key can be heard.", "Listen: is that meant?")
    elif not _same_key(heard, asked):
        message = f"The analyser hears {heard} where {asked} was asked for."
        yield _cross_check(case, "audio.heard_key", message, heard, asked)


def _cross_check(case: Case, rule: str, message: str, measured: float | str, asked: float | str) -> Finding:
    if case.composed_here:
        return warning(rule, message, "The score is exact; listen whether it comes across.", measured, asked)
    if case.by_a_person:
        return warning(rule, message, "Nothing to mend if it sounds as you meant it.", measured, asked)
    return error(rule, message, "The engine left the plan. " + AGAIN, measured, asked)


def same_tempo(one: float, other: float) -> bool:
    """Whether two tempi are within 1 %, counting the half and the double as the same."""
    return other > 0 and any(abs(one * times / other - 1) <= 0.01 for times in (0.5, 1.0, 2.0))


def _same_key(one: str, other: str) -> bool:
    try:
        return same_or_related(one, other)
    except LabelError:
        return False
