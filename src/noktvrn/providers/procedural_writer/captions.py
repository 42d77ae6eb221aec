"""The words around a release: a post that says who speaks, hashtags, and lines for a film nobody sings in."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from itertools import islice

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.artist import Profile
from noktvrn.providers.procedural_writer.grammar import sentence_case
from noktvrn.providers.procedural_writer.narrator import heard_in
from noktvrn.providers.procedural_writer.story import FIRST_PERSON
from noktvrn.providers.procedural_writer.voices import palette_of
from noktvrn.roles.writer import Captions, CaptionsRequest
from noktvrn.words.data import read_toml
from noktvrn.words.film_lines import LONGEST, film_lines
from noktvrn.words.hashtag import tag
from noktvrn.words.manners import manner
from noktvrn.words.palette import Palette

MOST_TAGS = 5
AI_TAG = "#AIMusic"


def write_captions(request: CaptionsRequest) -> Captions:
    """A post, three to five hashtags and `request.film_lines` lines; the same request, the same words."""
    seed = derive_seed(request.seed, "captions")
    profile = request.profile
    palette = palette_of(profile, request.theme, request.mood, request.title, seed, common=False)
    lines = film_lines(palette, max(1, request.film_lines), dice(seed, "film"))
    return Captions(
        post=_post(request, palette, lines[0], dice(seed, "post")),
        hashtags=_hashtags(profile, request.title),
        film_lines=lines[: request.film_lines],
    )


def _post(request: CaptionsRequest, palette: Palette, line: str, taste: random.Random) -> str:
    persona = request.profile.persona
    style = read_toml(f"{palette.language}/captions.toml")[persona.posting_style]
    calls = style.get("call") or persona.call_to_action
    call = [taste.choice(calls)] if calls else []
    narrator = heard_in(persona.tone) if palette.language == "en" else None
    every = narrator.lines["post"] if narrator else style["post"]
    posts = [post for post in every if manner(request.manner).posts in post] or every
    parts = [taste.choice(posts), *call]
    plural = is_band(request.profile.stage_name)
    words = {
        **_SPANISH[plural],
        "title": request.title,
        "name": request.profile.stage_name,
        "is": "are" if plural else "is",
        "has": "have" if plural else "has",
        "s": "" if plural else "s",
        "image": palette.image,
        **FIRST_PERSON[plural],
        "theme": request.theme or request.profile.themes[0],
        "line": line,
        "line_small": line if line.startswith(("I ", "I'")) else line[:1].lower() + line[1:],
    }
    post = " ".join(re.sub(r"\{(\w+)\}", lambda slot: words[slot[1]], part) for part in parts)
    clean = re.sub(r"([?!.])\.", r"\1", post)
    return sentence_case(clean) if narrator else clean


_SPANISH = (
    {"es": "es", "tiene": "tiene", "firma": "firma", "firma_capital": "Firma"},
    {"es": "son", "tiene": "tienen", "firma": "firman", "firma_capital": "Firman"},
)
"""Verbs of the Spanish posts, for one and for several."""


def is_band(name: str) -> bool:
    """Whether a stage name takes a plural verb: `The Quiet Engines` does."""
    return name.startswith("The ") and name.endswith("s") and not name.endswith("ss")


def _hashtags(profile: Profile, title: str) -> tuple[str, ...]:
    wanted = [*profile.persona.hashtags[:3], title, profile.genre, profile.stage_name, "new music"]
    tags = [AI_TAG, *(word for word in map(tag, wanted) if 2 < len(word) <= LONGEST)]
    return tuple(islice(_different(tags), MOST_TAGS))


def _different(words: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for word in words:
        if word.casefold() not in seen:
            seen.add(word.casefold())
            yield word
