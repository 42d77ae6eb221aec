"""What the house holds each kind of work against: what a critic reads, what is counted, what may never be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from noktvrn.llm.agents import measures
from noktvrn.llm.agents.measures import GOOD, Mark
from noktvrn.llm.job import Standards
from noktvrn.model.artist import Profile
from noktvrn.model.song import Lyrics
from noktvrn.roles.writer import Captions, CaptionsRequest, LyricsRequest, TitlesRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.scansion import measure
from noktvrn.words.titling import title_problems

TEXTS = ("biography", "backstory", "style_description", "target_audience")
SETTLED = (
    "genre", "subgenres", "moods", "tempo", "style", "sound", "settings", "instrumentation",
)  # fmt: skip
"""What makes an artist itself. No model has a say in it; nor in the voice's type and register."""


def lyrics_standards(request: LyricsRequest) -> Standards[Lyrics]:
    """For the words of a song."""

    def shown(work: Lyrics) -> dict[str, Any]:
        return {
            "title": work.title,
            "sections": [{"label": s.label, "lines": s.lines} for s in work.sections],
        }

    def measured(work: Lyrics) -> Mapping[str, Mark]:
        own = frozenset(work.human_lines)
        lines = list(dict.fromkeys(line for s in work.sections for line in s.lines if line not in own))
        asked = (request.title, request.theme)
        return {
            "fit": _fit(work, request),
            "freshness": measures.freshness(lines),
            "theme": measures.theme([line for s in work.sections for line in s.lines], asked),
            "variety": measures.variety(lines),
            "image": measures.image(lines),
        }

    def broken(work: Lyrics) -> Iterator[str]:
        lines = {line for section in work.sections for line in section.lines}
        if not lines.issuperset(request.human_lines) or work.human_lines != request.human_lines:
            yield "A person's lines were changed."
        if work.title != request.title:
            yield "The title was changed."
        wanted = [(s.label, len(s.syllables)) for s in request.plan.sections if s.syllables]
        if wanted != [(s.label, len(s.lines)) for s in work.sections if s.lines]:
            yield "The form of the song was changed."
        yield from _refused(work.text)

    return Standards(shown, measured, lambda work: tuple(broken(work)))


def _fit(work: Lyrics, request: LyricsRequest) -> Mark:
    fit = measure(request.plan, work)
    score = (fit.syllable_share + fit.rhyme_share) / 2
    return score, "Keep to the syllables and rhymes of the plan." if score < GOOD else ""


def profile_standards(wish: str, base: Profile) -> Standards[Profile]:
    """For the texts of an artist made for `wish`; everything else is that of `base`."""

    def texts(work: Profile) -> list[str]:
        return [*(str(getattr(work, name)) for name in TEXTS), work.persona.description]

    def shown(work: Profile) -> dict[str, Any]:
        return {
            "stage_name": work.stage_name,
            "themes": work.themes,
            "persona": work.persona.description,
            **{name: getattr(work, name) for name in TEXTS},
        }

    def measured(work: Profile) -> Mapping[str, Mark]:
        sentences = [part for text in texts(work) for part in text.split(". ") if part]
        return {
            "obedience": measures.theme([*texts(work), *work.themes, work.genre, *work.moods], (wish,)),
            "freshness": measures.freshness(sentences, ("press",)),
            "variety": measures.variety(sentences),
            "image": measures.image(sentences),
        }

    def broken(work: Profile) -> Iterator[str]:
        changed = [name for name in SETTLED if getattr(work, name) != getattr(base, name)]
        if (work.voice.type, work.voice.register_) != (base.voice.type, base.voice.register_):
            changed.append("voice")
        if changed:
            yield f"Settled before the writing, and changed: {', '.join(changed)}."
        if work.look.model_copy(update={"glyph": base.look.glyph}) != base.look:
            yield "The look was changed."
        if not work.persona.ai_persona:
            yield "The artist is not disclosed as virtual."
        yield from _refused(" ".join(texts(work)))

    return Standards(shown, measured, lambda work: tuple(broken(work)))


def titles_standards(request: TitlesRequest) -> Standards[tuple[str, ...]]:
    """For titles of a song."""

    def measured(work: tuple[str, ...]) -> Mapping[str, Mark]:
        return {
            "freshness": measures.freshness(work),
            "variety": measures.variety(work),
            "brevity": measures.brevity(work),
        }

    def broken(work: tuple[str, ...]) -> Iterator[str]:
        if not 0 < len(work) <= request.count:
            yield "The number of titles is not the one asked for."
        for title in work:
            yield from title_problems(title, (request.profile.stage_name,))
        yield from _refused("\n".join(work))

    return Standards(list, measured, lambda work: tuple(broken(work)))


def captions_standards(request: CaptionsRequest) -> Standards[Captions]:
    """For the words around a release."""

    def measured(work: Captions) -> Mapping[str, Mark]:
        asked = (request.title, request.theme)
        return {
            "obedience": measures.theme([work.post, *work.film_lines], asked),
            "freshness": measures.freshness([work.post, *work.film_lines], ("songs", "press")),
            "variety": measures.variety(work.film_lines),
        }

    def broken(work: Captions) -> Iterator[str]:
        if "#aimusic" not in {tag.casefold() for tag in work.hashtags}:
            yield "The tag that discloses is missing."
        if len(work.film_lines) != request.film_lines:
            yield "The number of lines for the film is not the one asked for."
        yield from _refused("\n".join((work.post, *work.film_lines)))

    return Standards(lambda work: work.as_data(), measured, lambda work: tuple(broken(work)))


def _refused(text: str) -> Iterator[str]:
    refusal = advisory(text).refusal
    if refusal:
        yield f"The words hold {refusal}."
