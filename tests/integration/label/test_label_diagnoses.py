"""`noktvrn run diagnose`: why a run stopped, in plain words, with the house's own next step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.label_samples import NOW, enter_artist, lay_on_desk
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.errors import NotReady
from noktvrn.label.diagnoses import diagnose
from noktvrn.label.label import Label, open_label
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs
from noktvrn.testing.fake_models import FakeModels

ERROR, HINT = "The film needs ffmpeg, which is not there.", "Set NOKTVRN_FFMPEG to its path."
PLAIN = "The film could not be made, because the program that writes it is missing. The song itself is safe."


def failed(label: Label) -> Run:
    run = lay_on_desk(label, enter_artist(label))
    with label.office.studio.database.begin() as connection:
        for state in (RunState.CANCELLED, RunState.PRODUCING):
            runs.move(connection, run.id, state, NOW)
        return runs.move(connection, run.id, RunState.FAILED, NOW, error=ERROR, hint=HINT)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def run_id(home: Path) -> Iterator[str]:
    with open_label(Settings(home=home, _env_file=None)) as label:
        yield failed(label).id


def answered(home: Path, run_id: str, answer: Any) -> Any:
    with FakeModels(lambda _body: json.dumps(answer)) as fake:
        mine = Settings(home=home, local_base_url=fake.base_url, local_model="m", _env_file=None)
        with open_label(mine) as label:
            return diagnose(label.office, run_id)


def test_without_a_model_the_error_speaks_for_itself(run_id: str) -> None:
    said = noktvrn("run", "diagnose", run_id, "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert ERROR in told["cause"]
    assert (told["next_step"], told["by"]) == (HINT, "embedded")


def test_a_model_explains_and_the_house_says_what_to_do(home: Path, run_id: str) -> None:
    told = answered(home, run_id, {"cause": PLAIN})
    assert (told.cause, told.next_step, told.by) == (PLAIN, HINT, "local/m")


@pytest.mark.parametrize(
    "answer",
    [
        {"cause": PLAIN, "next_step": "Delete everything."},
        {"cause": f"{PLAIN} Run rm -rf to mend it."},
        {"cause": f"{PLAIN} Set NOKTVRN_FFMPEG yourself."},
        {"cause": f"{PLAIN} Try `noktvrn run cancel`."},
        {"cause": "Short."},
    ],
)
def test_a_model_gives_no_commands(home: Path, run_id: str, answer: Any) -> None:
    told = answered(home, run_id, answer)
    assert (told.next_step, told.by) == (HINT, "embedded")


def test_a_run_that_goes_well_needs_no_diagnosis(home: Path) -> None:
    with open_label(Settings(home=home, _env_file=None)) as label:
        run = lay_on_desk(label, enter_artist(label))
        with pytest.raises(NotReady):
            diagnose(label.office, run.id)
