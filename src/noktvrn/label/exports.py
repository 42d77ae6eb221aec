"""Exports: copies of a run's song for a phone, a store's form or a remixer, each with its mark."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Conflict, NotAllowed, NotReady
from noktvrn.kernel.ids import parse
from noktvrn.label.office import Office
from noktvrn.label.releases import Releases
from noktvrn.model.asset import Asset
from noktvrn.model.release import Release
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.music import encode
from noktvrn.production import takes
from noktvrn.sound.files import lrc
from noktvrn.storage.ledger import choices, runs

MOST_NAME = 160
"""Bytes of a title in a file's name: what is set behind it stays below the 255 of every file system."""


@dataclass(frozen=True, slots=True)
class _Song:
    """A track, the master that leaves the house for it, and where its other files lie."""

    track: Track
    master: Path
    name: str
    lies: Callable[[Asset], Path]


class Exports:
    """The verb about copies."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio
        self._releases = Releases(office)

    def export(self, run_id: str, forms: Sequence[str], folder: Path) -> tuple[Path, ...]:
        """Copies of a run's song in `folder` (made if missing). A sealed release's master is taken with all
        its codes, else the take as it is.

        Raises:
            NotFound: no such run. NotReady: nothing is recorded yet, or a form was not asked for in time.
            Conflict: a file of that name is there already. NotAllowed: the folder cannot be written.
            Unavailable: no ffmpeg, or one that cannot write the codec.
        """
        song = self._song(run_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as scratch:
                made = [path for form in forms for path in self._made(song, form, Path(scratch))]
                return tuple(_put(path, folder / path.name) for path in made)
        except OSError as error:
            raise NotAllowed(
                f"{folder} cannot be written: {error.strerror}.",
                code="track.no_export",
                hint="Name a folder of your own with --to.",
            ) from error

    def _song(self, run_id: str) -> _Song:
        with self._studio.database.read() as connection:
            run = runs.get(connection, parse("run", run_id))
            if runs.brief(connection, run.artist_id, run.brief_id).is_record:
                raise NotReady(
                    f"Run {run_id} is a record of several songs.",
                    code="track.record",
                    hint=f"`noktvrn run show {run_id}` lists their runs: export those.",
                )
            tracks = takes.tracks(connection, run)
            chosen = choices.holding(connection, run.id) or max(tracks, default=0)
            sealed = runs.result(connection, run, StageName.SEAL)
        if chosen not in tracks:
            raise NotReady(
                f"Run {run_id} has no recording yet.",
                code="track.none",
                hint=f"`noktvrn run watch {run_id}` shows how far it is.",
            )
        track = tracks[chosen]

        def lies(asset: Asset) -> Path:
            return self._studio.vault.path(asset, artist_id=run.artist_id)

        master = lies(track.master)
        if sealed is not None and sealed.result is not None:
            shelf = self._releases.shelf(Release.model_validate(sealed.result))
            master = shelf.track if shelf.track.is_file() else master
        return _Song(track, master, _file_name(track.title), lies)

    def _made(self, song: _Song, form: str, scratch: Path) -> list[Path]:
        if form == "flac":
            return [Path(shutil.copyfile(song.master, scratch / f"{song.name}.flac"))]
        if form == "flac16":
            return [encode.flac16(song.master, scratch / f"{song.name} (16 bit).flac")]
        if (codec := encode.CODECS.get(form)) is not None:
            ffmpeg = find_ffmpeg(self._studio.settings.ffmpeg)
            return [encode.lossy(song.master, scratch / f"{song.name}{encode.suffix(codec)}", ffmpeg, codec)]
        if form in _TIMED:
            return [_timed(song, form, scratch)]
        return [
            Path(shutil.copyfile(song.lies(asset), scratch / f"{song.name} ({asset.name})"))
            for asset in _kept(song.track, form)
        ]


def _timed(song: _Song, form: str, scratch: Path) -> Path:
    """The words with the times they are sung at, or stand above the tune where nobody sings them."""
    if not song.track.lines:
        raise NotReady(
            f'"{song.track.title}" has no words in time.',
            code=f"track.no_{form}",
            hint="The song has no words, or its engine does not say where they are.",
        )
    suffix, write = _TIMED[form]
    path = scratch / f"{song.name}{suffix}"
    path.write_text(write(song.track), encoding="utf-8")
    return path


def _lrc(track: Track, *, words: bool) -> str:
    return lrc.write(track.lines, {"ti": track.title}, words=words)


_TIMED: dict[str, tuple[str, Callable[[Track], str]]] = {
    "lrc": (".lrc", lambda track: _lrc(track, words=False)),
    "lrc-words": (" (words).lrc", lambda track: _lrc(track, words=True)),
    "captions": (".vtt", lambda track: lrc.word_timed_vtt(track.lines)),
}
"""How timed words are called and written."""


def _kept(track: Track, form: str) -> tuple[Asset, ...]:
    """What was made beside the master when the run was started. Raises NotReady when it was not."""
    found: dict[str, tuple[Asset | None, ...]] = {
        "stems": track.stems,
        "instrumental": (track.instrumental_master,),
        "midi": (track.score,),
    }
    kept = tuple(asset for asset in found[form] if asset is not None)
    if not kept:
        raise NotReady(
            f'"{track.title}" has no {form}.',
            code=f"track.no_{form}",
            hint=_why_not(track, form),
        )
    return kept


def _why_not(track: Track, form: str) -> str:
    if form == "midi":
        return "The engine writes no score."
    if form == "instrumental" and track.voice is None:
        return "Nobody sings beside the band, so there is nothing to leave out: --as flac copies the song."
    return f"Start a run with --{form}; they are made with the recording."


def _put(path: Path, place: Path) -> Path:
    """Moves a finished file to its place, which nobody else has taken."""
    try:
        place.touch(exist_ok=False)
        path.replace(place)
    except FileExistsError as error:
        raise Conflict(
            f"{place} is there already.",
            code="track.export_exists",
            hint="Move it away, or export to another folder with --to.",
        ) from error
    return place


def _file_name(title: str) -> str:
    """A title as a file name on every system."""
    kept = "".join(c if c.isalnum() or c in " -_'(),." else "_" for c in title).strip(" .")
    short = kept.encode()[:MOST_NAME].decode(errors="ignore").rstrip(" .")
    return short or "untitled"
