"""What an artist became reaches its next production; earlier works keep the version they were made with."""

from __future__ import annotations

from pathlib import Path

from noktvrn.label.label import open_label
from noktvrn.model.run import StageName
from noktvrn.production.scene import set_scene
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists


def test_the_next_production_is_made_with_the_new_version(tmp_path: Path) -> None:
    with open_label(Settings(home=tmp_path / "home", _env_file=None)) as label:
        studio = label.office.studio
        born = label.artists.create("Slow brass for a rainy harbour", seed=3)
        before = label.runs.start(born.id)
        style = born.profile.style
        step = min(0.02, born.profile.anchor.radius.space / 2)
        moved = style.model_copy(update={"space": style.space + (step if style.space < 0.5 else -step)})
        profile = born.profile.model_copy(update={"style": moved})
        with studio.database.begin() as connection:
            grown = born.model_copy(update={"profile": profile, "version": 2})
            artists.save(connection, grown, reason="listeners stayed longer")
        after = label.runs.start(born.id)
        for run, version, expected in ((before, 1, style), (after, 2, moved)):
            scene = set_scene(studio, run.id, StageName.BRIEF, 1, tmp_path, lambda _run, _share: None)
            assert scene.brief.artist_version == version
            assert scene.artist.profile.style == expected
