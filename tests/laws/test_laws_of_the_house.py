"""Laws no type checker keeps: what the command line may import, what is documented, what is committed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from noktvrn.cli.main import TABLE
from noktvrn.label.label import open_label
from noktvrn.settings import Settings, variables

ROOT = Path(__file__).parents[2]
HEAVY = {"pydantic", "numpy", "textual", "fastapi", "sqlalchemy", "scipy", "PIL", "dbos", "lxml", "httpx2"}


HELPED = f"""
import contextlib, io, sys
from noktvrn.cli.main import main
for words in {[["--help"], ["--version"], *([command, "--help"] for command in TABLE)]!r}:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:
        main(words)
    print(*words, ": ", "Usage: " in said.getvalue(), " ", " ".join(sys.modules), sep="")
"""


def test_help_of_every_command_costs_no_heavy_import() -> None:
    """One process asks for all of them; the first that brings something heavy in is the one to look at."""
    done = subprocess.run([sys.executable, "-c", HELPED], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(TABLE) + 2
    for line in lines:
        words, modules = line.split(": ", 1)
        assert modules.startswith("True " if "--help" in words else "False "), words
        assert not {name.split(".")[0] for name in modules.split()} & HEAVY, words


LOOKS = [["artist", "list"], ["run", "list"], ["review", "queue"], ["release", "list"], ["batch", "status"]]
"""Verbs that only look, as a person asks them many times a day."""
BEYOND_A_LOOK = {
    "numpy", "scipy", "soundfile", "rapidfuzz", "lxml", "PIL", "alembic", "dbos", "psycopg", "obstore",
    "fastapi", "textual", "httpx2", "pydantic_ai", "yaml",
}  # fmt: skip
LOOKED = f"""
import contextlib, io, sys
from noktvrn.cli.main import main
for words in {LOOKS!r}:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main([*words, "--json"])
    print(*words, ": ", " ".join(sys.modules), sep="")
"""


def test_a_look_at_the_label_imports_no_craft_and_no_engine(tmp_path: Path) -> None:
    """A shell tool feels instant: what paints, sings, migrates or runs workflows comes with its verbs."""
    settings = Settings(home=tmp_path, _env_file=None)
    with open_label(settings):
        pass
    done = subprocess.run(
        [sys.executable, "-c", LOOKED],
        capture_output=True, text=True, check=True, env=os.environ | {"NOKTVRN_HOME": str(tmp_path)},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) == len(LOOKS)
    assert not done.stderr
    for line in lines:
        words, modules = line.split(": ", 1)
        loaded = modules.split()
        assert "noktvrn.label.label" in loaded, words
        assert not {name.split(".")[0] for name in loaded} & BEYOND_A_LOOK, words


def test_the_package_runs_as_the_command() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "noktvrn", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("noktvrn, version ")


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    assert named == set(variables())


def test_the_example_holds_no_secret() -> None:
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        name, _, value = line.lstrip("#").partition("=")
        if re.search(r"KEY|TOKEN|PASSWORD|SECRET", name) and re.fullmatch(r"[A-Z0-9_]+", name):
            assert value == "", name


def test_locks_name_no_host_and_pin_every_package_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("ascii")
        assert "://" not in text
        pins = re.findall(r"^\S+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[A-Za-z]", text, re.MULTILINE))


def functions() -> list[tuple[str, int]]:
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.relative_to(ROOT)}:{node.name}", length))
    return found


def test_functions_stay_short() -> None:
    found = functions()
    lengths = sorted(length for _, length in found)
    assert lengths[len(lengths) // 2] <= 10
    assert [name for name, length in found if length > 60] == []
    assert sum(length > 40 for length in lengths) <= len(lengths) * 0.02


def test_files_stay_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (ROOT / "src").rglob("*.py")
        if "migrations/versions" not in str(path)
    }
    assert {name: count for name, count in lengths.items() if count > 500} == {}


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src" / "noktvrn").rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []
