"""Each line on what a model may decide names a test, and that test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "what-models-decide.md").read_text("utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
CLAIMS = [line for line in LINES if not line.startswith("| A model may")]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda line: line.split("|")[1].strip()[:40])
def test_a_claim_names_a_test_that_exists(claim: str) -> None:
    named = re.search(r"`(tests/[\w/]+\.py)::(test_\w+)`", claim)
    assert named is not None, claim
    tree = ast.parse((ROOT / named[1]).read_text("utf-8"))
    assert named[2] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_page_says_what_may_and_what_may_not_be() -> None:
    assert len(CLAIMS) >= 20
    assert PAGE.index("## It may\n") < PAGE.index("## It may not\n")
