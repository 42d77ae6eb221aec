"""Hands one sealed package to one courier, after checking both hashes and the rights in every part."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from noktvrn.distribution.rights import Claim, check_rights
from noktvrn.kernel.errors import Conflict, NotAllowed
from noktvrn.model.release import Delivery, Release
from noktvrn.model.verdict import Verdict
from noktvrn.roles.distributor import Consignment, Distributor
from noktvrn.storage.packages import differences, package_hash


def delivery_key(release: Release, courier: str, action: str = "deliver") -> str:
    """The idempotency key of one action of one courier on one package: SHA-256 (hex) of the three."""
    text = "\x1f".join((release.package_hash, courier, action))
    return hashlib.sha256(text.encode()).hexdigest()


def deliver(
    release: Release,
    package: Path,
    verdict: Verdict,
    courier: Distributor,
    *,
    claims: Sequence[Claim],
    at: datetime,
) -> Delivery:
    """Delivers; the same package to the same courier twice is one delivery. `at` is the moment to record.

    `claims` are the rights in every part.

    Raises:
        NotAllowed: there is no approval of exactly this draft, test codes would reach a live store, or stores
            may not sell a part, as far as anybody has recorded.
        Conflict: the package on disk is not the sealed one.
        LabelError: whatever the courier raises.
    """
    check_verdict(release, verdict)
    check_package(release, package)
    check_codes(release, courier)
    check_rights(claims, release.draft.run_id)
    key = delivery_key(release, courier.name)
    receipt = courier.deliver(Consignment(release=release, package=package, key=key))
    return Delivery(
        release_id=release.draft.id,
        courier=courier.name,
        key=key,
        state="uploaded",
        place=receipt.place,
        at=at,
        receipt=receipt.key,
    )


def check_verdict(release: Release, verdict: Verdict) -> None:
    """Store rules 81 and 82: an approval of this run, bound to this very draft.

    Raises:
        NotAllowed: there is none.
    """
    hashes = {release.draft.approval_hash(), release.approval_hash, verdict.approval_hash}
    bound = verdict.id == release.verdict_id and verdict.run_id == release.draft.run_id
    if verdict.decision != "approved" or not bound or len(hashes) != 1:
        raise NotAllowed(
            f"The release {release.draft.id} was not approved as it is.",
            code="delivery.not_approved",
            hint=f"Review it again: noktvrn review show {release.draft.run_id}",
        )


def check_package(release: Release, package: Path) -> None:
    """Store rules 79 and 81: the folder holds exactly the sealed files, and they make the package hash.

    Raises:
        Conflict: it does not.
    """
    told = differences(package, release.files)
    if package_hash(release.files) != release.package_hash:
        told = ("its list of files was changed", *told)
    if told:
        raise Conflict(
            f"The package of {release.draft.id} is not as it was sealed: {told[0]}.",
            code="delivery.changed",
            hint="Seal the release again; a sealed package is never edited.",
        )


def check_codes(release: Release, courier: Distributor) -> None:
    """Store rule 5: test codes stay in the house.

    Raises:
        NotAllowed: the courier is live and the codes are not.
    """
    if courier.live and release.identifiers.test_range:
        raise NotAllowed(
            f"The release {release.draft.id} carries test codes; {courier.name} delivers to a live store.",
            code="delivery.test_codes",
            hint="Set NOKTVRN_ISRC_PREFIX and NOKTVRN_UPC_PREFIX to the label's own, then seal again.",
        )
