"""Productions are cut where the kind of work changes, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import hypothesis
import pytest
from hypothesis import strategies as st
from tests.unit.release import release_samples

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, BriefId, derive
from noktvrn.model.brief import Brief
from noktvrn.model.run import PRODUCE_STAGES, RELEASE_STAGES, StageName
from noktvrn.production.legs import Leg, cut
from noktvrn.production.queues import Queue, named

S = StageName


def brief(**wishes: object) -> Brief:
    fixed = {
        "id": BriefId(derive("brief", "legs")),
        "artist_id": ArtistId(derive("artist", "legs")),
        "artist_version": 1,
        "seed": 1,
    }
    return Brief.model_validate(fixed | wishes)


def outside(*roles: str) -> Callable[[str], bool]:
    return lambda role: role in roles


def test_with_the_embedded_engines_a_production_is_one_leg() -> None:
    assert cut(PRODUCE_STAGES, brief(), outside()) == (Leg(Queue.RENDER, PRODUCE_STAGES),)
    assert cut(RELEASE_STAGES, brief(), outside("composer")) == (Leg(Queue.LIGHT, RELEASE_STAGES),)


def test_who_is_cast_first_decides_the_queue() -> None:
    legs = cut(PRODUCE_STAGES, brief(), outside("composer"))
    assert [leg.queue for leg in legs] == [Queue.OUTSIDE, Queue.RENDER]
    assert legs[0].stages == (S.BRIEF, S.PLAN, S.LYRICS, S.TRACK, S.CRITIC)
    legs = cut(PRODUCE_STAGES, brief(), outside("composer", "camera"))
    assert [leg.queue for leg in legs] == [Queue.OUTSIDE, Queue.RENDER, Queue.OUTSIDE]
    assert legs[1].stages == (S.COVER,)


def test_what_a_person_brought_is_asked_of_nobody() -> None:
    own = release_samples.asset(b"mine", "mine.flac", "audio/flac")
    everybody = outside("composer", "illustrator", "camera")
    mine = brief(own_track=own, own_cover=own, with_video=False)
    assert [leg.queue for leg in cut(PRODUCE_STAGES, mine, everybody)] == [Queue.RENDER]


@hypothesis.given(st.sets(st.sampled_from(["composer", "illustrator", "camera"])))
def test_every_stage_stands_in_one_leg_and_neighbours_differ(roles: set[str]) -> None:
    legs = cut(PRODUCE_STAGES, brief(), outside(*roles))
    assert tuple(stage for leg in legs for stage in leg.stages) == PRODUCE_STAGES
    assert all(one.queue is not other.queue for one, other in pairwise(legs))
    assert all(S.TRACK not in leg.stages or S.CRITIC in leg.stages for leg in legs)


def test_a_leg_survives_the_engine() -> None:
    leg = Leg(Queue.OUTSIDE, (S.TRACK, S.CRITIC))
    assert Leg.of(leg.as_data()) == leg


def test_queues_are_named_or_refused() -> None:
    assert named("light, render,light") == (Queue.LIGHT, Queue.RENDER)
    for wrong in ("heavy", "", "render,heavy"):
        with pytest.raises(Invalid):
            named(wrong)
