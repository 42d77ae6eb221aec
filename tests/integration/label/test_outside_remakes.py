"""Remakes where services from outside play: nobody is paid once more unasked, counted at the services."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.integration.durability import song_samples
from tests.integration.durability.durability_samples import until_state, working
from tests.integration.label.label_samples import label_at
from tests.integration.label.outside_samples import Outside, outside
from tests.integration.label.remake_samples import Floor

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label import remaking
from noktvrn.label.label import Label
from noktvrn.model.finding import Report
from noktvrn.model.run import RunState, StageName
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.production import rounds
from noktvrn.production.chain import Chain
from noktvrn.production.scene import Outcome, Scene
from noktvrn.providers.openai_images.generations import NAME, ImageService
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings


class Painter:
    """Orders pictures whose words tell the attempt, as where a film is planned for another take."""

    name = NAME

    def __init__(self, label: Label) -> None:
        self.desk = label.office.booking
        self.service = ImageService(label.settings)

    def paint(self, scene: Scene, errand: Errand) -> str:
        told = {"model": "gpt-image-1", "n": 1, "size": "1024x1024", "quality": "low", "output_format": "png"}
        order = JobOrder(
            provider=NAME,
            purpose="paint",
            errand=errand,
            request={**told, "prompt": f"{scene.stage.value} {scene.attempt}"},
            kind="picture",
            quote=Quote(charges=(Charge(amount=100_000),)),
        )
        return self.desk.done(order, self.service).ticket_id


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with outside(monkeypatch) as served:
        yield served


def test_nobody_is_paid_once_more_unless_a_person_asks_for_it(services: Outside) -> None:
    with label_at(Settings()) as label:
        tickets: list[str] = []

        def order(scene: Scene) -> Outcome:
            chain = Chain(scene, scene.stage.value, (painter,))
            tickets.append(chain.played(lambda player: player.paint(scene, chain.errand()))[0])
            return Outcome(Report(subject=scene.stage.value, checked=1))

        floor = Floor(label, deeds={StageName.COVER: order, StageName.VIDEO: order})
        painter = Painter(label)
        floor.work()
        assert len(services.images.submissions) == 2  # the cover, and a shot for the video
        cover, shot = tickets

        for part, player in (("take", "suno_gateway"), ("lyrics", "suno_gateway"), ("cover", NAME)):
            with pytest.raises(NotAllowed, match=rf"by {player}, at most \d+\.\d\d USD") as refused:
                label.remakes.remake(floor.run.id, by="person:ana", only=part)
            assert refused.value.code == "remake.costs" and "--buy" in refused.value.hint
        assert label.remakes.of(floor.run.id) == ()

        tickets.clear()
        assert floor.remake(only="title", title="Letters to Nobody").state is RunState.AWAITING_REVIEW
        assert floor.remake(stage="video").state is RunState.AWAITING_REVIEW
        assert tickets == [cover, shot, shot]
        assert len(services.images.submissions) == 2

        floor.remake(only="cover", buy=True)
        assert len(services.images.submissions) == 3 and tickets[-1] != cover
        floor.remake(only="title", title="Nobody's Letters")
        assert tickets[-2:] == [tickets[3], shot]  # the picture that was bought last
        assert len(services.images.submissions) == 3
        floor.leave()


class Embedded:
    """Paints for nothing, by itself."""

    name = "procedural_art"


def test_who_is_paid_is_not_asked_where_the_free_one_before_it_fails(
    services: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who costs money was to be asked when the word was given; when it is done, the first is away."""
    with label_at(Settings()) as label:
        told: list[str] = []

        def order(scene: Scene) -> Outcome:
            chain: Chain[Painter | Embedded] = Chain(scene, "track", (painter, Embedded()))
            played = chain.played(
                lambda one: one.paint(scene, chain.errand()) if isinstance(one, Painter) else one.name
            )
            told.extend([played[0], *(finding.message for finding in chain.findings)])
            return Outcome(Report(subject=scene.stage.value, checked=1))

        floor = Floor(label, deeds={StageName.TEASER: order})
        painter = Painter(label)
        floor.work()
        assert len(services.images.submissions) == 1
        monkeypatch.setattr(remaking, "refuse_unasked", lambda *_, **__: None)
        monkeypatch.setattr(rounds, "standing", unkept(rounds.standing))
        told.clear()
        assert floor.remake(stage="teaser").state is RunState.AWAITING_REVIEW
        assert told[0] == Embedded.name and "nobody asked to buy again" in told[1]
        assert len(services.images.submissions) == 1
        floor.remake(stage="teaser", buy=True)
        assert len(services.images.submissions) == 2
        floor.leave()


def unkept(standing: Callable[..., rounds.Standing]) -> Callable[..., rounds.Standing]:
    """As it is where a take is made: every one has orders of its own."""
    return lambda *arguments: replace(standing(*arguments), keeps_orders=False)


def test_the_price_of_a_take_counts_its_voice_and_its_own_unit(services: Outside) -> None:
    with label_at(Settings()) as label:
        floor = Floor(label)
        floor.work()
        floor.leave()
        with pytest.raises(NotAllowed) as refused:
            label.remakes.remake(floor.run.id, by="person:ana", stage="track")
        told = refused.value.message
        assert re.search(r"the track by suno_gateway, at most \d+\.\d\d USD and \d+ suno credits", told)
        assert "the cover by openai_images" in told
        assert services.asked == 0


def test_another_take_of_a_song_is_bought_where_a_person_says_so_and_its_film_keeps_its_shots(
    services: Outside,
) -> None:
    with label_at(Settings()) as label:
        painter, tickets = Painter(label), []

        def order(scene: Scene) -> None:
            chain = Chain(scene, scene.stage.value, (painter,))
            tickets.append(chain.played(lambda player: player.paint(scene, chain.errand()))[0])

        record = song_samples.begin(label)
        with working(label, song_samples.Studio(deeds={StageName.VIDEO: order}).stages()):
            until_state(label, record, RunState.AWAITING_REVIEW)
            lead = song_samples.song(label, record, song_samples.LEAD)
            with pytest.raises(NotAllowed, match=r"track by suno_gateway, at most \d+\.\d\d USD") as refused:
                label.remakes.remake(lead.id, by="person:ana", only="take")
            assert refused.value.code == "remake.costs"
            assert label.remakes.of(record.id) == ()
            label.remakes.remake(lead.id, by="person:ana", only="take", buy=True)
            until_state(label, record, RunState.AWAITING_REVIEW)
        assert song_samples.holding(label, record, StageName.VIDEO) == 2
        assert len(tickets) == 2 and len(set(tickets)) == 1
        assert len(services.images.submissions) == 1
