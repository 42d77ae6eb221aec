"""Artists as files: what is read, refused and filled in, and that a whole one reads back the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.artist.builder import build
from noktvrn.artist.completion import complete
from noktvrn.artist.document import MAX_BYTES, document, read_document, spelt
from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.model.artist import Artist
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.settings import Settings

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TABLES = load(Settings(_env_file=None))
WRITER = ProceduralWriter(TABLES)
SHORT = b"""
stage_name: Corrin Fisk
genre: jazz
moods: [melancholic, nocturnal]
themes:
  - closing time
  - wet pavements
"""


@pytest.fixture(scope="module")
def artist() -> Artist:
    return build(WRITER, prompt="a shy folk singer", seed=4, taken_names=(), now=NOW, reference=TABLES)[0]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_whole_artist_reads_back_the_same(form: str, artist: Artist) -> None:
    data = document(artist)
    again = read_document(spelt(data, form).encode())
    assert again == data
    found = complete(again, WRITER, TABLES)
    assert (found.artist_id, found.prompt, found.seed) == (artist.id, artist.prompt, artist.seed)
    assert found.profile == artist.profile
    assert found.filled == ()


def test_an_export_holds_nothing_of_the_house(artist: Artist) -> None:
    text = spelt(document(artist), "json")
    assert not {"sha256", "avatar", "banner", "voice_sample"} & set(text.replace('"', " ").split())
    assert set(document(artist)) == {"noktvrn", "id", "version", "prompt", "seed", "profile"}


def test_a_short_profile_is_completed_and_kept_to_the_letter() -> None:
    found = complete(read_document(SHORT), WRITER, TABLES)
    profile = found.profile
    assert (profile.stage_name, profile.genre) == ("Corrin Fisk", "jazz")
    assert profile.moods == ("melancholic", "nocturnal")
    assert profile.themes == ("closing time", "wet pavements")
    assert "Corrin Fisk" in profile.biography
    assert profile.sound.style == TABLES.genres["jazz"].style
    assert {"biography", "voice", "anchor"} <= set(found.filled)
    assert not {"stage_name", "genre", "moods", "themes"} & set(found.filled)
    assert found == complete(read_document(SHORT), WRITER, TABLES)


def test_a_prompt_alone_is_enough_and_parts_of_parts_are_merged() -> None:
    data = {"prompt": "sea shanties for robots", "seed": 9, "profile": {"persona": {"tone": "salty"}}}
    found = complete(data, WRITER, TABLES)
    assert found.seed == 9
    assert found.profile.persona.tone == "salty"
    assert found.profile.persona.traits


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"genre": "jazz", "stage_nmae": "X"}, "stage_name"),
        ({"profile": {"genre": "jazz"}, "biography": "x"}, "profile.biography"),
        ({"genre": "jazz", "persona": {"xyzzyplugh_of": "x"}}, "export"),
        ({"genre": "polka_core"}, "docs/artists.md"),
        ({"stage_name": "Corrin Fisk"}, "prompt"),
        ({"noktvrn": "artist/9", "profile": {"genre": "jazz"}}, "artist/1"),
        ({"prompt": "jazz", "seed": -1}, "2^63"),
        ({"prompt": "jazz", "seed": True}, "2^63"),
        ({"prompt": ["jazz"]}, "quotes"),
        ({"prompt": "jazz", "profile": []}, "docs"),
        ({"prompt": "jazz", "id": "run_0000000000000"}, "art_"),
        ({"prompt": "jazz", "persona": {"ai_persona": False}}, "export"),
        ({"prompt": "jazz", "themes": "rain"}, "export"),
    ],
)
def test_what_a_file_may_not_say_is_refused_with_a_hint(data: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid) as refused:
        complete(data, WRITER, TABLES)
    assert told in refused.value.hint


def test_hate_in_a_file_is_refused() -> None:
    with pytest.raises(NotAllowed):
        complete({"prompt": "a song that says gas the jews"}, WRITER, TABLES)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (BOMB.encode(), "anchor"),
        (b"a: *b", "alias"),
        (b"genre: !!python/object/apply:os.system ['true']", "tag"),
        (b"genre: !x y", "tag"),
        (b"genre: jazz\ngenre: folk", "twice"),
        (b'{"genre": "jazz", "genre": "folk"}', "twice"),
        (b'{"seed": NaN}', "no number"),
        (b"[" * 5_000, "nested"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested"),
        (b"a: " + b"[" * 40 + b"]" * 40, "nested"),
        (b"a: [" + b"1," * 6_000 + b"1]", "values"),
        (b"x" * (MAX_BYTES + 1), "bytes"),
        (b"\xff\xfe\x00genre", "UTF-8"),
        (b"", "no fields"),
        (b"just words", "no fields"),
        (b"- a\n- b", "no fields"),
        (b"a: [1, 2", "cannot be read"),
        (b'{"a": ', "cannot be read"),
        (b"1: x", "no text"),
        (b"a: \x07", "cannot be read"),
    ],
)
def test_hostile_and_broken_files_are_refused_at_once(raw: bytes, told: str) -> None:
    began = time.process_time()
    with pytest.raises(Invalid, match=told) as refused:
        read_document(raw)
    assert refused.value.code == "artist.bad_document"
    assert time.process_time() - began < 2.0


def test_words_of_yaml_stay_words() -> None:
    data = read_document(
        b"language: no\nday: 2026-11-21\nclock: 12:30\noctal: 010\nyes: on\nhalf: 0.5\nnone: ~"
    )
    assert data == {
        "language": "no",
        "day": "2026-11-21",
        "clock": "12:30",
        "octal": "010",
        "yes": "on",
        "half": 0.5,
        "none": None,
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_data_or_refused(raw: bytes) -> None:
    try:
        data = read_document(raw)
    except Invalid:
        return
    assert isinstance(data, dict)
