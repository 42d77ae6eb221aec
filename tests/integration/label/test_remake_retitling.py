"""A recording under another title: the tags of its files change, not one sample does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk
from tests.unit.release import release_samples as samples

from noktvrn.model.run import StageName
from noktvrn.production.retitling import retitled
from noktvrn.production.scene import set_scene
from noktvrn.settings import Settings
from noktvrn.sound.files import flac, id3


def test_a_recording_under_another_title_sounds_the_same(tmp_path: Path) -> None:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = lay_on_desk(label, enter_artist(label))
        scene = set_scene(
            label.office.studio, run.id, StageName.VALIDATE, 2, tmp_path, lambda _run, _share: None
        )
        sound, heard = tmp_path / "master.flac", tmp_path / "preview.mp3"
        flac.write_flac(sound, iter([np.zeros((2, 4410), np.float32)]), 44_100, 16, 1)
        flac.write_tags(sound, {"TITLE": "Rain", "DIGITALSOURCETYPE": "trained"})
        heard.write_bytes(b"\xff\xfb\x90\x00" + bytes(414))
        id3.write_id3(heard, {"TITLE": "Rain", "ARTIST": "Vesper Quill"})
        pcm = flac.pcm_sha256(sound)
        before = samples.track("Rain", artist_id=scene.artist.id)
        files = {
            "master": {**dict(scene.keep(sound, "audio/flac", sound.name)), "pcm_sha256": pcm},
            "preview": {**dict(scene.keep(heard, "audio/mpeg", heard.name)), "pcm_sha256": pcm},
        }
        kept = {name: before.master.model_copy(update=told) for name, told in files.items()}
        track = before.model_copy(update=kept)
        made = retitled(scene, track, "Letters to Nobody")
        assert made == retitled(scene, track, "Letters to Nobody") and made.preview is not None
        master = scene.file(made.master)
        tags = {"TITLE": "Letters to Nobody", "DIGITALSOURCETYPE": "trained"}
        assert flac.read_tags(master) == tags and flac.pcm_sha256(master) == made.master.pcm_sha256 == pcm
        assert id3.read_id3(scene.file(made.preview))["TITLE"] == made.title == "Letters to Nobody"
        assert flac.read_tags(scene.file(track.master))["TITLE"] == "Rain"
