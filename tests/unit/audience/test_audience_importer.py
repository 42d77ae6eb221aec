"""The importer reads what is clear, names what is not, and doubles nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.audience.columns import COLUMNS, METRICS, REQUIRED
from noktvrn.audience.importer import ImportResult, read_figures, row_key
from noktvrn.audience.sheet import LARGEST_FILE, MOST_ROWS
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, ReleaseId

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ARTIST = ArtistId("art_0000000000001")
RELEASE = ReleaseId("rel_0000000000001")
KNOWN = {RELEASE: RELEASE, "QZABC2600001": RELEASE, "036000291452": ReleaseId("rel_0000000000002")}
HEADING = "release,platform,period_start,period_end,streams,saves"
ROW = f"{RELEASE},spotify,2026-10-01,2026-10-31,900,61"
FIGURES = Path(__file__).parents[3] / "docs" / "figures.md"


def resolve(code: str) -> tuple[ArtistId, ReleaseId] | None:
    return (ARTIST, KNOWN[code]) if code in KNOWN else None


def read(text: str | bytes) -> ImportResult:
    data = text if isinstance(text, bytes) else text.encode()
    return read_figures(BytesIO(data), name="october.csv", resolve=resolve, recorded_at=NOW)


def read_rows(*rows: str, heading: str = HEADING) -> ImportResult:
    return read("\n".join([heading, *rows]) + "\n")


def test_the_documented_example_is_read_whole() -> None:
    example = re.search(r"```csv\n(.*?)```", FIGURES.read_text("utf-8"), re.DOTALL)
    assert example is not None
    result = read(example[1])
    assert (result.rows, result.problems, result.unmatched) == (3, (), ())
    spotify, apple, youtube = result.performances
    assert (spotify.streams, spotify.shares, spotify.likes) == (9100, 88, None)
    assert apple.release_id == spotify.release_id
    assert (apple.impressions, apple.skips, apple.completions) == (None, None, 1190)
    assert (youtube.streams, youtube.views) == (None, 5200)
    assert (youtube.period_start, youtube.period_end) == (date(2026, 10, 1), date(2026, 10, 31))
    assert youtube.source == "october.csv" and youtube.recorded_at == NOW


def test_the_documented_columns_are_the_table() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (yes)? ?\| (.+) \|$", FIGURES.read_text("utf-8"), re.MULTILINE)
    assert documented == [
        (column.name, "yes" if column.name in REQUIRED else "", column.about) for column in COLUMNS
    ]


def test_an_empty_cell_is_unknown_and_a_zero_is_zero() -> None:
    result = read_rows(
        f"{RELEASE},spotify,2026-10-01,2026-10-31,900,", f"{RELEASE},deezer,2026-10-01,2026-10-31,,0"
    )
    assert [(row.streams, row.saves) for row in result.performances] == [(900, None), (None, 0)]
    assert {row.likes for row in result.performances} == {None}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_every_usual_spelling_of_a_csv_is_read(mark: str, end: str, start: bytes) -> None:
    text = end.join([HEADING, "", ROW, ",,,,,", ""]).replace(",", mark)
    result = read(start + text.encode())
    assert result.problems == () and result.rows == 1
    assert (result.performances[0].streams, result.performances[0].saves) == (900, 61)


def test_headings_and_platforms_may_be_spelt_freely() -> None:
    heading = ' Release ,"Platform",PERIOD START,Period_End,Streams,saves,'
    result = read_rows(f'{RELEASE},"Apple Music",2026-10-01,2026-10-31,900,61,', heading=heading)
    assert result.problems == ()
    assert result.performances[0].platform == "apple_music"


@pytest.mark.parametrize("code", ["QZ-ABC-26-00001", "qzabc2600001", "36000291452", " 036000291452 "])
def test_codes_are_known_in_every_spelling(code: str) -> None:
    assert len(read_rows(ROW.replace(RELEASE, code)).performances) == 1


@pytest.mark.parametrize(
    ("row", "says", "hint"),
    [
        (ROW.replace("900", '"1,234"'), "thousands separator", "Write 1234"),
        (ROW.replace("900", "1.234.567"), "thousands separator", "Write 1234567"),
        (ROW.replace("900", "1 234"), "thousands separator", "Write 1234"),
        (ROW.replace("900", "12.5"), "whole numbers", "digits only"),
        (ROW.replace("900", "900.0"), "whole numbers", "digits only"),
        (ROW.replace("900", "-3"), "negative", "unknown"),
        (ROW.replace("900", "=1+2"), "formula", "values"),
        (ROW.replace("900", "+900"), "formula", "values"),
        (ROW.replace("900", "n/a"), "not a whole number", "leave the cell empty"),
        (ROW.replace("900", "٩٠٠"), "not a whole number", "digits"),
        (ROW.replace("900", "9" * 50), "more than anything", "Check"),
        (ROW.replace("2026-10-31", "31.10.2026"), "not a day", "YYYY-MM-DD"),
        (ROW.replace("2026-10-31", "2026-02-30"), "not a day", "YYYY-MM-DD"),
        (ROW.replace("2026-10-31", "20261031"), "not a day", "YYYY-MM-DD"),
        (ROW.replace("2026-10-31", ""), "empty", "last day"),
        (ROW.replace("2026-10-31", "2026-09-30"), "before it starts", "Swap"),
        (ROW.replace("2026-10-31", "2026-11-22"), "after today", "over"),
        (ROW.replace("spotify", "=HYPERLINK()"), "formula", "platform"),
        (ROW.replace("spotify", "@cmd"), "formula", "platform"),
        (ROW.replace(RELEASE, "+1234"), "formula", "release"),
        (ROW.replace(RELEASE, "1.23E+11"), "rounded", "text"),
        (ROW.replace(RELEASE, ""), "empty", "release"),
        (ROW.replace("spotify", "p" * 41), "platform", "40"),
        (ROW.replace("spotify", "spo\x07tify"), "no plain short text", "characters"),
        (ROW.replace("900,61", ","), "reports nothing", "Leave it out"),
        (ROW + ",7", "7 cells", "separator"),
        (ROW.replace(",61", ""), "5 cells", "separator"),
        (ROW.replace("spotify", '"spotify'), "quotes", "one line"),
        (ROW + " " * 5000, "longer than", "counts only"),
    ],
)
def test_a_broken_row_is_named_and_stops_no_other(row: str, says: str, hint: str) -> None:
    result = read_rows(ROW.replace("spotify", "deezer"), row, ROW.replace("spotify", "tidal"))
    assert [performance.platform for performance in result.performances] == ["deezer", "tidal"]
    (problem,) = result.problems
    assert problem.line == 3
    assert says in problem.sentence
    assert hint in problem.hint
    assert len(problem.sentence) < 200


def test_an_unknown_release_is_kept_for_a_person() -> None:
    result = read_rows(ROW.replace(RELEASE, "USXXX2600009"))
    assert result.performances == () and result.problems == ()
    (unmatched,) = result.unmatched
    assert (unmatched.line, unmatched.release) == (2, "USXXX2600009")
    assert read_rows(unmatched.row).unmatched == result.unmatched


def test_a_release_is_looked_up_once() -> None:
    asked: list[str] = []

    def counted(code: str) -> tuple[ArtistId, ReleaseId] | None:
        asked.append(code)
        return resolve(code)

    rows = [ROW.replace("2026-10-31", f"2026-10-{day}") for day in range(10, 30)]
    text = "\n".join([HEADING, *rows, ROW.replace(RELEASE, "unknown")])
    read_figures(BytesIO(text.encode()), name="x", resolve=counted, recorded_at=NOW)
    assert asked == [RELEASE, "unknown"]


def test_an_unknown_column_is_named_with_what_was_probably_meant() -> None:
    result = read_rows(ROW + ",5,DE", heading=HEADING + ",listners,country")
    assert len(result.performances) == 1 and result.performances[0].listeners is None
    assert [(problem.line, problem.hint) for problem in result.problems] == [
        (1, "Did you mean listeners?"),
        (1, "docs/figures.md lists the columns."),
    ]


def test_rows_about_the_same_thing_become_one() -> None:
    result = read_rows(ROW.replace("900,61", "900,"), ROW, ROW.replace("900,61", ",61"))
    assert result.problems == ()
    assert [(row.streams, row.saves) for row in result.performances] == [(900, 61)]


def test_rows_that_disagree_are_all_refused_by_name() -> None:
    result = read_rows(ROW, ROW.replace("spotify", "tidal"), ROW.replace("900", "901"))
    assert [row.platform for row in result.performances] == ["tidal"]
    assert [problem.line for problem in result.problems] == [2, 4]
    assert "Lines 2, 4" in result.problems[0].sentence


def test_reading_again_gives_the_same_keys_and_a_correction_the_key_of_what_it_corrects() -> None:
    rows = [ROW, ROW.replace("spotify", "tidal"), ROW.replace("10-31", "10-30")]
    keys = [row_key(row) for row in read_rows(*rows).performances]
    later = read_figures(
        BytesIO("\r\n".join([HEADING, *reversed(rows)]).encode()),
        name="again.csv",
        resolve=resolve,
        recorded_at=NOW.replace(month=12),
    )
    assert [row_key(row) for row in reversed(later.performances)] == keys
    assert len(set(keys)) == 3
    assert row_key(read_rows(ROW.replace("900", "950")).performances[0]) == keys[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "figures.empty"),
        (b"\n\n,,,\n", "figures.empty"),
        (HEADING.encode() + b"\nrel,spo\xfftify,,,,\n", "figures.not_text"),
        (HEADING.encode("utf-16"), "figures.not_text"),
        (b"PK\x03\x04\x14\x00\x06\x00", "figures.not_text"),
        (b"hello\nworld\n", "figures.missing_column"),
        (b"release;platform;period_start;streams\n", "figures.missing_column"),
        (HEADING.encode() + b",Streams\n", "figures.double_column"),
        (b"release,platform,period_start,period_end\n", "figures.no_counts"),
        (b'"release,platform\n', "figures.no_heading"),
        (b"x" * (LARGEST_FILE + 1), "figures.too_large"),
        (HEADING.encode() + b"\nx" * (MOST_ROWS + 1), "figures.too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(data)
    assert caught.value.code == code
    assert caught.value.hint
    assert "october.csv" in caught.value.message and "\n" not in caught.value.message


def test_the_line_with_the_broken_byte_is_named() -> None:
    with pytest.raises(Invalid, match=r"UTF-8 \(line 3\)"):
        read(HEADING.encode() + b"\n\n\xff\n")


def test_a_heading_alone_is_an_empty_result() -> None:
    assert read(HEADING) == ImportResult(performances=(), problems=(), unmatched=(), rows=0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60), max_size=8
    )
)
def test_no_text_below_the_heading_ever_raises_and_every_row_is_accounted_for(lines: list[str]) -> None:
    result = read_rows(ROW, *lines)
    assert any(row.streams == 900 for row in result.performances)
    assert result.rows == len(result.performances) + len(result.problems) + len(result.unmatched)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([None, 0, 7, 10**9]), min_size=len(METRICS), max_size=len(METRICS)))
def test_counts_come_out_as_they_went_in(counts: list[int | None]) -> None:
    heading = ",".join((*REQUIRED, *METRICS))
    cells = ["" if count is None else str(count) for count in counts]
    result = read_rows(f"{RELEASE},spotify,2026-10-01,2026-10-31," + ",".join(cells), heading=heading)
    if any(count is not None for count in counts):
        assert [getattr(result.performances[0], metric) for metric in METRICS] == counts
    else:
        assert result.performances == () and len(result.problems) == 1
