"""`noktvrn artist show`: the story so far, by the house; by a model when asked for, once for each state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.label_samples import enter_artist, label_at
from tests.integration.label.ledger_samples import figures, put_release, sheet, the_artist
from tests.integration.label.shell import noktvrn

from noktvrn.label.label import Label
from noktvrn.settings import Settings
from noktvrn.testing.fake_models import FakeModels

TOLD = "Vesper Quill is at version 1. Two songs are on their way to nobody."
TRUE = 'Vesper Quill is at version 1 and joined the label with dark electronic. "Song 0" is out.'


class Teller:
    """A model that tells whatever it is set to."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, _body: dict[str, Any]) -> str:
        return json.dumps({"text": self.text})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def label(home: Path) -> Iterator[Label]:
    with label_at(Settings(home=home, _env_file=None)) as opened:
        enter_artist(opened)
        yield opened


def with_model(home: Path, fake: FakeModels) -> Settings:
    return Settings(home=home, local_base_url=fake.base_url, local_model="m", _env_file=None)


def test_the_story_stands_under_the_data_without_any_session(label: Label) -> None:
    artist = the_artist(label)
    said = noktvrn("artist", "show", artist.id)
    assert "\nSo far: Vesper Quill joined the label on " in said.out
    assert "Nothing is released yet. No figures were reported yet." in said.out
    shown = noktvrn("artist", "show", artist.id, "--json").data
    assert shown["so_far"] == label.artists.so_far(artist.id).as_data()
    assert shown["so_far"]["by"] == "embedded"
    assert label.words.log(task="summary") == ()


def test_without_a_model_the_house_tells_it_when_asked_too(label: Label) -> None:
    artist = the_artist(label)
    asked = noktvrn("artist", "show", artist.id, "--summary", "--json")
    assert asked.code == 0, asked.err
    assert asked.data["so_far"] == label.artists.so_far(artist.id).as_data()


def test_the_books_tell_releases_and_what_listeners_did_once(label: Label, tmp_path: Path) -> None:
    one, other = put_release(label, 0), put_release(label, 1)
    rows = [
        figures(one, streams=1200, saves=40),
        figures(other, streams=300),
        figures(other, 9, streams=90_000, completions=89_500, saves=3, listeners=40),
        figures(one) | {"period_end": "2026-10-07", "streams": 250},
    ]
    label.figures.read(sheet(tmp_path / "f.csv", *rows))
    told = label.artists.so_far(the_artist(label).id).text
    assert 'There are 2 releases, from "Song 0" (2026-11-01) to "Song 1" (2026-11-02).' in told
    assert "Listeners made 1,500 streams and 40 saves, 1 suspicious row of figures left out." in told


def test_a_model_is_asked_once_for_the_same_state(home: Path, label: Label, tmp_path: Path) -> None:
    release, artist = put_release(label, 0), the_artist(label)
    with FakeModels(Teller(TRUE)) as fake:
        for _ in range(2):
            with label_at(with_model(home, fake)) as asking:
                assert asking.artists.so_far(artist.id).by == "embedded"
                told = asking.artists.so_far(artist.id, ask=True)
                assert (told.text, told.by) == (TRUE, "local/m")
        assert len(fake.requests) == 1
        label.figures.read(sheet(tmp_path / "f.csv", figures(release, streams=120)))
        with label_at(with_model(home, fake)) as asking:
            asking.artists.so_far(artist.id, ask=True)
        assert len(fake.requests) == 2, "the state is another one"


@pytest.mark.parametrize(
    "text",
    [
        TOLD,
        "Vesper Quill is at version 12 and has 4 songs that everybody loves very much.",
        TRUE + " It made 9,000,000 streams.",
        TRUE + " Run `noktvrn plan make` for {more}.",
    ],
)
def test_an_invented_fact_leaves_the_houses_own_sentences(home: Path, label: Label, text: str) -> None:
    put_release(label, 0)
    with FakeModels(Teller(text)) as fake, label_at(with_model(home, fake)) as asking:
        told = asking.artists.so_far(the_artist(label).id, ask=True)
        assert told == label.artists.so_far(the_artist(label).id)
        assert fake.requests


def test_a_models_summary_is_judged_anew_from_the_log(home: Path, label: Label) -> None:
    put_release(label, 0)
    with FakeModels(Teller(TRUE)) as fake, label_at(with_model(home, fake)) as asking:
        asking.artists.so_far(the_artist(label).id, ask=True)
        judged = asking.words.replay(asking.words.log(task="summary")[0].session_id)
        assert [one.problems for one in judged] == [()]
