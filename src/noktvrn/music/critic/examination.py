"""The examination: all rules over one track's figures, or over the master file itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from noktvrn.kernel.errors import LabelError
from noktvrn.model.finding import Finding, Report
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import ScoreFigures, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.music.critic import catalogue as earlier
from noktvrn.music.critic import form, levels, obedience, samples, writing
from noktvrn.music.critic.case import Case, Rule, error
from noktvrn.music.critic.mood import mood as as_the_mood
from noktvrn.music.critic.targets import targets_of
from noktvrn.music.producer import TARGET_LUFS, measure
from noktvrn.reference import Mood
from noktvrn.sound.files import flac

RULES: tuple[Rule, ...] = (
    obedience.rate,
    levels.target,
    levels.loud_peak,
    obedience.length,
    obedience.score_tempo,
    obedience.heard_tempo,
    obedience.score_key,
    obedience.heard_key,
    as_the_mood,
    form.sections,
    form.hook,
    form.contrast,
    writing.writing,
    writing.score_loops,
    earlier.duplicate,
    earlier.same_take,
    earlier.source,
)


def examine(
    figures: AudioFigures,
    *,
    plan: SongPlan,
    timeline: Timeline,
    provenance: Provenance,
    wanted_duration_s: float,
    catalogue: Iterable[tuple[str, str]],
    takes: Iterable[tuple[str, str]] = (),
    target_lufs: float = TARGET_LUFS,
    mood: Mood | None = None,
    score: ScoreFigures | None = None,
) -> Report:
    """Every rule over one track's figures.

    `catalogue`: (title, fingerprint) of earlier releases; `takes`: the same of this run's other takes.
    `target_lufs` is what it was mastered to; `score` are the figures of a song whose notes are known.
    """
    targets = targets_of(plan.style)
    case = Case(
        figures=figures,
        plan=plan,
        timeline=timeline,
        provenance=provenance,
        wanted_duration_s=wanted_duration_s,
        catalogue=tuple(catalogue),
        takes=tuple(takes),
        target_lufs=target_lufs,
        targets=targets,
        mood=mood,
        score=score,
    )
    found = [finding for limit in levels.LIMITS for finding in levels.within(limit, case)]
    found += [finding for rule in RULES for finding in rule(case)]
    return Report(subject="track", checked=len(levels.LIMITS) + len(RULES), findings=tuple(found))


def examine_file(
    path: Path,
    *,
    plan: SongPlan,
    timeline: Timeline,
    provenance: Provenance,
    wanted_duration_s: float,
    catalogue: Iterable[tuple[str, str]],
    takes: Iterable[tuple[str, str]] = (),
    target_lufs: float = TARGET_LUFS,
    mood: Mood | None = None,
    score: ScoreFigures | None = None,
) -> Report:
    """Measures the master itself and examines it: the rules of `examine`, and those that need its samples.

    A file that does not decode is a finding, not an error.
    """
    try:
        facts = flac.probe(path)
        audio, rate = flac.read_audio(path)
        figures = measure(audio, rate, timeline)
    except LabelError as trouble:
        broken = error(trouble.code, trouble.message, trouble.hint)
        return Report(subject="track", checked=1, findings=(broken,))
    report = examine(
        figures,
        plan=plan,
        timeline=timeline,
        provenance=provenance,
        wanted_duration_s=wanted_duration_s,
        catalogue=catalogue,
        takes=takes,
        target_lufs=target_lufs,
        mood=mood,
        score=score,
    )
    more: tuple[Finding, ...] = (
        *samples.depth(facts.bits),
        *samples.loops(audio, rate, plan, timeline),
        *samples.lossy_peak(audio, rate),
    )
    return Report(
        subject="track", checked=report.checked + 1 + samples.CHECKS, findings=report.findings + more
    )
