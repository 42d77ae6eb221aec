"""Commands in the documents exist, with the options they are shown with; links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from noktvrn.cli.main import root

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown_commands() -> list[tuple[str, str]]:
    found = []
    for path in DOCS:
        for block in re.findall(r"```sh\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            lines = (line.split("  #")[0].strip() for line in block.splitlines())
            found += [(path.name, line) for line in lines if line.startswith("noktvrn ")]
        found += [
            (path.name, words)
            for words in re.findall(r"`(noktvrn [a-z][^`]*)`", path.read_text("utf-8"))
            if "NOUN" not in words
        ]
    return found


@pytest.mark.parametrize(("document", "line"), shown_commands())
def test_a_shown_command_exists_with_its_options(document: str, line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command = root
    context = click.Context(root, info_name="noktvrn")
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, f"{document}: {line}"
        command, words = found, words[1:]
        context = click.Context(command, parent=context)
    options = {name for parameter in command.params for name in parameter.opts}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in options, f"{document}: {line}"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_makefile_has_the_two_commands() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^run:", text, re.MULTILINE)
    assert re.search(r"^test:", text, re.MULTILINE)
