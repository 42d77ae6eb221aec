"""Variants of a brief: what is tried, what is known of each, and how many productions each is given.

Everything a variant's productions came to counts as a share of success in 0..1: a person's verdict, how
listeners took it, what the critic heard. Shares with weights make a Beta posterior for each variant and for
the usual brief (Thompson, "On the likelihood that one unknown probability exceeds another", 1933). A variant
is given traffic by the odds that it is better than the usual brief: as long as nothing is known, all of them
together have the small share that was set; each that proves better is given more, up to `MOST` together, and
none ever falls below `LEAST` of what it began with, so that bad luck can be made good.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import SEED_BITS, derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.noun import Noun

USUAL = ""
"""The name of a brief without a variant."""
MOST = 0.8
"""The most of the productions that all variants together are given: the usual brief stays in the running."""
LEAST = 0.5
SHORTEST_S, LONGEST_S = 32, 685
WEIGHTS = {"verdict": 1.0, "performance": 1.0, "critic": 0.25}
"""How much one result of each kind weighs. The critic hears faults, not taste."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Variant(Noun):
    """Parameters of a brief that are tried. `theme` and `mood` count where the brief leaves them open."""

    name: Name
    about: str = Field(default="", max_length=200)
    duration_factor: float = Field(default=1.0, ge=0.5, le=1.6)
    takes: int | None = Field(default=None, ge=1, le=8)
    teaser_s: int | None = Field(default=None, ge=15, le=60)
    theme: str = Field(default="", max_length=200)
    mood: str = Field(default="", max_length=80)

    def told(self, brief: Brief, *, usual_s: int) -> Brief:
        """The brief in this variant; itself where the variant has nothing to change in it. `usual_s` is how
        long the song would be where the brief leaves that open."""
        changed: dict[str, object] = {}
        if self.duration_factor != 1.0 and brief.own_track is None:
            length = brief.duration_s if "duration_s" in brief.model_fields_set else usual_s
            changed["duration_s"] = min(max(round(length * self.duration_factor), SHORTEST_S), LONGEST_S)
        for name in ("takes", "teaser_s"):
            if getattr(self, name) is not None:
                changed[name] = getattr(self, name)
        for name in ("theme", "mood"):
            if getattr(self, name) and not getattr(brief, name):
                changed[name] = getattr(self, name)
        news = {name: value for name, value in changed.items() if getattr(brief, name) != value}
        return brief.model_copy(update={**news, "variant": self.name}) if news else brief


class Tally(NamedTuple):
    """What the productions of a variant came to: how many, the weight of their results, the weighted sum of
    their shares of success."""

    name: str
    runs: int = 0
    weight: float = 0.0
    score: float = 0.0


class Posterior(NamedTuple):
    """What is known of a variant: mean and sd of its share of success, the chance that it is better than the
    usual brief, and the share of productions it is given. The usual brief's own name is empty."""

    name: str
    runs: int
    mean: float
    sd: float
    better: float
    traffic: float


def read(text: str) -> tuple[Variant, ...]:
    """The variants of a TOML text: each a table by its name.

    Raises:
        Invalid: it is no TOML, or a variant asks for what no brief has.
    """
    try:
        return tuple(Variant(name=name, **row) for name, row in tomllib.loads(text).items())
    except (tomllib.TOMLDecodeError, TypeError, RecursionError) as error:
        raise _invalid(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise _invalid(f"{first['loc'][0]}: {first['msg']}") from None


def posteriors(variants: Sequence[str], tallies: Mapping[str, Tally], share: float) -> tuple[Posterior, ...]:
    """The usual brief and every variant, with the traffic each is given while `share` is for the unknown."""
    usual = _known(tallies.get(USUAL, Tally(USUAL)))
    known = {name: _known(tallies.get(name, Tally(name))) for name in variants}
    chances = {name: _chance(one, usual) for name, one in known.items()}
    asked = {name: share / len(known) * max(LEAST, _odds(chance)) for name, chance in chances.items()}
    scale = min(1.0, MOST / total) if (total := sum(asked.values())) else 1.0
    floor = LEAST * share / len(known) if known else 0.0
    given = {name: max(floor, wanted * scale) for name, wanted in asked.items()}
    rows = [_row(USUAL, tallies, usual, 0.5, 1.0 - sum(given.values()))]
    rows += [_row(name, tallies, known[name], chances[name], given[name]) for name in variants]
    return tuple(rows)


def assigned(known: Sequence[Posterior], *, seed: int) -> str:
    """The variant of a production with this seed, empty for the usual brief."""
    drawn = derive_seed(seed, "variant") / 2**SEED_BITS
    for one in known[1:]:
        drawn -= one.traffic
        if drawn < 0:
            return one.name
    return USUAL


def tally(name: str, runs: int, results: Mapping[str, tuple[int, float]]) -> Tally:
    """The productions of a variant and, by kind of result, how many have one and the sum of their shares. A
    result that is not there yet weighs nothing."""
    weight = sum(WEIGHTS[kind] * count for kind, (count, _) in results.items())
    score = sum(WEIGHTS[kind] * total for kind, (_, total) in results.items())
    return Tally(name, runs, weight, score)


class _Beta(NamedTuple):
    mean: float
    variance: float


def _known(counted: Tally) -> _Beta:
    """Beta(1, 1) and what was counted."""
    good, bad = 1.0 + counted.score, 1.0 + counted.weight - counted.score
    total = good + bad
    return _Beta(good / total, good * bad / (total * total * (total + 1.0)))


def _chance(one: _Beta, other: _Beta) -> float:
    """The chance that the one share exceeds the other, both taken as normal."""
    spread = math.sqrt(one.variance + other.variance)
    return 0.5 * (1.0 + math.erf((one.mean - other.mean) / (spread * math.sqrt(2.0))))


def _odds(chance: float) -> float:
    return chance / max(1.0 - chance, 1e-6)


def _row(name: str, tallies: Mapping[str, Tally], known: _Beta, better: float, traffic: float) -> Posterior:
    runs = tallies[name].runs if name in tallies else 0
    return Posterior(
        name, runs, round(known.mean, 4), round(math.sqrt(known.variance), 4), round(better, 4), traffic
    )


def _invalid(why: str) -> Invalid:
    return Invalid(
        f"The file of variants cannot be used: {why}.",
        code="variants.invalid",
        hint="docs/batch.md shows the form: one table a variant, such as [shorter] duration_factor = 0.8.",
    )
