"""The package folder is exactly what was sealed."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release import paths
from noktvrn.release.cases import PACKAGE, PackageCase
from noktvrn.release.rulebook import Note
from noktvrn.storage.packages import differences, package_hash


@PACKAGE.rule("package.files", Severity.ERROR, 79)
def files(case: PackageCase) -> Iterator[Note]:
    """Every file is there and unchanged; nothing else is, and nothing is a link."""
    for told in differences(case.folder, case.release.files):
        yield Note(f"The package is not what was sealed: {told}.", "Seal the release again.")


@PACKAGE.rule("package.names", Severity.ERROR, 80)
def names(case: PackageCase) -> Iterator[Note]:
    """Names a store can take, inside the package."""
    for path, _ in case.release.files:
        if not paths.is_safe(path):
            yield Note(f"The path {path!r} cannot be delivered.", "Use A-Z a-z 0-9 . _ - and 64 letters.")


@PACKAGE.rule("package.parts", Severity.ERROR, 79)
def parts(case: PackageCase) -> Iterator[Note]:
    """Every approved part and every paper of the sealing is among the files."""
    sealed = {path for path, _ in case.release.files}
    draft = case.release.draft
    wanted = {part.path for part in draft.parts} | set(paths.PAPERS) | {paths.message(draft.id)}
    for path in sorted(wanted - sealed):
        yield Note(f"The sealed list lacks {path}.", "Seal the release again.")
    for path in sorted(sealed - wanted):
        yield Note(f"The sealed list holds {path}, which nobody approved.", "Seal the release again.")


@PACKAGE.rule("package.hash", Severity.ERROR, 81)
def hashes(case: PackageCase) -> Iterator[Note]:
    """Package hash and approval hash are those of what they stand for."""
    release = case.release
    if package_hash(release.files) != release.package_hash:
        yield Note("The package hash is not that of the files.", "Seal the release again.")
    if release.draft.approval_hash() != release.approval_hash:
        yield Note("The approved draft was changed after its verdict.", "Ask for a new verdict.")
    for part in release.draft.parts:
        approved = part.identity == part.asset.sha256
        if approved and dict(release.files).get(part.path, part.identity) != part.identity:
            yield Note(f"{part.path} is not the file that was approved.", "Seal the release again.")
