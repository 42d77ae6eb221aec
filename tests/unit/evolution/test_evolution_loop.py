"""The loop closes: a file of figures changes what the artist will make next, and robots change nothing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from tests.unit.evolution.evolution_samples import ARTIST, NOW, evolved_artist, release_id, styled, styles_of

from noktvrn.audience.fraud import flag_suspicious
from noktvrn.audience.importer import read_figures
from noktvrn.evolution.adaptor import adapt, brief_biases
from noktvrn.evolution.analyst import analyse
from noktvrn.evolution.biases import tuned_sound
from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.artist import Profile
from noktvrn.model.performance import Performance
from noktvrn.model.progression import Progression
from noktvrn.planning.calendar import make_plan

STYLES = styles_of(*(styled(space=space) for space in (0.2, 0.4, 0.6, 0.8)))
FINISHED = (3_600, 4_100, 4_700, 5_300)
HEADING = "release;platform;period_start;period_end;streams;listeners;completions;skips;saves"
ROBOTS = f"{release_id(0)};deezer;2026-10-01;2026-10-31;90000;90;89000;200;3"


def file_of(*more: str) -> bytes:
    rows = [
        f"{release_id(number)};spotify;2026-10-01;2026-10-31;9000;4000;{finished};{7800 - finished};"
        for number, finished in enumerate(FINISHED)
    ]
    return "\r\n".join([HEADING, *rows, *more]).encode("utf-8-sig")


def known(code: str) -> tuple[ArtistId, ReleaseId] | None:
    return (ARTIST, ReleaseId(code)) if code in STYLES else None


def imported(data: bytes) -> tuple[Performance, ...]:
    result = read_figures(BytesIO(data), name="october.csv", resolve=known, recorded_at=NOW)
    assert not result.problems and not result.unmatched
    return flag_suspicious(result.performances)


def evolved(rows: tuple[Performance, ...]) -> tuple[Profile, Progression]:
    artist = evolved_artist()
    return adapt(artist, analyse(artist, rows, STYLES), now=NOW)


def test_figures_change_the_next_production() -> None:
    artist = evolved_artist()
    profile, entry = evolved(imported(file_of()))
    assert entry.decision == "moved" and profile.style.space > 0.5
    assert tuned_sound(profile).space > artist.profile.sound.space

    moved = artist.model_copy(update={"profile": profile, "version": entry.to_version})
    factor = brief_biases(profile).duration_factor
    assert factor > 1.0
    plan = make_plan(
        moved,
        starts_on=(NOW + timedelta(days=1)).date(),
        days=90,
        seed=1,
        now=NOW,
        duration_factor=factor,
    )
    assert {item.brief.artist_version for item in plan.items} == {2}


def test_robots_are_flagged_and_change_nothing() -> None:
    rows = imported(file_of(ROBOTS))
    assert [row.suspicious for row in rows] == [False] * 4 + [True]
    assert evolved(rows)[0] == evolved(imported(file_of()))[0]
