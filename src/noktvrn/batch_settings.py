"""The settings of the batch and of the artists' lifecycle: a part of `Settings`, which reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import NoDecode

from noktvrn.setting_sources import NamedSettings


def _env(name: str) -> AliasChoices:
    return AliasChoices(name)


class BatchSettings(NamedSettings):
    """Part of `noktvrn.settings.Settings`: when the label works by itself, and how artists come and go."""

    batch_schedules: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_env("NOKTVRN_BATCH_SCHEDULES")
    )
    """When `batch loop` begins a cycle, separated by semicolons (docs/batch.md)."""

    batch_runs: int = Field(default=2, ge=0, le=1000, validation_alias=_env("NOKTVRN_BATCH_RUNS"))
    batch_takes: int | None = Field(default=None, ge=1, le=8, validation_alias=_env("NOKTVRN_BATCH_TAKES"))
    """Productions a cycle starts at most, and how many takes each records; unset: `NOKTVRN_TAKES`."""

    batch_desk: int = Field(default=20, ge=1, validation_alias=_env("NOKTVRN_BATCH_DESK"))
    batch_rest_days: int = Field(default=7, ge=0, le=366, validation_alias=_env("NOKTVRN_BATCH_REST_DAYS"))
    batch_ahead_days: int = Field(default=2, ge=0, le=366, validation_alias=_env("NOKTVRN_BATCH_AHEAD_DAYS"))
    """With so many runs waiting for a verdict a cycle starts nothing; days an artist without a calendar is
    left alone after a song; days before its last one at which a calendar's entry is begun."""

    batch_catch_up_s: int = Field(default=6 * 3600, ge=60, validation_alias=_env("NOKTVRN_BATCH_CATCH_UP"))
    """Seconds for which a slot that nobody was there for is made up for; of several only the newest."""

    batch_variants: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_BATCH_VARIANTS"))
    batch_variant_share: float = Field(
        default=0.1, ge=0, le=0.5, validation_alias=_env("NOKTVRN_BATCH_VARIANT_SHARE")
    )
    """A TOML file of variants of a brief in place of the bundled ones, and the share of a batch's productions
    that tries those little is known of; 0: none."""

    batch_roster: int = Field(default=0, ge=0, le=100_000, validation_alias=_env("NOKTVRN_BATCH_ROSTER"))
    batch_prompts: Path | None = Field(default=None, validation_alias=_env("NOKTVRN_BATCH_PROMPTS"))
    """With fewer artists at work than this, a cycle makes a new one; 0: never. A file with a sentence for
    each, one a line; unset: genres and moods nobody on the roster has."""

    lifecycle: bool = Field(default=True, validation_alias=_env("NOKTVRN_LIFECYCLE"))
    lifecycle_check_s: int = Field(default=6 * 3600, ge=60, validation_alias=_env("NOKTVRN_LIFECYCLE_CHECK"))
    lifecycle_window_days: int = Field(
        default=30, ge=1, le=366, validation_alias=_env("NOKTVRN_LIFECYCLE_WINDOW_DAYS")
    )
    lifecycle_min_runs: int = Field(default=10, ge=1, validation_alias=_env("NOKTVRN_LIFECYCLE_MIN_RUNS"))
    lifecycle_rejections: int = Field(default=5, ge=1, validation_alias=_env("NOKTVRN_LIFECYCLE_REJECTIONS"))
    lifecycle_idle_days: int = Field(default=45, ge=1, validation_alias=_env("NOKTVRN_LIFECYCLE_IDLE_DAYS"))
    lifecycle_paused_days: int = Field(
        default=90, ge=1, validation_alias=_env("NOKTVRN_LIFECYCLE_PAUSED_DAYS")
    )
    lifecycle_pause_approval: float = Field(
        default=0.2, ge=0, le=1, validation_alias=_env("NOKTVRN_LIFECYCLE_PAUSE_APPROVAL")
    )
    lifecycle_pause_errors: float = Field(
        default=0.3, ge=0, le=1, validation_alias=_env("NOKTVRN_LIFECYCLE_PAUSE_ERRORS")
    )
    lifecycle_evolve_approval: float = Field(
        default=0.4, ge=0, le=1, validation_alias=_env("NOKTVRN_LIFECYCLE_EVOLVE_APPROVAL")
    )
    lifecycle_praise_approval: float = Field(
        default=0.85, ge=0, le=1, validation_alias=_env("NOKTVRN_LIFECYCLE_PRAISE_APPROVAL")
    )
    lifecycle_evolutions: int = Field(default=3, ge=0, validation_alias=_env("NOKTVRN_LIFECYCLE_EVOLUTIONS"))
    """Whether artists are moved between their states by rules, how often each is looked at, and the figures
    of the rules (docs/lifecycle.md)."""

    @field_validator("batch_schedules", mode="before")
    @classmethod
    def _split_schedules(cls, value: object) -> object:
        parts = value.split(";") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip()) if isinstance(parts, list) else value
