"""The critic's rules on writing, mood, takes and styles, and its report as people read it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.music.test_music_critic import FORM, GOOD, HERE, PLAN, RATE, judge, only, song, timeline

from noktvrn.model.evaluation import Evaluation
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import ScoreFigures
from noktvrn.music.critic import examine, summary
from noktvrn.music.critic.case import Case
from noktvrn.music.critic.levels import LIMITS, within
from noktvrn.music.critic.mood import EXPECTATIONS
from noktvrn.music.critic.targets import targets_of
from noktvrn.reference import Mood, load
from noktvrn.settings import Settings
from noktvrn.sound.analysis import fingerprint
from noktvrn.sound.style import Targets

WRITTEN = ScoreFigures(chord_tone_rate=0.8, motif_recurrence=0.6, groove=0.8, pitch_class_entropy=2.6)
PERSON = Provenance(engine="A. Person", engine_version="", licence_class="human")


def report_of(
    *,
    mood: Mood | None = None,
    score: ScoreFigures | None = None,
    takes: tuple[tuple[str, str], ...] = (),
    style: str = PLAN.style,
    **changed: Any,
) -> Report:
    return examine(
        GOOD.model_copy(update=changed),
        plan=PLAN.model_copy(update={"style": style}),
        timeline=FORM,
        provenance=HERE,
        wanted_duration_s=180.0,
        catalogue=(),
        takes=takes,
        mood=mood,
        score=score,
    )


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("score.chord_tones", {"chord_tone_rate": 0.4}),
        ("score.motif", {"motif_recurrence": 0.1}),
        ("score.groove", {"groove": 0.3}),
        ("score.pitches", {"pitch_class_entropy": 1.2}),
        ("score.pitches", {"pitch_class_entropy": 3.5}),
    ],
)
def test_writing_out_of_its_range_wants_a_look(rule: str, changed: dict[str, float]) -> None:
    assert report_of(score=WRITTEN).findings == ()
    finding = only(report_of(score=WRITTEN.model_copy(update=changed)))
    assert (finding.rule, finding.severity) == (rule, Severity.WARNING)
    assert finding.measured == next(iter(changed.values())) and finding.limit


def test_music_without_a_pulse_needs_no_groove_and_no_tempo() -> None:
    free = WRITTEN.model_copy(update={"groove": 0.1})
    assert report_of(score=free, style="ambient", tempo_bpm=None).findings == ()
    assert only(report_of(score=free)).rule == "score.groove"


def test_a_score_without_a_tune_is_not_told_that_it_has_none() -> None:
    drums = ScoreFigures(chord_tone_rate=0.0, motif_recurrence=0.0, groove=0.9, pitch_class_entropy=0.0)
    assert report_of(score=drums).findings == ()


def test_a_block_written_out_twice_blocks() -> None:
    finding = only(report_of(score=WRITTEN.model_copy(update={"repeated_blocks": (16, 17)})))
    assert (finding.rule, finding.severity) == ("score.loop", Severity.ERROR)
    assert "bar 17" in finding.message


def moods() -> dict[str, Mood]:
    return dict(load(Settings(_env_file=None)).moods)


@pytest.mark.parametrize(
    ("asked", "wrong", "right"),
    [
        ("dark", {"key": "C major", "tilt_db_per_octave": -1.5}, {"tilt_db_per_octave": -3.0}),
        ("happy", {"key": "A minor", "tilt_db_per_octave": -4.2}, {"key": "C major"}),
        (
            "aggressive",
            {"strikes_per_s": 0.8, "loudness_range_lu": 14.0},
            {"strikes_per_s": 6.0, "loudness_range_lu": 14.0},
        ),
        ("calm", {"strikes_per_s": 8.0, "tilt_db_per_octave": -1.2}, {"strikes_per_s": 2.0}),
    ],
)
def test_a_mood_that_everything_contradicts_wants_a_look(
    asked: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    known = moods()
    mood = known.get(asked) or min(known.values(), key=lambda row: row.energy)
    contradicted = [f for f in report_of(mood=mood, **wrong).findings if f.rule == "audio.mood"]
    assert contradicted and all(f.severity is Severity.WARNING for f in contradicted)
    assert [f for f in report_of(mood=mood, **right).findings if f.rule == "audio.mood"] == []


def test_every_expectation_is_asked_for_by_some_mood() -> None:
    for expectation in EXPECTATIONS:
        assert any(expectation.asked(mood) for mood in moods().values()), expectation.name


def test_a_take_that_is_another_take_again_is_told() -> None:
    prints = [fingerprint.fingerprint(song(seed), RATE) for seed in (1, 2)]
    takes = (("take 1", prints[0]), ("take 2", prints[1]))
    finding = only(report_of(takes=takes, fingerprint=prints[1]))
    assert (finding.rule, finding.severity) == ("audio.same_take", Severity.WARNING)
    assert "take 2" in finding.message
    assert report_of(takes=takes[:1], fingerprint=prints[1]).findings == ()


def test_a_loud_master_leaves_more_room() -> None:
    assert not report_of_loud(-1.2).passed
    assert only(report_of_loud(-1.2)).rule == "audio.loud_peak"
    assert report_of_loud(-2.0).findings == ()


def report_of_loud(peak: float) -> Report:
    return examine(
        GOOD.model_copy(update={"integrated_lufs": -11.0, "true_peak_dbtp": peak}),
        plan=PLAN,
        timeline=FORM,
        provenance=HERE,
        wanted_duration_s=180.0,
        catalogue=(),
        target_lufs=-11.0,
    )


def report_of_quiet(level: float, target: float) -> Report:
    return examine(
        GOOD.model_copy(update={"integrated_lufs": level, "true_peak_dbtp": -3.0}),
        plan=PLAN,
        timeline=FORM,
        provenance=HERE,
        wanted_duration_s=180.0,
        catalogue=(),
        target_lufs=target,
    )


def test_a_quiet_song_of_a_record_may_be_as_quiet_as_it_was_meant() -> None:
    assert report_of_quiet(-15.3, -15.3).passed
    assert not report_of_quiet(-16.2, -15.3).passed
    assert not report_of_quiet(-15.3, -14.0).passed
    assert report_of_quiet(-14.7, -12.0).passed


def test_a_style_has_ranges_of_its_own() -> None:
    bright = Targets(tilt=(-2.5, 0.5), crest=(5.0, 9.0))
    ranges = {limit.rule: limit.ranges(bright) for limit in LIMITS}
    assert ranges["audio.tilt"] == ((-5, 0.5), (-2.5, 0.5))
    assert ranges["audio.crest"] == ((5.0, 20), (5.0, 9.0))
    assert ranges["audio.dc"] == ((0, 1e-3), (0, 1e-4))
    assert targets_of("nowhere known") == Targets()


def test_a_figure_is_judged_by_its_style() -> None:
    def found(targets: Targets) -> list[Severity]:
        case = Case(
            figures=GOOD.model_copy(update={"tilt_db_per_octave": 0.2}),
            plan=PLAN,
            timeline=FORM,
            provenance=HERE,
            wanted_duration_s=180.0,
            catalogue=(),
            takes=(),
            target_lufs=-14.0,
            targets=targets,
            mood=None,
            score=None,
        )
        return [finding.severity for limit in LIMITS for finding in within(limit, case)]

    assert found(Targets()) == [Severity.ERROR]
    assert found(Targets(tilt=(-2.5, 0.5))) == []


def test_a_persons_form_and_key_are_theirs() -> None:
    once = timeline("intro", "verse", "bridge", "outro")
    report = judge(form=once, provenance=PERSON, key="D major", tempo_bpm=133.0)
    assert report.passed
    assert {f.rule for f in report.findings} == {"audio.hook", "audio.heard_key", "audio.heard_tempo"}


def test_a_persons_dynamics_are_told_and_do_not_block() -> None:
    wide = judge(provenance=PERSON, loudness_range_lu=24.0)
    assert wide.passed and only(wide).rule == "audio.range"
    assert not judge(loudness_range_lu=24.0).passed
    assert not judge(provenance=PERSON, clipped_runs=1).passed


def test_the_summary_tells_the_worst_first_with_figure_limit_and_mend() -> None:
    report = Report(
        subject="track",
        checked=30,
        findings=(
            Finding(
                rule="a.soft", severity=Severity.WARNING, message="Soft.", hint="Mend it.", measured=0.123456
            ),
            Finding(rule="a.hard", severity=Severity.ERROR, message="Hard.", measured="x", limit="at most 2"),
        ),
        evaluations=(
            Evaluation(evaluator="ears", version="1", licence_class="procedural", scores={"hook": 0.5}),
        ),
    )
    lines = summary(report)
    assert lines[0] == "It does not pass: 30 checks, 1 error(s), 1 warning(s)."
    assert lines[1].startswith("error") and "[a.hard]" in lines[1]
    assert lines[2].strip() == "measured x; limit at most 2"
    assert lines[3].startswith("warning") and lines[4].strip() == "measured 0.1235; Mend it."
    assert lines[5] == "ears 1: 0.50 (hook 0.50)"
    assert summary(Report(subject="track", checked=3))[0].startswith("It passes: 3 checks")
