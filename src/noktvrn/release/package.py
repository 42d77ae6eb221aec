"""Seals a package: lays every file out, marks and hashes it, and names the whole by one hash.

Sealing is a pure function of its inputs. It works in `<folder>.part` and renames at the end, so a package is
either whole or not there; repeating it after a crash finds or makes the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from PIL import Image

from noktvrn.kernel.errors import Conflict, Fault, Invalid, NotFound, Unavailable
from noktvrn.kernel.ids import VerdictId
from noktvrn.model.asset import AudioAsset
from noktvrn.model.finding import Report
from noktvrn.model.release import Identifiers, Part, Release, ReleaseDraft
from noktvrn.release import ern, metadata, page, paths, upload_sheet
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, text_parts
from noktvrn.release.sealing import AudioFile, ImageFile, Parties, Sealing
from noktvrn.sound.files import flac
from noktvrn.storage import packages
from noktvrn.storage.vault import file_sha256

READ_ONLY = 0o444


def seal(
    draft: ReleaseDraft,
    *,
    dossier: Dossier,
    checks: Iterable[Report],
    identifiers: Identifiers,
    release_on: date,
    original_on: date,
    verdict_id: VerdictId,
    sealed_at: datetime,
    sources: Mapping[str, Path],
    folder: Path,
    parties: Parties | None = None,
) -> Release:
    """Seals `draft` into `folder` and returns the release with its package hash.

    `dossier` is what the draft was made from, `checks` the reports it passed, `sources` the vault's file for
    the path of every part but the texts. Identical inputs give a byte-identical package; a folder that is
    already there with these very bytes is taken as sealed.

    Raises:
        Conflict: the draft does not follow from the dossier, or the folder holds another package.
        Fault: a source is not the file that was approved.
        NotFound: a source is missing.
        Unavailable: the package cannot be written (full disk, no rights).
    """
    if draft_of(dossier) != draft:
        raise Conflict(
            f"What was approved of {draft.id} is not what the run holds now.",
            code="release.changed",
            hint="Ask for a new verdict on the new draft.",
        )
    sealing = Sealing(
        draft, identifiers, release_on, original_on, verdict_id, sealed_at, parties or Parties()
    )
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        (part / "resources").mkdir(parents=True)
        _lay_out(sealing, dossier, tuple(checks), sources, part)
        files = tuple(sorted(packages.listing(part).items()))
        _settle(part, folder, files)
    except OSError as error:
        raise Unavailable(
            f"The package {folder.name} cannot be written: {error.strerror}.",
            code="package.unwritable",
            hint="Check the free space and rights of the home, then resume the run.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return _release(sealing, files)


def _lay_out(
    sealing: Sealing,
    dossier: Dossier,
    checks: tuple[Report, ...],
    sources: Mapping[str, Path],
    part: Path,
) -> None:
    """Writes every file of the package below `part`."""
    _place_parts(sealing.draft, text_parts(dossier), sources, part)
    for number, song in enumerate(dossier.tracks, start=1):
        audio_path = part / paths.audio(sealing.draft.id, number)
        audio_path.chmod(0o644)
        flac.write_tags(audio_path, metadata.file_tags(sealing, song.track_mark, number))
        _same_sound(audio_path, song.track.master)
    audio = [_audio_file(sealing.draft, part, number) for number, _ in enumerate(dossier.tracks, start=1)]
    cover = _image_file(sealing.draft, part)
    papers = {
        paths.message(sealing.draft.id): ern.write_message(sealing, audio, cover),
        paths.METADATA: metadata.as_json(metadata.metadata(sealing, dossier)),
        paths.DISCLOSURE: metadata.as_json(metadata.disclosure(sealing, dossier)),
        paths.PROVENANCE: metadata.as_json(metadata.provenance(sealing, dossier)),
        paths.CHECKS: metadata.as_json(metadata.checks(checks)),
        paths.CREDITS: metadata.credits_text(dossier, sealing).encode(),
        paths.SHEET: upload_sheet.write(sealing, dossier).encode(),
        paths.PAGE: page.write(sealing, dossier, checks, _captions(part)).encode(),
    }
    for path, content in papers.items():
        (part / path).write_bytes(content)
    hashes = packages.listing(part)
    sizes = {path: (part / path).stat().st_size for path in hashes}
    (part / paths.MANIFEST).write_bytes(metadata.as_json(metadata.manifest(sealing, hashes, sizes)))
    for path in (*hashes, paths.MANIFEST):
        (part / path).chmod(READ_ONLY)
        packages.sync(part / path)


def _place_parts(
    draft: ReleaseDraft, texts: Mapping[str, bytes], sources: Mapping[str, Path], part: Path
) -> None:
    for piece in draft.parts:
        target = part / piece.path
        if piece.path in texts:
            target.write_bytes(texts[piece.path])
        else:
            _copy(piece, sources, target)


def _copy(piece: Part, sources: Mapping[str, Path], target: Path) -> None:
    """Copies, never links: whoever edits a package must not reach into the vault."""
    source = sources.get(piece.path)
    if source is None or not source.is_file():
        raise NotFound(
            f"The file for {piece.path} is missing.",
            code="release.source_missing",
            hint="Resume the run; it makes the missing part again.",
        )
    shutil.copyfile(source, target)
    if file_sha256(target) != piece.asset.sha256:
        raise Fault(
            f"{piece.path} is not the file that was approved.",
            code="release.source_changed",
            hint="Restore the vault from a backup.",
        )


def _same_sound(path: Path, master: AudioAsset) -> None:
    """Tags never change a sample; this makes sure."""
    if flac.pcm_sha256(path) != master.pcm_sha256:
        raise Fault(
            f"{path.name} does not sound as it was approved.",
            code="release.sound_changed",
            hint="Restore the vault from a backup, then resume the run.",
        )


def _audio_file(draft: ReleaseDraft, part: Path, number: int) -> AudioFile:
    path = paths.audio(draft.id, number)
    facts = flac.probe(part / path)
    return AudioFile(
        path=path,
        sha256=file_sha256(part / path),
        size=(part / path).stat().st_size,
        duration_s=facts.frames / facts.sample_rate,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        bits=facts.bits,
    )


def _image_file(draft: ReleaseDraft, part: Path) -> ImageFile:
    path = paths.cover_of(draft)
    try:
        with Image.open(part / path) as picture:
            (width, height), codec = picture.size, str(picture.format)
    except (OSError, Image.DecompressionBombError) as error:
        raise Invalid(
            f"{path} is no picture.", code="release.bad_cover", hint="Run the cover stage again."
        ) from error
    return ImageFile(path, file_sha256(part / path), (part / path).stat().st_size, width, height, codec)


def _captions(part: Path) -> dict[str, bytes]:
    """The WebVTT captions that lie in the package, by the film's kind."""
    return {
        kind: path.read_bytes() for kind in ("video", "teaser") if (path := part / f"{kind}.vtt").is_file()
    }


def _settle(part: Path, folder: Path, files: tuple[tuple[str, str], ...]) -> None:
    if folder.exists():
        if packages.differences(folder, files):
            raise Conflict(
                f"{folder.name} already holds another package.",
                code="package.exists",
                hint="Keep it, and seal into another folder.",
            )
        return
    part.rename(folder)
    packages.sync(folder.parent)


def _release(sealing: Sealing, files: tuple[tuple[str, str], ...]) -> Release:
    return Release(
        draft=sealing.draft,
        identifiers=sealing.identifiers,
        release_on=sealing.release_on,
        original_on=sealing.original_on,
        sealed_at=sealing.sealed_at,
        verdict_id=sealing.verdict_id,
        approval_hash=sealing.draft.approval_hash(),
        package_hash=packages.package_hash(files),
        files=files,
    )
