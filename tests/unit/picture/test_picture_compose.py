"""Pictures by seed: the same bytes for the same seed, siblings for releases, strangers for artists."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import PictureKind
from noktvrn.picture.compose import Artwork, Commission, compose, letter_picture
from noktvrn.picture.fingerprint import fingerprint, likeness
from noktvrn.picture.identity import make_look
from noktvrn.picture.meters import kinship, type_contrast
from noktvrn.picture.motifs import MOTIFS, motif

SIDE = 120


def _look(seed: int, **changes: object) -> VisualIdentity:
    look = make_look(seed, moods=["dark"], looks=["noir"], stage_name="Vesper Line")
    return look.model_copy(update=changes)


def _paint(
    look: VisualIdentity,
    seed: int,
    kind: PictureKind = "cover",
    side: int = SIDE,
    energy: tuple[float, ...] = (),
) -> Artwork:
    return compose(Commission(kind, look, side, side, seed, "Vesper Line", "Afterglow", energy))


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_same_seed_same_pixels_other_seed_other_pixels(name: str) -> None:
    look = _look(7, motif=name)
    first, again, other = (_paint(look, seed).pixels for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other.astype(int)).mean() > 2


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_type_reads_on_every_motif(name: str) -> None:
    look = _look(3, motif=name)
    work = _paint(look, 3, side=480)
    assert work.lettering is not None and work.lettering.title_box is not None
    left, top, right, bottom = (round((value + 0.5) * 480) for value in work.lettering.title_box)
    assert left >= 24 and top >= 24 and right <= 456 and bottom <= 456
    assert type_contrast(work.pixels, (left, top, right - left, bottom - top)) >= 4.5
    assert kinship(work.pixels, look) >= 0.6


def test_there_are_at_least_ten_families() -> None:
    assert len(MOTIFS) >= 10


def test_artists_do_not_look_alike() -> None:
    prints = [
        fingerprint(_paint(make_look(seed, moods=[], looks=[], stage_name="N"), 0).pixels)
        for seed in range(10)
    ]
    assert not any(likeness(one, other).copies for one, other in combinations(prints, 2))


def test_releases_of_one_artist_are_siblings_not_copies() -> None:
    look = _look(21)
    prints = [fingerprint(_paint(look, seed).pixels) for seed in range(4)]
    assert not any(likeness(one, other).copies for one, other in combinations(prints, 2))


def test_the_song_moves_the_ribbon() -> None:
    look = _look(5, motif="ribbon")
    calm = _paint(look, 1, energy=(0.1, 0.1, 0.1, 0.9)).pixels
    loud = _paint(look, 1, energy=(0.9, 0.1, 0.9, 0.1)).pixels
    assert np.abs(calm.astype(int) - loud.astype(int)).mean() > 1


@pytest.mark.parametrize("kind", ["avatar", "banner"])
def test_avatar_and_banner_carry_no_words(kind: PictureKind) -> None:
    assert _paint(_look(9), 1, kind).lettering is None


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_every_motif_fills_a_wide_view_without_a_hole(name: str) -> None:
    work = compose(Commission("banner", _look(6, motif=name), 266, 114, 1))
    assert work.pixels.shape == (114, 266, 3)
    assert (work.pixels.max(axis=-1) > 0).mean() > 0.5


def test_type_is_read_on_a_picture_without_a_quiet_place() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    noisy = np.repeat(
        np.repeat(rng.integers(0, 2, (40, 40, 3), dtype=np.uint8) * 255, 12, axis=0), 12, axis=1
    )
    work = letter_picture(noisy, _look(4), artist_name="Vesper Line", title="Afterglow", seed=1)
    assert work.lettering is not None and work.lettering.title_box is not None
    left, top, right, bottom = (round((value + 0.5) * 480) for value in work.lettering.title_box)
    assert work.lettering.contrast >= 4.5
    assert type_contrast(work.pixels, (left, top, right - left, bottom - top)) >= 4.5


def test_an_avatar_does_not_change_with_the_release() -> None:
    look = _look(9)
    assert np.array_equal(_paint(look, 1, "avatar").pixels, _paint(look, 2, "avatar").pixels)


def test_untypable_title_is_painted_without_it() -> None:
    work = compose(Commission("cover", _look(2), SIDE, SIDE, 1, "Vesper Line", "夜", ()))
    assert work.lettering is not None
    assert work.lettering.shown == ("Vesper Line",)
    assert work.lettering.title_box is None and work.notes


def test_the_identity_is_a_function_of_its_arguments() -> None:
    first, again = (make_look(8, moods=["warm"], looks=["desert"], stage_name="Ilex") for _ in range(2))
    assert first == again
    assert first != make_look(9, moods=["warm"], looks=["desert"], stage_name="Ilex")


def test_keywords_load_the_dice() -> None:
    def families(looks: list[str]) -> list[str]:
        return [make_look(seed, moods=[], looks=looks, stage_name="N").motif for seed in range(120)]

    wanted = {"chrome", "glass", "ribbon"}
    leaning, plain = (sum(name in wanted for name in families(looks)) for looks in (["chrome"], []))
    assert leaning > 80 > plain


def test_odd_names_still_have_a_glyph() -> None:
    for name in ("", "!!!", "夜", "nadir & daughters"):
        assert 1 <= len(make_look(1, moods=[], looks=[], stage_name=name).glyph) <= 2


def test_an_unknown_motif_is_a_mistake_with_a_hint() -> None:
    with pytest.raises(Invalid) as caught:
        motif("clipart")
    assert "eclipse" in caught.value.hint
