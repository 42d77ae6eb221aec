"""What each model takes, from `models.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field

from noktvrn.model.noun import Noun

KIE_TITLE = 80
"""Characters of a title at kie.ai, whatever the model."""


class ModelLimits(Noun):
    """Characters a model takes; `market` models are ordered as jobs of the market."""

    prompt: int = Field(gt=0)
    style: int = Field(gt=0)
    title: int = Field(gt=0)
    market: bool = False


def limits_of(model: str, dialect: str = "sunoapi") -> ModelLimits:
    """The limits of a model by its name; a name with a slash is one of the market's."""
    shelf = _shelf()
    found = shelf.get(model) or shelf["other"]
    title = min(found.title, KIE_TITLE) if dialect == "kie" else found.title
    return found.model_copy(update={"title": title, "market": found.market or "/" in model})


@cache
def _shelf() -> dict[str, ModelLimits]:
    rows = tomllib.loads(Path(__file__).with_name("models.toml").read_text("utf-8"))
    return {name: ModelLimits.model_validate(row) for name, row in rows.items()}
