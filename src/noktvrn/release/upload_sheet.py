"""The upload sheet: what a person types into a distributor's form, ready to copy, and which forms to skip."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from noktvrn.model.noun import Noun
from noktvrn.model.provenance import FACETS, Share
from noktvrn.model.release import ReleaseDraft, TrackDraft
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
    songs = [
        _block(f"Track {number}", _song(sealing, number)) for number, _ in enumerate(sealing.draft.songs, 1)
    ]
    blocks = [
        _block("Release", _fields(sealing)),
        *songs,
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
    yield "Vocals", _vocals(draft)
    yield "Explicit", "yes" if draft.advisory == "explicit" else "no"
    yield ("Length" if draft.songs else "Track length"), _length(draft.duration_s)
    yield "P line", f"℗ {draft.p_line}"
    yield "C line", f"© {draft.c_line}"
    if draft.songs:
        yield "Release type", {"ep": "EP", "album": "Album"}[draft.kind]
        yield "Tracks", str(len(draft.songs))
    else:
        yield "ISRC", codes.isrc
    yield "UPC", codes.upc
    yield "Content ID, UGC claims", "no"


def _song(sealing: Sealing, number: int) -> Iterator[tuple[str, str]]:
    """What a form asks of each song of a record."""
    track = sealing.draft.tracks[number - 1]
    yield "Title", track.title
    yield "ISRC", sealing.identifiers.recordings[number - 1]
    yield "Audio", paths.audio(sealing.draft.id, number)
    yield "Length", _length(track.duration_s)
    yield "Language", "Instrumental" if track.instrumental else track.language
    yield "Vocals", _vocals(track)
    yield "Explicit", "yes" if track.advisory == "explicit" else "no"
    for credit in track.credits:
        if credit.role in ("Composer", "Lyricist", "Vocalist"):
            yield credit.role, credit.name
    for tag, value in disclosed.apple_tags(track.disclosure).items():
        if tag in ("track", "composition"):
            yield f"Apple tag, {tag}", "yes" if value else "no"


def _length(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _vocals(draft: ReleaseDraft | TrackDraft) -> str:
    if not draft.disclosure.vocals.applies:
        return "none"
    return "a voice without words" if draft.instrumental else "sung words"


def _files(sealing: Sealing) -> Iterator[tuple[str, str]]:
    for number, _ in enumerate(sealing.draft.tracks, 1):
        yield (f"Audio {number}" if sealing.draft.songs else "Audio"), paths.audio(sealing.draft.id, number)
    yield "Cover", paths.cover_of(sealing.draft)
    for part in sealing.draft.parts:
        if not part.path.startswith("resources/"):
            yield _file_name(part.path), part.path


def _file_name(path: str) -> str:
    if path == paths.CAPTIONS:
        return "Post"
    if path == paths.TRACK_LIST:
        return "Track list"
    name, _, suffix = path.partition(".")
    name = name.replace("_", " ")
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
