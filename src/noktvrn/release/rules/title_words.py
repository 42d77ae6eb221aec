"""What a title must not say: credits, marks, advertising, search bait, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.rulebook import Note
from noktvrn.words.mentions import without_names

_ADVISORY_MARK = re.compile(r"[(\[]\s*(explicit|clean|dirty)\b[^)\]]*[)\]]", re.IGNORECASE)
_FEATURING = re.compile(r"\b(feat|ft|featuring)\b\.?", re.IGNORECASE)
_CREDIT = re.compile(
    r"\b(prod(uced|\.)?\s+by|written by|mixed by|mastered by|remastered by|a [\w ]+ production)\b|\bprod\. ",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b(original mix|original version|album version|single version)\b", re.IGNORECASE)
_ADVERTISING = re.compile(
    r"\b(official|exclusive|out now|new single|hq|hd|viral|free download|audio only|must hear)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?:|www\.|\b[\w-]+\.(com|net|org|io|fm|tv|me)\b|(?<!\w)@\w+|#\w+|\+?\d[\d ()-]{8,}\d|[$€£]\s?\d",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\s*(untitled|no title|title|test|tbd|tba|todo|demo|track ?\d*|song ?\d*|lorem ipsum|placeholder|"
    r"n/?a)\s*",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{\{?.*\}|<[A-Za-z_ ]+>|\$\{|%[sd]\b")
_BAIT = re.compile(
    r"\b(in the style of|tribute to|sounds like|made famous by|as performed by|originally by|type beat|"
    r"ai cover|cover of|karaoke)\b",
    re.IGNORECASE,
)


@DRAFT.rule("release.title.advisory_mark", Severity.ERROR, 14)
def advisory_mark(case: DraftCase) -> Iterator[Note]:
    """The advisory is a field of its own."""
    if _ADVISORY_MARK.search(case.draft.title):
        yield Note("The title carries an advisory mark.", "Leave it out; the advisory is set by the words.")


@DRAFT.rule("release.title.featuring", Severity.WARNING, 15)
def featuring(case: DraftCase) -> Iterator[Note]:
    """Guests are credits, and this label's drafts have none."""
    if _FEATURING.search(case.draft.title):
        yield Note("The title names a guest without a credit.", "Leave the guest out of the title.")


@DRAFT.rule("release.title.credit", Severity.ERROR, 16)
def credit(case: DraftCase) -> Iterator[Note]:
    """No producer or label in the title."""
    if _CREDIT.search(case.draft.title):
        yield Note("The title holds a credit.", "Credits have their own fields.")


@DRAFT.rule("release.title.version", Severity.WARNING, 17)
def version(case: DraftCase) -> Iterator[Note]:
    """The first version of a track is no version."""
    if _VERSION.search(case.draft.title):
        yield Note("The title calls the first version a version.", "Leave it out.")


@DRAFT.rule("release.title.advertising", Severity.WARNING, 18)
def advertising(case: DraftCase) -> Iterator[Note]:
    """No promotion."""
    if _ADVERTISING.search(case.draft.title):
        yield Note("The title advertises.", "Leave words of promotion out.")


@DRAFT.rule("release.title.address", Severity.ERROR, 19)
def address(case: DraftCase) -> Iterator[Note]:
    """No links, handles, numbers or prices."""
    if _ADDRESS.search(case.draft.title):
        yield Note("The title holds a link, handle, number or price.", "Leave it out.")


@DRAFT.rule("release.title.placeholder", Severity.ERROR, 20)
def placeholder(case: DraftCase) -> Iterator[Note]:
    """A real title, not a stand-in."""
    if _PLACEHOLDER.fullmatch(case.draft.title) or _TEMPLATE.search(case.draft.title):
        yield Note("The title is a placeholder.", "Give the track its real title.")


@DRAFT.rule("release.title.bait", Severity.ERROR, 21)
def bait(case: DraftCase) -> Iterator[Note]:
    """Nobody else's name to be found by."""
    if _BAIT.search(case.draft.title):
        yield Note("The title leans on somebody else's work.", "Use a title of its own.")
    for name in without_names(case.draft.title)[1]:
        yield Note(f"The title names {name}.", "Use a title of its own.")


@DRAFT.rule("release.title.artist", Severity.ERROR, 13)
def artist_in_title(case: DraftCase) -> Iterator[Note]:
    """The artist stands in the artist field; a song that is called like its artist may be."""
    title, artist = case.draft.title.casefold(), case.draft.artist_name.casefold()
    if title != artist and re.search(rf"(?<!\w){re.escape(artist)}(?!\w)", title):
        yield Note("The title repeats the artist's name.", "Leave the name out of the title.")


@DRAFT.rule("release.title.repeated", Severity.WARNING, 26)
def repeated(case: DraftCase) -> Iterator[Note]:
    """No accidental re-release."""
    if case.draft.title.casefold() in {title.casefold() for title in case.catalogue.earlier_titles}:
        yield Note("The artist already released this title.", "Choose another, or say which version it is.")
