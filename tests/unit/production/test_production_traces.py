"""What is kept of an error: the place in our code, and words without secrets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import Fault
from noktvrn.kernel.ids import draw, parse
from noktvrn.production.traces import LONGEST, place_of, same_words, told_by, trace_of
from noktvrn.settings import Settings

KEY = "abcd-very-private-7391"


def settings(home: Path = Path("/home/somebody/label")) -> Settings:
    return Settings(home=home, openai_api_key=KEY, api_keys=("first-api-key-0123456789",), _env_file=None)


def raised(text: str) -> Exception:
    """An error that came out of a function of ours."""
    try:
        parse("run", text)
    except Exception as error:
        return error
    raise AssertionError


def test_the_place_is_the_innermost_function_of_ours() -> None:
    error = raised("nonsense")
    assert place_of(error) == "kernel/ids.py:parse"
    assert trace_of(error)[-1].startswith("kernel/ids.py:parse, line ")
    fault = Fault("it broke")
    fault.__cause__ = error
    assert place_of(fault) == "kernel/ids.py:parse"
    assert place_of(ValueError("never raised")) == ""


@pytest.mark.parametrize(
    "text",
    [
        f"the key {KEY} was refused",
        f"GET https://user:{KEY}@host/x",
        "Authorization: Bearer eyJhbGciOi.private",
        "https://api.example/v1?api_key=private&x=1",
        '{"access_token": "private"}',
        "bot 123456789:private-private-private-private-private",
        "sk-private-private-private",
        "first-api-key-0123456789 is unknown",
        "Input should be valid [type=x, input_value='private lyrics', input_type=str]",
    ],
)
def test_no_secret_stays(text: str) -> None:
    told = told_by(ValueError(text), settings())
    assert KEY not in told and "private" not in told and "first-api-key" not in told


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_secret_of_the_settings_stays_nowhere(before: str, after: str) -> None:
    assert KEY not in told_by(ValueError(f"{before}{KEY}{after}"), settings())


def test_one_short_line_without_the_name_of_the_home() -> None:
    told = told_by(OSError("no /home/somebody/label/vault/a\nlyrics of a song\n" + "x" * 999), settings())
    assert told == "no <home>/vault/a"
    assert len(told_by(ValueError("y" * 2000), settings())) == LONGEST
    assert str(Path.home()) not in told_by(ValueError(f"{Path.home()}/x"), settings())


def test_the_same_fault_has_the_same_words() -> None:
    def words(run: str, number: int, path: str) -> str:
        return same_words(f"run {run} failed after {number} s at {path}: KeyError: 'k{number}' 0xdeadbeef")

    assert words(draw("run"), 3, "/tmp/a b.wav") != words(draw("run"), 3, "/tmp/a")  # noqa: S108
    assert words(draw("run"), 3, "/tmp/a.wav") == words(draw("run"), 41, "~/other/b.wav")  # noqa: S108


@pytest.mark.parametrize("text", ["a-" * 50_000, "a" * 100_000, "a" * 50_000 + "://" + "b" * 50_000])
def test_a_message_as_long_as_a_book_is_looked_through_in_no_time(text: str) -> None:
    begun = time.process_time()
    assert len(told_by(ValueError(text), settings())) == LONGEST
    assert time.process_time() - begun < 2.0


def test_a_secret_that_is_cut_in_two_is_not_kept() -> None:
    text = "".join(f"token={'x' * 190} " for _ in range(10)) + "sk-private-private-private"
    assert "private" not in told_by(ValueError(text), settings())
