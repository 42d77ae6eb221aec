"""What a batch learns and makes: variants that are read back, new artists, outcomes in the old words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.batch.batch_samples import NOW, begun, crew, make_active, opened, put_run
from tests.integration.label.label_samples import draft as draft_of
from tests.integration.label.label_samples import enter_artist, item_of, put_draft
from tests.integration.label.ledger_samples import figures, put_release, sheet

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.label import artists as artists_room
from noktvrn.label.batch import trying
from noktvrn.label.batch.outcomes import OUTCOMES, outcomes
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.planning.variants import Posterior
from noktvrn.settings import Settings
from noktvrn.storage.ledger import batch, reviews, runs

ONLY = """
[half]
duration_factor = 0.5
takes = 3
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "variants.toml"
    file.write_text(ONLY)
    return Settings(
        home=tmp_path / "home",
        batch_variants=file,
        batch_variant_share=0.5,
        batch_roster=0,
        batch_runs=5,
        _env_file=None,
    )


def lay_out(label: Label, artist: Artist, run: Run, *critics: str) -> None:
    """The run as its stages would leave it on the desk, with what the critic said of its takes."""
    now = label.office.studio.clock.now()
    work = draft_of(artist, run.id)
    with label.office.studio.database.begin() as connection:
        for attempt, state in enumerate(critics, start=1):
            record = StageRecord(
                stage=StageName.CRITIC, attempt=attempt, seed=1, state=state, started_at=now, ended_at=now
            )
            runs.put_stage(connection, run, record)
        put_draft(connection, run, work)
        runs.move(connection, run.id, RunState.PRODUCING, now)
        reviews.open_(connection, item_of(work, now))
        runs.move(connection, run.id, RunState.AWAITING_REVIEW, now)


def read(label: Label, run: Run) -> tuple[float | None, float | None]:
    """What the batch knows of the run now: verdict and critic."""
    now = label.office.studio.clock.now()
    trying.read_back(label.office.studio.database, now)
    with label.office.studio.database.read() as connection:
        found = batch.find_run(connection, run.id)
    assert found is not None
    return found.verdict, found.critic


def known(label: Label) -> dict[str, Posterior]:
    return {one.name: one for one in label.batch.status().variants}


def test_a_variant_is_on_its_brief_and_what_came_of_it_is_read_back(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with opened(settings, clock) as label:
        artists = {artist.id: artist for artist in crew(label, 5)}
        cycle = label.batch.once()
        tried = [one for one in cycle.story.begun if one.variant]
        usual = [one for one in cycle.story.begun if not one.variant]
        assert tried, "a share of one half"
        assert usual
        assert f"{tried[0].name} (candidate, half)" in cycle.line
        run = label.runs.get(tried[0].run_id)
        brief = label.runs.brief(run)
        assert (brief.variant, brief.duration_s, brief.takes) == ("half", 87, 3)
        assert read(label, run) == (None, None)
        lay_out(label, artists[run.artist_id], run, "superseded", "done")
        clock.advance(timedelta(hours=1))
        assert read(label, run) == (None, 0.5)
        label.desk.approve(run.id, by="person:ada", door="cli")
        assert read(label, run) == (1.0, 0.5)
        before, after = 0.5, known(label)["half"]
        assert after.mean > before
        assert after.better > 0.5
        assert after.traffic > 0.5
        assert known(label)[""].runs == len(usual)


def test_an_autopilots_verdict_teaches_nothing_and_one_taken_back_is_forgotten(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with opened(settings, clock) as label:
        (artist,) = crew(label, 1)
        (one,) = label.batch.once().story.begun
        run = label.runs.get(one.run_id)
        lay_out(label, artist, run, "done")
        clock.advance(timedelta(hours=1))
        label.desk.reject(run.id, by="person:ada", door="cli", reason="thin")
        assert read(label, run)[0] == 0.0
        clock.advance(timedelta(hours=1))
        with label.office.studio.database.begin() as connection:
            reviews.withdraw_verdict(connection, run.id)
            runs.move(connection, run.id, RunState.PRODUCING, clock.now())
        assert read(label, run)[0] is None


def test_what_listeners_did_counts_when_it_comes(settings: Settings, tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with opened(settings, clock) as label:
        good, poor = (put_release(label, number) for number in range(2))
        runs_ = [label.runs.get(release.draft.run_id) for release in (good, poor)]
        with label.office.studio.database.begin() as connection:
            for run, variant in zip(runs_, ("half", ""), strict=True):
                told = batch.Started(run.artist_id, run.id, "once", NOW, "idle", variant, started_at=NOW)
                batch.add_run(connection, told)
        assert trying.read_back(label.office.studio.database, clock.now()) == 2
        assert known(label)["half"].better == 0.5
        clock.advance(timedelta(days=1))
        assert trying.read_back(label.office.studio.database, clock.now()) == 0
        path = sheet(
            tmp_path / "f.csv",
            figures(good, streams=4000, completions=2800, saves=400),
            figures(poor, streams=4000, completions=1300, saves=90),
        )
        label.figures.read(path)
        assert trying.read_back(label.office.studio.database, clock.now()) == 2
        with label.office.studio.database.read() as connection:
            heard = [batch.find_run(connection, run.id) for run in runs_]
        assert [one.performance > 0.5 for one in heard if one and one.performance] == [True, False]
        assert known(label)["half"].better > 0.5


@pytest.mark.parametrize("text", ["[half\n", "[half]\nduration = 1\n"])
def test_a_file_of_variants_that_cannot_be_used_stops_the_cycle(settings: Settings, text: str) -> None:
    assert settings.batch_variants is not None
    settings.batch_variants.write_text(text)
    with opened(settings) as label:
        crew(label, 1)
        with pytest.raises(Invalid):
            label.batch.once()
        assert begun(label) == []


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Artists without their pictures and voices, which cost more than all else about them."""
    monkeypatch.setattr(artists_room, "portrayed", lambda _studio, artist: artist)


@pytest.mark.usefixtures("unpainted")
def test_a_shrunken_roster_gets_an_artist_of_the_persons_sentences(tmp_path: Path) -> None:
    file, clock = tmp_path / "prompts.txt", FixedClock(NOW)
    file.write_text("# mine\nQuiet piano for snowy streets\n\nWarm lo-fi beats for late trains\n")
    settings = Settings(
        home=tmp_path / "home", batch_roster=2, batch_prompts=file, batch_runs=1, _env_file=None
    )
    with opened(settings, clock) as label:
        first = label.batch.once()
        assert first.story.joined in first.line
        assert label.batch.once() == first
        assert [artist.prompt for artist in label.artists.every()] == ["Quiet piano for snowy streets"]
        clock.advance(timedelta(minutes=1))
        label.batch.once()
        clock.advance(timedelta(minutes=1))
        assert label.batch.once().story.joined == ""
        assert len(label.artists.every()) == 2
        for artist in label.artists.every():
            label.lifecycle.set(artist.id, LifecycleState.RETIRED, by="person:ada", reason="enough")
        assert label.batch.preview().prompt == "", "each sentence makes one artist"


def test_a_sentence_that_comes_to_nothing_does_not_keep_the_others_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clock, asked = tmp_path / "prompts.txt", FixedClock(NOW), []
    file.write_text("!!!\nQuiet piano for snowy streets\nWarm lo-fi beats for late trains\n")
    settings = Settings(home=tmp_path / "home", batch_roster=9, batch_prompts=file, _env_file=None)

    def refuse(prompt: str, **_: object) -> None:
        asked.append(prompt)
        raise NotAllowed("The house refuses that.")

    with opened(settings, clock) as label:
        monkeypatch.setattr(label.artists, "create", refuse)
        for _ in range(3):
            cycle = label.batch.once()
            assert "no new artist: The house refuses that." in cycle.line
            clock.advance(timedelta(minutes=1))
    assert asked == [
        "Quiet piano for snowy streets",
        "Warm lo-fi beats for late trains",
        "Quiet piano for snowy streets",
    ]


@pytest.mark.usefixtures("unpainted")
def test_without_sentences_a_genre_nobody_plays_is_asked_for(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", batch_roster=3, _env_file=None)
    with opened(settings) as label:
        artist = enter_artist(label)
        make_active(label, artist)
        prompt = label.batch.preview().prompt
        made = label.artists.create(prompt)
        assert made.profile.genre != artist.profile.genre
        assert label.batch.preview().prompt not in ("", prompt)


def test_every_state_has_its_old_word() -> None:
    assert set(OUTCOMES) == set(RunState)
    states = {"completed": 2, "rejected": 1, "expired": 1, "failed": 3, "held": 1, "awaiting_review": 1}
    told = outcomes(states, without_track=2)
    assert told == {
        "started": 1,
        "pending_approval": 1,
        "approved": 2,
        "rejected": 2,
        "error": 1,
        "cancelled": 0,
        "generation_failed_track": 2,
    }


def test_a_run_without_a_take_that_passed_failed_for_its_track(settings: Settings) -> None:
    with opened(settings) as label:
        crew(label, 1)
        (one,) = label.batch.once().story.begun
        with label.office.studio.database.begin() as connection:
            runs.move(connection, one.run_id, RunState.FAILED, NOW, error="no take")
        assert label.batch.status().outcomes["generation_failed_track"] == 1
        put_run(label, enter_artist(label, "Sable Finch"), RunState.FAILED, NOW)
        assert label.batch.status().outcomes["error"] == 0, "only what the batch started counts"
