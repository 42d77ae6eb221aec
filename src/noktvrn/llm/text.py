"""What a text of a model must be before anything else is asked of it: clean, decent, finished."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from noktvrn.words.lexicon import advisory

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_UNFINISHED = re.compile(r"[{}\[\]<>]|\bTODO\b|\bTBD\b|lorem ipsum", re.IGNORECASE)
_APOLOGY = re.compile(
    r"\bas an? (?:AI|large)(?: language)? model\b|\bI (?:cannot|can't|am unable to) (?:assist|comply|fulfil)",
    re.IGNORECASE,
)
_BROKEN = re.compile("\ufffd|[\u0300-\u036f]{3}")
"""A character that was lost on the way, or marks piled up."""
_ADDRESS = re.compile(r"https?:|www\.|\S@\S|\.(?:com|net|org|io)\b", re.IGNORECASE)


class DraftBase(BaseModel):
    """A model's draft: exactly the fields asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def clean(value: object) -> object:
    """NFC text with single spaces. Anything that is no text is left for the type check to refuse.

    Raises:
        ValueError: it holds invisible or broken characters, a placeholder, an address, a model's apology, or
            what the house refuses.
    """
    if not isinstance(value, str):
        return value
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if any(unicodedata.category(mark) in _INVISIBLE for mark in text):
        raise ValueError("holds invisible characters")
    if _BROKEN.search(text):
        raise ValueError("holds broken characters")
    if _APOLOGY.search(text):
        raise ValueError("speaks about the model, not about the wish")
    if _UNFINISHED.search(text):
        raise ValueError("holds a bracket or a placeholder")
    if _ADDRESS.search(text):
        raise ValueError("holds an address")
    if advisory(text).refusal:
        raise ValueError("holds what this label never publishes")
    return text


Clean = Annotated[str, BeforeValidator(clean)]
