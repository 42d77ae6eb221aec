"""A profile from a file: a whole one as it is, a short hand-written one completed by the embedded writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noktvrn.artist.document import FORMAT
from noktvrn.artist.editing import checked, monogram, renamed, unknown
from noktvrn.artist.refiner import with_presence
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, derive, parse
from noktvrn.kernel.seeds import derive_seed, seed_of
from noktvrn.model.artist import Profile
from noktvrn.model.noun import canonical_digest
from noktvrn.reference import Reference
from noktvrn.roles.writer import ProfileRequest, Writer

_HEAD = frozenset({"noktvrn", "id", "version", "prompt", "seed", "profile"})
_REQUIRED = frozenset(name for name, field in Profile.model_fields.items() if field.is_required())
_TELLING = ("genre", "subgenres", "moods", "themes", "instrumentation", "style_description")
TRIES = 24
"""Seeds that are tried until the writer's genre is the one that was named."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An artist read from a file. `filled` are the fields the embedded writer had to add."""

    artist_id: ArtistId
    prompt: str
    seed: int
    profile: Profile
    filled: tuple[str, ...] = ()


def complete(data: Mapping[str, Any], writer: Writer, reference: Reference) -> Imported:
    """The artist of a file's data: `{prompt, seed, profile}` or the fields of a profile themselves.

    What is missing is written for the same prompt and seed; what is there is kept to the letter. The same
    file gives the same artist.

    Raises:
        Invalid: a field there is not, a value it cannot have, an unknown format, or nothing to write from.
    """
    head, own = _parted(data)
    given_prompt = _text(head, "prompt")
    seed = _seed(head, own)
    prompt = _cleaned(given_prompt or _sentence(own))
    if set(own) >= _REQUIRED:
        whole = checked(own)
        profile = whole if "social" in own else with_presence(whole)
        return Imported(_identity(head, own, prompt, seed), prompt, seed, profile)
    base = _base(prompt, seed, own, writer, reference)
    profile = _overlaid(base, own)
    filled = tuple(name for name in Profile.model_fields if name not in own)
    return Imported(_identity(head, own, prompt, seed), prompt, seed, with_presence(profile), filled)


def _parted(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if "profile" in data:
        if strange := sorted(set(data) - _HEAD):
            raise unknown(strange[0], f"profile.{strange[0]}" if strange[0] in Profile.model_fields else "")
        if data.get("noktvrn", FORMAT) != FORMAT:
            raise Invalid(
                f"The file is of the format {str(data['noktvrn'])[:40]!r}.",
                code="artist.bad_document",
                hint=f"This noktvrn reads {FORMAT}.",
            )
        own = data["profile"]
        if not isinstance(own, dict):
            raise Invalid(
                "The field profile holds no fields.", code="artist.bad_document", hint="See docs/artists.md."
            )
        return {key: data[key] for key in _HEAD & set(data)}, dict(own)
    head = {key: data[key] for key in ("prompt", "seed", "id") if key in data}
    return head, {key: value for key, value in data.items() if key not in head}


def _text(head: Mapping[str, Any], name: str) -> str:
    value = head.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{name} is no text.", code="artist.bad_value", hint="Put it in quotes.")
    return value


def _seed(head: Mapping[str, Any], own: Mapping[str, Any]) -> int:
    seed = head.get("seed")
    if seed is None:
        return seed_of(_text(head, "prompt")) if "prompt" in head else seed_of(canonical_digest(dict(own)))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise Invalid("seed is no whole number.", code="artist.bad_value", hint="Use 0 to 2^63 - 1.")
    return seed


def _identity(head: Mapping[str, Any], own: Mapping[str, Any], prompt: str, seed: int) -> ArtistId:
    """The id the file names, or the one its content stands for."""
    if "id" in head:
        return ArtistId(parse("artist", _text(head, "id")))
    return ArtistId(derive("artist", "file", prompt, seed, canonical_digest(dict(own))))


def _sentence(own: Mapping[str, Any]) -> str:
    """What a hand-written profile says of itself, as a prompt."""
    said: list[str] = []
    for name in _TELLING:
        value = own.get(name, "")
        said += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    sentence = ", ".join(one for one in said if one)
    if not sentence:
        raise Invalid(
            "The profile says neither a prompt nor a genre, moods or themes.",
            code="artist.bad_document",
            hint="Give at least `prompt:` (a sentence) or `genre:`; the rest is written for you.",
        )
    return sentence


def _cleaned(prompt: str) -> str:
    from noktvrn.words.prompt import clean

    return clean(prompt).text


def _base(prompt: str, seed: int, own: Mapping[str, Any], writer: Writer, reference: Reference) -> Profile:
    """The embedded writer's profile for the sentence, in the genre that was named."""
    genre = own.get("genre")
    if genre is None:
        return writer.profile(ProfileRequest(prompt=prompt, seed=seed))
    row = reference.genres.get(str(genre))
    if row is None:
        raise Invalid(
            f"genre {str(genre)[:60]!r} is not in the genre table.",
            code="artist.bad_value",
            hint=f"Known are {', '.join(sorted(reference.genres)[:10])} and others; docs/artists.md has all.",
        )
    for turn in range(TRIES):
        # The name alone, from some turn on: other words of the sentence may speak for another genre.
        told = f"{row.name}. {prompt}" if turn < TRIES // 2 else row.name
        own_seed = seed if turn == 0 else derive_seed(seed, "completion", turn)
        base = writer.profile(ProfileRequest(prompt=told, seed=own_seed))
        if base.genre == row.id:
            return base
    raise Invalid(
        f"The embedded writer found no way into {row.name}.",
        code="artist.bad_document",
        hint="Give another seed, or write the fields out.",
    )


def _overlaid(base: Profile, own: Mapping[str, Any]) -> Profile:
    name = own.get("stage_name")
    if isinstance(name, str) and name:
        renamed_base = base.model_copy(update={"stage_name": name})
        base = renamed(checked(renamed_base.as_data()), base.stage_name)
    data = _merged(base.as_data(), own)
    if "style" in own and "anchor" not in own:
        data["anchor"]["style"] = data["style"]
    if isinstance(name, str) and "look" not in own:
        data["look"]["glyph"] = monogram(name)
    return checked(data)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what stands in `own`, mapping by mapping."""
    return dict(base) | {
        key: _merged(base[key], value)
        if isinstance(value, dict) and isinstance(base.get(key), dict)
        else value
        for key, value in own.items()
    }
