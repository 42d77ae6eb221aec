"""Codes and dates given at sealing."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release.cases import PACKAGE, PackageCase
from noktvrn.release.identifiers import TEST_REGISTRATION, in_restricted_range, is_icpn, is_isrc
from noktvrn.release.rulebook import Note

FRIDAY = 4
LEAD_DAYS = 7


@PACKAGE.rule("package.upc", Severity.ERROR, 1)
def upc(case: PackageCase) -> Iterator[Note]:
    """A UPC or EAN whose check digit is right."""
    if not is_icpn(case.release.identifiers.upc):
        yield Note(f"The UPC {case.release.identifiers.upc} does not check.", "Take another from the ledger.")


@PACKAGE.rule("package.isrc", Severity.ERROR, 2)
def isrc(case: PackageCase) -> Iterator[Note]:
    """An ISRC for every recording, another for the film, never the same."""
    codes = case.release.identifiers
    if len(codes.recordings) != len(case.release.draft.tracks):
        yield Note("Not every recording has its ISRC.", "Take one for each from the ledger.")
    given = [code for code in (*codes.recordings, codes.video_isrc) if code is not None]
    for code in given:
        if not is_isrc(code):
            yield Note(f"{code} is no ISRC.", "Take another from the ledger.")
    if len(set(given)) < len(given):
        yield Note(
            "Two recordings, or a recording and the film, share one ISRC.", "Take another from the ledger."
        )


@PACKAGE.rule("package.test_codes", Severity.ERROR, 5)
def test_codes(case: PackageCase) -> Iterator[Note]:
    """Test codes are declared as such: a code of the test ranges never poses as a real one."""
    codes = case.release.identifiers
    marked = [code.startswith(TEST_REGISTRATION.isrc_prefix) for code in codes.recordings]
    test = any(marked) or in_restricted_range(codes.upc)
    if test and not codes.test_range:
        yield Note("A test code is declared as a real one.", "Seal again with codes of the label's own.")


@PACKAGE.rule("package.isrc_year", Severity.WARNING, 6)
def isrc_year(case: PackageCase) -> Iterator[Note]:
    """The year inside an ISRC is the year it was assigned."""
    year = f"{case.release.sealed_at.year % 100:02d}"
    if {code[5:7] for code in case.release.identifiers.recordings} != {year}:
        yield Note("The year of the ISRC is not that of the sealing.", "Take a code of this year.")


@PACKAGE.rule("package.dates", Severity.ERROR, 49)
def dates(case: PackageCase) -> Iterator[Note]:
    """A release cannot be older than itself."""
    if case.release.original_on > case.release.release_on:
        yield Note("The original date lies after the release date.", "Seal again with the right dates.")


@PACKAGE.rule("package.lead", Severity.WARNING, 48)
def lead(case: PackageCase) -> Iterator[Note]:
    """Stores want a week; a courier to a live store may insist."""
    days = (case.release.release_on - case.release.sealed_at.date()).days
    if days < LEAD_DAYS:
        yield Note("The release date is too near for stores.", "Set a later date.", days, LEAD_DAYS)


@PACKAGE.rule("package.friday", Severity.WARNING, 51)
def friday(case: PackageCase) -> Iterator[Note]:
    """Stores build their lists on Fridays."""
    if case.release.release_on.weekday() != FRIDAY:
        yield Note(f"{case.release.release_on:%A} is no release day.", "Choose a Friday.")
