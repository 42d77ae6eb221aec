"""The note beside a clip: who filmed it, and what may be done with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import Rights

MOST_BYTES = 65_536
"""What is read of a note."""


class Note(BaseModel):
    """`waves.toml` beside `waves.mp4`; every line of it may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    author: str = Field(default="", max_length=120)
    tags: tuple[str, ...] = Field(default=(), max_length=60)
    licence: str = Field(default="own footage, by the person's word", max_length=200)
    attribution: str = Field(default="", max_length=400, description="how it wants to be credited")
    page: str = Field(default="", max_length=400)
    commercial: bool = True
    release: Literal["yes", "no", "unknown"] = "yes"

    @property
    def rights(self) -> Rights:
        """What may be done with the clip."""
        return Rights(
            commercial=self.commercial,
            dsp_release=self.release,
            attribution=self.attribution or (f"Video by {self.author}" if self.author else ""),
            licence=self.licence,
        )


def read_note(clip: Path) -> Note | None:
    """The note of a clip, None where there is none.

    Raises:
        Invalid: it cannot be read as what it is to be.
    """
    path = clip.with_suffix(".toml")
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8")
        return Note.model_validate(tomllib.loads(text))
    except (OSError, ValueError, ValidationError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise Invalid(
            f"The note {path.name} cannot be read: {why}.",
            code="footage.bad_note",
            hint="docs/footage.md shows what a note may say.",
        ) from error
