"""The command line as a person meets it, in this process: words in, exit code, stdout and stderr out."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any

from noktvrn.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Stdout as the one JSON document it has to be."""
        return json.loads(self.out)

    @property
    def problem(self) -> Any:
        """Stderr's last line as the problem document it has to be."""
        return json.loads(self.err.splitlines()[-1])


def noktvrn(*words: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
    return Said(code, out.getvalue(), err.getvalue())
