"""Outside pictures: opened within limits, cut clear of lettering, graded, enlarged, grained; and in words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from noktvrn.kernel.errors import Refused
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import BYTE_TO_LINEAR, linear_to_oklab
from noktvrn.picture.compose import letter_picture
from noktvrn.picture.identity import make_look
from noktvrn.picture.meters import kinship, type_contrast
from noktvrn.picture.motifs import MOTIFS
from noktvrn.picture.outside import (
    LETTERED,
    Box,
    brought_in,
    clear_box,
    enlarged,
    graded,
    grained,
    opened,
)
from noktvrn.picture.wording import SUBJECTS, colour_name, picture_wish, shot_wish
from noktvrn.testing.fakes import media

LOOK = make_look(5, moods=["dark"], looks=["fog"], stage_name="Vesper Line")
OTHER = make_look(77, moods=["warm"], looks=["sun"], stage_name="Kiosk Kino")


def _discs(side: int = 400, seed: int = 4) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(media.picture(side, side, "PNG", seed))) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(
    ("size", "places", "ratio", "box"),
    [
        ((1000, 1000), [], 1.0, (0, 0, 1000, 1000)),
        ((1500, 1000), [], 1.0, (250, 0, 1250, 1000)),
        ((1000, 1000), [], 2.0, (0, 250, 1000, 750)),
        ((1000, 1000), [(300, 900, 700, 960)], 1.0, (60, 0, 940, 880)),
        ((1000, 1000), [(20, 20, 100, 60)], 1.0, (40, 80, 960, 1000)),
        ((1000, 1000), [(20, 300, 90, 700)], 1.0, (110, 55, 1000, 945)),
        ((1500, 1000), [(10, 10, 200, 60)], 1.0, (360, 0, 1360, 1000)),
    ],
)
def test_lettering_at_an_edge_is_cut_away(
    size: tuple[int, int], places: list[Box], ratio: float, box: Box
) -> None:
    found = clear_box(size, places, ratio)
    assert found == box
    for left, top, right, bottom in places:
        assert found[2] <= left or right <= found[0] or found[3] <= top or bottom <= found[1]


@pytest.mark.parametrize(
    "places",
    [[(300, 450, 700, 550)], [(0, 0, 1000, 400)], [(10, 10, 990, 180), (10, 820, 990, 990)]],
)
def test_lettering_that_would_take_too_much_with_it_is_not(places: list[Box]) -> None:
    assert clear_box((1000, 1000), places, 1.0) is None


def test_a_picture_with_words_across_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(media.picture(600, 600, "PNG", 2, "DREAMSCAPE"))
    with pytest.raises(Refused) as caught:
        brought_in(tmp_path / "a.png", LOOK, 900, 900, 1)
    assert caught.value.code == LETTERED and caught.value.hint


def test_words_at_the_foot_are_cut_away_and_the_rest_fills_the_sleeve(tmp_path: Path) -> None:
    sheet = Image.fromarray(_discs(600, 9)).convert("RGB")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 530, 600, 600), fill=(10, 10, 10))
    pen.text((60, 540), "DREAMSCAPE", fill="white", font_size=48)
    sheet.save(tmp_path / "a.png")
    found = brought_in(tmp_path / "a.png", LOOK, 900, 900, 1)
    assert found.shape == (900, 900, 3)
    assert found[-60:].mean() > 40  # nothing is left of the dark strip


def test_what_is_no_picture_or_too_small_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"<html>Sign in</html>")
    (tmp_path / "b.png").write_bytes(media.picture(200, 200))
    Image.new("1", (8000, 6000)).save(tmp_path / "c.png")
    for name in ("a.png", "c.png"):
        with pytest.raises(Refused, match="picture"):
            opened(tmp_path / name)
    with pytest.raises(Refused, match="200 x 200"):
        brought_in(tmp_path / "b.png", LOOK, 900, 900, 1)


@pytest.mark.parametrize("look", [LOOK, OTHER])
def test_grading_brings_a_picture_home_and_keeps_its_light(look: VisualIdentity) -> None:
    before = _discs()
    after = graded(before, look)
    assert kinship(before, look) < 0.7 <= kinship(after, look)
    apart = [linear_to_oklab(BYTE_TO_LINEAR[pixels])[..., 0] for pixels in (before, after)]
    assert np.abs(apart[1] - apart[0]).mean() < 0.03


def test_enlarged_and_grained_by_seed() -> None:
    large = enlarged(_discs(200), 500, 500)
    assert large.shape == (500, 500, 3)
    one, again, other = (grained(large, 0.02, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert abs(float(one.mean()) - float(large.mean())) < 1.0
    assert enlarged(large, 250, 250).shape == (250, 250, 3)


def test_type_reads_well_on_the_most_restless_picture() -> None:
    dice = np.random.Generator(np.random.PCG64(1))
    noise = dice.integers(0, 255, (50, 50, 3), dtype=np.uint8)
    restless = np.asarray(Image.fromarray(noise).resize((600, 600), Image.Resampling.NEAREST))
    work = letter_picture(restless, LOOK, artist_name="Vesper Line", title="Salt Cathedral", seed=3)
    words = work.lettering
    assert words is not None and words.scrim and words.title_box is not None
    left, top, right, bottom = (round((value + 0.5) * 600) for value in words.title_box)
    assert words.contrast >= 4.5
    assert type_contrast(work.pixels, (left, top, right - left, bottom - top)) >= 4.5


def test_a_wish_tells_the_identity_and_forbids_lettering() -> None:
    wish = picture_wish("cover", LOOK, mood="dark", wish="a lighthouse", seed=1)
    assert "A lighthouse." in wish and "No text, no lettering" in wish and "No faces of real people." in wish
    assert colour_name(LOOK.ramp[2]) in wish and "Vesper" not in wish
    assert "#" not in wish and "sleeve" not in wish
    assert wish == picture_wish("cover", LOOK, mood="dark", wish="a lighthouse", seed=1)
    assert len({picture_wish("cover", LOOK, seed=seed) for seed in range(12)}) > 8
    assert len(picture_wish("cover", LOOK, seed=1, again=True)) > len(picture_wish("cover", LOOK, seed=1))
    assert len(picture_wish("banner", LOOK, wish="x " * 5000, seed=1)) < 1500
    assert shot_wish(LOOK, "slow hills").startswith("Slow hills. Restrained palette")


def test_every_motif_has_its_words() -> None:
    assert set(SUBJECTS) == set(MOTIFS)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("#000000", "near-black"),
        ("#ffffff", "off-white"),
        ("#808080", "grey"),
        ("#d02020", "red"),
        ("#0a1a70", "deep blue"),
        ("#7a4a20", "brown"),
    ],
)
def test_colours_are_called_by_name(code: str, name: str) -> None:
    assert colour_name(code) == name
