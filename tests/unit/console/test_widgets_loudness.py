"""Loudness of recordings: even in decibels, read once, and no file of any kind does harm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.console.widgets.eighths import EIGHTHS, captions, cell
from noktvrn.console.widgets.loudness import MOMENTS, RANGE_DB, Loudness, Loudnesses, read, remembered
from noktvrn.kernel.errors import Invalid

shares = st.floats(0, 1)


def write(path: Path, sound: np.ndarray, rate: int = 8000) -> Path:
    soundfile.write(path, sound, rate, format="WAV", subtype="FLOAT")
    return path


def test_a_quiet_half_is_lower_than_a_loud_one_by_its_decibels(tmp_path: Path) -> None:
    wave = np.sin(np.arange(8000 * 4) * 0.2)
    found = read(write(tmp_path / "song", np.concatenate([wave * 0.1, wave])))
    (quiet_peak, quiet), _, _, (peak, loud) = found.columns(4)
    assert peak == pytest.approx(1, abs=0.01)
    assert quiet_peak == pytest.approx(1 - 20 / RANGE_DB, abs=0.05)
    assert loud == pytest.approx(1 - 3 / RANGE_DB, abs=0.02)
    assert loud - quiet == pytest.approx(20 / RANGE_DB, abs=0.02)


def test_silence_and_what_is_no_number_are_drawn(tmp_path: Path) -> None:
    assert set(read(write(tmp_path / "still", np.zeros((9000, 2)))).body) == {0.0}
    strange = np.full(9000, np.nan)
    strange[5000:] = np.inf
    found = read(write(tmp_path / "strange", strange))
    assert max(found.peaks) == 1.0
    assert min(found.peaks) == 0.0


def test_a_long_recording_has_so_many_slices_and_a_short_one_fewer(tmp_path: Path) -> None:
    assert len(read(write(tmp_path / "long", np.ones(2048 * 1000))).peaks) == MOMENTS
    assert len(read(write(tmp_path / "short", np.ones(10))).peaks) == 1


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("text", b"not a note" * 100)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid) as told:
            read(tmp_path / name)
        assert told.value.code == "sound.unreadable"
    with pytest.raises(Invalid):
        read(write(tmp_path / "nothing", np.zeros(0)))
    with pytest.raises(Invalid):
        read(tmp_path / "nowhere")


def test_a_recording_is_read_once(tmp_path: Path) -> None:
    known, path = Loudnesses(), write(tmp_path / "song", np.ones(5000))
    first = known.of("a" * 64, path)
    path.unlink()
    assert known.of("a" * 64, path) is first
    with pytest.raises(Invalid):
        known.of("b" * 64, path)


def test_the_ledger_remembers_a_recording_whose_file_is_gone() -> None:
    found = remembered((0.5, 2.0, -1.0, float("nan")))
    assert found.body == (0.5, 1.0, 0.0, 0.0)
    assert not found.measured


@settings(max_examples=40)
@given(values=st.lists(shares, min_size=1, max_size=600), columns=st.integers(0, 300))
def test_every_pane_has_a_height_for_each_column(values: list[float], columns: int) -> None:
    found = Loudness(tuple(values), tuple(values)).columns(columns)
    assert len(found) == columns
    assert all(0 <= body <= peak + 1e-9 <= 1.000001 for peak, body in found)
    if columns:
        assert max(peak for peak, _ in found) == max(values) or columns < len(values)


@settings(max_examples=40)
@given(body=shares, over=shares, rows=st.integers(1, 12))
def test_a_column_is_filled_from_below_and_never_has_a_hole(body: float, over: float, rows: int) -> None:
    peak = max(body, over)
    column = [cell(peak, body, row, rows) for row in range(rows)]
    eighths = sum(EIGHTHS.index(sign) for sign, ink in column if ink in ("body", "both"))
    assert abs(eighths - body * rows * 8) <= 0.5
    order = ["none", "peak", "both", "body"]
    inks = [order.index(ink) for _, ink in column]
    assert inks == sorted(inks)


names = st.text("abcdefghij", max_size=12)


@settings(max_examples=40)
@given(spans=st.lists(st.tuples(names, shares), max_size=8), columns=st.integers(0, 80))
def test_names_of_sections_stay_in_their_line(spans: list[tuple[str, float]], columns: int) -> None:
    line = captions(sorted(spans, key=lambda one: one[1]), columns)
    assert len(line) == columns


def test_a_name_stands_where_its_section_begins_if_there_is_room() -> None:
    line = captions([("intro", 0.0), ("verse", 0.5), ("drop", 0.6)], 20)
    assert line == "intro" + " " * 7 + "drop" + " " * 4
