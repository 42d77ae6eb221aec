"""The papers of a package: metadata, disclosure and provenance as JSON, credits and captions as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from noktvrn.model.finding import Report
from noktvrn.model.provenance import FACETS, SourceType
from noktvrn.model.release import Credit, TrackDraft
from noktvrn.release import disclosure as disclosed
from noktvrn.release import paths, record
from noktvrn.release.dossier import Dossier
from noktvrn.release.sealing import Sealing


def as_json(data: object) -> bytes:
    """JSON as the papers are written: sorted, indented, UTF-8, one newline at the end."""
    return (json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def metadata(sealing: Sealing, dossier: Dossier) -> dict[str, Any]:
    """What the release is, in one place. Times in seconds, loudness in LUFS, peak in dBTP.

    Of a record the figures of its songs stand under `tracks`, and `loudness_lufs` is that of the whole.
    """
    draft, codes = sealing.draft, sealing.identifiers
    return {
        "release_id": draft.id,
        "run_id": draft.run_id,
        "track_id": draft.track_id,
        "artist_id": draft.artist_id,
        "artist_name": draft.artist_name,
        "title": draft.title,
        "label": draft.label,
        "genre": draft.genre,
        "subgenre": draft.subgenre,
        "language": draft.language,
        "title_language": draft.title_language,
        "instrumental": draft.instrumental,
        "advisory": draft.advisory,
        "isrc": codes.isrc,
        "video_isrc": codes.video_isrc,
        "upc": codes.upc,
        "test_codes": codes.test_range,
        "release_date": sealing.release_on.isoformat(),
        "original_release_date": sealing.original_on.isoformat(),
        "p_line": draft.p_line,
        "c_line": draft.c_line,
        "credits": [credit.as_data() for credit in draft.credits],
        "deals": [deal.as_data() for deal in draft.deals],
        "duration_s": draft.duration_s,
        **(_whole(sealing, dossier) if dossier.songs else _heard(dossier)),
        "files": {part.path: part.asset.media_type for part in draft.parts},
        "approval_hash": draft.approval_hash(),
        "verdict_id": sealing.verdict_id,
        "sealed_at": sealing.sealed_at.isoformat(),
    }


def _heard(dossier: Dossier) -> dict[str, Any]:
    """What is heard of one song."""
    figures, timeline = dossier.track.figures, dossier.track.timeline
    return {
        "tempo_bpm": timeline.tempo_bpm,
        "key": timeline.key,
        "loudness_lufs": figures.integrated_lufs,
        "true_peak_dbtp": figures.true_peak_dbtp,
        "sections": [section.as_data() for section in timeline.sections],
    }


def _whole(sealing: Sealing, dossier: Dossier) -> dict[str, Any]:
    """What is heard of a record, and its songs one by one."""
    return {
        "kind": sealing.draft.kind,
        "loudness_lufs": round(record.loudness_of(dossier), 2),
        "true_peak_dbtp": max(song.track.figures.true_peak_dbtp for song in dossier.songs),
        "tracks": list(_tracks(sealing, dossier)),
    }


def _tracks(sealing: Sealing, dossier: Dossier) -> Iterator[dict[str, Any]]:
    facts = zip(
        sealing.draft.tracks,
        sealing.identifiers.recordings,
        dossier.songs,
        record.starts_of(dossier),
        strict=True,
    )
    for number, (track, isrc, song, start) in enumerate(facts, start=1):
        yield {
            "number": number,
            "title": track.title,
            "isrc": isrc,
            "run_id": track.run_id,
            "track_id": track.track_id,
            "language": track.language,
            "instrumental": track.instrumental,
            "advisory": track.advisory,
            "credits": [credit.as_data() for credit in track.credits],
            "starts_s": start,
            "duration_s": track.duration_s,
            **_heard(song),
        }


def disclosure(sealing: Sealing, dossier: Dossier) -> dict[str, Any]:
    """The facets, and what each platform's form is told because of them."""
    whole = sealing.draft.disclosure
    return {
        "text": disclosed.sentence(whole),
        "ai_persona": whole.ai_persona,
        "facets": {name: whole.facet(name).as_data() for name in FACETS},
        "ern": {
            "recording": disclosed.contains_ai(disclosed.recording_share(whole)),
            "image": disclosed.contains_ai(whole.artwork.share),
            "release": disclosed.contains_ai(disclosed.release_share(whole)),
        },
        "apple_transparency_tags": disclosed.apple_tags(whole),
        "youtube_contains_synthetic_media": disclosed.youtube_flag(whole),
        "file_tags": {name: mark.value for name, mark in dossier.marks.items()},
        **({"tracks": [_disclosed(song) for song in sealing.draft.songs]} if dossier.songs else {}),
    }


def _disclosed(song: TrackDraft) -> dict[str, Any]:
    """What is told of one song of a record."""
    told = song.disclosure
    return {
        "title": song.title,
        "facets": {name: told.facet(name).as_data() for name in disclosed.RECORDING_FACETS},
        "ern": disclosed.contains_ai(disclosed.recording_share(told)),
        "apple_transparency_tags": disclosed.apple_tags(told),
    }


def provenance(sealing: Sealing, dossier: Dossier) -> dict[str, Any]:
    """Which engine made which part, from what, under which terms; and the hash of every approved part."""
    return {
        "release_id": sealing.draft.id,
        "artist": {"id": dossier.artist.id, "version": dossier.artist.version, "seed": dossier.artist.seed},
        "made": {name: made.as_data() for name, made in (dossier.provenances | dossier.sources).items()},
        "parts": {part.path: part.identity for part in sealing.draft.parts},
        "human_contributions": _human(dossier),
        "verdict_id": sealing.verdict_id,
    }


def checks(reports: Iterable[Report]) -> dict[str, Any]:
    """The reports of every check this release went through before it was sealed."""
    kept = tuple(reports)
    return {"passed": all(report.passed for report in kept), "reports": [report.as_data() for report in kept]}


def credits_text(dossier: Dossier, sealing: Sealing) -> str:
    """Credits, lines, attributions and the disclosure, as a person reads them."""
    draft = sealing.draft
    lines = [f"{draft.artist_name} - {draft.title}", ""]
    lines += [f"{_ROLE_NAMES[credit.role]}: {credit.name}{_beside(credit)}" for credit in draft.credits]
    attributions = dict.fromkeys(
        made.rights.attribution for made in dossier.provenances.values() if made.rights.attribution
    )
    lines += ["", *attributions] if attributions else []
    lines += ["", f"℗ {draft.p_line}", f"© {draft.c_line}", "", disclosed.sentence(draft.disclosure)]
    return "\n".join(lines) + "\n"


def file_tags(sealing: Sealing, mark: SourceType, number: int = 1) -> dict[str, str]:
    """Vorbis comments of the master of track `number`. DIGITALSOURCETYPE is the IPTC mark in full."""
    draft, codes = sealing.draft, sealing.identifiers
    tracks = draft.tracks
    track = tracks[number - 1]
    return {
        "TITLE": track.title,
        "ARTIST": draft.artist_name,
        "ALBUM": draft.title,
        "ALBUMARTIST": draft.artist_name,
        "TRACKNUMBER": str(number),
        "TRACKTOTAL": str(len(tracks)),
        "DATE": sealing.release_on.isoformat(),
        "GENRE": draft.genre,
        "LANGUAGE": track.language,
        "LABEL": draft.label,
        "COPYRIGHT": f"℗ {draft.p_line}",
        "ISRC": codes.recordings[number - 1],
        "BARCODE": codes.upc,
        "ITUNESADVISORY": "1" if track.advisory == "explicit" else "0",
        "DIGITALSOURCETYPE": mark.value,
        "AI_DISCLOSURE": disclosed.compact(track.disclosure),
    }


def manifest(sealing: Sealing, hashes: dict[str, str], sizes: dict[str, int]) -> dict[str, Any]:
    """`package.json`: every other file with its size and SHA-256."""
    return {
        "format": "noktvrn release package 1",
        "release_id": sealing.draft.id,
        "message": paths.message(sealing.draft.id),
        "approval_hash": sealing.draft.approval_hash(),
        "files": {path: {"sha256": hashes[path], "size": sizes[path]} for path in sorted(hashes)},
    }


_ROLE_NAMES = {
    "MainArtist": "Artist",
    "Composer": "Composed by",
    "Lyricist": "Words by",
    "Vocalist": "Sung by",
    "Producer": "Produced by",
    "MasteringEngineer": "Mastered by",
    "Illustrator": "Artwork by",
    "Filmmaker": "Film by",
}


def credit_kind(credit: Credit) -> str:
    """What stands beside a credited name; nothing beside a person's."""
    if not credit.generative:
        return ""
    return "AI persona" if credit.role == "MainArtist" else "generative"


def _beside(credit: Credit) -> str:
    kind = credit_kind(credit)
    return f" ({kind})" if kind else ""


def _human(dossier: Dossier) -> list[str]:
    """What people put into it, as far as the dossier knows."""
    words = [song.sung_lyrics for song in dossier.tracks]
    told = [f"lyric line: {line}" for sung in words if sung for line in sung.human_lines]
    return [f"artist's prompt: {dossier.artist.prompt}", *told]
