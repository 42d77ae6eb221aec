"""The camera: kin covers that none would take for each other, and words that still read on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.camera import FRAMED, Camera, camera_of, shot
from noktvrn.picture.compose import Artwork, Commission, compose, scene_of
from noktvrn.picture.fingerprint import PROOF_COLOUR, PROOF_FORM, fingerprint, likeness
from noktvrn.picture.identity import make_look
from noktvrn.picture.meters import kinship
from noktvrn.picture.plane import Band, View
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.providers.procedural_art.illustrator import ProceduralArt
from noktvrn.roles.illustrator import PictureRequest

SEEDS = range(12)


def _look(motif: str) -> VisualIdentity:
    look = make_look(5, moods=["melancholic"], looks=[], stage_name="Honey Ribbon")
    return look.model_copy(update={"motif": motif})


def _paint(motif: str, seed: int, *, variety: float, side: int = 96) -> Artwork:
    title = ("Ferry", "Salt Cathedral", "Under the Pier")[seed % 3]
    job = Commission("cover", _look(motif), side, side, seed, "Honey Ribbon", title, (), "", variety)
    return compose(job)


def _scene(motif: str, seed: int, variety: float) -> Scene:
    job = Commission("cover", _look(motif), 80, 80, seed, variety=variety)
    return scene_of(job, View(80, 80, 80.0))


def _refused(motif: str, variety: float) -> int:
    """How many of the covers, one after another, would be taken for one of those before."""
    kept: list[str] = []
    for seed in SEEDS:
        mark = fingerprint(_paint(motif, seed, variety=variety).pixels)
        if not any(likeness(mark, other).copies for other in kept):
            kept.append(mark)
    return len(SEEDS) - len(kept)


def test_the_first_cover_is_seen_from_where_the_motif_was_made_for() -> None:
    assert camera_of(_scene("eclipse", 3, 0.0)) == Camera()
    assert camera_of(_scene("eclipse", 3, 1.0)) == camera_of(_scene("eclipse", 3, 1.0)) != Camera()


def test_the_camera_goes_farther_the_more_variety_is_asked_for() -> None:
    near, far = (camera_of(_scene("dunes", 8, variety)) for variety in (0.3, 0.9))
    assert abs(far.x) == pytest.approx(3 * abs(near.x))
    assert abs(far.hours) == pytest.approx(3 * abs(near.hours))


@pytest.mark.parametrize("motif", sorted(FRAMED))
def test_a_frame_of_its_own_is_not_cut(motif: str) -> None:
    camera = camera_of(_scene(motif, 4, 1.0))
    assert (camera.zoom, camera.x, camera.y) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_shot_is_the_plane_where_the_camera_stands(seed: int) -> None:
    def ruler(scene: Scene) -> Sketch:
        return Sketch(lambda band: (band.x + 0 * band.y)[..., None] * np.ones(3, dtype=np.float32))

    scene = _scene("eclipse", seed, 1.0)
    camera, band = camera_of(scene), Band(scene.view, 0, 8)
    wanted = camera.x + (-1 if camera.mirrored else 1) * band.x[0] / camera.zoom
    assert np.allclose(shot(ruler, scene).shade(band)[0, :, 0], wanted, atol=1e-5)


def test_a_long_catalogue_finds_room_in_one_identity() -> None:
    usual, free = (_refused("eclipse", variety) for variety in (0.0, 1.0))
    assert usual >= 3
    assert free <= usual // 2


@pytest.mark.parametrize("motif", ["arches", "botanical", "chrome", "eclipse", "orbit", "profile"])
def test_words_read_and_colours_stay_wherever_the_camera_stands(motif: str) -> None:
    work = _paint(motif, 2, variety=1.0, side=240)
    assert work.lettering is not None and work.lettering.title_box is not None
    assert work.lettering.contrast >= 4.5
    assert kinship(work.pixels, _look(motif)) >= 0.6


def test_a_proof_tells_what_the_full_cover_will_look_like() -> None:
    proof, full = (
        fingerprint(_paint("papercut", 112, variety=1.0, side=side).pixels) for side in (600, 1200)
    )
    found = likeness(proof, full)
    assert found.form <= PROOF_FORM and found.colour <= PROOF_COLOUR


def test_the_embedded_painter_uses_the_room_it_is_given(tmp_path: Path) -> None:
    request = PictureRequest(
        kind="cover", look=_look("eclipse"), artist_name="Honey Ribbon", title="Ferry",
        seed=3, width=96, height=96, folder=tmp_path,
    )  # fmt: skip
    first, again, other = (
        ProceduralArt().paint(order).path.read_bytes()
        for order in (request, request, request.model_copy(update={"variety": 1.0}))
    )
    assert first == again != other


def test_a_portrait_is_never_moved() -> None:
    job = Commission("avatar", _look("eclipse"), 64, 64, 1)
    moved = compose(replace(job, variety=1.0))
    assert np.array_equal(compose(job).pixels, moved.pixels)
