"""The language an artist sings in: asked for, told by the sentence, or the label's own; and who writes it."""

from __future__ import annotations

import re

from noktvrn.kernel.errors import Conflict, Invalid, NotReady
from noktvrn.model.artist import Artist, CreationReport
from noktvrn.settings import Settings
from noktvrn.words.languages import called, wanted
from noktvrn.words.tongue import WRITTEN, base

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
HOW = (
    "Set OPENAI_API_KEY, ANTHROPIC_API_KEY or another model's key (an OpenAI-compatible server of your own "
    "will do), or ask for `en` or `es`."
)


def check_language(language: str, settings: Settings) -> None:
    """Refuses, before anything is made, a language asked for by its tag that nobody here can write.

    Raises:
        Invalid: no BCP 47 tag. NotReady: it needs a language model and none is set.
    """
    if not language:
        return
    if not _TAG.fullmatch(language):
        raise Invalid(
            f"{language!r} is no language code.",
            code="artist.language",
            hint="Use a BCP 47 tag such as en, es or pt-BR.",
        )
    if not _is_writable(language, settings):
        raise NotReady(f"{_needs(language)}, and none is set.", code="artist.language_needs_model", hint=HOW)


def speaking(
    artist: Artist, report: CreationReport, language: str, settings: Settings
) -> tuple[Artist, CreationReport]:
    """The artist with its language, and its report with a word on it where not all is as one would think.

    `language` was asked for by its tag; without it the sentence decides, then the writer, then DEFAULT_LANG.
    """
    own = artist.profile.language
    chosen = language or wanted(artist.prompt) or (own if base(own) != "en" else settings.language)
    if not _TAG.fullmatch(chosen):
        return artist, _told(report, f"{chosen!r} is no language code: this artist sings in English.")
    profile = artist.profile.model_copy(update={"language": chosen})
    artist = artist.model_copy(update={"profile": profile})
    if not _is_writable(chosen, settings):
        report = _told(
            report,
            f"{_needs(chosen)}, and none is set: until one is, this artist's songs are in English. {HOW}",
        )
        return artist, report
    return artist, report


def check_known(artist: Artist, language: str) -> None:
    """Refuses another language for a sentence and a seed that made an artist before.

    Raises:
        Conflict: it sings in another one.
    """
    if language and base(language) != base(artist.profile.language):
        raise Conflict(
            f"This sentence and seed made {artist.profile.stage_name} before, who sings in "
            f"{called(artist.profile.language)}.",
            code="artist.language_known",
            hint="Another artist needs another --seed or another sentence.",
        )


def _is_writable(language: str, settings: Settings) -> bool:
    if base(language) in WRITTEN:
        return True
    from noktvrn.llm.endpoints import endpoints

    return bool(endpoints(settings))


def _needs(language: str) -> str:
    written = " and ".join(WRITTEN.values())
    return f"Songs in {called(language)} need a language model (the embedded writer writes {written})"


def _told(report: CreationReport, notice: str) -> CreationReport:
    return report.model_copy(update={"notices": (*report.notices, notice)})
