"""The law of contracts: a provider that plays a role is run by that role's contract suite.

A suite names in `PROVIDERS` whom it runs; its fixtures are made of the same list.
"""

from __future__ import annotations

from importlib import import_module
from typing import get_args

import pytest

from noktvrn.providers.registry import Role, players


@pytest.mark.parametrize("role", get_args(Role))
def test_every_player_of_a_role_is_in_its_contract_suite(role: Role) -> None:
    suite = import_module(f"tests.contract.{role}.test_{role}_contract")
    assert set(suite.PROVIDERS) == {manifest.id for manifest in players(role)}
