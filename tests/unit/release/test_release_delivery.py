"""Delivery: both hashes, a verdict, no test codes to a live store, and once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.release.release_samples import NOW, VERDICT, Vault, seal_vault, vault

from noktvrn.distribution.delivery import deliver, delivery_key
from noktvrn.kernel.errors import Conflict, LabelError, NotAllowed
from noktvrn.model.release import Release
from noktvrn.model.verdict import Verdict
from noktvrn.roles.distributor import Consignment, CourierReceipt


class Courier:
    """Remembers what it was handed."""

    name = "test_courier"

    def __init__(self, *, live: bool = False) -> None:
        self.live = live
        self.carried: list[Consignment] = []

    def deliver(self, consignment: Consignment) -> CourierReceipt:
        self.carried.append(consignment)
        return CourierReceipt(courier=self.name, key=consignment.key, place="there")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return tmp_path / "package"


@pytest.fixture
def release(tmp_path: Path, package: Path) -> Release:
    (tmp_path / "vault").mkdir()
    source: Vault = vault(tmp_path / "vault", film=False)
    return seal_vault(source, package)


def verdict(release: Release, **more: object) -> Verdict:
    values = {
        "id": VERDICT,
        "run_id": release.draft.run_id,
        "artist_id": release.draft.artist_id,
        "decision": "approved",
        "by": "person:jo",
        "door": "cli",
        "approval_hash": release.approval_hash,
        "at": NOW,
    }
    return Verdict.model_validate(values | more)


def test_what_was_approved_and_sealed_is_delivered(release: Release, package: Path) -> None:
    courier = Courier()
    delivery = deliver(release, package, verdict(release), courier, claims=(), at=NOW)
    assert (delivery.state, delivery.place) == ("uploaded", "there")
    assert delivery.key == delivery_key(release, "test_courier") == courier.carried[0].key


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "rejected"},
        {"approval_hash": "0" * 64},
        {"id": "vrd_0000000000000"},
        {"run_id": "run_0000000000000"},
    ],
)
def test_nothing_leaves_without_its_verdict(change: dict[str, str], release: Release, package: Path) -> None:
    courier = Courier()
    with pytest.raises(NotAllowed) as caught:
        deliver(release, package, verdict(release, **change), courier, claims=(), at=NOW)
    assert caught.value.code == "delivery.not_approved"
    assert courier.carried == []


def test_a_draft_changed_after_its_verdict_stays(release: Release, package: Path) -> None:
    other = release.model_copy(update={"draft": release.draft.model_copy(update={"title": "Other"})})
    with pytest.raises(NotAllowed):
        deliver(other, package, verdict(release), Courier(), claims=(), at=NOW)


def test_a_changed_package_stays(release: Release, package: Path) -> None:
    (package / "extra.txt").write_text("hello")
    courier = Courier()
    with pytest.raises(Conflict, match=r"extra\.txt does not belong there"):
        deliver(release, package, verdict(release), courier, claims=(), at=NOW)
    assert courier.carried == []


def test_a_changed_list_of_files_stays(release: Release, package: Path) -> None:
    (package / "credits.txt").unlink()
    files = tuple(file for file in release.files if file[0] != "credits.txt")
    other = release.model_copy(update={"files": files})
    with pytest.raises(Conflict, match="list of files"):
        deliver(other, package, verdict(release), Courier(), claims=(), at=NOW)


def test_a_missing_package_is_told(release: Release, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="no folder"):
        deliver(release, tmp_path / "nowhere", verdict(release), Courier(), claims=(), at=NOW)


def test_test_codes_stay_in_the_house(release: Release, package: Path) -> None:
    courier = Courier(live=True)
    with pytest.raises(NotAllowed) as caught:
        deliver(release, package, verdict(release), courier, claims=(), at=NOW)
    assert caught.value.code == "delivery.test_codes"
    real = release.model_copy(
        update={"identifiers": release.identifiers.model_copy(update={"test_range": False})}
    )
    assert deliver(real, package, verdict(release), courier, claims=(), at=NOW).courier == "test_courier"


def test_keys_tell_packages_couriers_and_actions_apart(release: Release) -> None:
    other = release.model_copy(update={"package_hash": "0" * 64})
    keys = {
        delivery_key(release, "a"),
        delivery_key(release, "b"),
        delivery_key(release, "a", "withdraw"),
        delivery_key(other, "a"),
    }
    assert len(keys) == 4


def test_a_couriers_error_is_passed_on(release: Release, package: Path) -> None:
    class Broken(Courier):
        def deliver(self, consignment: Consignment) -> CourierReceipt:
            raise Conflict("no room")

    with pytest.raises(LabelError, match="no room"):
        deliver(release, package, verdict(release), Broken(), claims=(), at=NOW)
