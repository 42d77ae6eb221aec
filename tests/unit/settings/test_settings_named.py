"""Settings are read from the variables they name, in the order of code, environment and file."""

from __future__ import annotations

from pathlib import Path

import pytest

from noktvrn.settings import Settings


def test_a_variable_that_is_only_called_as_a_field_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = {"HOME": str(tmp_path), "LANGUAGE": "de_DE:de", "RENDERS": "9", "FFMPEG": "/bin/false"}
    for name, text in said.items():
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("NOKTVRN_HOME")
    (tmp_path / "more.env").write_text("home=/elsewhere\nlanguage=fr\n", encoding="utf-8")
    read = Settings(_env_file=tmp_path / "more.env")
    assert read.home != tmp_path
    assert read.home.name == "noktvrn"
    assert (read.language, read.renders) == ("en", 1)


def test_code_goes_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "DEFAULT_LANG=fr\nNOKTVRN_RENDERS=2\nnoktvrn_label_name=small letters\nREDIS_DB=\n", encoding="utf-8"
    )
    monkeypatch.setenv("DEFAULT_LANG", "es")
    monkeypatch.setenv("NOKTVRN_LLM_EXPLORE", "titles, lyrics")
    assert (Settings().language, Settings().renders, Settings().redis_db) == ("es", 2, 0)
    assert Settings().label_name == "small letters"
    assert Settings().llm_explore == ("titles", "lyrics")
    assert Settings(language="en").language == "en"


@pytest.mark.parametrize("first", [True, False])
def test_the_first_of_a_settings_variables_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, first: bool
) -> None:
    (tmp_path / ".env").write_text("DB_HOST=there\nXAI_API_KEY=the-second\n", encoding="utf-8")
    if first:
        monkeypatch.setenv("POSTGRES_HOST", "here")
        monkeypatch.setenv("GROK_API_KEY", "the-first")
    read = Settings()
    assert read.postgres_host == ("here" if first else "there")
    assert read.grok_api_key is not None
    assert read.grok_api_key.get_secret_value() == ("the-first" if first else "the-second")


def test_a_setting_that_names_no_variable_is_read_from_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class More(Settings):
        spoons: int = 1

    monkeypatch.setenv("SPOONS", "4")
    assert (More().spoons, More(spoons=2).spoons) == (4, 2)
