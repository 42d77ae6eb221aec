"""ISRC, UPC and their relatives: forms, check digits, and codes made from the next number of a ledger.

The functions are pure: which number is the next one is the ledger's business, and a number once taken is
never given back. The test registration can never be taken for a real one: its ISRCs begin with `XX`, which
ISO 3166 leaves to users and no ISRC agency issues (`ZZ` is no such code: the international agency took it in
its bulletin 2007/01), and its UPCs lie in the range 2 that GS1 keeps for restricted circulation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid

ISRC_SHAPE = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{2}[0-9]{5}")
GRID_SHAPE = re.compile(r"A1[A-Z0-9]{15}[A-Z0-9]")
DPID_SHAPE = re.compile(r"PADPIDA[0-9]{10}[A-Z0-9]{1,2}")
_UPC_BODY = 11
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Registration:
    """The prefixes a label may issue under, and the last ISRC number of its yearly allotment."""

    isrc_prefix: str
    upc_prefix: str
    isrc_capacity: int = 99_999
    test_range: bool = False

    @property
    def upc_capacity(self) -> int:
        """The last item number that fits under the UPC prefix."""
        return int(10 ** (_UPC_BODY - len(self.upc_prefix))) - 1

    def isrc(self, year: int, number: int) -> str:
        """The ISRC of designation `number`; `year` is the year of assignment (rule 6).

        Raises:
            Invalid: the prefix has not the form of one, or the number leaves the allotted range.
        """
        code = f"{self.isrc_prefix}{year % 100:02d}{number:05d}"
        if not 0 <= number <= self.isrc_capacity or not is_isrc(code):
            raise _unfit("ISRC", self.isrc_prefix, number)
        return code

    def upc(self, number: int) -> str:
        """The UPC-A of item `number` with its check digit.

        Raises:
            Invalid: the prefix has not the form of one, or the number does not fit behind it.
        """
        body = f"{self.upc_prefix}{number:0{_UPC_BODY - len(self.upc_prefix)}d}"
        if number < 0 or re.fullmatch(r"[0-9]{11}", body) is None:
            raise _unfit("UPC", self.upc_prefix, number)
        return body + gs1_check_digit(body)


TEST_REGISTRATION = Registration(isrc_prefix="XXTST", upc_prefix="2", test_range=True)
"""What a label without registrations of its own uses. Nothing under it may reach a live store (rule 5)."""


def registration_of(isrc_prefix: str | None, upc_prefix: str | None) -> Registration:
    """The label's registration; a prefix it does not have is the test one, and then nothing is for stores."""
    return Registration(
        isrc_prefix=isrc_prefix or TEST_REGISTRATION.isrc_prefix,
        upc_prefix=upc_prefix or TEST_REGISTRATION.upc_prefix,
        test_range=not (isrc_prefix and upc_prefix),
    )


def is_isrc(code: str) -> bool:
    """Whether `code` has the form of ISO 3901 without hyphens. An ISRC has no check digit."""
    return ISRC_SHAPE.fullmatch(code) is not None


def is_icpn(code: str) -> bool:
    """Whether `code` is a UPC-A (12) or EAN-13 whose last digit checks."""
    return re.fullmatch(r"[0-9]{12,13}", code) is not None and gs1_check_digit(code[:-1]) == code[-1]


def in_restricted_range(code: str) -> bool:
    """Whether a UPC or EAN lies in GS1's range for restricted circulation (prefix 2, as EAN 02 or 20-29)."""
    return code[:1] == "2" if len(code) == 12 else code[:2] == "02" or code[:1] == "2"


def gs1_check_digit(body: str) -> str:
    """The digit that ends a GS1 code: weights 3 and 1 from the right (GS1 General Specifications 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_grid(code: str) -> bool:
    """Whether `code` is a Global Release Identifier: A1, issuer, number, ISO 7064 MOD 37,36 check."""
    if not GRID_SHAPE.fullmatch(code):
        return False
    rest = 36
    for letter in code[:-1]:
        rest = (rest + _BASE36.index(letter)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + _BASE36.index(code[-1])) % 36 == 1


def is_isni(code: str) -> bool:
    """Whether `code` is an ISNI: fifteen digits and an ISO 7064 MOD 11-2 check character."""
    if not re.fullmatch(r"[0-9]{15}[0-9X]", code):
        return False
    rest = 0
    for digit in code[:-1]:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11] == code[-1]


def is_iswc(code: str) -> bool:
    """Whether `code` is an ISWC without dots: T, nine digits, (1 + sum of i*d) mod 10 completes to ten."""
    if not re.fullmatch(r"T[0-9]{10}", code):
        return False
    total = 1 + sum(place * int(digit) for place, digit in enumerate(code[1:10], start=1))
    return -total % 10 == int(code[10])


def is_ipi_name(code: str) -> bool:
    """Whether `code` is an IPI name number: nine digits weighted 10..2, two check digits modulo 101."""
    if not re.fullmatch(r"[0-9]{11}", code):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code[:9], range(10, 1, -1), strict=True))
    return (101 - total % 101) % 101 % 100 == int(code[9:])


def is_dpid(code: str) -> bool:
    """Whether `code` is a DDEX party id as DDEX issues them."""
    return DPID_SHAPE.fullmatch(code) is not None


FORMS: dict[str, Callable[[str], bool]] = {
    "ISRC": is_isrc,
    "ICPN": is_icpn,
    "GRid": is_grid,
    "ISNI": is_isni,
    "ISWC": is_iswc,
    "IpiNameNumber": is_ipi_name,
}
"""The check of each identifier by the name of its element in a DDEX message."""


def _unfit(kind: str, prefix: str, number: int) -> Invalid:
    return Invalid(
        f"Number {number} makes no {kind} under the prefix {prefix!r}.",
        code=f"{kind.lower()}.unfit",
        hint="Set the prefix and range exactly as the agency, GS1 or the distributor issued them.",
    )
