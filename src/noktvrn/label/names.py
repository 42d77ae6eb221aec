"""Names of people, as stores print them."""

from __future__ import annotations

import unicodedata

from noktvrn.kernel.errors import Invalid

LONGEST = 120


def full_name(said: str) -> str:
    """First and last name in one line. Raises Invalid where it is not both, or holds what no name has."""
    plain = "".join(c if c.isprintable() else " " for c in said)
    name = unicodedata.normalize("NFC", " ".join(plain.split()))
    marks = all(c.isalpha() or unicodedata.category(c) in ("Mn", "Mc") or c in " .'-\u2019" for c in name)
    if len(name.split()) < 2 or len(name) > LONGEST or not marks:
        raise Invalid(
            f"{name[:60]!r} is no full name.",
            code="import.bad_name",
            hint='Say whose work or voice it is with first and last name, as "Jo Doe". Stores print it.',
        )
    return name
