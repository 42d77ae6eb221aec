"""The critic: every row of the delivery table catches what it is there for, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.model.sound import ChordSpan, SectionSpan, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.music.critic import LIMITS, RULES, examine, examine_file, mono_loss_db, same_tempo
from noktvrn.sound.analysis import fingerprint
from noktvrn.sound.files import flac

RATE = 44100

GOOD = AudioFigures(
    duration_s=180.0,
    sample_rate=44100,
    channels=2,
    integrated_lufs=-14.0,
    loudness_range_lu=6.0,
    true_peak_dbtp=-1.2,
    crest_db=14.0,
    dc_offset=1e-5,
    correlation=0.7,
    side_mid_db=-8.0,
    balance_db=0.2,
    low_side_db=-30.0,
    tilt_db_per_octave=-2.5,
    section_contrast_lu=3.0,
    leading_silence_s=0.0,
    trailing_silence_s=0.5,
    longest_inner_silence_s=0.3,
    clipped_runs=0,
    edge_peak_dbfs=-90.0,
    tempo_bpm=120.0,
    key="A minor",
)

PLAN = SongPlan(
    genre="house",
    style="no style of the house",
    tempo_bpm=120.0,
    tonic=9,
    mode="minor",
    sections=(
        SectionPlan(label="verse", bars=8, energy=0.5),
        SectionPlan(label="chorus", bars=8, energy=0.9),
    ),
    seed=1,
)


def timeline(*labels: str, seconds: float = 45.0, tempo: float = 120.0, key: str = "A minor") -> Timeline:
    spans = tuple(
        SectionSpan(label=label, start_s=i * seconds, end_s=(i + 1) * seconds, energy=0.5)
        for i, label in enumerate(labels)
    )
    return Timeline(
        duration_s=len(labels) * seconds,
        tempo_bpm=tempo,
        key=key,
        beats=(),
        downbeats=(),
        sections=spans,
        chords=(),
    )


FORM = timeline("verse", "chorus", "verse", "chorus")
HERE = Provenance(engine="procedural_music", engine_version="1")
THERE = Provenance(engine="a server", engine_version="1", licence_class="open_weights")


def judge(
    form: Timeline = FORM,
    provenance: Provenance = HERE,
    catalogue: tuple[tuple[str, str], ...] = (),
    wanted: float = 180.0,
    **changed: Any,
) -> Report:
    return examine(
        GOOD.model_copy(update=changed),
        plan=PLAN,
        timeline=form,
        provenance=provenance,
        wanted_duration_s=wanted,
        catalogue=catalogue,
    )


def only(report: Report) -> Finding:
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def test_a_good_track_passes_every_rule() -> None:
    report = judge()
    assert report.passed and report.findings == ()
    assert report.checked == len(LIMITS) + len(RULES)


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("audio.channels", {"channels": 1}),
        ("audio.sample_rate", {"sample_rate": 22050}),
        ("audio.loudness", {"integrated_lufs": -15.0, "true_peak_dbtp": -3.0}),
        ("audio.loudness", {"integrated_lufs": -7.5, "true_peak_dbtp": -2.0}),
        ("audio.loud_peak", {"integrated_lufs": -12.0}),
        ("audio.true_peak", {"true_peak_dbtp": -0.9}),
        ("audio.clipping", {"clipped_runs": 1}),
        ("audio.lead_in", {"leading_silence_s": 0.6}),
        ("audio.trail", {"trailing_silence_s": 3.1}),
        ("audio.gap", {"longest_inner_silence_s": 2.1}),
        ("audio.edges", {"edge_peak_dbfs": -49.0}),
        ("audio.dc", {"dc_offset": 2e-3}),
        ("audio.correlation", {"correlation": -0.1}),
        ("audio.mono_loss", {"side_mid_db": 0.1}),
        ("audio.balance", {"balance_db": 1.6}),
        ("audio.crest", {"crest_db": 5.9}),
        ("audio.crest", {"crest_db": 20.1}),
        ("audio.range", {"loudness_range_lu": 0.9}),
        ("audio.range", {"loudness_range_lu": 20.5}),
        ("audio.low_side", {"low_side_db": -11.0}),
        ("audio.tilt", {"tilt_db_per_octave": -5.1}),
        ("audio.contrast", {"section_contrast_lu": 0.9}),
        ("audio.crest", {"crest_db": float("nan")}),
    ],
)
def test_a_broken_hard_limit_blocks(rule: str, changed: dict[str, Any]) -> None:
    report = judge(**changed)
    assert not report.passed
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    assert [f.rule for f in errors] == [rule] and errors[0].hint and errors[0].message


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("audio.lead_in", {"leading_silence_s": 0.2}),
        ("audio.edges", {"edge_peak_dbfs": -55.0}),
        ("audio.dc", {"dc_offset": 5e-4}),
        ("audio.correlation", {"correlation": 0.1}),
        ("audio.correlation", {"correlation": 0.99}),
        ("audio.balance", {"balance_db": 1.2}),
        ("audio.target", {"integrated_lufs": -13.49, "true_peak_dbtp": -2.1}),
        ("audio.target", {"integrated_lufs": -14.6}),
        ("audio.tilt", {"tilt_db_per_octave": -4.7}),
        ("audio.contrast", {"section_contrast_lu": 1.5}),
        ("audio.heard_tempo", {"tempo_bpm": None}),
        ("audio.heard_key", {"key": None}),
    ],
)
def test_a_soft_limit_warns_and_does_not_block(rule: str, changed: dict[str, Any]) -> None:
    report = judge(**changed)
    finding = only(report)
    assert report.passed and finding.rule == rule and finding.severity is Severity.WARNING


def test_a_squashed_master_warns() -> None:
    report = judge(integrated_lufs=-8.5, true_peak_dbtp=-2.0)
    assert {f.rule for f in report.findings} == {"audio.plr", "audio.target"} and report.passed


def test_a_loud_genre_has_its_own_target() -> None:
    report = examine(
        GOOD.model_copy(update={"integrated_lufs": -10.0, "true_peak_dbtp": -2.0}),
        plan=PLAN,
        timeline=FORM,
        provenance=HERE,
        wanted_duration_s=180.0,
        catalogue=(),
        target_lufs=-10.0,
    )
    assert report.findings == ()


@pytest.mark.parametrize(
    ("seconds", "wanted", "rule"), [(180.0, 150.0, "audio.brief_length"), (29.0, 29.0, "audio.length")]
)
def test_length_follows_the_brief_and_the_stores(seconds: float, wanted: float, rule: str) -> None:
    form = timeline("verse", "chorus", "verse", "chorus", seconds=seconds / 4)
    finding = only(judge(form=form, wanted=wanted, duration_s=seconds))
    assert finding.rule == rule and finding.severity is Severity.ERROR


def test_a_score_off_the_plan_blocks() -> None:
    labels = ("verse", "chorus", "verse", "chorus")
    assert only(judge(form=timeline(*labels, tempo=124.0))).rule == "audio.tempo"
    assert only(judge(form=timeline(*labels, key="D major"))).rule == "audio.key"
    assert only(judge(form=timeline(*labels, key="nonsense"))).severity is Severity.ERROR
    assert judge(form=timeline(*labels, tempo=60.0, key="C major")).findings == ()


@pytest.mark.parametrize("changed", [{"tempo_bpm": 133.0}, {"key": "D major"}])
def test_the_analyser_alone_blocks_only_engines_without_a_score(changed: dict[str, Any]) -> None:
    assert only(judge(**changed)).severity is Severity.WARNING
    assert only(judge(provenance=THERE, **changed)).severity is Severity.ERROR


@pytest.mark.parametrize("changed", [{"tempo_bpm": 60.0}, {"tempo_bpm": 240.9}, {"key": "C major"}])
def test_octaves_and_relatives_agree(changed: dict[str, Any]) -> None:
    assert judge(provenance=THERE, **changed).findings == ()


def test_form() -> None:
    assert {f.rule for f in judge(form=timeline("verse", seconds=180.0)).findings} == {
        "audio.sections",
        "audio.hook",
    }
    assert only(judge(form=timeline("verse", "chorus", "bridge", "outro"))).rule == "audio.hook"
    long = FORM.model_copy(
        update={
            "sections": (
                *FORM.sections[:1],
                FORM.sections[1].model_copy(update={"end_s": 120.0}),
                *FORM.sections[2:],
            )
        }
    )
    assert only(judge(form=long)).rule == "audio.long_section"


def test_a_through_composed_form_needs_chords_that_come_back() -> None:
    once = timeline("intro", "verse", "bridge", "outro")
    names = ("Am", "F", "C", "G")
    chords = tuple(
        ChordSpan(name=name, start_s=45.0 * at + 5 * i, end_s=45.0 * at + 5 * i + 5)
        for at in (1, 2)
        for i, name in enumerate(names)
    )
    assert only(judge(form=once.model_copy(update={"chords": chords[:4]}))).rule == "audio.hook"
    assert judge(form=once.model_copy(update={"chords": chords})).findings == ()


def test_flat_forms_without_a_chorus_only_warn() -> None:
    drifting = timeline("intro", "interlude", "intro", "interlude")
    finding = only(judge(form=drifting, section_contrast_lu=0.4))
    assert finding.rule == "audio.contrast" and finding.severity is Severity.WARNING


def test_ambient_music_may_differ_less_between_its_sections() -> None:
    quiet = PLAN.model_copy(update={"style": "ambient"})
    for plan, rules in ((quiet, set()), (PLAN, {"audio.contrast"})):
        report = examine(
            GOOD.model_copy(update={"section_contrast_lu": 1.4}),
            plan=plan,
            timeline=FORM,
            provenance=HERE,
            wanted_duration_s=GOOD.duration_s,
            catalogue=(),
        )
        assert {finding.rule for finding in report.findings} == rules


def test_a_lossy_source_warns() -> None:
    lossy = HERE.model_copy(update={"lossy_source": True})
    assert only(judge(provenance=lossy)).rule == "audio.lossy_source"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [(120, 121.1, True), (120, 122, False), (87, 174, True), (0, 120, False), (120, 0, False)],
)
def test_same_tempo(one: float, other: float, wanted: bool) -> None:
    assert same_tempo(one, other) is wanted


def test_mono_loss() -> None:
    assert mono_loss_db(0.0) == pytest.approx(3.01, abs=0.01)
    assert mono_loss_db(-120.0) == pytest.approx(0.0, abs=1e-9) and mono_loss_db(1e9) > 100


def song(seed: int, seconds: float = 40.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Two voices of random notes over a beat of 120 BPM, half the time louder; (2, n)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    time = np.arange(round(seconds * RATE)) / RATE
    step = np.minimum((time * 4).astype(np.intp), 4 * int(seconds) - 1)
    within = time % 0.25
    out = np.zeros((2, time.size))
    for voice, octave in ((0, 220.0), (1, 440.0)):
        notes = octave * 2 ** (rng.choice([0, 3, 5, 7, 10], 4 * int(seconds)) / 12)
        tone = np.sin(2 * np.pi * np.cumsum(notes[step]) / RATE) * np.exp(-6 * within)
        out += np.array([[0.3 + 0.2 * voice], [0.5 - 0.2 * voice]]) * tone
    out += 0.4 * np.sin(2 * np.pi * 55 * (time % 0.5)) * np.exp(-8 * (time % 0.5))
    return np.asarray(out * np.where(time % 20 < 10, 0.15, 0.3), dtype=np.float32)


def test_a_recording_already_released_blocks() -> None:
    prints = [fingerprint.fingerprint(song(seed), RATE) for seed in (1, 2)]
    released = (("Old Song", prints[0]), ("Other Song", prints[1]))
    finding = only(judge(catalogue=released, fingerprint=prints[0]))
    assert finding.rule == "audio.duplicate" and "Old Song" in finding.message
    assert finding.severity is Severity.ERROR
    assert judge(catalogue=released[1:], fingerprint=prints[0]).findings == ()


def examined(path: Path) -> set[str]:
    report = examine_file(
        path, plan=PLAN, timeline=FORM, provenance=HERE, wanted_duration_s=40.0, catalogue=()
    )
    return {f.rule for f in report.findings if f.severity is Severity.ERROR}


def test_pasted_bars_are_caught_in_the_file(tmp_path: Path) -> None:
    audio = song(3)
    flac.write_flac(tmp_path / "played.flac", [audio], RATE, 24, seed=1)
    audio[:, 16 * RATE : 32 * RATE] = audio[:, : 16 * RATE]
    flac.write_flac(tmp_path / "pasted.flac", [audio], RATE, 24, seed=1)
    assert "audio.loop" in examined(tmp_path / "pasted.flac")
    assert "audio.loop" not in examined(tmp_path / "played.flac")


def test_files_no_store_takes_are_caught(tmp_path: Path) -> None:
    (tmp_path / "noise.flac").write_bytes(b"fLaC" + bytes(4000))
    assert examined(tmp_path / "noise.flac") == {"audio.corrupt"}
    soundfile.write(tmp_path / "mono.flac", song(1)[0], RATE)
    assert examined(tmp_path / "mono.flac") == {"audio.not_stereo"}
    soundfile.write(tmp_path / "float.wav", song(1).T, RATE, subtype="FLOAT")
    assert "audio.depth" in examined(tmp_path / "float.wav")
    assert examined(tmp_path / "none.flac") == {"audio.not_found"}
