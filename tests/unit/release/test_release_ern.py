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
    track,
)

from noktvrn.release import schema
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.release.ern import write_message
from noktvrn.release.sealing import AudioFile, ImageFile, Sealing

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
    return write_message(sealing(source), AUDIO, COVER)


def sung() -> Dossier:
    return dossier(track=track(instrumental=False, language="en"), lyrics=lyrics())


@pytest.fixture(scope="module")
def schemas() -> Path:
    if SCHEMAS is None:
        pytest.skip("no DDEX schema folder here: set NOKTVRN_DDEX_SCHEMA_DIR to validate messages by XSD")
    return SCHEMAS


@pytest.mark.parametrize("source", [dossier(), sung()], ids=["instrumental", "sung"])
def test_message_is_valid_by_xsd(source: Dossier, schemas: Path) -> None:
    assert schema.violations(message(source), schemas) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=xml_text, name=xml_text, label=xml_text)
def test_message_is_valid_whatever_the_texts(title: str, name: str, label: str, schemas: Path) -> None:
    source = dossier(track=track(title), artist=artist("x").model_copy(), label_name=label)
    draft = draft_of(source).model_copy(update={"artist_name": name})
    made = write_message(replace(sealing(), draft=draft), AUDIO, COVER)
    assert schema.violations(made, schemas) == ()
    assert etree.fromstring(made).findtext(".//Release/DisplayTitleText") == title
