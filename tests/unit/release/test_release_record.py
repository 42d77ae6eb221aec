"""A record of several songs: drafted, checked, told and sealed as one release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.release import release_samples as samples
from tests.unit.release.release_samples import NOW, Vault, seal_vault

from noktvrn.kernel.ids import RunId, TrackId, derive
from noktvrn.model.finding import Severity
from noktvrn.model.provenance import Provenance, Share
from noktvrn.model.release import Identifiers, Release
from noktvrn.release import paths, schema, structure
from noktvrn.release.cases import Catalogue
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, text_parts
from noktvrn.release.identifiers import TEST_REGISTRATION
from noktvrn.release.record import loudness_of, starts_of
from noktvrn.release.validator import validate_draft, validate_package
from noktvrn.sound.files import flac
from noktvrn.storage.vault import file_sha256

TITLES = ("Glass Hours", "Low Tide", "Salt on the Wire")
LEAD = 2


def codes(count: int = 3) -> Identifiers:
    isrcs = tuple(TEST_REGISTRATION.isrc(2026, number) for number in range(1, count + 1))
    return Identifiers(isrc=isrcs[0], isrcs=isrcs, upc=TEST_REGISTRATION.upc(1), test_range=True)


def song(number: int, source: Dossier, **more: Any) -> Dossier:
    """Song `number` as a single of its own would be, its words sung where the number is even."""
    sung = number % 2 == 0
    run = RunId(derive("run", "song", number))
    track = source.track.model_copy(
        update={
            "id": TrackId(derive("track", run)),
            "title": TITLES[number - 1],
            "instrumental": not sung,
            "language": "en" if sung else "zxx",
            **more,
        }
    )
    bare: dict[str, Any] = {"video": None, "teaser": None, "lyrics": samples.lyrics() if sung else None}
    return source.model_copy(update={"run_id": run, "track": track, **bare})


def record_of(source: Dossier, **more: Any) -> Dossier:
    songs = tuple(song(number, source) for number in (1, 2, 3))
    lead = songs[LEAD - 1]
    whole: dict[str, Any] = {"kind": "ep", "title": "The Long Shore", "songs": songs}
    whole |= {"track": lead.track, "lyrics": lead.lyrics}
    return source.model_copy(update=whole | more)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    (tmp_path / "vault").mkdir()
    single = samples.vault(tmp_path / "vault")
    whole = record_of(single.dossier)
    by_hash = {file_sha256(path): path for path in (tmp_path / "vault").iterdir()}
    texts = text_parts(whole)
    parts = [part for part in draft_of(whole).parts if part.path not in texts]
    return Vault(whole, {part.path: by_hash[part.asset.sha256] for part in parts})


@pytest.fixture
def sealed(vault: Vault, tmp_path: Path) -> tuple[Release, Path]:
    return seal_vault(vault, tmp_path / "package", identifiers=codes()), tmp_path / "package"


def findings(dossier: Dossier) -> set[str]:
    report = validate_draft(draft_of(dossier), dossier, Catalogue(today=NOW.date()))
    return {found.rule for found in report.findings if found.severity is not Severity.INFO}


def test_the_draft_holds_every_song_in_its_order_and_the_whole_above_them() -> None:
    dossier = record_of(samples.dossier())
    draft = draft_of(dossier)

    assert (draft.kind, draft.title) == ("ep", "The Long Shore")
    assert tuple(track.title for track in draft.tracks) == TITLES
    assert draft.run_id == dossier.run_id
    assert draft.track_id == dossier.songs[LEAD - 1].track.id
    assert draft.duration_s == pytest.approx(3 * 174.0)
    assert (draft.instrumental, draft.language) == (False, "en")
    assert [part.path for part in draft.parts if part.path.endswith(".flac")] == [
        paths.audio(draft.id, number) for number in (1, 2, 3)
    ]
    assert {"lyrics_2.txt", "tracklist.txt", "captions.txt"} <= {part.path for part in draft.parts}
    assert [credit.role for credit in draft.credits].count("MainArtist") == 1


def test_the_verdict_is_bound_to_every_song_and_its_place() -> None:
    dossier = record_of(samples.dossier())
    whole = draft_of(dossier).approval_hash()
    one, two, three = dossier.songs
    renamed = two.model_copy(update={"track": two.track.model_copy(update={"title": "High Tide"})})

    for songs in ((two, one, three), (one, renamed, three), (one, two)):
        assert (
            draft_of(dossier.model_copy(update={"songs": songs, "track": one.track})).approval_hash() != whole
        )
    assert draft_of(dossier.model_copy(update={"title": "Shore"})).approval_hash() != whole


def test_what_one_song_was_made_by_is_told_of_that_song_and_rolled_up() -> None:
    source = record_of(samples.dossier())
    person = Provenance.own_work_of("Ada Quill")
    own = source.songs[0].model_copy(
        update={"track": source.songs[0].track.model_copy(update={"provenance": person})}
    )
    draft = draft_of(source.model_copy(update={"songs": (own, *source.songs[1:])}))

    assert [track.disclosure.composition.share for track in draft.tracks] == [
        Share.NONE,
        Share.ALL,
        Share.ALL,
    ]
    assert draft.disclosure.composition.share is Share.PARTLY
    assert "Ada Quill" in draft.disclosure.composition.engine


def test_a_sound_record_breaks_no_rule() -> None:
    assert findings(record_of(samples.dossier(cover=samples.cover(shown_text=("The Long Shore",))))) == set()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("record.titles", {"title": TITLES[0]}),
        ("record.tracks", {"id": TrackId(derive("track", derive("run", "song", 1)))}),
        ("record.level", {"figures": samples.figures(integrated_lufs=-21.0)}),
        ("record.joins", {"figures": samples.figures(edge_peak_dbfs=-20.0)}),
        ("release.audio.silence", {"figures": samples.figures(leading_silence_s=3.0)}),
        ("release.title.symbols", {"title": "Low Tide \N{WATER WAVE}"}),
    ],
)
def test_a_rule_finds_the_song_that_breaks_it(rule: str, change: dict[str, Any]) -> None:
    source = record_of(samples.dossier())
    second = source.songs[1]
    spoilt = second.model_copy(update={"track": second.track.model_copy(update=change)})
    songs = (source.songs[0], spoilt, source.songs[2])

    assert rule in findings(source.model_copy(update={"songs": songs, "track": spoilt.track}))


def test_a_record_longer_than_its_kind_is_told() -> None:
    source = record_of(samples.dossier())
    long = source.songs[2].track.master.model_copy(update={"duration_s": 1600.0})
    third = source.songs[2].model_copy(
        update={"track": source.songs[2].track.model_copy(update={"master": long})}
    )

    assert "record.kind" in findings(source.model_copy(update={"songs": (*source.songs[:2], third)}))


def test_the_package_holds_and_its_message_tells_the_songs_in_order(sealed: tuple[Release, Path]) -> None:
    release, folder = sealed
    report = validate_package(release, folder, samples.SCHEMAS)
    root = schema.parse((folder / paths.message(release.draft.id)).read_bytes())

    assert report.passed, report.findings
    assert structure.texts(root, "ReleaseList/Release/ReleaseType") == ("EP",)
    assert structure.texts(root, ".//SoundRecording/DisplayTitleText") == TITLES
    assert structure.texts(root, ".//ISRC") == release.identifiers.isrcs
    assert structure.texts(root, ".//ICPN") == (release.identifiers.upc,)
    assert structure.texts(root, ".//ResourceGroupContentItem/SequenceNumber") == ("1", "2", "3")
    assert structure.texts(root, ".//DealReleaseReference") == ("R0", "R1", "R2", "R3")


def test_every_master_carries_its_own_number_code_and_mark(sealed: tuple[Release, Path]) -> None:
    release, folder = sealed

    for number, isrc in enumerate(release.identifiers.isrcs, start=1):
        tags = flac.read_tags(folder / paths.audio(release.draft.id, number))
        assert (tags["TITLE"], tags["ALBUM"]) == (TITLES[number - 1], "The Long Shore")
        assert (tags["TRACKNUMBER"], tags["TRACKTOTAL"], tags["ISRC"]) == (str(number), "3", isrc)


def test_the_papers_name_every_song(sealed: tuple[Release, Path]) -> None:
    release, folder = sealed
    told = json.loads((folder / paths.METADATA).read_text())
    disclosed = json.loads((folder / paths.DISCLOSURE).read_text())
    page, sheet = (folder / paths.PAGE).read_text(), (folder / paths.SHEET).read_text()

    assert [track["isrc"] for track in told["tracks"]] == list(release.identifiers.isrcs)
    assert told["loudness_lufs"] == pytest.approx(-14.0)
    assert [track["title"] for track in disclosed["tracks"]] == list(TITLES)
    assert (folder / paths.TRACK_LIST).read_text().splitlines()[2].startswith(" 1.   0:00  Glass Hours")
    for title, isrc in zip(TITLES, release.identifiers.isrcs, strict=True):
        assert title in page
        assert isrc in sheet
    assert page.count("<audio ") == 3


@pytest.mark.parametrize("spoil", [{"isrcs": ()}, {"isrcs": (TEST_REGISTRATION.isrc(2026, 1),) * 3}])
def test_a_song_without_a_code_of_its_own_is_found(
    sealed: tuple[Release, Path], spoil: dict[str, Any]
) -> None:
    release, folder = sealed
    spoilt = release.model_copy(update={"identifiers": release.identifiers.model_copy(update=spoil)})

    assert "package.isrc" in {found.rule for found in validate_package(spoilt, folder).findings}


def test_loudness_and_starts_are_of_the_songs_one_after_the_other() -> None:
    source = record_of(samples.dossier())
    loud = source.songs[0].track.model_copy(update={"figures": samples.figures(integrated_lufs=-11.0)})
    songs = (source.songs[0].model_copy(update={"track": loud}), *source.songs[1:])

    assert starts_of(source) == (0.0, 174.0, 348.0)
    assert loudness_of(source.model_copy(update={"songs": songs})) == pytest.approx(-12.756, abs=0.001)
