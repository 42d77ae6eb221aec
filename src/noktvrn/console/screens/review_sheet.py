"""What a person reads, sees and hears of one piece of work before a verdict, read from the label at once.

Picture and sound are those the draft names by hash, so what is looked at is what the approval hash stands
for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.label.label import Label
from noktvrn.label.previews import preview_file
from noktvrn.label.runs import Sight
from noktvrn.label.takes import TakeSight
from noktvrn.model.asset import Asset, AudioAsset
from noktvrn.model.film import Film
from noktvrn.model.finding import Finding
from noktvrn.model.noun import Noun
from noktvrn.model.picture import Picture
from noktvrn.model.release import Part, ReleaseDraft
from noktvrn.model.run import Run, StageName, StageRecord
from noktvrn.model.song import Lyrics
from noktvrn.model.track import Track
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.production.results import Words
from noktvrn.release import paths

Made = TypeVar("Made", bound=Noun)
Holding = dict[StageName, StageRecord]


@dataclass(frozen=True, slots=True)
class Song:
    """One song of the work: what is sung in it, and the part of the draft it is heard in."""

    number: int
    title: str
    lyrics: Lyrics | None = None
    track: Track | None = None
    part: Part | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> AudioAsset | None:
        """The recording that is approved."""
        return self.part.asset if self.part is not None and isinstance(self.part.asset, AudioAsset) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One entry of the desk, whole. `draft` is None where the ledger has none that can be read;
    `approval_hash` is that of exactly what is shown."""

    item: ReviewItem
    approval_hash: str
    verdict: Verdict | None
    run: Run
    draft: ReleaseDraft | None = None
    picture: Picture | None = None
    cover: Part | None = None
    films: tuple[Film, ...] = ()
    songs: tuple[Song, ...] = ()
    takes: tuple[TakeSight, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_sheet(label: Label, run_id: str) -> Sheet:
    """Reads one entry. On a thread.

    Raises:
        NotFound: it has never lain on the desk.
    """
    item, verdict = label.desk.show(run_id)
    sight, holding = label.runs.look(run_id), _holding(label, run_id)
    draft = _made(ReleaseDraft, holding, StageName.VALIDATE)
    sheet = Sheet(
        item=item,
        approval_hash=draft.approval_hash() if draft is not None else item.approval_hash,
        verdict=verdict,
        run=sight.run,
        draft=draft,
        picture=_made(Picture, holding, StageName.COVER),
        findings=tuple(finding for record in holding.values() for finding in record.findings),
        films=_films(holding),
    )
    if draft is None:
        return sheet
    songs = _songs(label, draft, holding)
    return replace(sheet, cover=_cover(draft), songs=songs, takes=_takes(label, sight))


def path_of(label: Label, sheet: Sheet, asset: Asset) -> Path:
    """Where a file of the work lies, by its hash. On a thread.

    Raises:
        NotFound: it is not in the vault any more, and why. Unavailable: the vault's server stays away.
    """
    return label.office.studio.vault.path(asset, artist_id=sheet.item.artist_id)


def path_for_people(label: Label, sheet: Sheet, part: Part) -> Path:
    """Where a person finds a part by a name that tells what it is: in the preview, else where `path_of` says.
    On a thread. Raises as that does.
    """
    try:
        laid = preview_file(label, sheet.run, part.path)
        if laid.stat().st_size == part.asset.size:
            return laid
    except (LabelError, OSError):
        pass  # of the preview something else is gone, or it is another's: the file itself may be there
    return path_of(label, sheet, part.asset)


def _holding(label: Label, run_id: str) -> Holding:
    return {record.stage: record for record in label.runs.holding(run_id)}


def _made(kind: type[Made], holding: Holding, stage: StageName) -> Made | None:
    """What a stage made, or None where it made nothing of the kind."""
    record = holding.get(stage)
    if record is None or record.result is None:
        return None
    try:
        return kind.model_validate(record.result)
    except ValidationError:
        return None


def _films(holding: Holding) -> tuple[Film, ...]:
    made = (_made(Film, holding, stage) for stage in (StageName.VIDEO, StageName.TEASER))
    return tuple(film for film in made if film is not None)


def _cover(draft: ReleaseDraft) -> Part | None:
    return next((part for part in draft.parts if part.asset.media_type.startswith("image/")), None)


def _songs(label: Label, draft: ReleaseDraft, own: Holding) -> tuple[Song, ...]:
    parts = {part.path: part for part in draft.parts}
    return tuple(
        _song(
            number,
            track.title,
            own if track.run_id == draft.run_id else _holding(label, track.run_id),
            parts.get(paths.audio(draft.id, number)),
            of_record=bool(draft.songs),
            sung=not track.instrumental,
        )
        for number, track in enumerate(draft.tracks, start=1)
    )


def _song(
    number: int, title: str, holding: Holding, part: Part | None, *, of_record: bool, sung: bool
) -> Song:
    words = _made(Words, holding, StageName.LYRICS) if sung else None
    found = (finding for record in holding.values() for finding in record.findings)
    return Song(
        number=number,
        title=title,
        lyrics=words.lyrics if words is not None else None,
        track=_made(Track, holding, StageName.TRACK),
        part=part,
        findings=tuple(found) if of_record else (),
    )


def _takes(label: Label, sight: Sight) -> tuple[TakeSight, ...]:
    """The takes, where there are several to choose from."""
    recorded = [one for one in sight.stages if one.stage is StageName.TRACK and one.state == "done"]
    if len(recorded) < 2:
        return ()
    try:
        return label.takes.of(sight.run.id)
    except LabelError:
        return ()  # their files are away; choosing asks again, and tells why not
