"""Figures of the meters and the ranges they keep: the delivery table, narrowed or widened by the style."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, log10

from noktvrn.model.finding import Finding, Severity
from noktvrn.model.track import AudioFigures
from noktvrn.music.critic.case import AGAIN, ANY, MASTER, Case, Range, outside
from noktvrn.sound.style import Targets

LOUD_LUFS, LOUD_PEAK_DBTP = -13.5, -2.0
"""A master louder than -14 LUFS (and the half LU a target allows) keeps its true peak below -2 dBTP: lossy
codecs overshoot more the denser the music is."""
BELOW_TARGET_LU = 0.8
"""A master may lie so far below its target. A quiet song of a record is meant to be quieter than a single."""


@dataclass(frozen=True)
class Limit:
    """A figure, the range it must keep (`hard`) and the one it should keep (`soft`), both ends included.

    `style` reads a range of the style's targets: it takes the place of `soft`, and a style that lies outside
    `hard` widens that, since its own makers know better. `follows_target`: the lower end of `hard` goes down
    with what the master was meant to have.
    """

    rule: str
    name: str
    unit: str
    read: Callable[[AudioFigures], float]
    hard: Range = ANY
    soft: Range = ANY
    hint: str = MASTER
    style: Callable[[Targets], Range] | None = None
    follows_target: bool = False

    @property
    def is_taste(self) -> bool:
        """Whether it is a matter of style: a person's recording is then only told about it."""
        return self.style is not None

    def ranges(self, targets: Targets) -> tuple[Range, Range]:
        """The hard and the soft range for music of these targets."""
        if self.style is None:
            return self.hard, self.soft
        low, high = self.style(targets)
        return (min(self.hard[0], low), max(self.hard[1], high)), (low, high)


LIMITS = (
    Limit("audio.channels", "Channels", "", lambda f: f.channels, (2, 2), hint="Deliver stereo."),
    Limit("audio.length", "Length", "s", lambda f: f.duration_s, (30, 720), (60, 720), AGAIN),
    Limit(
        "audio.loudness",
        "Integrated loudness",
        "LUFS",
        lambda f: f.integrated_lufs,
        (-14.8, -8),
        follows_target=True,
    ),
    Limit("audio.true_peak", "True peak", "dBTP", lambda f: f.true_peak_dbtp, (-inf, -1.0)),
    Limit("audio.clipping", "Clipped runs", "", lambda f: f.clipped_runs, (0, 0), hint=AGAIN),
    Limit("audio.lead_in", "Leading silence", "s", lambda f: f.leading_silence_s, (0, 0.5), (0, 0.1), AGAIN),
    Limit("audio.trail", "Trailing silence", "s", lambda f: f.trailing_silence_s, (0, 3), hint=AGAIN),
    Limit("audio.gap", "Silence inside", "s", lambda f: f.longest_inner_silence_s, (0, 2), hint=AGAIN),
    Limit("audio.edges", "Level at the edges", "dBFS", lambda f: f.edge_peak_dbfs, (-inf, -50), (-inf, -60)),
    Limit("audio.dc", "DC offset", "", lambda f: f.dc_offset, (0, 1e-3), (0, 1e-4)),
    Limit("audio.correlation", "Correlation", "", lambda f: f.correlation, (0, 1.001), (0.2, 0.98), AGAIN),
    Limit("audio.mono_loss", "Loss in mono", "dB", lambda f: mono_loss_db(f.side_mid_db), (0, 3), hint=AGAIN),
    Limit("audio.balance", "Left to right", "dB", lambda f: f.balance_db, (0, 1.5), (0, 1), AGAIN),
    Limit("audio.crest", "Crest", "dB", lambda f: f.crest_db, (6, 20), hint=AGAIN, style=lambda t: t.crest),
    Limit(
        "audio.range",
        "Loudness range",
        "LU",
        lambda f: f.loudness_range_lu,
        (1, 20),
        hint="Arrange more or less difference between the sections.",
        style=lambda t: t.range_lu,
    ),
    Limit(
        "audio.plr", "Peak to loudness", "dB", lambda f: f.true_peak_dbtp - f.integrated_lufs, soft=(8, inf)
    ),
    Limit("audio.low_side", "Side below 120 Hz", "dB of mid", lambda f: f.low_side_db, (-inf, -12)),
    Limit(
        "audio.tilt",
        "Tilt",
        "dB per octave",
        lambda f: f.tilt_db_per_octave,
        (-5, -1),
        hint="Listen: too dull or too sharp for its style?",
        style=lambda t: t.tilt,
    ),
)


def mono_loss_db(side_mid_db: float) -> float:
    """What a sum to mono loses: the side's share of the energy, in dB (>= 0)."""
    return 10 * log10(1 + 10 ** (min(side_mid_db, 300.0) / 10))


def within(limit: Limit, case: Case) -> Iterator[Finding]:
    """The finding of a figure outside its hard or else its soft range."""
    value = float(limit.read(case.figures))
    hard, soft = limit.ranges(case.targets)
    if limit.follows_target:
        hard = (min(hard[0], case.target_lufs - BELOW_TARGET_LU), hard[1])
    worst = Severity.WARNING if limit.is_taste and case.by_a_person else Severity.ERROR
    for severity, (low, high) in ((worst, hard), (Severity.WARNING, soft)):
        # Written so that a value that is no number is outside every range.
        if not low <= value <= high:
            what = f"{limit.name} {value:.4g} {limit.unit}".strip()
            yield outside(limit.rule, severity, what, value, (low, high), limit.hint)
            return


def loud_peak(case: Case) -> Iterator[Finding]:
    """More room below full scale for masters louder than the usual target."""
    peak = case.figures.true_peak_dbtp
    if case.figures.integrated_lufs > LOUD_LUFS and not peak <= LOUD_PEAK_DBTP:
        what = f"True peak {peak:.1f} dBTP in a master of {case.figures.integrated_lufs:.1f} LUFS"
        hint = "Leave 2 dB in a loud master, or master it to -14 LUFS."
        yield outside("audio.loud_peak", Severity.ERROR, what, peak, (-inf, LOUD_PEAK_DBTP), hint)


def target(case: Case) -> Iterator[Finding]:
    """As loud as was meant."""
    miss = case.figures.integrated_lufs - case.target_lufs
    if not abs(miss) <= 0.5:
        message = f"Loudness is {miss:+.1f} LU off its target of {case.target_lufs:g} LUFS."
        yield outside("audio.target", Severity.WARNING, message.rstrip("."), miss, (-0.5, 0.5), MASTER)
