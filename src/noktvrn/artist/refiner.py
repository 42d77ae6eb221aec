"""Mends in a draft what needs no writer: a missing disclosure, a bad hashtag, a begging call."""

from __future__ import annotations

import re
from collections.abc import Callable

from noktvrn.artist.validator import is_begging, is_hashtag, tells_virtual
from noktvrn.model.artist import Profile, SocialPresence
from noktvrn.words.skeleton import bare

PLATFORMS = {
    "casual": ("tiktok", "youtube", "instagram"),
    "professional": ("youtube", "instagram", "soundcloud"),
    "mysterious": ("youtube", "soundcloud"),
}
"""Where a persona of this posting style would speak first."""
_LONGEST_HANDLE = 30


def refine(profile: Profile) -> tuple[Profile, tuple[str, ...]]:
    """The profile with what the house can mend itself, and what was mended; a good one as it was."""
    changes: list[str] = []
    for step in (_disclosed, _decent, _tagged, _once):
        profile, told = step(profile)
        changes += [told] if told else []
    return profile, tuple(changes)


def with_presence(profile: Profile) -> Profile:
    """The profile with suggested handles and platforms where it has none."""
    if profile.social.handles:
        return profile
    platforms = PLATFORMS[profile.persona.posting_style]
    social = SocialPresence.model_validate({"platforms": platforms, "handles": handles(profile.stage_name)})
    return profile.model_copy(update={"social": social})


def handles(stage_name: str) -> tuple[str, ...]:
    """Up to three handles every platform takes (3 to 30 of a-z, 0-9 and _); none for a name without Latin."""
    words = re.findall("[a-z0-9]+", bare(stage_name).replace("'", "").replace("’", ""))
    plain, parted = "".join(words), "_".join(words)
    wanted = (plain, parted, f"{plain}_music")
    return tuple(dict.fromkeys(name for name in wanted if plain and 3 <= len(name) <= _LONGEST_HANDLE))


Step = Callable[[Profile], tuple[Profile, str]]


def _disclosed(profile: Profile) -> tuple[Profile, str]:
    sentence = f"{profile.stage_name} is a virtual artist."
    changes: dict[str, object] = {}
    if not tells_virtual(profile.biography):
        changes["biography"] = f"{profile.biography} {sentence}"
    if not tells_virtual(profile.persona.description):
        told = f"{profile.persona.description} {sentence}"
        changes["persona"] = profile.persona.model_copy(update={"description": told})
    return _changed(profile, changes, "the sentence that the artist is virtual was added")


def _decent(profile: Profile) -> tuple[Profile, str]:
    kept = tuple(call for call in profile.persona.call_to_action if not is_begging(call))
    return _persona(profile, "call_to_action", kept, "a call that begs for streams was taken out")


def _tagged(profile: Profile) -> tuple[Profile, str]:
    tags = tuple(dict.fromkeys(tag for tag in profile.persona.hashtags if is_hashtag(tag)))
    return _persona(profile, "hashtags", tags, "hashtags no platform takes were taken out")


def _once(profile: Profile) -> tuple[Profile, str]:
    lists = {name: getattr(profile, name) for name in ("subgenres", "moods", "themes", "instrumentation")}
    changes: dict[str, object] = {
        name: single for name, items in lists.items() if (single := tuple(dict.fromkeys(items))) != items
    }
    return _changed(profile, changes, "what stood twice in a list stands once")


def _persona(profile: Profile, field: str, value: tuple[str, ...], told: str) -> tuple[Profile, str]:
    if value == getattr(profile.persona, field):
        return profile, ""
    return _changed(profile, {"persona": profile.persona.model_copy(update={field: value})}, told)


def _changed(profile: Profile, changes: dict[str, object], told: str) -> tuple[Profile, str]:
    return (profile.model_copy(update=changes), told) if changes else (profile, "")
