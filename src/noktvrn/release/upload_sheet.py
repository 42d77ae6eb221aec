"""The upload sheet: what a person types into a distributor's form, ready to copy, and which forms to skip."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from noktvrn.model.noun import Noun
from noktvrn.model.provenance import FACETS, Share
from noktvrn.release import disclosure as disclosed
from noktvrn.release import paths
from noktvrn.release.dossier import Dossier
from noktvrn.release.sealing import Sealing


class Distributor(Noun):
    """What a distributor says about AI-made music, and when that was read."""

    name: str
    accepts: tuple[str, ...]
    checked_on: str
    note: str


@cache
def distributors() -> tuple[Distributor, ...]:
    """The distributors with a web form, from `distributors.toml`."""
    text = resources.files(__package__).joinpath("distributors.toml").read_text("utf-8")
    return tuple(Distributor.model_validate(row) for row in tomllib.loads(text)["distributor"])


def write(sealing: Sealing, dossier: Dossier) -> str:
    """The sheet as plain text, lines of at most about a hundred letters."""
    blocks = [
        _block("Release", _fields(sealing)),
        _block("Files", _files(sealing)),
        _block("Credits", ((credit.role, credit.name) for credit in sealing.draft.credits)),
        _block("AI questions", _answers(sealing)),
        _block("Where it may go", _stances(dossier)),
    ]
    head = f"UPLOAD SHEET  {sealing.draft.artist_name} - {sealing.draft.title}\n"
    return head + _warning(sealing) + "\n" + "\n".join(blocks)


def _warning(sealing: Sealing) -> str:
    if not sealing.identifiers.test_range:
        return ""
    return "\nThe codes below are test codes: leave ISRC and UPC empty, the distributor assigns them.\n"


def _block(title: str, rows: Iterator[tuple[str, str]]) -> str:
    lines = [f"  {name + ':':<26}{value}".rstrip() for name, value in rows]
    return "\n".join([title.upper(), *lines]) + "\n"


def _fields(sealing: Sealing) -> Iterator[tuple[str, str]]:
    draft, codes = sealing.draft, sealing.identifiers
    yield "Artist", draft.artist_name
    yield "Title", draft.title
    yield "Label", draft.label
    yield "Genre", " / ".join(filter(None, (draft.genre, draft.subgenre)))
    yield "Release date", sealing.release_on.isoformat()
    yield "Original date", sealing.original_on.isoformat()
    yield "Language", "Instrumental" if draft.instrumental else draft.language
    yield "Vocals", _vocals(sealing)
    yield "Explicit", "yes" if draft.advisory == "explicit" else "no"
    yield "Track length", f"{int(draft.duration_s) // 60}:{int(draft.duration_s) % 60:02d}"
    yield "P line", f"℗ {draft.p_line}"
    yield "C line", f"© {draft.c_line}"
    yield "ISRC", codes.isrc
    yield "UPC", codes.upc
    yield "Content ID, UGC claims", "no"


def _vocals(sealing: Sealing) -> str:
    draft = sealing.draft
    if not draft.disclosure.vocals.applies:
        return "none"
    return "a voice without words" if draft.instrumental else "sung words"


def _files(sealing: Sealing) -> Iterator[tuple[str, str]]:
    yield "Audio", paths.audio(sealing.draft.id)
    yield "Cover", paths.cover_of(sealing.draft)
    for part in sealing.draft.parts:
        if not part.path.startswith("resources/"):
            yield _file_name(part.path), part.path


def _file_name(path: str) -> str:
    if path == paths.CAPTIONS:
        return "Post"
    name, _, suffix = path.partition(".")
    return f"{name.capitalize()} captions" if suffix in ("srt", "vtt") else name.capitalize()


def _answers(sealing: Sealing) -> Iterator[tuple[str, str]]:
    record = sealing.draft.disclosure
    for name in FACETS:
        facet = record.facet(name)
        yield name.replace("_", " ").capitalize(), _SAID[facet.share] if facet.applies else "there is none"
    yield "The artist is", "an AI persona, not a person" if record.ai_persona else "a person"
    for tag, value in disclosed.apple_tags(record).items():
        yield f"Apple tag, {tag.replace('_', ' ')}", "yes" if value else "no"
    yield "YouTube altered content", "yes" if disclosed.youtube_flag(record) else "no"


_SAID = {Share.NONE: "made by people", Share.PARTLY: "partly made with AI", Share.ALL: "made with AI"}


def _stances(dossier: Dossier) -> Iterator[tuple[str, str]]:
    classes = {made.licence_class for made in dossier.provenances.values()}
    for distributor in distributors():
        word = "may go" if classes <= set(distributor.accepts) else "DO NOT"
        yield distributor.name, f"{word}. {distributor.note} (read {distributor.checked_on})"
