"""Searches kept for a day, and the file that is chosen."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Unavailable
from noktvrn.providers._kit.searches import Searches, Window
from noktvrn.providers._kit.stock import PAGE, Rendition, best, fits, of_one_line
from noktvrn.roles.stock_library import StockClip, StockQuery

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLIP = StockClip(library="x", key="1", width=1920, height=1080, duration_s=8.0, author="Ana", page="p")


class Library:
    """Counts how often it is asked; `seconds` is how long it takes."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked = 0
        self._seconds = seconds
        self._lock = threading.Lock()

    def search(self, _query: StockQuery) -> tuple[StockClip, ...]:
        with self._lock:
            self.asked += 1
        time.sleep(self._seconds)
        return (CLIP,)


def test_eight_who_ask_the_same_at_once_ask_once(tmp_path: Path) -> None:
    library, query = Library(0.05), StockQuery(words="night")

    def search(_number: int) -> tuple[StockClip, ...]:
        return Searches(tmp_path, FixedClock(NOW)).found(query, library.search)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(search, range(8))) == {(CLIP,)}
    assert library.asked == 1


def test_another_query_another_day_and_a_spoilt_file_are_asked_for(tmp_path: Path) -> None:
    library, clock, query = Library(), FixedClock(NOW), StockQuery(words="night")
    searches = Searches(tmp_path, clock)
    searches.found(query, library.search)
    searches.found(query.model_copy(update={"orientation": "portrait"}), library.search)
    assert library.asked == 2
    for path in tmp_path.glob("*.json"):
        path.write_text('{"at": "yesterday", "clips"', encoding="utf-8")
    assert searches.found(query, library.search) == (CLIP,)
    assert library.asked == 3
    clock.advance(timedelta(days=1))
    searches.found(query, library.search)
    assert library.asked == 4


def test_what_failed_is_not_kept(tmp_path: Path) -> None:
    library, searches, query = Library(), Searches(tmp_path, FixedClock(NOW)), StockQuery(words="night")

    def fail(_query: StockQuery) -> tuple[StockClip, ...]:
        raise Unavailable("no")

    with pytest.raises(Unavailable):
        searches.found(query, fail)
    assert searches.found(query, library.search) == (CLIP,)


def test_a_window_that_is_closed_opens_again(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    Window(tmp_path, clock, "Shelf").closed(120)
    other = Window(tmp_path, clock, "Shelf")
    with pytest.raises(Unavailable, match="2 min"):
        other.check()
    clock.advance(timedelta(seconds=121))
    other.check()


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([(3840, 2160), (1920, 1080), (1280, 720)], (1920, 1080)),
        ([(3840, 2160), (1280, 720)], (3840, 2160)),
        ([(1280, 720), (640, 360)], (1280, 720)),
        ([(720, 1280), (1080, 1920), (2160, 3840)], (1080, 1920)),
        ([(2048, 1080), (2560, 1440)], (2048, 1080)),
    ],
)
def test_the_file_is_large_enough_and_no_larger(
    sizes: list[tuple[int, int]], chosen: tuple[int, int]
) -> None:
    found = best([Rendition(f"https://x/{size}", *size) for size in sizes], "Shelf")
    assert (found.width, found.height) == chosen


def test_of_equal_files_the_one_at_the_films_rate() -> None:
    rates = [Rendition(f"https://x/{fps}", 1920, 1080, fps) for fps in (60.0, 29.97, 24.0)]
    assert best(rates, "Shelf").fps == pytest.approx(29.97)


@pytest.mark.parametrize(
    ("clip", "query"),
    [
        ({"height": 1920, "width": 1080}, {}),
        ({"duration_s": 2.0}, {}),
        ({"width": 900, "height": 600}, {}),
        ({}, {"orientation": "portrait"}),
        ({}, {"orientation": "square"}),
        ({}, {"smallest": 2000}),
    ],
)
def test_what_does_not_fit_is_not_offered(clip: dict[str, object], query: dict[str, object]) -> None:
    wanted = StockQuery.model_validate({"words": "x", **query})
    assert fits(CLIP, StockQuery(words="x"))
    assert not fits(CLIP.model_copy(update=clip), wanted)


def test_names_from_outside_are_one_printable_line() -> None:
    assert of_one_line("  Ana\n\x00Ruiz\u202e \t ") == "Ana Ruiz"
    assert len(of_one_line("a" * 500)) == 120


@pytest.mark.parametrize("trick", ["\x1b[2J", "\u202e", "\x9b2J", " ", "(", "\x00"])
def test_a_page_has_nothing_in_it_that_is_not_seen(trick: str) -> None:
    page = TypeAdapter(Annotated[str, Field(pattern=PAGE)])
    assert page.validate_python("https://www.pexels.com/video/m\u00fcller-1/")
    with pytest.raises(ValidationError):
        page.validate_python(f"https://www.pexels.com/{trick}1/")
