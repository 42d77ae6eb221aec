"""Files inside JSON: taken out exactly, in little memory, whatever the spelling."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.outbound.spool import spooled
from noktvrn.providers.lyria import lifting
from noktvrn.providers.lyria.lifting import lift

NOISE = np.random.Generator(np.random.PCG64(4)).bytes(90_000)


def lifted(tmp_path: Path, body: bytes) -> lifting.Lifted:
    source = tmp_path / "answer.json"
    source.write_bytes(body)
    return lift(source, tmp_path, "song")


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("escaped", [False, True])
def test_a_long_string_becomes_the_file_it_holds(
    tmp_path: Path, extra: int, indent: int | None, escaped: bool
) -> None:
    data = NOISE[: 80_000 + extra]
    text = json.dumps({"a": 'short "one" \\', "data": encoded(data), "b": [1, "ü", ""]}, indent=indent)
    if escaped:
        text = text.replace("=", "\\u003d").replace("/", "\\/")
    found = lifted(tmp_path, text.encode())
    read = json.loads(found.skeleton)
    assert read == {"a": 'short "one" \\', "data": "lifted:1", "b": [1, "ü", ""]}
    path = found.files["lifted:1"]
    assert path == tmp_path / "song" and path.read_bytes() == data
    assert spooled(path) is not None


def test_url_safe_letters_line_ends_and_missing_padding_are_read_too(tmp_path: Path) -> None:
    text = base64.urlsafe_b64encode(NOISE[:80_001]).decode().rstrip("=")
    broken = "\\r\\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    found = lifted(tmp_path, f'{{"data": "{broken}"}}'.encode())
    assert found.files["lifted:1"].read_bytes() == NOISE[:80_001]


def test_several_files_have_names_of_their_own(tmp_path: Path) -> None:
    body = json.dumps([encoded(NOISE[:60_000]), encoded(NOISE[30_000:])]).encode()
    found = lifted(tmp_path, body)
    assert json.loads(found.skeleton) == ["lifted:1", "lifted:2"]
    assert [path.name for path in found.files.values()] == ["song", "song-1"]
    assert found.files["lifted:2"].read_bytes() == NOISE[30_000:]


def test_a_long_text_is_no_file_and_leaves_none(tmp_path: Path) -> None:
    found = lifted(tmp_path, json.dumps({"text": "la la! " * 20_000}).encode())
    assert found.files == {} and not list(tmp_path.glob("song*"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": "abc',
        b'{"data": "' + b"A" * 100_000,
        b'{"a": "\\',
        b"[" + b'"x",' * 400_000 + b"1]",
        json.dumps([encoded(NOISE[:40_000])] * 5).encode(),
    ],
    ids=["cut", "cut_long", "cut_escape", "too_much_json", "too_many_files"],
)
def test_what_is_no_answer_is_told(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"string without an end|than an answer has"):
        lifted(tmp_path, body)
    assert not list(tmp_path.glob("*.part"))


@settings(max_examples=40)
@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_short_json_goes_through_untouched(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    body = json.dumps(data).encode()
    assert lifted(tmp_path_factory.mktemp("lift"), body).skeleton == body


def test_escapes_at_every_cut_are_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifting, "LONG", 16)
    data = NOISE[:700]
    text = f'{{"data": "{encoded(data)}"}}'.replace("/", "\\u002f").replace("=", "\\u003d")
    for size in range(1, 40):
        monkeypatch.setattr(lifting, "_READ", size)
        assert lifted(tmp_path, text.encode()).files["lifted:1"].read_bytes() == data


def test_a_song_of_forty_megabytes_takes_two_of_memory(tmp_path: Path) -> None:
    source = tmp_path / "answer.json"
    piece = base64.b64encode(NOISE)
    with source.open("wb") as file:
        file.write(b'{"data": "')
        for _ in range(450):
            file.write(piece)
        file.write(b'"}')
    tracemalloc.start()
    try:
        found = lift(source, tmp_path, "song")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.files["lifted:1"].stat().st_size == 450 * len(NOISE)
    assert peak < 2_000_000
