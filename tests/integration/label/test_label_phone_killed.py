"""A process that shows previews is killed between a send and its row: the next one makes it good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from tests.integration.label.label_samples import enter_artist
from tests.integration.label.phone_samples import ADA, BOB, GROUP, chatting, lay_with_media

from noktvrn.kernel.clock import SystemClock
from noktvrn.settings import Settings
from noktvrn.testing.fakes import telegram
from noktvrn.testing.fakes.script import Script

POLL = (sys.executable, "-m", "noktvrn", "telegram", "poll")
SENT = f"POST /bot{telegram.TOKEN}/"


def wait_for(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("step", ["sendAudio", "sendMessage"])
def test_what_was_being_sent_at_the_kill_is_sent_once_more_and_only_its_buttons_count(
    settings: Settings, step: str
) -> None:
    hangs = Script([{"on": f"{SENT}{step}", "nth": 1, "fault": "hang_after"}])
    with chatting(settings, SystemClock(), script=hangs) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        told = {
            "NOKTVRN_HOME": str(chats.label.settings.home),
            "NOKTVRN_PRIVATE_HOSTS": "127.0.0.1",
            "POLL_INTERVAL": "1",
            "TELEGRAM_BASE_URL": chats.telegram.origin,
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM_CHAT_ID": str(GROUP),
            "TELEGRAM_ALLOWED_USERS": f"{ADA},{BOB}",
        }
        environment = {**os.environ, **told}
        with subprocess.Popen(POLL, env=environment) as first:
            wait_for(lambda: chats.telegram.calls[step.lower()] == 1)
            first.send_signal(signal.SIGKILL)
        stale = dict(chats.telegram.buttons(GROUP))
        with subprocess.Popen(POLL, env=environment) as second:
            wait_for(lambda: "nobody knows" in "".join(chats.texts[-1:]))
            if stale:
                chats.telegram.presses(ADA, GROUP, *stale["Reject"])
                wait_for(lambda: len(chats.answers) == 1)
            chats.telegram.presses(BOB, GROUP, *chats.telegram.buttons(GROUP)["Approve"])
            wait_for(lambda: chats.label.desk.show(run.id)[1] is not None)
            second.send_signal(signal.SIGTERM)
        verdict = chats.label.desk.show(run.id)[1]
        assert verdict is not None
        assert (verdict.decision, verdict.by) == ("approved", f"person:P{BOB} (telegram:{BOB})")
        assert chats.telegram.calls[step.lower()] == 2
