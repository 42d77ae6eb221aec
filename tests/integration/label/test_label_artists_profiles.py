"""Profiles over time through the command line: edited, compared, rolled back, taken out and brought in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk
from tests.integration.label.shell import noktvrn

from noktvrn.artist.document import document, spelt
from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed
from noktvrn.label.label import Label
from noktvrn.label.portraits import portrayed
from noktvrn.model.artist import Artist, Profile, StyleAxes
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings
from noktvrn.sound.files import flac
from noktvrn.storage.ledger import artists, runs

SHORT = "stage_name: Corrin Fisk\ngenre: jazz\nthemes: [closing time, wet pavements]\n"


@pytest.fixture
def label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Label]:
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "home"))
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        yield label


def entered(label: Label, name: str = "Vesper Quill", seed: int = 3) -> Artist:
    """An artist with a profile that passes every rule of the house, without pictures."""
    writer = ProceduralWriter(load(label.settings))
    profile = writer.profile(ProfileRequest(prompt="a shy folk singer of long winters", seed=seed))
    artist = enter_artist(label, name)
    own = artist.model_copy(update={"profile": profile, "updated_at": artist.updated_at})
    with label.office.studio.database.begin() as connection:
        artists.save(connection, own.model_copy(update={"version": 2}), reason="a real profile")
    return label.artists.get(artist.id)


def test_an_edit_is_a_version_with_its_reason_and_its_audit(label: Label) -> None:
    artist = entered(label)
    said = noktvrn("artist", "edit", artist.id, "--set", "themes=rain, salt", "--json")
    assert said.code == 0, said.err
    assert said.data["artist"]["version"] == 3
    assert [change["field"] for change in said.data["changes"]] == ["themes"]
    assert said.data["changes"][0]["after"] == ["rain", "salt"]
    assert [one.reason for one in label.profiles.versions(artist.id)][-1] == "edited: themes"
    assert label.house.verify_audit().passed
    assert noktvrn("artist", "show", artist.id).code == 0


def test_versions_diff_and_rollback(label: Label) -> None:
    artist = entered(label)
    label.profiles.edit(artist.id, {"themes": "rain, salt"})
    label.profiles.edit(artist.id, {"stage_name": "Corrin Fisk"})
    rows = noktvrn("artist", "versions", artist.id, "--json").data
    assert [row["version"] for row in rows] == [1, 2, 3, 4]
    shown = noktvrn("artist", "diff", artist.id, "2", "3")
    assert "themes" in shown.out
    assert "+ rain, salt" in shown.out
    back = noktvrn("artist", "rollback", artist.id, "2", "--json").data
    made = Profile.model_validate(back["artist"]["profile"])
    assert back["artist"]["version"] == 5
    assert made == artist.profile
    assert noktvrn("artist", "diff", artist.id, "2", "5", "--json").data == []
    assert noktvrn("artist", "rollback", artist.id, "5").code == 4
    assert noktvrn("artist", "rollback", artist.id, "77").code == 3


def test_nothing_rolls_back_from_the_anchor(label: Label) -> None:
    """A version whose anchor was another one, by whatever way, comes back under the present anchor."""
    artist = entered(label)
    radius = StyleAxes.model_validate(dict.fromkeys(StyleAxes.model_fields, 1.0))
    anchor = artist.profile.anchor.model_copy(update={"radius": radius})
    odd = artist.model_copy(
        update={"version": 3, "profile": artist.profile.model_copy(update={"anchor": anchor})}
    )
    with label.office.studio.database.begin() as connection:
        artists.save(connection, odd, reason="another anchor")
    made = label.profiles.edit(artist.id, {"themes": "rain"}).artist
    back = label.profiles.rollback(artist.id, 2).artist
    assert made.profile.anchor.radius == back.profile.anchor.radius == radius


@pytest.mark.parametrize(
    ("field", "code", "error"),
    [
        ("genre=house", 7, "artist.fixed_field"),
        ("persona.ai_persona=false", 7, "artist.fixed_field"),
        ("id=art_0000000000000", 2, "artist.no_field"),
        ("anchor.statement=x", 7, "artist.fixed_field"),
        ("themes", 2, "usage"),
        ("stage_name=Tауlоr Ѕwіft", 2, "artist.name.known_artist"),
        ("biography=Too short.", 2, "artist.length.biography"),
    ],
)
def test_what_an_edit_may_not_do_says_what_to_do_instead(
    field: str, code: int, error: str, label: Label
) -> None:
    artist = entered(label)
    said = noktvrn("artist", "edit", artist.id, "--set", field, "--json")
    assert said.code == code
    assert said.problem["code"] == error
    assert said.problem["hint"]
    assert label.artists.get(artist.id).version == artist.version


def test_a_name_of_the_roster_is_refused_however_it_is_disguised(label: Label) -> None:
    artist = entered(label)
    enter_artist(label, "Orla Quimby")
    for name in ("Orla Quimby", "Quimby, Orla", "0rlа Quimbys"):
        with pytest.raises(Invalid) as refused:
            label.profiles.edit(artist.id, {"stage_name": name})
        assert refused.value.code == "artist.name.taken" or "characters" in refused.value.code


def test_a_stale_edit_is_refused(label: Label) -> None:
    artist = entered(label)
    label.profiles.edit(artist.id, {"themes": "rain"}, version=artist.version)
    with pytest.raises(Conflict) as refused:
        label.profiles.edit(artist.id, {"themes": "snow"}, version=artist.version)
    assert refused.value.code == "artist.stale"


def test_a_name_with_releases_stays_and_a_run_keeps_its_version(copied: dict[str, Any]) -> None:
    artist_id = copied["artist_id"]
    said = noktvrn("artist", "edit", artist_id, "--set", "stage_name=Corrin Fisk", "--json")
    assert (said.code, said.problem["code"]) == (7, "artist.name_released")
    assert noktvrn("artist", "edit", artist_id, "--set", "themes=rain, salt").code == 0
    release = noktvrn("release", "show", copied["release_id"], "--json")
    assert release.code == 0


def test_a_brief_keeps_the_version_it_was_made_with(label: Label) -> None:
    artist = entered(label)
    run = lay_on_desk(label, artist)
    label.profiles.edit(artist.id, {"themes": "rain"})
    with label.office.studio.database.read() as connection:
        assert runs.brief(connection, artist.id, run.brief_id).artist_version == artist.version


def test_a_file_of_changes_and_a_whole_profile(label: Label, tmp_path: Path) -> None:
    artist = entered(label)
    file = tmp_path / "changes.yaml"
    file.write_text("persona:\n  tone: salty and slow\n", "utf-8")
    assert noktvrn("artist", "edit", artist.id, "--file", str(file)).code == 0
    whole = label.profiles.export(artist.id)["profile"]
    whole["themes"] = ["rain"]
    file.write_text(spelt(whole, "yaml"), "utf-8")
    said = noktvrn("artist", "edit", artist.id, "--file", str(file), "--json")
    assert [change["field"] for change in said.data["changes"]] == ["themes"]
    assert label.artists.get(artist.id).profile.persona.tone == "salty and slow"
    assert noktvrn("artist", "edit", artist.id).code == 2
    assert noktvrn("artist", "edit", artist.id, "--file", str(tmp_path / "none")).code == 3


def test_export_and_import_into_another_house(
    label: Label, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = entered(label)
    file = tmp_path / "artist.yaml"
    assert noktvrn("artist", "export", artist.id, "--to", str(file)).code == 0
    assert noktvrn("artist", "export", artist.id, "--to", str(file)).code == 2
    assert str(tmp_path) not in file.read_text("utf-8")
    assert noktvrn("artist", "import", str(file)).out.startswith(
        f"{artist.profile.stage_name} is here already"
    )
    with label_at(Settings(home=tmp_path / "other", _env_file=None)) as other:
        made = other.profiles.bring(file.read_bytes())
        assert made.new
        assert made.artist.id == artist.id
        assert made.artist.profile == label.profiles._get(artist.id).profile
        report = other.artists.report(artist.id)
        assert report is not None
        assert report.origin == "import"
        assert [asset.name for asset in report.assets] == ["avatar.jpg", "banner.jpg", "voice-sample.flac"]
        sample = other.artists.voice_sample(made.artist)
        assert sample is not None
        assert "AI persona" in flac.read_tags(sample)["DESCRIPTION"]


def test_a_file_of_an_artist_that_is_here_is_a_new_version(label: Label) -> None:
    artist = entered(label)
    data = document(artist)
    data["profile"]["themes"] = ["rain"]
    made = label.profiles.bring(json.dumps(data).encode())
    assert (made.new, made.artist.version) == (False, artist.version + 1)
    data["profile"]["sound"]["seed"] += 1
    with pytest.raises(Conflict) as refused:
        label.profiles.bring(json.dumps(data).encode())
    assert refused.value.code == "artist.other_identity"
    with pytest.raises(Invalid) as twin:
        label.profiles.bring(json.dumps(data).encode(), as_new=True)
    assert twin.value.code == "artist.name.taken"


def test_a_hand_written_profile_becomes_a_candidate(label: Label, tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(SHORT, "utf-8")
    said = noktvrn("artist", "import", str(file), "--json")
    assert said.code == 0, said.err
    assert said.data["new"]
    assert said.data["state"] == "candidate"
    assert "wrote everything but stage_name, genre, themes" in said.data["notices"][0]
    assert not noktvrn("artist", "import", str(file), "--json").data["new"]
    told = noktvrn("artist", "report", said.data["id"])
    assert "voice-sample.flac" in told.out
    assert noktvrn("artist", "report", said.data["id"], "--json").data["cost_micros"] == 0
    misspelt = tmp_path / "misspelt.yaml"
    misspelt.write_text("genre: jazz\nstage_nmae: X\n", "utf-8")
    refused = noktvrn("artist", "import", str(misspelt), "--json")
    assert refused.code == 2
    assert "stage_name" in refused.problem["hint"]


def test_the_same_artist_gets_the_same_files(label: Label) -> None:
    artist = entered(label)
    one, other = portrayed(label.office.studio, artist), portrayed(label.office.studio, artist)
    assert one == other
    assert one.voice_sample is not None


def test_a_retained_name_is_not_an_error_of_the_database(label: Label) -> None:
    artist, other = entered(label), enter_artist(label, "Orla Quimby")
    profile = artist.profile.model_copy(update={"stage_name": "Orla Quimby"})
    taken = artist.model_copy(update={"profile": profile, "version": 3})
    with pytest.raises(Conflict, match="taken"), label.office.studio.database.begin() as connection:
        artists.save(connection, taken, reason="raced")
    assert label.artists.get(other.id).profile.stage_name == "Orla Quimby"
    with pytest.raises(NotAllowed):
        label.profiles.edit(artist.id, {"anchor": {}})
