"""docs/exit-codes.md says what the error tree and `noktvrn --help` say."""

from __future__ import annotations

import re
from pathlib import Path

from noktvrn.cli.main import EPILOG
from noktvrn.kernel.errors import known_errors

PAGE = Path(__file__).parents[3] / "docs" / "exit-codes.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


def documented() -> dict[int, set[str]]:
    return {
        int(code): set(re.findall(r"`(\w+)`", errors)) for code, _, errors in ROW.findall(PAGE.read_text())
    }


def test_every_error_stands_beside_its_code_and_nowhere_else() -> None:
    written = {(name, code) for code, names in documented().items() for name in names}
    tree = {n: k for n, k in known_errors().items() if k.__module__ == "noktvrn.kernel.errors"}
    assert written == {(name, kind.exit_code) for name, kind in tree.items()}


def test_the_help_names_the_same_codes() -> None:
    told = EPILOG.split("Exit codes:")[1]
    assert {int(code) for code in re.findall(r"\b(\d+) ", told)} == documented().keys()
