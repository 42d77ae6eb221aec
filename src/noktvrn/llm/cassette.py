"""Cassettes: questions and answers in a file people can read, one JSON object a line.

While recording, models are asked and what they said is added. While replaying nothing is ever sent: a
question is answered from the file, a failure fails again, and a question that is not on it is an error.
Keys are no part of a question, and the protocol takes them out of answers.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from noktvrn.kernel.errors import Fault, Invalid, LabelError, NotReady, known_errors
from noktvrn.llm.prompt import Words
from noktvrn.llm.result import Reply
from noktvrn.model.noun import canonical_digest
from noktvrn.outbound.rules import Rules

if TYPE_CHECKING:
    from pydantic import BaseModel

    from noktvrn.llm.endpoints import Endpoint

Mode = Literal["record", "replay"]
Ask = Callable[["Endpoint", Words, Rules, "type[BaseModel] | None"], Awaitable[Reply]]
NOT_ON_IT = "cassette.unknown_question"
log = logging.getLogger("noktvrn.llm")


class Cassette:
    """One file; safe to share between threads. The same question asked again gets the next answer recorded
    for it, and the last one from then on.

    Raises:
        Invalid: the file to replay is not there, a line of it is no cassette's, or the one to record cannot
            be written.
    """

    def __init__(self, path: Path, mode: Mode) -> None:
        self.path = path
        self.mode = mode
        self._lock = threading.Lock()
        self._lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        if mode == "replay":
            self._read()
        else:
            self._begin()

    @property
    def replaying(self) -> bool:
        """Whether nothing is ever sent."""
        return self.mode == "replay"

    async def asked(
        self, ask: Ask, endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None
    ) -> Reply:
        """The answer from the file, or the model's, which is recorded.

        Raises:
            NotReady: the question is not on the cassette (`cassette.unknown_question`).
            LabelError: what was recorded, or what asking raised.
        """
        question = _question(endpoint, words)
        if self.replaying:
            return self._played(question)
        try:
            reply = await ask(endpoint, words, rules, shape)
        except LabelError as error:
            self._add(question, {"error": _spelt(error)})
            raise
        self._add(question, {"reply": reply.as_data()})
        return reply

    def _played(self, question: dict[str, Any]) -> Reply:
        with self._lock:
            lines = self._lines.get(canonical_digest(question))
            line = (lines.pop(0) if len(lines) > 1 else lines[0]) if lines else None
        if line is None:
            who = f"{question['provider']}/{question['model']}"
            raise NotReady(
                f"{who} was never asked this on the cassette {self.path}.",
                code=NOT_ON_IT,
                hint="Record it anew: NOKTVRN_LLM_CASSETTE_MODE=record asks the models and writes it.",
            )
        if "error" in line:
            raise _revived(line["error"])
        return Reply.model_validate(line["reply"])

    def _add(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        line = {"hash": canonical_digest(question), "question": question, **answer}
        try:
            with self._lock, self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:  # the answer is paid for, and of use without its record
            log.warning("the cassette %s could not be written: %s", self.path, error.strerror)

    def _begin(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.open("a", encoding="utf-8").close()
        except OSError as error:
            raise Invalid(
                f"The cassette {self.path} cannot be written: {error.strerror}.",
                code="cassette.not_writable",
                hint="NOKTVRN_LLM_CASSETTE names it; choose a file in a folder of yours.",
            ) from None

    def _read(self) -> None:
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid(
                f"The cassette {self.path} cannot be read: {_why(error)}.",
                code="cassette.unreadable",
                hint="NOKTVRN_LLM_CASSETTE names it; NOKTVRN_LLM_CASSETTE_MODE=record writes one.",
            ) from None
        for number, text in enumerate(filter(None, lines), start=1):
            line = self._line(number, text)
            self._lines[canonical_digest(line["question"])].append(line)

    def _line(self, number: int, text: str) -> dict[str, Any]:
        try:
            line: dict[str, Any] = json.loads(text)
            good = isinstance(line["question"], dict) and ("reply" in line or "error" in line)
        except (ValueError, KeyError, TypeError, RecursionError):
            good = False
        if not good:
            raise Invalid(
                f"Line {number} of the cassette {self.path} is none of a cassette.",
                code="cassette.bad_line",
                hint="Each line is a JSON object with `question` and `reply` or `error`.",
            )
        return line


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "no file") if isinstance(error, OSError) else "it is no UTF-8 text"


def _question(endpoint: Endpoint, words: Words) -> dict[str, Any]:
    """Who was asked, and what; the address and the key are left out."""
    return {"provider": endpoint.name, "model": endpoint.model, **words.as_data()}


def _spelt(error: LabelError) -> dict[str, Any]:
    return {"kind": type(error).__name__, "code": error.code, "message": error.message, "hint": error.hint}


def _revived(spelt: dict[str, Any]) -> LabelError:
    kind = known_errors().get(str(spelt.get("kind")), Fault)
    return kind(str(spelt.get("message")), code=str(spelt.get("code")), hint=str(spelt.get("hint", "")))
