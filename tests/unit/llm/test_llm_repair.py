"""The ladder from a model's text to a draft."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from noktvrn.llm.repair import LONGEST, read
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
        f"\ufeff{GOOD}",
        f"```json\n{GOOD}\n```",
        f"Sure, here it is:\n```\n{GOOD}\n```\nShall I go on?",
        f"A {{name}} you will like:\n```json\n{GOOD}\n```\nMore {{names}}?",
        f"<think>Something like {{}} or ```{{```?</think>\n{GOOD}",
        GOOD.replace('"three"]', '"three",]').replace("]}", "],\n}"),
        f"```json\n{GOOD[:-1]},}}\n```",
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
        '{"a":' * 30_000,
        GOOD.replace('"Mira"', "7"),
        GOOD.replace('"Mira"', "null"),
        GOOD.replace("{", '{"extra": 1, ', 1),
        GOOD.replace('"name"', "name"),
        GOOD.replace('"', "'"),
        f"{GOOD} or rather {GOOD}",
        f"```{GOOD}``` or ```{GOOD}```",
        '{"name": "Mira", "share": NaN}',
        '{"name": "Mira", "share": -Infinity}',
        '{"name": "Mira", "share": 1e999}',
        '{"name": "Mira", "share": "0.5"}',
        '{"name": "Mira", "share": ' + "9" * 41 + "}",
        '{"name": "Mira", "share": ' + "9" * 5000 + "}",
        '{"name": "Mira", "name": "Lena"}',
        '{"name": "Mira", "lines": ["x"], "lines": ["y"]}',
        '{"name": "Mira \\ud83d"}',
        '{"name": "Mira", "lines": ["half \\ud83d"]}',
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
        "lost \ufffd on the way",
        "a\u0301\u0302\u0303\u0304",
        "As an AI language model I write no songs.",
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
    assert read('{"name": "I can\'t help falling"}', Small).name == "I can't help falling"


def test_problems_quote_nothing_of_the_answer() -> None:
    with pytest.raises(UnfitError) as caught:
        read('{"name": ["s3cret"], "lines": "s3cret", "s3cret": 1, "s3cret too": 2}', Small)
    assert "s3cret" not in str(caught.value)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "piece",
    ['"', '\\"', '"\\', "{", "}", "{}", ",", ", ", "```", "<think>", '{"a":[', "\u0301", '{"name":"x",'],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def spent(length: int) -> float:
        started = time.process_time()
        with pytest.raises(UnfitError):
            read("{" + (piece * length)[:length] + "}", Small)
        return time.process_time() - started

    spent(1000)
    assert spent(LONGEST - 2) < 1.0  # a pass that looked at places twice would take minutes
    with pytest.raises(UnfitError, match="too long"):
        read(piece * 1_000_000, Small)


@given(st.text(max_size=200))
def test_any_text_is_read_or_unfit(text: str) -> None:
    with pytest.raises(UnfitError):
        read(text, Small)


@given(st.text('{}[]",:\\ \nabc123.eNIu`<>/think', max_size=80))
def test_any_text_like_json_is_read_or_unfit(text: str) -> None:
    with contextlib.suppress(UnfitError):
        draft = read(text, Small)
        assert draft == Small.model_validate_json(draft.model_dump_json())


@given(st.lists(st.text("abc ,]}\"'\\", min_size=1, max_size=12), max_size=5))
def test_dumped_drafts_come_back_from_prose(lines: list[str]) -> None:
    kept = [line for line in lines if not set("]}") & set(line)]
    draft = read(f"Here: {json.dumps({'name': 'x', 'lines': kept})} done", Small)
    assert draft.lines == kept


@given(st.lists(st.text(max_size=20), max_size=5), st.booleans())
def test_a_trailing_comma_changes_nothing_else(lines: list[str], ascii_only: bool) -> None:
    clean = [line.encode("utf-8", "replace").decode() for line in lines]
    text = json.dumps({"name": "x", "lines": [*clean, "end"]}, ensure_ascii=ascii_only)
    assert read(text[:-2] + ",],}", Small).lines == [*clean, "end"]
