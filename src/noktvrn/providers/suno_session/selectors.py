"""The map of the studio's page: data with a version, which a file of the person's own corrects."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.model.noun import Noun

FieldName = Literal["lyrics", "style", "title", "exclude"]
MarkName = Literal["create", "credits"]
WallName = Literal["login", "challenge", "rate"]

BUNDLED = Path(__file__).with_name("selectors.toml")


class Place(Noun):
    """Selectors in the order they are tried. `optional`: not every page shows it."""

    any: tuple[str, ...] = Field(min_length=1, max_length=20)
    optional: bool = False


class SelectorMap(Noun):
    """Fields are filled in, marks are looked at, walls stop us."""

    version: int
    as_of: str
    fields: dict[FieldName, Place]
    marks: dict[MarkName, Place]
    walls: dict[WallName, Place]


def selector_map(own: Path | None) -> SelectorMap:
    """The bundled map, single entries of it replaced by those of the person's file.

    Raises:
        Invalid: the person's file cannot be read or names what is on no page.
    """
    told = tomllib.loads(BUNDLED.read_text("utf-8"))
    if own is None:
        return SelectorMap.model_validate(told)
    try:
        return SelectorMap.model_validate(_over(told, tomllib.loads(own.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(own, str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(own, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _over(bundled: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(bundled)
    for name, value in own.items():
        both = isinstance(value, dict) and isinstance(bundled.get(name), dict)
        merged[name] = {**bundled[name], **value} if both else value
    return merged


def _bad(path: Path, why: str) -> Invalid:
    return Invalid(
        f"The selectors in {path} cannot be read: {why}.",
        code="studio.bad_selectors",
        hint="docs/suno-session.md shows the form; the bundled map is a good beginning.",
    )
