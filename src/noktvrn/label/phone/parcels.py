"""What a preview on a phone is made of: cover and teaser, the sound, and a word on whatever is too large.

Every file comes from the vault with its disclosure mark in it; a copy made here keeps the mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError
from noktvrn.model.asset import Asset
from noktvrn.model.film import Film
from noktvrn.model.picture import Picture
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, StageName
from noktvrn.model.track import Track
from noktvrn.production.scratch import fresh_folder
from noktvrn.production.studio import Studio
from noktvrn.providers.telegram.bot import PHOTO_BYTES, UPLOAD_BYTES, Enclosure, Kind
from noktvrn.storage.ledger import artists, runs

SMALLER = ("5", "9")
"""Qualities of a second and third MP3 (VBR, about 130 and 65 kbit/s) where the first is too large."""


@dataclass(slots=True)
class Parcel:
    """What can be sent, and what is to be said of the rest. A record has a sound for every song."""

    pictures: list[Enclosure] = field(default_factory=list)
    sounds: list[Enclosure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@contextmanager
def packed(studio: Studio, run: Run, *, most: int = UPLOAD_BYTES) -> Iterator[Parcel]:
    """The parcel of a run; its files are there until the block ends. `most` bytes a file."""
    with studio.database.read() as connection:
        found = {name: _result(connection, run, name) for name in (StageName.COVER, StageName.TEASER)}
        songs = _songs(connection, run)
    parcel = Parcel()
    with fresh_folder(studio.scratch) as folder:
        if cover := found[StageName.COVER]:
            asset = Picture.model_validate(cover).asset
            _add_picture(studio, run, parcel, "photo", asset, min(most, PHOTO_BYTES))
        if teaser := found[StageName.TEASER]:
            _add_picture(studio, run, parcel, "video", Film.model_validate(teaser).asset, most)
        for song, track in songs:
            _add_sound(studio, song, parcel, track, most, folder)
        yield parcel


def _result(connection: sa.Connection, run: Run, stage: StageName) -> dict[str, Any] | None:
    record = runs.result(connection, run, stage)
    return record.result if record is not None else None


def _songs(connection: sa.Connection, run: Run) -> list[tuple[Run, Track]]:
    """The runs a release's songs were recorded in, and the recordings, in their order."""
    draft = _result(connection, run, StageName.VALIDATE)
    if draft is None:
        return []
    ids = [song.run_id for song in ReleaseDraft.model_validate(draft).tracks]
    own = [run if one == run.id else runs.find(connection, one) for one in ids]
    found = [(song, _result(connection, song, StageName.TRACK)) for song in own if song is not None]
    return [(song, Track.model_validate(track)) for song, track in found if track is not None]


def _add_picture(studio: Studio, run: Run, parcel: Parcel, kind: Kind, asset: Asset, most: int) -> None:
    path = _file(studio, run, asset, parcel)
    if path is None:
        return
    if asset.size > most:
        parcel.notes.append(_too_large(studio, run, asset))
        return
    parcel.pictures.append(Enclosure(kind, path, asset.media_type, asset.name))


def _add_sound(studio: Studio, run: Run, parcel: Parcel, track: Track, most: int, folder: Path) -> None:
    asset = track.preview or track.master
    path = _file(studio, run, asset, parcel)
    if path is None:
        return
    kind = asset.media_type
    if asset.size > most or kind != "audio/mpeg":
        smaller = _smaller(studio, run, track, most, folder)
        if smaller is None:
            parcel.notes.append(_too_large(studio, run, asset))
            return
        path, kind = smaller, "audio/mpeg"
        parcel.notes.append("The sound is a smaller copy.")
    parcel.sounds.append(
        Enclosure(
            "audio",
            path,
            kind,
            f"{run.id}.mp3",
            title=track.title,
            performer=_performer(studio, run),
            duration_s=asset.duration_s,
        )
    )


def _smaller(studio: Studio, run: Run, track: Track, most: int, folder: Path) -> Path | None:
    """An MP3 of the master that fits, or None: no ffmpeg here makes one."""
    from noktvrn.music.encode import lossy

    try:
        ffmpeg = find_ffmpeg(studio.settings.ffmpeg)
        master = studio.vault.path(track.master, artist_id=run.artist_id)
        for quality in SMALLER:
            made = lossy(master, folder / f"{run.id}-{quality}.mp3", ffmpeg, quality=quality)
            if made.stat().st_size <= most:
                return made
    except LabelError:
        return None
    return None


def _performer(studio: Studio, run: Run) -> str:
    with studio.database.read() as connection:
        return artists.get(connection, run.artist_id).profile.stage_name


def _file(studio: Studio, run: Run, asset: Asset, parcel: Parcel) -> Path | None:
    try:
        return studio.vault.path(asset, artist_id=run.artist_id)
    except LabelError as error:
        parcel.notes.append(error.message)
        return None


def _too_large(studio: Studio, run: Run, asset: Asset) -> str:
    size = f"{asset.name} has {asset.size / 1e6:.0f} MB, more than can be sent."
    base = studio.settings.public_base_url
    if base is None:
        return f"{size} `noktvrn review show {run.id}` names its page."
    return f"{size} {base.rstrip('/')}/api/reviews/{run.id}/preview/index.html"
