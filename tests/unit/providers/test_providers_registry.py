"""Manifests: read without code, complete where they ask for money, and refused where they are not right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from noktvrn import providers
from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Conflict, Fault, Invalid, NotFound, NotReady
from noktvrn.label.new_provider import begin
from noktvrn.providers import registry
from noktvrn.providers._kit import Kit
from noktvrn.settings import Settings

MANIFEST = """
id = "mine"
title = "Mine"
roles = ["composer"]
licence_class = "licensed"
"""
NOTHING = Settings(_env_file=None)
FREE = Settings(acestep_song=0, _env_file=None)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of providers beside the package's own."""
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])
    registry.manifests.cache_clear()
    yield tmp_path
    registry.manifests.cache_clear()


def put(shelf: Path, text: str, name: str = "mine") -> None:
    (shelf / name).mkdir()
    (shelf / name / "manifest.toml").write_text(text, "utf-8")


def test_the_list_imports_no_provider_and_no_network() -> None:
    code = "from noktvrn.cli.main import root; root.main(['provider', 'list'], standalone_mode=False)"
    look = "import sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{look}"], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    ours = {one for one in loaded if one.startswith("noktvrn.providers.")}
    assert ours <= {"noktvrn.providers._kit", "noktvrn.providers.registry"}
    assert not loaded & {"httpx2", "numpy", "dbos"}


@pytest.mark.parametrize("manifest", registry.manifests(), ids=lambda manifest: manifest.id)
def test_who_asks_for_money_says_how_much_since_when_and_under_which_terms(
    manifest: registry.Manifest,
) -> None:
    if manifest.paid and {"composer", "illustrator", "camera"} & set(manifest.roles):
        if manifest.id != "suno_session":  # there a person pays
            assert date.fromisoformat(registry.price(manifest.id)["as_of"]) >= date(2026, 1, 1)
            guessed = "guess" in registry.price(manifest.id)["source"]
            assert registry.price(manifest.id).get("upper_bound", False) is guessed
        rights = registry.rights_of(manifest.id)
        assert rights.licence and rights.terms_url.startswith("https://") and rights.terms_on
    if manifest.unofficial:
        assert registry.rights_of(manifest.id).dsp_release == "unknown"


def test_nobody_says_yes_for_a_paid_service_whose_terms_a_person_has_to_read() -> None:
    paid = [manifest.id for manifest in registry.manifests() if manifest.paid]
    assert {registry.rights_of(name).dsp_release for name in paid} == {"unknown"}


@pytest.mark.parametrize("price", ['as_of = "2026-11-21"', 'source = "their list"'])
def test_a_price_without_a_day_or_a_source_is_refused(shelf: Path, price: str) -> None:
    put(shelf, f"{MANIFEST}[price]\n{price}\n")
    with pytest.raises(Fault, match="mine/manifest"):
        registry.manifests()


def test_embedded_players_work_is_the_labels_own() -> None:
    rights = registry.rights_of("procedural_music")
    assert (rights.dsp_release, rights.commercial) == ("yes", True)
    assert not registry.paid("procedural_music", NOTHING) and not registry.paid("nobody", NOTHING)


def test_a_server_that_is_rented_is_a_paid_one() -> None:
    rented = Settings(acestep_song=20_000, _env_file=None)
    assert registry.paid("acestep", rented) and registry.paid("lyria", NOTHING)
    assert not registry.paid("acestep", NOTHING) and not registry.paid("acestep", FREE)


def test_a_setting_that_makes_a_provider_paid_is_one() -> None:
    named = {manifest.paid_if for manifest in registry.manifests()} - {""}
    assert named <= set(Settings.model_fields)


def test_what_an_outside_manifest_does_not_say_is_not_known(shelf: Path) -> None:
    put(shelf, MANIFEST)
    rights = registry.rights_of("mine")
    assert (rights.dsp_release, rights.licence) == ("unknown", "by the terms of Mine")


@pytest.mark.parametrize(
    "more",
    [
        'colour = "blue"',
        "[price]\nsong_micros = 5",
        '[price]\nas_of = "yesterday"',
        '[rights]\nmay_sell = "yes"',
        '[rights]\ndsp_release = "perhaps"',
        "not toml",
    ],
)
def test_a_manifest_that_is_not_right_is_refused_by_name(shelf: Path, more: str) -> None:
    put(shelf, MANIFEST + more)
    with pytest.raises(Fault, match=r"mine/manifest\.toml"):
        registry.manifests()


def test_a_manifest_of_another_folder_is_refused(shelf: Path) -> None:
    put(shelf, MANIFEST, "yours")
    with pytest.raises(Fault, match="of another provider, mine"):
        registry.manifests()


def test_who_does_not_exist_or_play_is_told() -> None:
    with pytest.raises(NotFound, match="There is no provider nobody"):
        registry.manifest_of("nobody")
    with pytest.raises(Invalid, match="No provider called procedural_art plays composer"):
        registry.check_cast("composer", ("procedural_art",))


def test_a_setting_that_is_missing_is_named_by_its_variable(tmp_path: Path) -> None:
    kit = Kit(SystemClock(), tmp_path)
    with pytest.raises(NotReady, match="NOKTVRN_WEBHOOK_URL"):
        registry.open_player("messenger", "webhook", Settings(home=tmp_path), kit)
    with pytest.raises(NotReady, match="SUNO_API_KEY"):
        registry.health("suno_gateway", Settings(home=tmp_path), kit)
    assert registry.health("procedural_art", Settings(home=tmp_path), kit) is None
    assert registry.open_service("procedural_art", "paint", Settings(home=tmp_path), kit) is None


# ---- a provider of one's own


def test_a_new_provider_is_listed_and_says_what_it_needs(shelf: Path, tmp_path: Path) -> None:
    folder, files = begin("north_light", tmp_path)
    assert set(files) == {"__init__.py", "dialect.py", "illustrator.py", "manifest.toml"}
    found = registry.manifest_of("north_light")
    assert registry.missing(found, Settings()) == ("north_light_api_key",)
    assert registry.variable("north_light_api_key") == "NORTH_LIGHT_API_KEY"
    with pytest.raises(NotReady, match="NORTH_LIGHT_API_KEY") as unset:
        registry.health("north_light", Settings(), Kit(SystemClock(), tmp_path))
    assert "north_light_api_key to settings.py" in unset.value.hint
    text = "".join((folder / name).read_text("utf-8") for name in files)
    assert "emplate" not in text and "class NorthLightService" in text


def test_a_new_provider_needs_a_name_of_its_own(tmp_path: Path) -> None:
    begin("north_light", tmp_path)
    with pytest.raises(Conflict):
        begin("north_light", tmp_path)
    for name in ("North", "1st", "a-b", "..", "x" * 50):
        with pytest.raises(Invalid):
            begin(name, tmp_path)
