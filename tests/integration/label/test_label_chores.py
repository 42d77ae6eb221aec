"""The chores of a worker: each at its own pace, none in another's way."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import pytest

from noktvrn.kernel.errors import Unavailable
from noktvrn.label import chores
from noktvrn.label.chores import Chore
from noktvrn.label.label import Label, open_label
from noktvrn.settings import Settings


def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *wanted: Chore, until: threading.Event) -> None:
    monkeypatch.setattr(chores, "chores", lambda _label: wanted)
    with open_label(Settings(home=tmp_path / "home", _env_file=None)) as label, chores.keeping(label):
        assert until.wait(10)


def test_a_slow_chore_delays_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    often, end, done = threading.Event(), threading.Event(), list[float]()

    def slow(_label: Label) -> None:
        end.wait(10)

    def quick(_label: Label) -> None:
        done.append(time.monotonic())
        if len(done) == 5:
            often.set()

    monkeypatch.setattr(chores, "STOP_WITHIN_S", 0.1)
    kept(tmp_path, monkeypatch, Chore("slow", 0.01, slow), Chore("quick", 0.01, quick), until=often)
    end.set()
    assert len(done) >= 5


def test_a_chore_that_fails_is_told_of_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, often = list[int](), threading.Event()

    def failing(_label: Label) -> None:
        tried.append(len(tried))
        if len(tried) == 4:
            often.set()
        if len(tried) == 3:
            raise OSError("another trouble")
        raise Unavailable("The service is away.")

    with caplog.at_level(logging.WARNING, "noktvrn.label"):
        kept(tmp_path, monkeypatch, Chore("errand", 0.01, failing), until=often)
    told = [record.getMessage() for record in caplog.records]
    assert told[:2] == [
        "errand: The service is away. It is tried again in 0.01 s.",
        "errand: OSError: another trouble It is tried again in 0.01 s.",
    ]


def test_no_chore_is_begun_after_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, first = list[int](), threading.Event()

    def act(_label: Label) -> None:
        begun.append(1)
        first.set()

    kept(tmp_path, monkeypatch, Chore("often", 0.01, act), until=first)
    count = len(begun)
    time.sleep(0.05)
    assert len(begun) == count
