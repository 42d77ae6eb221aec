"""Lays a preview folder: the page and the media a person looks at before giving a verdict."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from noktvrn.model.finding import Report
from noktvrn.model.release import ReleaseDraft
from noktvrn.release import page, paths
from noktvrn.release.dossier import Dossier


def lay_preview(
    draft: ReleaseDraft,
    dossier: Dossier,
    checks: Iterable[Report],
    sources: Mapping[str, Path],
    folder: Path,
) -> Path:
    """Writes `folder` anew and returns its page. `sources` is the vault's file of each part.

    The files are the approved ones with their marks; nothing here is sealed or leaves the house.
    Raises OSError when the folder cannot be written.
    """
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for path, source in sources.items():
        target = part / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    captions = {
        kind: vtt.read_bytes() for kind in ("video", "teaser") if (vtt := part / f"{kind}.vtt").is_file()
    }
    (part / paths.PAGE).write_text(page.write_preview(draft, dossier, checks, captions), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return folder / paths.PAGE
