"""Language, genre, advisory and the words themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release import paths
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.draft import NO_WORDS, is_explicit
from noktvrn.release.rulebook import Note
from noktvrn.words.lexicon import advisory as advisory_of
from noktvrn.words.similarity import containment

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_SCRIPTS = {
    "ru": "CYRILLIC",
    "uk": "CYRILLIC",
    "bg": "CYRILLIC",
    "el": "GREEK",
    "he": "HEBREW",
    "ar": "ARABIC",
}
_RESERVED_GENRES = re.compile(r"\b(classical|soundtrack|children'?s)\b", re.IGNORECASE)
_LABELLED = re.compile(
    r"^\s*[\[(](intro|verse|pre-?chorus|chorus|bridge|outro|drop|hook|instrumental)\b", re.IGNORECASE
)
_CREDIT_LINE = re.compile(r"^\s*(written|produced|lyrics|music) by\b", re.IGNORECASE)
OWN_OVERLAP = 0.5


@DRAFT.rule("release.language.codes", Severity.ERROR, 54)
def codes(case: DraftCase) -> Iterator[Note]:
    """BCP 47 tags; `zxx` exactly where no words are sung."""
    for tag in (case.draft.language, case.draft.title_language):
        if not _TAG.fullmatch(tag):
            yield Note(f"{tag!r} is no language code.", "Use a BCP 47 tag such as en or pt-BR.")
    if (case.draft.language == NO_WORDS) != case.draft.instrumental:
        yield Note("Language and instrumental flag disagree.", "An instrumental has the language zxx.")


@DRAFT.rule("release.language.script", Severity.WARNING, 55)
def script(case: DraftCase) -> Iterator[Note]:
    """The title's letters are those of its language."""
    wanted = _SCRIPTS.get(case.draft.title_language.split("-")[0], "LATIN")
    letters = [unicodedata.name(letter, "") for letter in case.draft.title if letter.isalpha()]
    if letters and not any(name.startswith(wanted) for name in letters):
        yield Note(
            f"The title is not written in {wanted.capitalize()} letters.", "Set the language of the title."
        )


@DRAFT.rule("release.genre", Severity.ERROR, 56)
def genre(case: DraftCase) -> Iterator[Note]:
    """A primary genre, and none that stores keep for other catalogues."""
    if not case.draft.genre.strip():
        yield Note("The release has no genre.", "Set the artist's genre.")
    if _RESERVED_GENRES.search(f"{case.draft.genre} {case.draft.subgenre}"):
        yield Note(
            f"Stores keep the genre {case.draft.genre!r} for works of a certain kind.",
            "Choose another genre.",
        )


@DRAFT.rule("release.advisory", Severity.ERROR, 57)
def advisory(case: DraftCase) -> Iterator[Note]:
    """Strong words, sung or in the title, set the advisory; nothing else does."""
    if is_explicit(case.dossier) != (case.draft.advisory == "explicit"):
        yield Note("The advisory does not follow the words.", "Draft the release again.")


@DRAFT.rule("release.refused", Severity.ERROR, 58)
def refused(case: DraftCase) -> Iterator[Note]:
    """No hate and no sexual words near minors, in any text of the release."""
    words = case.dossier.sung_lyrics
    captions = case.dossier.captions
    texts = {
        "title": case.draft.title,
        "artist's name": case.draft.artist_name,
        "lyrics": words.text if words else "",
        "post": captions.post,
        "film lines": "\n".join(captions.film_lines),
    }
    for name, text in texts.items():
        if why := advisory_of(text).refusal:
            yield Note(f"The {name} cannot be released: {why}.", "Write it anew.")


@DRAFT.rule("release.instrumental", Severity.ERROR, 59)
def instrumental(case: DraftCase) -> Iterator[Note]:
    """An instrumental has no lyricist and no lyrics, though a voice may sing without words; a song has
    both."""
    draft = case.draft
    lyricist = any(credit.role == "Lyricist" for credit in draft.credits)
    words = any(part.path == paths.LYRICS for part in draft.parts)
    if draft.instrumental and (lyricist or words):
        yield Note("An instrumental carries words.", "Leave lyrics and lyricist out.")
    if not draft.instrumental and not (words and draft.disclosure.vocals.applies):
        yield Note("A song is without its words or its voice.", "Attach the lyrics, or call it instrumental.")


@DRAFT.rule("release.lyrics.text", Severity.WARNING, 60)
def lyrics_text(case: DraftCase) -> Iterator[Note]:
    """Lines only: no section labels and no credits."""
    words = case.dossier.sung_lyrics
    for line in words.text.splitlines() if words else ():
        if _LABELLED.search(line) or _CREDIT_LINE.search(line):
            yield Note(f"The lyrics hold the line {line[:40]!r}.", "Stores take sung lines only.")


@DRAFT.rule("release.lyrics.repeated", Severity.ERROR, 87)
def lyrics_repeated(case: DraftCase) -> Iterator[Note]:
    """Not the words of an earlier song."""
    words = case.dossier.sung_lyrics
    for earlier in case.catalogue.earlier_lyrics if words else ():
        share = containment(words.text if words else "", earlier)
        if share > OWN_OVERLAP:
            yield Note(
                "The lyrics repeat an earlier song.",
                "Write them again with another seed.",
                share,
                OWN_OVERLAP,
            )


@DRAFT.rule("release.post.repeated", Severity.WARNING, 89)
def post_repeated(case: DraftCase) -> Iterator[Note]:
    """Descriptions that are all alike look like spam."""
    post = case.dossier.captions.post
    for earlier in case.catalogue.earlier_posts:
        share = containment(post, earlier)
        if share > OWN_OVERLAP:
            yield Note("The post repeats an earlier one.", "Write it again.", share, OWN_OVERLAP)
