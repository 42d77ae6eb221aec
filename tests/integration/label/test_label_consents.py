"""Voices of people: no consent, no voice; and every yes, no and refusal is in the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa
from tests.integration.label.label_samples import NOW, enter_artist, label_at, lay_on_desk
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.consent import VoiceConsent
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import StageName
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote, Timeline
from noktvrn.production import consents as gate
from noktvrn.production import vocals
from noktvrn.production.scene import Scene, set_scene
from noktvrn.providers.file_singer.singer import FileSinger
from noktvrn.providers.formant_singer.singer import FormantSinger
from noktvrn.roles.composer import Recording, StemFile
from noktvrn.roles.singer import Singer, SingingRequest, SungStem
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "label")) as opened:
        yield opened


@pytest.fixture
def either(settings: Settings) -> Iterator[Label]:
    """A label on SQLite, and one on PostgreSQL."""
    with label_at(settings) as opened:
        yield opened


@pytest.fixture
def artist(label: Label) -> Artist:
    return enter_artist(label)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "agreement.pdf"
    path.write_bytes(b"%PDF- I, Jo Doe, agree.")
    return path


def agree(
    label: Label, artist: Artist, paper: Path, *, since: date = TODAY, until: date | None = None
) -> VoiceConsent:
    return label.voices.consent(
        artist.id,
        voice="jo-doe",
        person="Jo  Doe",
        uses=("recording",),
        given_on=since,
        expires_on=until,
        evidence=paper,
        actor="person:mara",
    )


def trail(label: Label) -> list[str]:
    with label.office.studio.database.read() as connection:
        assert audit.verify(connection).passed
        return list(
            connection.execute(sa.select(tables.audit.c.act).order_by(tables.audit.c.number)).scalars()
        )


def test_a_consent_is_recorded_with_its_evidence_and_listed(
    label: Label, artist: Artist, paper: Path
) -> None:
    made = agree(label, artist, paper, until=TODAY + 30 * DAY)
    assert (made.person, made.uses, made.recorded_by) == ("Jo Doe", ("recording",), "person:mara")
    paper.unlink()
    kept = label.office.studio.vault.check(made.evidence, artist_id=artist.id)
    assert kept.read_bytes().startswith(b"%PDF-")
    assert label.voices.consents() == label.voices.consents(artist.id) == (made,)
    assert trail(label)[-1] == "voice.consented"


def test_the_same_consent_twice_is_a_conflict(label: Label, artist: Artist, paper: Path) -> None:
    agree(label, artist, paper)
    with pytest.raises(Conflict):
        agree(label, artist, paper)
    assert len(label.voices.consents()) == 1


def test_what_cannot_be_a_consent_is_refused(label: Label, artist: Artist, paper: Path) -> None:
    with pytest.raises(Invalid, match="before it begins"):
        agree(label, artist, paper, until=TODAY - DAY)
    with pytest.raises(NotFound):
        agree(label, artist, paper.with_name("lost.pdf"))
    empty = paper.with_name("empty.pdf")
    empty.touch()
    with pytest.raises(Invalid):
        agree(label, artist, empty)
    with pytest.raises(Invalid, match="voice"):
        label.voices.consent(
            artist.id, voice="Jo Doe!", person="Jo Doe", uses=("clone",), given_on=TODAY, evidence=paper
        )
    assert label.voices.consents() == ()


def test_a_revoked_consent_stays_in_the_books_and_holds_no_more(either: Label, paper: Path) -> None:
    label, artist = either, enter_artist(either)
    made = agree(label, artist, paper)
    ended = label.voices.revoke(made.id, reason="asked us to stop", actor="person:mara")
    assert ended.revoked_at == NOW and not ended.covers("recording", TODAY)
    assert label.voices.consents() == (ended,)
    assert trail(label)[-2:] == ["voice.consented", "voice.revoked"]
    with pytest.raises(Conflict):
        label.voices.revoke(made.id, reason="again")
    with pytest.raises(NotFound):
        label.voices.revoke("cns_0000000000000", reason="unknown")


@pytest.mark.parametrize(
    ("since", "until", "use", "covered"),
    [
        (TODAY, None, "recording", True),
        (TODAY, TODAY, "recording", True),
        (TODAY + DAY, None, "recording", False),
        (TODAY - 9 * DAY, TODAY - DAY, "recording", False),
        (TODAY, None, "clone", False),
        (TODAY, None, "speech", False),
    ],
)
def test_a_consent_holds_for_its_days_and_its_uses(
    label: Label, artist: Artist, paper: Path, since: date, until: date | None, use: str, covered: bool
) -> None:
    made = agree(label, artist, paper, since=since, until=until)
    assert made.covers(use, TODAY) is covered  # type: ignore[arg-type]


# ---- at the door of the mix


def scene_of(label: Label, artist: Artist, folder: Path, singers: tuple[Singer, ...]) -> Scene:
    run = lay_on_desk(label, artist)
    studio = label.office.studio
    studio = replace(studio, cast=replace(studio.cast, singers=lambda: singers))
    folder.mkdir(exist_ok=True)
    return set_scene(studio, run.id, StageName.TRACK, 1, folder, lambda _run, _share: None)


def sing(scene: Scene) -> vocals.Vocals:
    notes = tuple(
        MelodyNote(start_s=0.5 + n, end_s=1.3 + n, pitch=60, section=1, line=0, syllable=n) for n in range(3)
    )
    timeline = Timeline(duration_s=4.0, tempo_bpm=60, key="C", beats=(), downbeats=(), sections=(), chords=())
    recording = Recording(
        stems=(StemFile(name="mix", path=scene.folder / "mix.wav"),),
        timeline=timeline,
        melody=notes,
        provenance=Provenance(engine="sample", engine_version="1"),
    )
    words = Lyrics(title="x", hook="", sections=(LyricSection(label="verse", lines=("hold me now",)),))
    sections = (
        SectionPlan(label="intro", bars=4, energy=0.3),
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=(3,)),
    )
    plan = SongPlan(genre="pop", style="pop", tempo_bpm=60, tonic=0, mode="major", seed=1, sections=sections)
    return vocals.sing(scene, recording, words, plan, scene.artist.profile.sound)


@pytest.fixture
def jo(tmp_path: Path) -> FileSinger:
    path = tmp_path / "jo.wav"
    soundfile.write(path, 0.2 * np.sin(np.arange(3 * 44100) / 40.0), 44100, subtype="FLOAT")
    return FileSinger(path, "jo-doe", "recording")


def test_a_persons_voice_sings_by_consent_only(
    label: Label, artist: Artist, paper: Path, tmp_path: Path, jo: FileSinger
) -> None:
    scene = scene_of(label, artist, tmp_path / "take", (jo, FormantSinger()))
    with pytest.raises(NotAllowed, match="nobody has recorded one") as told:
        sing(scene)
    assert told.value.code == "voice.no_consent" and "voice consent add" in told.value.hint
    assert trail(label)[-1] == "voice.refused"
    made = agree(label, artist, paper)
    sung = sing(scene)
    assert sung.stem is not None and sung.stem.voice == "jo-doe"
    assert (sung.stem.provenance.engine, sung.consent) == ("Jo Doe", made.id)
    gate.still_given(scene, sung.consent)
    assert [word.text for line in sung.lines for word in line.words] == ["hold", "me", "now"]
    label.voices.revoke(made.id, reason="asked us to stop")
    with pytest.raises(NotAllowed, match="revoked or has expired"):
        sing(scene)
    with pytest.raises(NotAllowed, match="Jo Doe took back"):
        gate.still_given(scene, sung.consent)
    assert trail(label)[-1] == "voice.refused"


def test_a_consent_that_ended_before_sealing_holds_no_more(
    tmp_path: Path, paper: Path, jo: FileSinger
) -> None:
    settings = Settings(home=tmp_path / "label", _env_file=None)
    with label_at(settings) as label:
        artist = enter_artist(label)
        made = agree(label, artist, paper, until=TODAY)
        gate.still_given(scene_of(label, artist, tmp_path / "take", (jo,)), made.id)
    with label_at(settings, FixedClock(NOW + DAY)) as label:
        run = label.runs.every(artist_id=artist.id)[0]
        studio = label.office.studio
        scene = set_scene(studio, run.id, StageName.SEAL, 1, tmp_path / "take", lambda _run, _share: None)
        with pytest.raises(NotAllowed, match="ended on"):
            gate.still_given(scene, made.id)
        with studio.database.begin() as connection, pytest.raises(NotAllowed):
            gate.none_taken_back(connection, made.id, studio.clock.now())
        assert trail(label)[-1] == "voice.refused"


@pytest.mark.parametrize("person", ["Jo", "Jo\x07", "Jo <b>", "J0 D03"])
def test_a_consent_is_of_somebody_with_a_full_name(
    person: str, label: Label, artist: Artist, paper: Path
) -> None:
    with pytest.raises(Invalid, match="full name"):
        label.voices.consent(
            artist.id, voice="jo", person=person, uses=("clone",), given_on=TODAY, evidence=paper
        )


def test_another_artist_cannot_use_the_consent(
    label: Label, artist: Artist, paper: Path, tmp_path: Path, jo: FileSinger
) -> None:
    agree(label, enter_artist(label, "Glass Harbour"), paper)
    with pytest.raises(NotAllowed):
        sing(scene_of(label, artist, tmp_path / "take", (jo,)))


def test_our_own_voice_needs_nobody(label: Label, artist: Artist, tmp_path: Path) -> None:
    sung = sing(scene_of(label, artist, tmp_path / "take", (FormantSinger(),)))
    assert sung.stem is not None and not gate.outside(sung.stem)
    assert "voice.refused" not in trail(label)


def test_a_trained_voice_counts_as_outside_whatever_it_says_of_itself(tmp_path: Path) -> None:
    stem = SungStem(
        stem=StemFile(name="vocals", path=tmp_path / "v.wav"),
        words="sung",
        provenance=Provenance(engine="clone", engine_version="1", licence_class="open_weights"),
    )
    assert gate.outside(stem)


class Hoarse:
    """A singer whose program is not there."""

    name = "hoarse"

    def sing(self, request: SingingRequest) -> SungStem:
        raise Unavailable("No program.", hint="Install it.")


def test_the_understudy_sings_where_the_first_cannot(label: Label, artist: Artist, tmp_path: Path) -> None:
    scene = scene_of(label, artist, tmp_path / "take", (Hoarse(), FormantSinger()))
    sung = sing(scene)
    assert sung.stem is not None and sung.stem.provenance.engine == "formant_singer"
    (finding,) = sung.findings
    assert finding.rule == "track.voice" and "hoarse" in finding.message
    with pytest.raises(Unavailable):
        sing(
            replace(
                scene,
                studio=replace(scene.studio, cast=replace(scene.studio.cast, singers=lambda: (Hoarse(),))),
            )
        )


def test_a_label_without_singers_has_no_voice(label: Label, artist: Artist, tmp_path: Path) -> None:
    sung = sing(scene_of(label, artist, tmp_path / "take", ()))
    assert (sung.stem, sung.lines) == (None, ())


# ---- the command


def test_the_command_records_lists_and_revokes(paper: Path) -> None:
    with label_at(Settings(), FixedClock(NOW)) as label:
        artist = enter_artist(label)
    words = (
        "voice",
        "consent",
        "add",
        artist.id,
        "--voice",
        "jo-doe",
        "--person",
        "Jo Doe",
        "--use",
        "clone",
    )
    dates = ("--given-on", "2026-11-01", "--expires-on", "2099-01-31", "--evidence", str(paper))
    made = noktvrn(*words, *dates, "--json")
    assert made.code == 0, made.err
    assert made.data["voice"] == "jo-doe" and made.data["uses"] == ["clone"]
    shown = noktvrn("voice", "consent", "list")
    assert "Jo Doe" in shown.out and "valid until 2099-01-31" in shown.out
    assert noktvrn(*words, *dates).code == 4
    ended = noktvrn("voice", "consent", "revoke", made.data["id"], "--reason", "asked us to stop")
    assert ended.code == 0 and "revoked" in ended.out
    assert "revoked 20" in noktvrn("voice", "consent", "list", "--artist", artist.id).out
    assert (
        noktvrn("voice", "consent", "revoke", "nonsense", "--reason", "x", "--json")
        .problem["hint"]
        .count("voice consent list")
    )
    assert noktvrn("audit", "verify").code == 0
