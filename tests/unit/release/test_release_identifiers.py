"""Forms and check digits against published codes; test codes that nobody can mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid
from noktvrn.release.identifiers import (
    FORMS,
    TEST_REGISTRATION,
    Registration,
    in_restricted_range,
    is_dpid,
    is_icpn,
    is_isrc,
    registration_of,
)

OWN = Registration(isrc_prefix="AA6Q7", upc_prefix="860012345")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ISRC", "AA6Q72000047"),
        ("ICPN", "036000291452"),
        ("ICPN", "4006381333931"),
        ("GRid", "A12425GABC1234002M"),
        ("ISNI", "000000012146438X"),
        ("ISNI", "0000000121032683"),
        ("ISWC", "T0345246801"),
        ("IpiNameNumber", "00014107338"),
    ],
)
def test_published_codes_check(kind: str, code: str) -> None:
    assert FORMS[kind](code)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ISRC", "AA-6Q7-20-00047"),
        ("ISRC", "aa6q72000047"),
        ("ICPN", "036000291453"),
        ("ICPN", "03600029145"),
        ("GRid", "A12425GABC1234002N"),
        ("ISNI", "0000000121464380"),
        ("ISWC", "T0345246802"),
        ("IpiNameNumber", "00014107339"),
        ("GRid", "B12425GABC1234002M"),
    ],
)
def test_wrong_codes_do_not(kind: str, code: str) -> None:
    assert not FORMS[kind](code)


@given(st.integers(0, 99_999), st.integers(2000, 2099))
def test_every_number_makes_an_isrc_of_its_own(number: int, year: int) -> None:
    code = OWN.isrc(year, number)
    assert is_isrc(code)
    assert code == f"AA6Q7{year % 100:02d}{number:05d}"


@given(st.integers(0, 99), st.integers(0, 10**10 - 1))
def test_every_number_makes_a_upc_that_checks(own: int, test: int) -> None:
    assert is_icpn(OWN.upc(own)) and not in_restricted_range(OWN.upc(own))
    assert is_icpn(TEST_REGISTRATION.upc(test)) and in_restricted_range(TEST_REGISTRATION.upc(test))


@given(st.integers(0, 10**11 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_never_checks(body: int, place: int, step: int) -> None:
    code = Registration("AA6Q7", f"{body:011d}"[:10]).upc(body % 10)
    wrong = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
    assert not is_icpn(wrong)


def test_capacity_is_what_fits() -> None:
    assert OWN.upc_capacity == 99
    assert OWN.upc(OWN.upc_capacity)
    with pytest.raises(Invalid):
        OWN.upc(OWN.upc_capacity + 1)
    with pytest.raises(Invalid):
        Registration("AA6Q7", "860012345", isrc_capacity=10).isrc(2026, 11)


@pytest.mark.parametrize("registration", [Registration("6Q7AA", "860012345"), Registration("AA", "8")])
def test_a_bad_isrc_prefix_is_refused(registration: Registration) -> None:
    with pytest.raises(Invalid):
        registration.isrc(2026, 1)


def test_only_a_label_with_both_prefixes_is_real() -> None:
    assert not registration_of("AA6Q7", "860012345").test_range
    assert registration_of("AA6Q7", None).test_range
    assert registration_of(None, None) == TEST_REGISTRATION


def test_ean_in_the_restricted_range() -> None:
    assert in_restricted_range("2012345678900")
    assert in_restricted_range("0212345678900")
    assert not in_restricted_range("4006381333931")


def test_dpid_form() -> None:
    assert is_dpid("PADPIDA2007040502I")
    assert not is_dpid("PADPIDX2007040502I")
