"""The ERN message: valid against DDEX's schema whatever the texts hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.release.release_samples import (
    NOW,
    RELEASE_ON,
    SCHEMAS,
    VERDICT,
    artist,
    dossier,
    identifiers,
    lyrics,
    provenance,
    track,
)

from noktvrn.kernel.errors import Invalid
from noktvrn.release import schema
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.release.ern import write_message
from noktvrn.release.sealing import AudioFile, ImageFile, Parties, Sealing

AUDIO = AudioFile("resources/a.flac", "a" * 64, 1000, 174.0, 44_100, 2, 24)
COVER = ImageFile("resources/a.jpg", "b" * 64, 500, 3000, 3000, "JPEG")

xml_text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
).filter(str.strip)


def sealing(source: Dossier | None = None) -> Sealing:
    return Sealing(
        draft=draft_of(source or dossier()),
        identifiers=identifiers(),
        release_on=RELEASE_ON,
        original_on=RELEASE_ON,
        verdict_id=VERDICT,
        sealed_at=NOW,
    )


def message(source: Dossier | None = None) -> bytes:
    return write_message(sealing(source), (AUDIO,), COVER)


def sung() -> Dossier:
    return dossier(track=track(instrumental=False, language="en"), lyrics=lyrics())


@pytest.fixture(scope="module")
def schemas() -> Path:
    if SCHEMAS is None:
        pytest.skip("no DDEX schema folder here: set NOKTVRN_DDEX_SCHEMA_DIR to validate messages by XSD")
    return SCHEMAS


def by_a_person() -> Dossier:
    return dossier(track=track(provenance=provenance("Jo Doe", licence_class="human")))


@pytest.mark.parametrize("source", [dossier(), sung(), by_a_person()], ids=["instrumental", "sung", "human"])
def test_message_is_valid_by_xsd(source: Dossier, schemas: Path) -> None:
    assert schema.violations(message(source), schemas) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=xml_text, name=xml_text, label=xml_text)
def test_message_is_valid_whatever_the_texts(title: str, name: str, label: str, schemas: Path) -> None:
    source = dossier(track=track(title), artist=artist("x").model_copy(), label_name=label)
    draft = draft_of(source).model_copy(update={"artist_name": name})
    made = write_message(replace(sealing(), draft=draft), (AUDIO,), COVER)
    assert schema.violations(made, schemas) == ()
    assert etree.fromstring(made).findtext(".//Release/DisplayTitleText") == title


def test_a_person_is_a_party_and_a_machine_is_not() -> None:
    root = schema.parse(message(by_a_person()))
    made = list(root.iterfind("ResourceList/SoundRecording/Contributor"))
    people = [one for one in made if one.find("ContributorPartyReference") is not None]
    assert [person.findtext("Role/Value") for person in people] == ["Composer"]
    assert [person.findtext("AiContribution") for person in people] == ["None"]
    assert made == people  # mastering by rule generates nothing
    assert "Jo Doe" in [name.text for name in root.iterfind("PartyList/Party/PartyName/FullName")]
    assert root.findtext("ResourceList/SoundRecording/ContainsAI") == "None"
    machine = schema.parse(message(dossier()))
    assert {one.findtext("AiContribution") for one in machine.iterfind(".//SoundRecording/Contributor")} == {
        "All"
    }


def test_a_message_is_live_only_with_real_codes_and_a_real_sender() -> None:
    real = Parties(sender_dpid="PADPIDA2007040502I", recipient_dpid="PADPIDA2011072101T")
    codes = identifiers().model_copy(update={"test_range": False})
    controls = [
        schema.parse(write_message(one, (AUDIO,), COVER)).findtext("MessageHeader/MessageControlType")
        for one in (
            sealing(),
            replace(sealing(), parties=real),
            replace(sealing(), identifiers=codes),
            replace(sealing(), identifiers=codes, parties=real),
        )
    ]
    assert controls == ["TestMessage", "TestMessage", "TestMessage", "LiveMessage"]


def test_a_wrong_dpid_is_refused() -> None:
    with pytest.raises(Invalid, match="DDEX party id"):
        Parties(sender_dpid="PADPIDX")


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        message(dossier(track=track("Glass\x00Hours")))
    assert caught.value.code == "release.bad_characters"


def test_the_same_sealing_is_the_same_message() -> None:
    assert message() == message()


def test_a_naive_time_cannot_seal() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(sealing(), sealed_at=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "hostile",
    [
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><x>&e;</x>",
        b"<!DOCTYPE x><x/>",
        b"<x>" + b"a" * (9 << 20) + b"</x>",
        b"\xff\xfe",
    ],
    ids=["entity", "doctype", "huge", "no xml"],
)
def test_hostile_xml_is_refused(hostile: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        schema.parse(hostile)
    assert caught.value.code == "ddex.unreadable"
