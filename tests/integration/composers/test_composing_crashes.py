"""Processes killed while a paid song comes in: what came whole is kept, and nothing is ordered twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.integration.composers.composing import PROVIDERS, composed, settings_of
from tests.outside_kit import home

from noktvrn.kernel.errors import LabelError
from noktvrn.testing.fakes import elevenlabs, lyria
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

ROOT = Path(__file__).parents[3]
CHILD = "tests.integration.composers.composing_child"
DRIP = [{"on": "POST *", "first": 1, "fault": "drip", "step": 20_000, "s": 0.05}]


def fake_of(provider: str, script: Script | None = None) -> Fake:
    return lyria.Server(script) if provider == "lyria" else elevenlabs.Server(script)


def started(place: Path, provider: str, fake: Fake, where: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", CHILD, str(place), provider, fake.origin, where]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("where", ["unread", "untold"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_that_had_come_whole_is_kept(tmp_path: Path, provider: str, where: str) -> None:
    with fake_of(provider) as fake:
        place = home(tmp_path)
        assert started(place, provider, fake, where).wait(120) == -signal.SIGKILL
        made = composed(settings_of(provider, fake.origin, place), provider)
        assert abs(made.timeline.duration_s - 21.0) < 1.5
        assert len(fake.submissions) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_that_broke_off_is_never_asked_for_again(tmp_path: Path, provider: str) -> None:
    with fake_of(provider, Script(DRIP)) as fake:
        place = home(tmp_path)
        child = started(place, provider, fake, "coming")
        assert fake.changed.wait(60)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not list(place.glob("spool/tkt_*/**/*.part")):
            time.sleep(0.02)
        child.kill()
        child.wait(30)
        for _ in range(2):
            with pytest.raises(LabelError) as told:
                composed(settings_of(provider, fake.origin, place), provider)
            assert told.value.code == "outside.outcome_unknown" and "settle" in told.value.hint
        assert len(fake.submissions) == 1
