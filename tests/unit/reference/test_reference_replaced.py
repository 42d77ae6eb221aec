"""Tables replaced by files of the user's own: good ones are used, broken ones give one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.reference import load
from noktvrn.reference.library import HERE
from noktvrn.reference.toml_rows import MAX_BYTES, MAX_ROWS
from noktvrn.settings import Settings

GENRE = """
[[genre]]
id = "zydeco"
name = "Zydeco"
family = "folk"
aliases = ["swamp pop"]
tempo = [100, 140]
moods = ["joyful", "groovy"]
modes = ["major"]
style = "folk"
exact = false
note = "no style of its own; folk shares accordion and fiddle"
axes = { energy = 0.7, brightness = 0.7, density = 0.5, organic = 1, tension = 0, space = 0.2, groove = 0.8 }
subgenres = ["dance hall zydeco"]
instrumentation = ["accordion", "washboard", "fiddle"]
themes = ["Saturday nights", "cooking", "cousins"]
looks = ["risograph"]
"""
TABLES = ("genres", "moods", "tempi", "visual_styles", "footage", "effects", "trends")


def replaced(field: str, path: Path) -> Settings:
    return Settings.model_validate({f"{field}_db_path": path})


def genres(folder: Path, text: str) -> Settings:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return replaced("genres", path)


def test_a_table_of_ones_own_replaces_the_built_in_one(tmp_path: Path) -> None:
    assert list(load(genres(tmp_path, GENRE)).genres) == ["zydeco"]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_replaced_by_the_variable_of_its_name(
    table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / f"{table}.toml"
    rows = (HERE / f"{table}.toml").read_text("utf-8")
    copy.write_text(rows + "\n# mine\n", encoding="utf-8")
    monkeypatch.setenv(f"{table.upper()}_DB_PATH", str(copy))
    settings = Settings(_env_file=None)
    assert getattr(settings, f"{table}_db_path") == copy
    built_in = load(Settings.model_validate({}))
    assert getattr(load(settings), table) == getattr(built_in, table)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("tempo = [100, 140]", "tempo = [100, 900]", 7, "tempo"),
        ("tempo = [100, 140]", "tempo = [140, 100]", 2, "low end"),
        ('style = "folk"', 'style = "zydeco"', 10, "style"),
        ("exact = false", "exacts = false", 2, "exact"),
        ('note = "no style', 'notice = "no style', 12, "notice"),
        ('moods = ["joyful", "groovy"]', "moods = []", 8, "moods"),
        ('id = "zydeco"', 'id = "Zy deco"', 3, "id"),
        ("groove = 0.8", "groove = 8", 13, "axes.groove"),
    ],
)
def test_a_broken_row_is_named_by_file_line_and_field(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as caught:
        load(genres(tmp_path, GENRE.replace(old, new)))
    message = caught.value.message
    assert "mine.toml" in message
    assert f"line {line}," in message, message
    assert said in message
    assert "\n" not in message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no [[genre]] rows"),
        ("genre = 3", "no [[genre]] rows"),
        ("[[genre]\n", "line 1"),
        (GENRE + GENRE, "used twice"),
        (GENRE.replace('"joyful"', '"jolly"'), "'jolly'"),
        (GENRE.replace('"risograph"', '"mud"'), "'mud'"),
        (GENRE + "[extra]\na = 1\n", "'extra'"),
        ("#" * (MAX_BYTES + 1), "larger than"),
        ("[[genre]]\n" * (MAX_ROWS + 1), "rows, more than"),
    ],
)
def test_a_broken_file_gives_one_line_with_a_hint(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(genres(tmp_path, text))
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_missing_file_a_folder_and_bytes_that_are_no_text_say_so(tmp_path: Path) -> None:
    noise = tmp_path / "noise.toml"
    noise.write_bytes(b"\xff\xfe\x00genre")
    for path, said in (
        (tmp_path / "none.toml", "no such file"),
        (tmp_path, "directory"),
        (noise, "not UTF-8"),
    ):
        with pytest.raises(Invalid, match=said) as caught:
            load(replaced("moods", path))
        assert caught.value.code == "reference.broken"
