"""Profiles: a model drafts the texts; music, looks and identity stay those of the embedded writer."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import Field, ValidationError

from noktvrn.llm.agents.standards import profile_standards
from noktvrn.llm.job import Job, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.artist import Profile
from noktvrn.roles.writer import ProfileRequest
from noktvrn.words.disclosure import discloses
from noktvrn.words.hashtag import name_tag
from noktvrn.words.names import collides, near
from noktvrn.words.rewording import reworded

MOST_NAMES_SHOWN = 200
_UNTOUCHED = frozenset(
    {"look", "sound", "style", "genre", "subgenres", "moods", "settings", "instrumentation", "type"}
)

Theme = Annotated[Clean, Field(min_length=2, max_length=60)]


class ProfileDraft(DraftBase):
    """The texts a model may write. Lengths lie inside those of the house's profile validator."""

    stage_name: Annotated[Clean, Field(min_length=2, max_length=40, pattern=r"^[^\W\d_][\w .'’-]*$")]
    biography: Annotated[Clean, Field(min_length=160, max_length=2800)]
    backstory: Annotated[Clean, Field(min_length=80, max_length=2800)]
    style_description: Annotated[Clean, Field(min_length=20, max_length=1100)]
    themes: Annotated[list[Theme], Field(min_length=3, max_length=5)]
    persona: Annotated[Clean, Field(min_length=60, max_length=2000)]
    traits: Annotated[list[Theme], Field(min_length=3, max_length=5)]
    tone: Annotated[Clean, Field(min_length=3, max_length=200)]
    target_audience: Annotated[Clean, Field(min_length=20, max_length=700)]


def profile_job(request: ProfileRequest, base: Profile) -> Job[ProfileDraft, Profile]:
    """The job of drafting the texts of `base`, which was made for the same request."""
    facts = {
        "wish": request.prompt,
        "genre": base.genre,
        "subgenres": base.subgenres,
        "moods": base.moods,
        "tempo_bpm": [base.tempo.low, base.tempo.high],
        "instrumentation": base.instrumentation,
        "voice": f"{base.voice.type}, {base.voice.delivery}",
        "posting_style": base.persona.posting_style,
        "avoid_names": request.avoid_names[:MOST_NAMES_SHOWN],
        "feedback": request.feedback,
    }
    finish = partial(_finish, base=base, avoid=request.avoid_names)
    return Job(
        "profile",
        wish_of(request),
        facts,
        ProfileDraft,
        finish,
        subject=request.subject,
        artist_id=request.subject,
        request=request,
        standards=profile_standards(request.prompt, base),
    )


def _finish(draft: ProfileDraft, author: str, *, base: Profile, avoid: tuple[str, ...]) -> Profile:
    name = draft.stage_name
    if near(name, avoid) or collides(name):
        raise UnfitError("stage_name: it is too near to a name that is taken or known")
    data = reworded(base.as_data(), _swaps(base, draft), _UNTOUCHED)
    data["persona"] |= {
        "description": _disclosed(draft.persona, name),
        "traits": draft.traits,
        "tone": draft.tone,
    }
    data["look"]["glyph"] = _monogram(name)
    data |= {
        "stage_name": name,
        "biography": _disclosed(draft.biography, name),
        "backstory": draft.backstory,
        "style_description": draft.style_description,
        "themes": draft.themes,
        "target_audience": draft.target_audience,
        "notes": [*data["notes"], f"Notice: the texts of this profile were drafted by {author}."],
    }
    try:
        return Profile.model_validate(data)
    except ValidationError:
        raise UnfitError("The texts do not make a profile.") from None


def _disclosed(text: str, name: str) -> str:
    """The text, with the sentence that an artist of this label never goes without."""
    return text if discloses(text) else f"{text} {name} is a virtual artist."


def _swaps(base: Profile, draft: ProfileDraft) -> dict[str, str]:
    """What stands in the embedded writer's other texts, and what shall stand there: the name, its hashtag,
    lists of themes, and themes of several words (a single word may stand there for its own sake)."""
    old, new = base.themes, [draft.themes[place % len(draft.themes)] for place in range(len(base.themes))]
    lists = {", ".join(old[:length]): ", ".join(new[:length]) for length in range(len(old), 1, -1)}
    alone = {theme: new[place] for place, theme in enumerate(old) if " " in theme}
    names = {base.stage_name: draft.stage_name, name_tag(base.stage_name): name_tag(draft.stage_name)}
    return {**lists, **alone, **names}


def _monogram(name: str) -> str:
    """The first letters of the first two words."""
    return "".join(word[0] for word in name.split() if word[0].isalnum())[:2].upper() or "N"
