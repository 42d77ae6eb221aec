"""Rights as data: what a record covers, what a store may sell, and what delivery says where it may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from tests.unit.release import release_samples as samples

from noktvrn.distribution.rights import Claim, check_rights
from noktvrn.kernel.errors import NotAllowed
from noktvrn.model.film import Film
from noktvrn.model.provenance import Provenance, Rights
from noktvrn.model.terms import Terms, allowed, covering

RUN = "run_0000000000000"
DAY = date(2026, 11, 21)
UNKNOWN = Rights(dsp_release="unknown", licence="theirs")


def terms(dsp: str = "yes", since: date = DAY, hour: int = 12, **more: object) -> Terms:
    told = {
        "provider": "suno_gateway",
        "plan": "Pro",
        "dsp_release": dsp,
        "since": since,
        "recorded_by": "person:jo",
        "recorded_at": datetime(2026, 11, 21, hour, tzinfo=UTC),
    }
    return Terms.model_validate(told | more)


def claim(rights: Rights, record: Terms | None = None, part: str = "track") -> Claim:
    made = Provenance(engine="suno", engine_version="V5", rights=rights, provider="suno_gateway")
    return Claim(part, made, DAY, record)


def test_the_latest_beginning_covers_a_day_and_the_last_word_on_it() -> None:
    old, new = terms("no", since=DAY - timedelta(days=30)), terms("yes", since=DAY)
    assert covering([new, old], DAY) is new
    assert covering([new, old], DAY - timedelta(days=1)) is old
    assert covering([new, old], DAY - timedelta(days=31)) is None
    corrected = terms("no", since=DAY, hour=13)
    assert covering([corrected, new, old], DAY) is corrected


@pytest.mark.parametrize(
    ("rights", "record", "may"),
    [
        (Rights(), None, "yes"),
        (UNKNOWN, None, "unknown"),
        (UNKNOWN, terms("unknown"), "unknown"),
        (UNKNOWN, terms("yes"), "yes"),
        (UNKNOWN, terms("no"), "no"),
        (Rights(dsp_release="no"), terms("yes"), "no"),
        (Rights(commercial=False), terms("yes"), "no"),
        (Rights(), terms("no"), "no"),
    ],
)
def test_whether_stores_may_sell_it(rights: Rights, record: Terms | None, may: str) -> None:
    assert allowed(rights, record) == may


def test_a_record_laid_over_the_manifests_rights_says_plan_day_and_place() -> None:
    made = terms("yes", url="https://example.com/terms").over(
        Rights(commercial=False, dsp_release="unknown", licence="theirs", attribution="by X")
    )
    assert (made.dsp_release, made.plan_tier, made.terms_on) == ("yes", "Pro", "2026-11-21")
    assert made.terms_url == "https://example.com/terms"
    assert (made.licence, made.attribution, made.commercial) == ("theirs", "by X", True)
    assert not terms("no").over(Rights(commercial=False)).commercial


@pytest.mark.parametrize("bad", [{"plan": ""}, {"url": "javascript:alert(1)"}, {"dsp_release": "maybe"}])
def test_what_cannot_be_a_record(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        terms(**bad)  # type: ignore[arg-type]


def test_delivery_refuses_what_nobody_knows_and_says_what_to_do() -> None:
    with pytest.raises(NotAllowed) as caught:
        check_rights([claim(UNKNOWN), claim(UNKNOWN, part="voice")], RUN)
    error = caught.value
    assert error.code == "delivery.rights_unknown"
    assert "track" in error.message and "suno_gateway on 2026-11-21" in error.message
    assert "voice" in error.message
    assert "noktvrn provider terms suno_gateway" in error.hint and "--since 2026-11-21" in error.hint
    assert f"noktvrn run resume {RUN}" in error.hint


@pytest.mark.parametrize("rights", [Rights(dsp_release="no", plan_tier="Free"), Rights(commercial=False)])
def test_delivery_refuses_what_may_not_be_sold_for_good(rights: Rights) -> None:
    with pytest.raises(NotAllowed) as caught:
        check_rights([claim(rights, terms("yes"))], RUN)
    assert caught.value.code == "delivery.rights_no"
    assert "bought later does not cure it" in caught.value.hint


def test_a_later_record_clears_only_what_was_unknown() -> None:
    cleared = claim(UNKNOWN, terms("yes"))
    check_rights([cleared, claim(Rights())], RUN)
    assert cleared.cleared and not claim(Rights(), terms("yes")).cleared


def test_terms_that_began_after_an_order_do_not_cover_what_it_brings_late() -> None:
    later = terms("yes", since=DAY + timedelta(days=2)).over(UNKNOWN)
    made = Provenance(engine="suno", engine_version="", rights=later, provider="suno_gateway", ticket="tkt_1")
    with pytest.raises(NotAllowed) as caught:
        check_rights([Claim("track", made, DAY)], RUN)
    assert caught.value.code == "delivery.rights_unknown"
    check_rights([Claim("track", made, DAY + timedelta(days=2))], RUN)
    check_rights([Claim("track", made, DAY, terms("yes"))], RUN)
    with pytest.raises(NotAllowed, match="by suno_gateway"):
        check_rights([Claim("track", made, DAY, terms("no"))], RUN)


def test_a_film_cut_from_footage_is_told_by_each_of_its_shots() -> None:
    shots = (
        Provenance(engine="Luma", engine_version="1", provider="luma", rights=UNKNOWN),
        Provenance(engine="Pexels", engine_version="", provider="pexels"),
    )
    film = Film(
        kind="video",
        asset=samples.asset(b"film", "video.mp4", "video/mp4"),
        width=1920,
        height=1080,
        fps=30,
        duration_s=30.0,
        seed=1,
        provenance=samples.provenance("procedural_video"),
    )
    cut = film.model_copy(update={"shots": shots})
    dossier = samples.dossier().model_copy(update={"video": cut})
    assert dossier.sources["video: shot 1"].made_by == "luma"
    assert "video" not in dossier.sources and "video" in dossier.provenances
    assert "shots" not in film.as_data() and len(cut.as_data()["shots"]) == 2
