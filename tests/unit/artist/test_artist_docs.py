"""What the page on artists promises: the genres there are, the fields nobody edits, the sample profile."""

from __future__ import annotations

import re
from pathlib import Path

from noktvrn.artist.completion import complete
from noktvrn.artist.document import DEEPEST, MAX_BYTES, MOST_NODES, read_document
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "artists.md").read_text("utf-8")
TABLES = load(Settings(_env_file=None))


def test_the_page_lists_every_genre() -> None:
    listed = PAGE[PAGE.index("Genres: ") :].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(TABLES.genres)


def test_the_pages_own_profile_can_be_brought_in() -> None:
    sample = PAGE[PAGE.index("```yaml") + 7 :].split("```")[0]
    found = complete(read_document(sample.encode()), ProceduralWriter(TABLES), TABLES)
    assert (found.profile.stage_name, found.profile.genre, found.seed) == ("Corrin Fisk", "jazz", 7)
    assert "seed" not in found.filled


def test_the_pages_limits_are_the_codes() -> None:
    assert f"{MAX_BYTES // 1024} KB, {DEEPEST} levels and {MOST_NODES:,} values" in PAGE
