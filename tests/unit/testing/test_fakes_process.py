"""`python -m noktvrn.testing.fakes` as a person starts it: a process, a port, a file of faults."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from noktvrn.outbound.calls import Caller
from noktvrn.testing.fakes.__main__ import names

COMMAND = [sys.executable, "-m", "noktvrn.testing.fakes"]


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the base URL it told."""
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_it_serves_with_the_faults_of_a_file_until_it_is_ended(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    rules = [{"on": "GET /api", "nth": 1, "fault": "status", "status": 503, "retry_after": 2}]
    faults.write_text(json.dumps(rules), "utf-8")
    with started("suno", "--port", "0", "--faults", str(faults)) as (process, origin):
        assert origin.startswith("http://127.0.0.1:")
        caller = Caller(origin, named="suno")
        first, second = (caller.get("/api/v1/generate/credit") for _ in range(2))
        assert (first.status, first.headers["retry-after"]) == (503, "2")
        assert second.status != 503
        books = caller.get("/_books").json()
        assert (books["asked"], books["submissions"]) == (2, 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize("text", ["{", "{}", '[{"on": "GET /"}]', '[{"fault": "reset", "nth": 0}]'])
def test_a_file_that_is_no_script_is_told(tmp_path: Path, text: str) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(text, "utf-8")
    done = subprocess.run(
        [*COMMAND, "suno", "--faults", str(faults)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "faults.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_names_what_it_can_play() -> None:
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert all(name in done.stdout for name in names())
