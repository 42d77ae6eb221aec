"""Evaluator, played by a program of the person's: asked through pipes, within its time."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import entry_points

from pydantic import ValidationError

from noktvrn.kernel.errors import Refused, TimedOut
from noktvrn.model.evaluation import Evaluation
from noktvrn.roles.evaluator import EvaluationRequest
from noktvrn.settings import variables

GROUP = "noktvrn.evaluators"
MAX_ANSWER = 1 << 16
_PIECE = 1 << 16
_LAST_WORDS = 1 << 12
_LOOK_EVERY_S = 0.05
_CHILD = "noktvrn.providers.plugin_evaluators.child"


def named(places: Iterable[str]) -> dict[str, str]:
    """Evaluators by name: the entry points of this environment, and `package.module:factory` of a setting
    under its own spelling. A setting wins where both name the same place."""
    found = {point.name: point.value for point in entry_points(group=GROUP)}
    known = set(found.values())
    return found | {place: place for place in places if place not in known}


class PluginEvaluator:
    """Asks `place` (`package.module:factory`) for an evaluation, at most `timeout_s` seconds long."""

    def __init__(self, name: str, place: str, timeout_s: float) -> None:
        self.name = name
        self._place = place
        self._timeout_s = timeout_s

    def evaluate(self, request: EvaluationRequest) -> Evaluation:
        """The program's evaluation.

        Raises:
            TimedOut: it took too long and was ended.
            Refused: it failed, or what it said is no evaluation.
        """
        answer = self._ask(request.model_dump_json().encode())
        try:
            return Evaluation.model_validate_json(answer)
        except ValidationError as error:
            raise self._refused(f"its answer is no evaluation ({error.errors()[0]['msg']})") from None

    def _ask(self, question: bytes) -> bytes:
        command = [sys.executable, "-P", "-m", _CHILD, self._place]
        with tempfile.TemporaryFile() as asked:
            asked.write(question)
            asked.seek(0)
            with subprocess.Popen(
                command,
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
            ) as child:
                try:
                    answer, trouble = self._listen(child)
                finally:
                    _end(child)
        if len(answer) > MAX_ANSWER:
            raise self._refused("its answer is too long")
        if child.returncode != 0:
            raise self._refused(_last_line(trouble) or f"it ended with {child.returncode}")
        return answer

    def _listen(self, child: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """The answer, as far as one may be long, and the last words of what was printed. It is over when the
        program ends, whatever else it started and left holding the pipes."""
        deadline = time.monotonic() + self._timeout_s
        heard = {"answer": b"", "trouble": b""}
        with selectors.DefaultSelector() as waiting:
            for name, pipe in zip(heard, (child.stdout, child.stderr), strict=True):
                if pipe is not None:
                    waiting.register(pipe, selectors.EVENT_READ, name)
            while time.monotonic() < deadline:
                over = child.poll() is not None
                for key, _ in waiting.select(0 if over else _LOOK_EVERY_S):
                    heard[key.data] += _piece(waiting, key)
                heard["trouble"] = heard["trouble"][-_LAST_WORDS:]
                if over or len(heard["answer"]) > MAX_ANSWER:
                    return heard["answer"], heard["trouble"]
        raise TimedOut(
            f"The evaluator {self.name} had not answered after {self._timeout_s:g} s.",
            code="evaluator.timed_out",
            hint="Give it more time with NOKTVRN_EVALUATOR_TIMEOUT, or take it out.",
        )

    def _refused(self, why: str) -> Refused:
        return Refused(
            f"The evaluator {self.name} failed: {why}.",
            code="evaluator.failed",
            hint="docs/evaluators.md shows how one is written; NOKTVRN_EVALUATORS names them.",
        )


def _piece(waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> bytes:
    """What a pipe holds, as much as a pipe holds at most; a pipe that is closed is waited for no more."""
    piece = os.read(key.fd, _PIECE)
    if not piece:
        waiting.unregister(key.fileobj)
    return piece


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the program and whatever it started; nothing if they have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """This process' environment without the label's settings: keys are no evaluator's business."""
    ours = set(variables())
    return {name: value for name, value in os.environ.items() if name not in ours}


def _last_line(trouble: bytes) -> str:
    lines = trouble.decode("utf-8", "replace").strip().splitlines()
    return "".join(c for c in lines[-1] if c.isprintable())[:200].rstrip(".") if lines else ""
