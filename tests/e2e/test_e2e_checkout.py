"""The original's commands, run from the checkout as its README writes them."""

from __future__ import annotations

import os
import re
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "NOKTVRN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def here(script: str, *words: str) -> int:
    """The exit code of a script that runs in this process, as `python -m scripts.NAME` would run it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [script, *words])
        try:
            runpy.run_module(f"scripts.{script}", run_name="__main__")
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def test_the_scripts_work_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    begun = run(home, "scripts/init_db.py")
    assert (begun.returncode, (home / "label.db").is_file()) == (0, True), begun.stderr
    born = run(home, "-m", "scripts.create_artist", "--prompt", "Quiet piano for snowy streets")
    assert born.returncode == 0, born.stderr
    found = re.search(r"art_[0-9a-z]{13}", born.stdout)
    assert found is not None
    monkeypatch.setenv("NOKTVRN_HOME", str(home))
    assert here("view_artist", "--id", found[0]) == 0
    assert found[0] in capsys.readouterr().out
    assert here("create_content_plan", "--artist_id", found[0], "--duration", "90") == 0
    assert "90 days" in capsys.readouterr().out
    assert here("generate_content", "--artist_id", "art_0000000000000", "--content_type", "track") == 3
    assert capsys.readouterr().out == ""


@pytest.mark.long
def test_the_script_that_produces_lays_a_track_on_the_desk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    born = run(home, "-m", "scripts.create_artist", "--prompt", "Quiet piano for snowy streets")
    artist = re.findall(r"art_[0-9a-z]{13}", born.stdout)[0]
    made = run(home, "-m", "scripts.generate_content", "--artist_id", artist, "--content_type", "track")
    assert (made.returncode, "awaiting review" in made.stdout) == (0, True), made.stderr


def test_the_app_serves_on_loopback_and_ends_when_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(BIN / "uvicorn"), "app.main:app", "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env={**os.environ, "NOKTVRN_HOME": str(home)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        assert _answers(f"{url}/healthz")
        assert httpx2.get(f"{url}/readyz", timeout=10).json() == {"status": "ok"}
        assert httpx2.get(f"{url}/api/artists", timeout=10).status_code == 401
        token = (home / "api_token").read_text().strip()
        answer = httpx2.get(f"{url}/api/artists", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert (answer.status_code, answer.json()) == (200, [])
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(url: str) -> bool:
    end = time.monotonic() + 150
    while time.monotonic() < end:
        try:
            return httpx2.get(url, timeout=5).status_code == 200
        except httpx2.TransportError:
            time.sleep(0.2)
    return False
