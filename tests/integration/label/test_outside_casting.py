"""The cast by settings: chains in their order, embedded players last, and nobody opened who is not asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Invalid, NotReady
from noktvrn.label.casting import cast_roles, chains, check_chains
from noktvrn.settings import Settings
from noktvrn.storage.database import Database


def settings(home: Path, **more: object) -> Settings:
    return Settings.model_validate({"home": home, **more})


def test_without_settings_the_embedded_players_stand_alone(tmp_path: Path) -> None:
    house = settings(tmp_path)
    assert chains(house) == {
        "composer": ("procedural_music",),
        "illustrator": ("procedural_art",),
        "camera": (),
        "stock_library": (),
        "singer": ("formant_singer",),
    }
    check_chains(house)


def test_keys_alone_cast_nobody(tmp_path: Path) -> None:
    keyed = settings(tmp_path, suno_api_key="k", openai_api_key="k", luma_api_key="k", pexels_key="k")
    assert chains(keyed) == chains(settings(tmp_path))


def test_chains_keep_their_order_and_are_closed_once(tmp_path: Path) -> None:
    told = settings(
        tmp_path,
        composer="suno_gateway, acestep,procedural_music",
        singer="espeak_singer,formant_singer",
        camera="luma",
    )
    found = chains(told)
    assert found["composer"] == ("suno_gateway", "acestep", "procedural_music")
    assert found["singer"] == ("espeak_singer", "formant_singer")
    assert found["camera"] == ("luma",)
    assert chains(settings(tmp_path, singer="none"))["singer"] == ()


@pytest.mark.parametrize(
    "wrong",
    [{"composer": "sunoo"}, {"illustrator": "luma"}, {"camera": "pexels"}, {"singer": "suno_gateway"}],
)
def test_a_name_that_does_not_play_the_role_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="No provider called"):
        check_chains(settings(tmp_path, **wrong))


def test_a_player_without_its_key_keeps_its_place_and_says_why(tmp_path: Path) -> None:
    house = settings(tmp_path, composer="suno_gateway", camera="luma", footage="pexels")
    database = Database(house)
    try:
        cast = cast_roles(house, SystemClock(), database)
        absent, embedded = cast.composers()
        assert (absent.name, embedded.name) == ("suno_gateway", "procedural_music")
        with pytest.raises(NotReady, match="SUNO_API_KEY"):
            absent.compose(None)  # type: ignore[arg-type]
        with pytest.raises(NotReady, match="LUMA_API_KEY"):
            cast.cameras()[0].shoot(None)  # type: ignore[arg-type]
        with pytest.raises(NotReady, match="PEXELS_KEY"):
            cast.libraries()[0].search(None)  # type: ignore[arg-type]
        assert cast.paid("suno_gateway") and not cast.paid("procedural_music")
        assert cast.composers() is cast.composers()
        assert not cast.paid("acestep")
        assert cast_roles(settings(tmp_path, acestep_song="0.02"), SystemClock(), database).paid("acestep")
    finally:
        database.close()


def test_an_embedded_cast_opens_no_network_and_no_desk(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from noktvrn.label.label import open_label
from noktvrn.settings import Settings
with open_label(Settings(home=Path({str(tmp_path)!r}), _env_file=None)) as label:
    label.office.studio.cast.composers(), label.office.studio.cast.illustrators()
    label.office.booking.tend()
print(sorted({{"httpx2", "noktvrn.outbound.jobs.desk", "noktvrn.outbound.door"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
