"""The spool: at no moment does a crash leave a file that only looks whole, or lose one that was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.outbound import spool
from noktvrn.outbound.spool import Pouring, Spooled, discard, done_of, finish, part_of, spooled

BODY = b"0123456789" * 1_000


class KilledError(BaseException):
    """The process is gone."""


def poured(path: Path, body: bytes = BODY) -> Spooled:
    with Pouring(path) as pouring:
        for start in range(0, len(body), 999):
            pouring.take(body[start : start + 999])
    return Spooled(path, pouring.size, pouring.sha256, "audio/mpeg", {"seed": "7"})


def killed_before(step: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lets the process die before the `step`-th thing that `finish` does to the disk."""
    done: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **more: Any) -> Any:
            if len(done) == step:
                raise KilledError
            done.append(name)
            return real(*args, **more)

        return act

    monkeypatch.setattr(Path, "write_text", counted("write", Path.write_text))
    monkeypatch.setattr(Path, "replace", counted("name", Path.replace))
    monkeypatch.setattr(spool, "sync", counted("sync", spool.sync))
    return done


@pytest.mark.parametrize("step", range(7))
def test_killed_anywhere_a_file_is_whole_or_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path = tmp_path / "song"
    whole = poured(path)
    with monkeypatch.context() as patch, contextlib.suppress(KilledError):
        done = killed_before(step, patch)
        finish(whole)
    found = spooled(path)
    told = "write" in done
    assert (found is not None) is told, done
    assert path.exists() is told
    if told:
        assert found == whole
        assert path.read_bytes() == BODY
        assert spooled(path) == whole
        assert sorted(one.name for one in tmp_path.iterdir()) == ["song", "song.done"]
    else:
        assert part_of(path).read_bytes() == BODY


def test_the_note_says_what_everybody_needs(tmp_path: Path) -> None:
    whole = finish(poured(tmp_path / "song"))
    told = json.loads(done_of(tmp_path / "song").read_text("utf-8"))
    assert told == {
        "size": 10_000,
        "sha256": whole.sha256,
        "media_type": "audio/mpeg",
        "headers": {"seed": "7"},
    }


def test_a_file_that_was_damaged_is_not_whole(tmp_path: Path) -> None:
    path = finish(poured(tmp_path / "song")).path
    path.write_bytes(BODY[:-1] + b"x")
    assert spooled(path) is None
    path.unlink()
    assert spooled(path) is None


def test_what_is_begun_anew_does_not_harm_what_was_whole(tmp_path: Path) -> None:
    path = finish(poured(tmp_path / "song")).path
    with Pouring(path) as pouring:
        pouring.take(b"another")
    found = spooled(path)
    assert found is not None
    assert path.read_bytes() == BODY
    assert part_of(path).read_bytes() == b"another"


@pytest.mark.parametrize("step", range(2, 7))
def test_another_file_under_a_name_that_is_taken_is_the_old_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path = tmp_path / "song"
    finish(poured(path))
    again = poured(path, b"new" * 5_000)
    with monkeypatch.context() as patch, contextlib.suppress(KilledError):
        killed_before(step, patch)
        finish(again)
    found = spooled(path)
    assert found is not None
    assert path.read_bytes() in (BODY, b"new" * 5_000)
    assert found.size == path.stat().st_size


@given(st.binary(max_size=300))
def test_no_note_breaks_anything(tmp_path_factory: pytest.TempPathFactory, note: bytes) -> None:
    path = tmp_path_factory.mktemp("spool") / "song"
    path.write_bytes(BODY)
    done_of(path).write_bytes(note)
    assert spooled(path) is None


@pytest.mark.parametrize(
    "note", ["[]", '{"size": 1}', '{"size": "x", "sha256": "", "media_type": "", "headers": {}}', "null", "7"]
)
def test_a_note_that_tells_nothing_is_none(tmp_path: Path, note: str) -> None:
    done_of(tmp_path / "song").write_text(note, "utf-8")
    assert spooled(tmp_path / "song") is None


def test_pouring_goes_on_or_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "song"
    poured(path, BODY[:600])
    with Pouring(path, onward=True) as pouring:
        assert pouring.size == 600
        pouring.take(BODY[600:])
    assert (pouring.size, pouring.sha256) == (len(BODY), poured(tmp_path / "other").sha256)
    with Pouring(path, onward=True) as pouring:
        pouring.again()
        pouring.take(b"new")
    assert part_of(path).read_bytes() == b"new"
    assert pouring.size == 3


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    path = finish(poured(tmp_path / "song")).path
    poured(path)
    discard(path)
    assert list(tmp_path.iterdir()) == []
