"""Changing a profile by hand: by field, within what makes the artist; and telling two profiles apart."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from noktvrn.artist.refiner import handles
from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.model.artist import Profile
from noktvrn.model.noun import Noun
from noktvrn.words.hashtag import name_tag
from noktvrn.words.rewording import reworded

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FIXED = {
    "anchor": "It is what the artist never leaves.",
    "genre": "Another genre is another artist: create one.",
    "persona.ai_persona": "An artist of this label is always told to be an AI persona.",
    "settings.evolution.preserve_core_identity": "The identity is always preserved.",
    "sound.seed": "It is what makes the artist's sound its own.",
    "sound.style": "It follows from the genre.",
    "sound.progressions": "Its favourite harmonies are its signature.",
    "sound.rhythm_cells": "Its rhythms are its signature.",
    "sound.turns": "Its turns are its signature.",
    "look.seed": "It is what makes the artist's pictures its own.",
    "look.motif": "It is what its pictures share.",
    "look.display_face": "Its lettering is what its pictures share.",
    "look.text_face": "Its lettering is what its pictures share.",
}
"""Fields nobody edits, and why."""


class Change(Noun):
    """One field that two profiles differ in; None stands for a field one of them lacks."""

    field: str
    before: Any = None
    after: Any = None


def edited(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """The profile with fields (`themes`, `settings.release_strategy.video_release_ratio`) set to new values.

    Texts given for lists are split at commas. A new stage name is carried into every text, hashtag, handle
    and monogram that bears the old one.

    Raises:
        Invalid: no such field, or a value that it cannot have.
        NotAllowed: a field that makes the artist who it is.
    """
    data = profile.as_data()
    for path, value in changes.items():
        _check_free(path)
        _put(data, path, value)
    made = checked(data)
    if "stage_name" in changes and made.stage_name != profile.stage_name:
        made = renamed(made, profile.stage_name)
    return made


def checked(data: Mapping[str, Any]) -> Profile:
    """The profile of plain data. Raises Invalid that names the field and what it may be."""
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise unknown(path, _near(path)) from None
        raise Invalid(
            f"{path} cannot be that: {_asked(first)}." if path else f"{_asked(first).capitalize()}.",
            code="artist.bad_value",
            hint="docs/artists.md shows the fields; `noktvrn artist export ARTIST` all of one artist's.",
        ) from None


_FORMS = {
    "model_type": "it has fields of its own",
    "model_attributes_type": "it has fields of its own",
    "tuple_type": "it is a list",
    "list_type": "it is a list",
    "string_type": "it is text",
    "missing": "it is left out",
}


def _asked(error: ErrorDetails) -> str:
    """What a value should have been, without the words of programmers."""
    if error["type"] == "literal_error":
        return f"it is {str(error['ctx']['expected']).replace('True', 'true')}"
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return _FORMS.get(error["type"], f"{message[:1].lower()}{message[1:]}")


def renamed(profile: Profile, old: str) -> Profile:
    """The profile with its stage name in every text that still bears the `old` one."""
    new = profile.stage_name
    swaps = {old: new, name_tag(old): name_tag(new)}
    data = {
        key: value if key in ("anchor", "look", "sound", "style", "settings") else reworded(value, swaps)
        for key, value in profile.as_data().items()
    }
    data["anchor"] = reworded(profile.anchor.as_data(), swaps)
    data["look"] = profile.look.as_data() | {"glyph": monogram(new)}
    data["social"] = profile.social.as_data() | {"handles": handles(new)}
    return checked(data)


def differences(before: Profile, after: Profile) -> tuple[Change, ...]:
    """Every field two profiles differ in, in the order of the profile. Lists are told as a whole."""
    old, new = dict(_fields(before.as_data())), dict(_fields(after.as_data()))
    return tuple(
        Change(field=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    )


def same_identity(one: Profile, other: Profile) -> bool:
    """Whether two profiles are of one artist: every field nobody edits is the same, but for its name."""
    named = {path: _at(one.as_data(), path) for path in FIXED}
    return all(_of_name(value) == _of_name(_at(other.as_data(), path)) for path, value in named.items())


def monogram(name: str) -> str:
    """The first letters of the first two words."""
    return "".join(word[0] for word in name.split() if word[0].isalnum())[:2].upper() or "N"


def unknown(path: str, near: str) -> Invalid:
    """The error of a field there is not."""
    hint = f"Did you mean {near}?" if near else "`noktvrn artist export ARTIST` shows every field."
    return Invalid(f"A profile has no field {path[:80]!r}.", code="artist.no_field", hint=hint)


def _check_free(path: str) -> None:
    for fixed, why in FIXED.items():
        if path == fixed or path.startswith(f"{fixed}.") or fixed.startswith(f"{path}."):
            raise NotAllowed(f"The field {fixed} is not edited by hand.", code="artist.fixed_field", hint=why)


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *folders, last = path.split(".")
    place: Any = data
    for name in folders:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or last not in place:
        raise unknown(path, _near(path))
    if isinstance(place[last], list) and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    place[last] = value


def _at(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for name in path.split("."):
        found = found[name]
    return found


def _of_name(value: Any) -> Any:
    """An anchor without its statement, which may bear the artist's name."""
    return (
        {key: one for key, one in value.items() if key != "statement"} if isinstance(value, dict) else value
    )


def _fields(data: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            yield from _fields(value, f"{path}.")
        else:
            yield path, value


def _near(path: str) -> str:
    """The field most like `path`; empty where none is."""
    known = list(_known_fields(Profile))
    inner = [name for name in known if name.endswith(f".{path}")]
    return next(iter(inner or difflib.get_close_matches(path, known, 1, 0.6)), "")


def _known_fields(of: type[Noun], above: str = "") -> Iterator[str]:
    """Every field by its path, outer ones first."""
    fields = of.model_fields.items()
    yield from (f"{above}{name}" for name, _ in fields)
    for name, field in fields:
        if isinstance(field.annotation, type) and issubclass(field.annotation, Noun):
            yield from _known_fields(field.annotation, f"{above}{name}.")
