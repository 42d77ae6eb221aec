"""JSON from outside: everything that is some, nothing that wears the house out or that no database takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Reply
from noktvrn.outbound.strict_json import DEEPEST, MOST_LISTS, strict_json
from noktvrn.outbound.troubles import Trouble, trouble_of

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_json_is_read_as_it_was_written(value: Any, plain: bool) -> None:
    assert strict_json(json.dumps(value, ensure_ascii=plain).encode()) == value


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_anything_else_is_a_value_error_without_its_words(body: bytes) -> None:
    error = refusal(body)
    assert error is None or error.args[0] in ("no JSON within the limits", "too many lists")
    assert error is None or error.__context__ is None


def refusal(body: bytes) -> ValueError | None:
    try:
        strict_json(body)
    except ValueError as error:
        return error
    return None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>",
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[" + b"9" * 26 + b"]",
        b"[" + b"9" * 100_000 + b"]",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" + b"[]," * MOST_LISTS + b"[]]",
        b'"\xed\xa0\x80"',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\x00"}',
    ],
)
def test_what_is_beyond_the_limits_is_told_as_no_answer_of_the_contract(body: bytes) -> None:
    with pytest.raises(LabelError) as caught:
        Reply(200, "application/json", {}, body, "Suno").json()
    assert trouble_of(caught.value) is Trouble.CONTRACT
    assert "Suno" in caught.value.message
    assert caught.value.__context__ is None


def test_the_deepest_that_is_read() -> None:
    assert strict_json(b"[" * DEEPEST + b"]" * DEEPEST)
    assert strict_json(b"[18446744073709551615]") == [2**64 - 1]
    assert strict_json(b'\xef\xbb\xbf{"a": 1, "a": 2}') == {"a": 2}


def test_broken_letters_are_mended() -> None:
    value = strict_json(rb'{"ti\u0000tle": ["Night\ud83d Bus", "\ud83c\udfb5", {"a\udc00": 1}]}')
    assert value == {"title": ["Night? Bus", "\U0001f3b5", {"a?": 1}]}
    json.dumps(value, ensure_ascii=False).encode()
