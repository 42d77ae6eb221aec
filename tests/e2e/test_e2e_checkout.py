"""The original's commands, run from the checkout as its README writes them."""

from __future__ import annotations

import os
import re
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


def test_the_scripts_work_as_they_are_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    begun = run(home, "scripts/init_db.py")
    assert (begun.returncode, (home / "label.db").is_file()) == (0, True), begun.stderr
    born = run(home, "-m", "scripts.create_artist", "--prompt", "Quiet piano for snowy streets")
    assert born.returncode == 0, born.stderr
    found = re.search(r"art_[0-9a-z]{13}", born.stdout)
    assert found is not None
    seen = run(home, "-m", "scripts.view_artist", "--id", found[0])
    assert (seen.returncode, found[0] in seen.stdout) == (0, True)
    plan = run(home, "-m", "scripts.create_content_plan", "--artist_id", found[0], "--duration", "90")
    assert (plan.returncode, "90 days" in plan.stdout) == (0, True), plan.stderr
    unknown = run(
        home, "-m", "scripts.generate_content", "--artist_id", "art_0000000000000", "--content_type", "track"
    )
    assert (unknown.returncode, unknown.stdout) == (3, "")


@pytest.mark.long
def test_the_script_that_produces_lays_a_track_on_the_desk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    born = run(home, "-m", "scripts.create_artist", "--prompt", "Quiet piano for snowy streets")
    artist = re.findall(r"art_[0-9a-z]{13}", born.stdout)[0]
    made = run(home, "-m", "scripts.generate_content", "--artist_id", artist, "--content_type", "track")
    assert (made.returncode, "awaiting_review" in made.stdout) == (0, True), made.stderr


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
