"""One record, many forms: what each platform is told follows from who made what."""

from __future__ import annotations

import json

import pytest
from tests.unit.release.release_samples import cover, dossier, lyrics, provenance, track

from noktvrn.model.provenance import Disclosure, Facet, Share
from noktvrn.model.release import ReleaseDraft
from noktvrn.release import disclosure as disclosed
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, draft_release, facets, text_parts

ALL, NONE = Facet(share=Share.ALL, engine="e"), Facet(share=Share.NONE, engine="Jo Doe")
ABSENT = Facet(share=Share.NONE, applies=False)


def record(**more: Facet) -> Disclosure:
    base = dict.fromkeys(
        ("lyrics", "composition", "vocals", "instrumentation", "post_production", "artwork", "video"), NONE
    )
    return Disclosure(**(base | more))


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        ([Share.ALL, Share.ALL], Share.ALL),
        ([Share.NONE, Share.NONE], Share.NONE),
        ([Share.ALL, Share.NONE], Share.PARTLY),
        ([Share.PARTLY, Share.PARTLY], Share.PARTLY),
        ([], Share.NONE),
    ],
)
def test_roll_up(shares: list[Share], wanted: Share) -> None:
    assert disclosed.roll_up([Facet(share=share) for share in shares] + [ABSENT]) is wanted


@pytest.mark.parametrize(
    ("made", "tags"),
    [
        (record(), set()),
        (record(vocals=ALL), {"track"}),
        (record(post_production=ALL), {"track"}),
        (record(lyrics=ALL), {"composition"}),
        (record(composition=ALL), {"composition"}),
        (record(artwork=ALL), {"artwork"}),
        (record(video=ALL), {"music_video"}),
        (record(video=ALL.model_copy(update={"applies": False})), set()),
    ],
)
def test_apple_tags(made: Disclosure, tags: set[str]) -> None:
    assert {name for name, value in disclosed.apple_tags(made).items() if value} == tags
    assert disclosed.youtube_flag(made) is bool(tags)


def test_contributors_have_the_roles_of_their_facets() -> None:
    roles = [made.role for made in disclosed.recording_contributors(record(lyrics=ALL, instrumentation=ALL))]
    assert roles == ["Lyricist", "Musician"]


def test_an_instrumental_says_nothing_about_words_or_voices() -> None:
    draft = draft_of(dossier(lyrics=lyrics()))
    assert draft.language == "zxx" and draft.instrumental
    assert not draft.disclosure.lyrics.applies and not draft.disclosure.vocals.applies
    assert "Lyricist" not in {credit.role for credit in draft.credits}
    assert "lyrics.txt" not in {part.path for part in draft.parts}
    assert set(json.loads(disclosed.compact(draft.disclosure))) == {
        "composition",
        "instrumentation",
        "post_production",
        "artwork",
    }


def sung(**more: object) -> Dossier:
    return dossier(track=track(instrumental=False, language="en"), lyrics=lyrics(**more))


def test_a_song_credits_its_words_and_carries_them() -> None:
    draft = draft_of(sung())
    assert draft.language == "en"
    assert [credit.name for credit in draft.credits if credit.role == "Lyricist"] == ["procedural_writer"]
    assert text_parts(sung())["lyrics.txt"] == b"glass hours over me\nrain showers on the sea\n"


def test_a_persons_lines_make_the_words_partly_generated() -> None:
    assert facets(sung(human_lines=("mine",))).lyrics.share is Share.PARTLY
    assert disclosed.recording_share(facets(sung(human_lines=("mine",)))) is Share.PARTLY


def test_a_human_painter_is_credited_as_a_person() -> None:
    draft = draft_of(dossier(cover=cover(provenance=provenance("Jo Doe", licence_class="human"))))
    illustrator = next(credit for credit in draft.credits if credit.role == "Illustrator")
    assert (illustrator.name, illustrator.generative) == ("Jo Doe", False)
    assert draft.disclosure.artwork.share is Share.NONE
    assert disclosed.release_share(draft.disclosure) is Share.PARTLY


@pytest.mark.parametrize(
    ("films", "share"),
    [
        ([{}], Share.ALL),
        ([{"people": True, "licence_class": "licensed"}], Share.PARTLY),
        ([{"people": True}, {}], Share.PARTLY),
        ([{"licence_class": "human"}], Share.NONE),
        ([{"licence_class": "human"}, {}], Share.PARTLY),
    ],
)
def test_a_film_with_footage_that_people_shot_is_partly_generated(
    films: list[dict[str, object]], share: Share
) -> None:
    made = [provenance("procedural_video", **film) for film in films]
    source = provenance()
    told = disclosed.disclose(
        music=source, artwork=source, films=made, lyrics_engine=None, human_lines=False, sung=False
    )
    assert told.video == Facet(share=share, engine="procedural_video")
    assert disclosed.apple_tags(told)["music_video"] is (share is not Share.NONE)
    stored = [type(one).model_validate_json(one.model_dump_json()) for one in made]
    assert stored == made and ("people" in made[0].as_data()) is bool(films[0].get("people"))


def test_the_persona_is_credited_as_main_artist_only() -> None:
    draft = draft_of(sung())
    assert [c.role for c in draft.credits if c.name == draft.artist_name] == ["MainArtist"]
    assert "AI persona" in disclosed.sentence(draft.disclosure)


def test_the_same_values_make_the_same_draft() -> None:
    source = dossier()
    values = {name: getattr(source, name) for name in type(source).model_fields}
    assert draft_release(**values) == draft_of(source)
    assert draft_of(source).approval_hash() == draft_of(dossier()).approval_hash()


def test_a_draft_and_its_dossier_come_back_from_the_ledger_as_they_were() -> None:
    source = sung()
    draft = draft_of(source)
    stored = Dossier.model_validate_json(source.model_dump_json())
    assert draft_of(stored) == ReleaseDraft.model_validate_json(draft.model_dump_json()) == draft


def test_explicit_words_set_the_advisory() -> None:
    assert draft_of(sung(explicit=True)).advisory == "explicit"
    assert draft_of(dossier(lyrics=lyrics(explicit=True))).advisory == "not_explicit"
