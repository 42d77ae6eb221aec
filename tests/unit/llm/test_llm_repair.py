"""The ladder from a model's text to a draft."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from noktvrn.llm.repair import read
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase


class Small(DraftBase):
    """A shape to read."""

    name: Clean
    lines: list[str] = Field(default=[])
    share: float = 0.0


GOOD = '{"name": "Mira", "lines": ["one, ]two", "three"]}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"  \n{GOOD}\n",
        f"```json\n{GOOD}\n```",
        f"Sure, here it is:\n```\n{GOOD}\n```\nShall I go on?",
        GOOD.replace('"three"]', '"three",]').replace("]}", "],\n}"),
    ],
)
def test_slips_that_leave_no_doubt(text: str) -> None:
    draft = read(text, Small)
    assert draft.name == "Mira"
    assert len(draft.lines) == 2
    assert draft.lines[1] == "three"


def test_a_comma_inside_a_string_is_no_slip() -> None:
    draft = read('x {"name": "a ,\\" b", "lines": ["so ,", "on"],}', Small)
    assert draft.name == 'a ," b'
    assert draft.lines == ["so ,", "on"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sorry, I cannot.",
        GOOD[:-4],
        "[" * 100_000,
        '{"a":' * 100_000,
        GOOD.replace('"Mira"', "7"),
        GOOD.replace('"Mira"', "null"),
        GOOD.replace("{", '{"extra": 1, ', 1),
        '{"name": "Mira", "share": NaN}',
        '{"name": "Mira", "share": -Infinity}',
        '{"name": "Mira", "share": 1e999}',
        '{"name": "Mira", "share": "0.5"}',
        '"Mira"',
        "[]",
        "null",
        '{"lines": []}',
    ],
)
def test_what_is_never_guessed_at(text: str) -> None:
    with pytest.raises(UnfitError) as caught:
        read(text, Small)
    assert caught.value.problems


@pytest.mark.parametrize(
    "value",
    [
        "left\u202eright",
        "zero\u200bwidth",
        "a\u0000b",
        "half \ud800",
        "see www.example.com",
        "https://x",
        "mail me@example.org",
        "{name} sings",
        "[verse]",
        "TODO",
    ],
)
def test_texts_that_are_not_clean(value: str) -> None:
    with pytest.raises(UnfitError):
        read(json.dumps({"name": value}), Small)


def test_a_text_is_normalised() -> None:
    assert read('{"name": "  Cafe\\u0301 \\n by  night "}', Small).name == "Café by night"


def test_problems_quote_nothing_of_the_answer() -> None:
    with pytest.raises(UnfitError) as caught:
        read('{"name": ["s3cret"], "lines": "s3cret", "s3cret": 1, "s3cret too": 2}', Small)
    assert "s3cret" not in str(caught.value)
    assert len(caught.value.problems) == 3


@given(st.text(max_size=200))
def test_any_text_is_read_or_unfit(text: str) -> None:
    with pytest.raises(UnfitError):
        read(text, Small)


@given(st.lists(st.text("abc ,]}\"'\\", min_size=1, max_size=12), max_size=5))
def test_dumped_drafts_come_back_from_prose(lines: list[str]) -> None:
    kept = [line for line in lines if not set("]}") & set(line)]
    draft = read(f"Here: {json.dumps({'name': 'x', 'lines': kept})} done", Small)
    assert draft.lines == kept
