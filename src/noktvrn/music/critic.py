"""The critic: the house's own checks on every track of every engine. They cannot be switched off.

Limits are those of the label's delivery table: an ERROR never passes, a WARNING wants a look. Songs composed
here are judged by their score; what the analyser hears is then only a cross-check and never blocks alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import inf, log10
from pathlib import Path

from noktvrn.kernel.errors import LabelError
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.music.producer import TARGET_LUFS, measure
from noktvrn.sound.analysis import fingerprint, meters
from noktvrn.sound.analysis import listening as analysis
from noktvrn.sound.files import flac
from noktvrn.sound.theory import key_name

Range = tuple[float, float]
ANY: Range = (-inf, inf)

_AGAIN = "Repeat the track with another seed."
_MASTER = "Master it again; the house's chain keeps this limit."

_TILT_BY_STYLE: dict[str, Range] = {
    "rock": (-2.5, 0.5),
    "dark_electronic": (-3.8, -1.4),
    "ambient": (-5.0, -1.8),
    "lofi": (-5.0, -2.0),
    "cinematic": (-4.6, -1.2),
}
"""10th to 90th percentile of released music per genre (facts of the trade), a little widened."""

_CONTRAST_BY_STYLE = {"ambient": 1.0, "jazz": 1.0}
"""LU below which a look is wanted. Released ambient music differs by 1.0 to 1.2 dB between its loudest and
quietest third (medians of two sets, facts of the trade); a jazz chorus is another turn of one form."""

_CONTRAST_USUAL = 2.0

_TILT_USUAL: Range = (-4.4, -0.9)


@dataclass(frozen=True)
class Limit:
    """A figure, the range it must keep (`hard`) and the one it should keep (`soft`), both ends included."""

    rule: str
    name: str
    unit: str
    read: Callable[[AudioFigures], float]
    hard: Range = ANY
    soft: Range = ANY
    hint: str = _MASTER


LIMITS = (
    Limit("audio.channels", "Channels", "", lambda f: f.channels, (2, 2), hint="Deliver stereo."),
    Limit("audio.length", "Length", "s", lambda f: f.duration_s, (30, 720), (60, 720), _AGAIN),
    Limit("audio.loudness", "Integrated loudness", "LUFS", lambda f: f.integrated_lufs, (-14.8, -8)),
    Limit("audio.true_peak", "True peak", "dBTP", lambda f: f.true_peak_dbtp, (-inf, -1.0)),
    Limit("audio.clipping", "Clipped runs", "", lambda f: f.clipped_runs, (0, 0), hint=_AGAIN),
    Limit("audio.lead_in", "Leading silence", "s", lambda f: f.leading_silence_s, (0, 0.5), (0, 0.1), _AGAIN),
    Limit("audio.trail", "Trailing silence", "s", lambda f: f.trailing_silence_s, (0, 3), hint=_AGAIN),
    Limit("audio.gap", "Silence inside", "s", lambda f: f.longest_inner_silence_s, (0, 2), hint=_AGAIN),
    Limit("audio.edges", "Level at the edges", "dBFS", lambda f: f.edge_peak_dbfs, (-inf, -50), (-inf, -60)),
    Limit("audio.dc", "DC offset", "", lambda f: f.dc_offset, (0, 1e-3), (0, 1e-4)),
    Limit("audio.correlation", "Correlation", "", lambda f: f.correlation, (0, 1.001), (0.2, 0.98), _AGAIN),
    Limit(
        "audio.mono_loss", "Loss in mono", "dB", lambda f: mono_loss_db(f.side_mid_db), (0, 3), hint=_AGAIN
    ),
    Limit("audio.balance", "Left to right", "dB", lambda f: f.balance_db, (0, 1.5), (0, 1), _AGAIN),
    Limit("audio.crest", "Crest", "dB", lambda f: f.crest_db, (6, 20), hint=_AGAIN),
    Limit("audio.range", "Loudness range", "LU", lambda f: f.loudness_range_lu, (1, 20), hint=_AGAIN),
    Limit(
        "audio.plr", "Peak to loudness", "dB", lambda f: f.true_peak_dbtp - f.integrated_lufs, soft=(8, inf)
    ),
    Limit("audio.low_side", "Side below 120 Hz", "dB of mid", lambda f: f.low_side_db, (-inf, -12)),
    Limit("audio.tilt", "Tilt", "dB per octave", lambda f: f.tilt_db_per_octave, (-5, -1), hint=_AGAIN),
)


def mono_loss_db(side_mid_db: float) -> float:
    """What a sum to mono loses: the side's share of the energy, in dB (>= 0)."""
    return 10 * log10(1 + 10 ** (min(side_mid_db, 300.0) / 10))


@dataclass(frozen=True)
class Case:
    """Everything the rules may look at."""

    figures: AudioFigures
    plan: SongPlan
    timeline: Timeline
    provenance: Provenance
    wanted_duration_s: float
    catalogue: tuple[tuple[str, str], ...]
    target_lufs: float

    @property
    def composed_here(self) -> bool:
        """Whether the time-line is a score and thus exact."""
        return self.provenance.licence_class == "procedural"


Rule = Callable[[Case], Iterator[Finding]]


def examine(
    figures: AudioFigures,
    *,
    plan: SongPlan,
    timeline: Timeline,
    provenance: Provenance,
    wanted_duration_s: float,
    catalogue: Iterable[tuple[str, str]],
    target_lufs: float = TARGET_LUFS,
) -> Report:
    """Every rule over one track's figures; `catalogue`: (release title, fingerprint) of earlier releases."""
    case = Case(figures, plan, timeline, provenance, wanted_duration_s, tuple(catalogue), target_lufs)
    found = [finding for limit in LIMITS for finding in _within(limit, figures)]
    found += [finding for rule in RULES for finding in rule(case)]
    return Report(subject="track", checked=len(LIMITS) + len(RULES), findings=tuple(found))


def examine_file(
    path: Path,
    *,
    plan: SongPlan,
    timeline: Timeline,
    provenance: Provenance,
    wanted_duration_s: float,
    catalogue: Iterable[tuple[str, str]],
    target_lufs: float = TARGET_LUFS,
) -> Report:
    """Measures the master itself and examines it: the rules of `examine`, and those that need its samples.

    A file that does not decode is a finding, not an error.
    """
    try:
        facts = flac.probe(path)
        audio, rate = flac.read_audio(path)
        figures = measure(audio, rate, timeline)
    except LabelError as error:
        return Report(subject="track", checked=1, findings=(_error(error.code, error.message, error.hint),))
    report = examine(
        figures,
        plan=plan,
        timeline=timeline,
        provenance=provenance,
        wanted_duration_s=wanted_duration_s,
        catalogue=catalogue,
        target_lufs=target_lufs,
    )
    more = (*_depth(facts.bits), *_loops(audio, rate, plan), *_lossy_peak(audio, rate))
    return Report(subject="track", checked=report.checked + 4, findings=report.findings + more)


def _within(limit: Limit, figures: AudioFigures) -> Iterator[Finding]:
    value = float(limit.read(figures))
    for severity, (low, high) in ((Severity.ERROR, limit.hard), (Severity.WARNING, limit.soft)):
        # Written so that a value that is no number is outside every range.
        if not low <= value <= high:
            yield _outside(
                limit.rule,
                severity,
                f"{limit.name} {value:.4g} {limit.unit}".strip(),
                value,
                low,
                high,
                limit.hint,
            )
            return


def _outside(
    rule: str, severity: Severity, what: str, value: float, low: float, high: float, hint: str
) -> Finding:
    bounds = (
        f"{low:g} to {high:g}"
        if low > -inf and high < inf
        else f"at most {high:g}"
        if high < inf
        else f"at least {low:g}"
    )
    return Finding(
        rule=rule,
        severity=severity,
        message=f"{what}: {bounds} is wanted.",
        hint=hint,
        measured=value,
        limit=bounds,
    )


def _error(rule: str, message: str, hint: str, measured: float | str | None = None) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, message=message, hint=hint, measured=measured)


def _warning(rule: str, message: str, hint: str, measured: float | str | None = None) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, message=message, hint=hint, measured=measured)


def _rate(case: Case) -> Iterator[Finding]:
    if case.figures.sample_rate not in (44100, 48000):
        yield _error(
            "audio.sample_rate", f"{case.figures.sample_rate} Hz is no delivery rate.", "Render at 44.1 kHz."
        )


def _target(case: Case) -> Iterator[Finding]:
    miss = case.figures.integrated_lufs - case.target_lufs
    if not abs(miss) <= 0.5:
        yield _warning(
            "audio.target",
            f"Loudness is {miss:+.1f} LU off its target of {case.target_lufs:g} LUFS.",
            _MASTER,
            miss,
        )


def _brief_length(case: Case) -> Iterator[Finding]:
    share = case.figures.duration_s / case.wanted_duration_s - 1
    if not abs(share) <= 0.05:
        lengths = f"{case.figures.duration_s:.0f} s long where {case.wanted_duration_s:.0f} s were asked for"
        message = f"The song is {lengths}."
        yield _error(
            "audio.brief_length", message, "Plan more or fewer bars: 5 % either way is allowed.", share
        )


def _genre_tilt(case: Case) -> Iterator[Finding]:
    low, high = _TILT_BY_STYLE.get(case.plan.style, _TILT_USUAL)
    value = case.figures.tilt_db_per_octave
    if not low <= value <= high:
        what = f"Tilt {value:.1f} dB per octave is unusual for {case.plan.style}"
        yield _outside(
            "audio.genre_tilt", Severity.WARNING, what, value, low, high, "Listen: too dull or too sharp?"
        )


def _score_tempo(case: Case) -> Iterator[Finding]:
    if not same_tempo(case.timeline.tempo_bpm, case.plan.tempo_bpm):
        message = f"Recorded at {case.timeline.tempo_bpm:g} BPM where the plan says {case.plan.tempo_bpm:g}."
        yield _error("audio.tempo", message, "The engine left the plan. " + _AGAIN, case.timeline.tempo_bpm)


def _heard_tempo(case: Case) -> Iterator[Finding]:
    heard = case.figures.tempo_bpm
    if heard is None:
        yield _warning("audio.heard_tempo", "No steady pulse can be heard.", "Listen: is that meant?")
    elif not same_tempo(heard, case.plan.tempo_bpm):
        message = f"The analyser hears {heard:.1f} BPM where {case.plan.tempo_bpm:g} was asked for."
        yield _cross_check(case, "audio.heard_tempo", message, heard)


def _score_key(case: Case) -> Iterator[Finding]:
    asked = key_name(case.plan.tonic, case.plan.mode)
    if not _same_key(case.timeline.key, asked):
        message = f"Recorded in {case.timeline.key} where the plan says {asked}."
        yield _error("audio.key", message, "The engine left the plan. " + _AGAIN, case.timeline.key)


def _heard_key(case: Case) -> Iterator[Finding]:
    heard, asked = case.figures.key, key_name(case.plan.tonic, case.plan.mode)
    if heard is None:
        yield _warning("audio.heard_key", "No key can be heard.", "Listen: is that meant?")
    elif not _same_key(heard, asked):
        message = f"The analyser hears {heard} where {asked} was asked for."
        yield _cross_check(case, "audio.heard_key", message, heard)


def _cross_check(case: Case, rule: str, message: str, measured: float | str) -> Finding:
    if case.composed_here:
        return _warning(rule, message, "The score is exact; listen whether it comes across.", measured)
    return _error(rule, message, "The engine left the plan. " + _AGAIN, measured)


def same_tempo(one: float, other: float) -> bool:
    """Whether two tempi are within 1 %, counting the half and the double as the same."""
    return other > 0 and any(abs(one * times / other - 1) <= 0.01 for times in (0.5, 1.0, 2.0))


def _same_key(one: str, other: str) -> bool:
    try:
        return analysis.same_or_related(one, other)
    except LabelError:
        return False


def _sections(case: Case) -> Iterator[Finding]:
    spans = case.timeline.sections
    if len(spans) < 2:
        yield _error("audio.sections", "The song has fewer than two sections.", _AGAIN, len(spans))
    whole = max(case.figures.duration_s, 1e-9)
    for span in spans:
        if (share := (span.end_s - span.start_s) / whole) > 0.4 and len(spans) > 1:
            message = f"One {span.label} takes {share:.0%} of the song; 40 % is the most."
            yield _error("audio.long_section", message, "Plan it in more sections.", share)


def _hook(case: Case) -> Iterator[Finding]:
    labels = [span.label for span in case.timeline.sections]
    # A through-composed form names no section twice; then its chords have to come back.
    if len(set(labels)) == len(labels) and not _progression_returns(case.timeline):
        yield _error(
            "audio.hook", "Nothing in the song comes back.", "Plan a second chorus or drop.", len(labels)
        )


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


def _contrast(case: Case) -> Iterator[Finding]:
    value = case.figures.section_contrast_lu
    labels = {span.label for span in case.timeline.sections}
    # The hard limit is between chorus and verse; a form without both has no such promise to keep.
    promised = bool(labels & meters.LIFTED and labels & meters.LAID_BACK)
    wanted = _CONTRAST_BY_STYLE.get(case.plan.style, _CONTRAST_USUAL)
    if not value >= wanted:
        severity = Severity.ERROR if promised and not value >= 1 else Severity.WARNING
        what = f"Sections differ by {value:.1f} LU"
        hint = "Arrange more lift into the chorus, or less into the verse."
        yield _outside(
            "audio.contrast", severity, what, value, 1 if severity is Severity.ERROR else wanted, inf, hint
        )


def _duplicate(case: Case) -> Iterator[Finding]:
    for title, known in case.catalogue:
        likeness = fingerprint.similarity(case.figures.fingerprint, known)
        if likeness >= fingerprint.DUPLICATE:
            yield _error(
                "audio.duplicate",
                f"This is the recording of {title!r}.",
                "Never release it twice. " + _AGAIN,
                likeness,
            )
        elif likeness >= fingerprint.NEAR:
            yield _warning("audio.near_duplicate", f"Very much like {title!r}.", "Listen to both.", likeness)


def _source(case: Case) -> Iterator[Finding]:
    if case.provenance.lossy_source:
        message = "The master was made from a lossy file."
        yield _warning("audio.lossy_source", message, "Ask the engine for FLAC or WAV where it offers them.")


RULES: tuple[Rule, ...] = (
    _rate,
    _target,
    _brief_length,
    _genre_tilt,
    _score_tempo,
    _heard_tempo,
    _score_key,
    _heard_key,
    _sections,
    _hook,
    _contrast,
    _duplicate,
    _source,
)


def _depth(bits: int) -> Iterator[Finding]:
    if bits not in (16, 24):
        yield _error(
            "audio.depth", f"{bits}-bit samples cannot be delivered.", "Write 24-bit or 16-bit FLAC.", bits
        )


def _loops(audio: flac.Samples, rate: int, plan: SongPlan) -> Iterator[Finding]:
    for start in analysis.alike_blocks(audio, rate, 8 * plan.bar_s):
        message = f"Eight bars from {start:.0f} s on are repeated note for note and sample for sample."
        yield _error("audio.loop", message, "A song is played, not pasted. " + _AGAIN, start)


def _lossy_peak(audio: flac.Samples, rate: int) -> Iterator[Finding]:
    level = meters.true_peak_after_mp3(audio, rate)
    if not level <= -1.0:
        message = f"True peak rises to {level:.1f} dBTP in a lossy codec."
        yield _warning("audio.lossy_peak", message, "Leave more room: master to -1.5 dBTP.", level)
