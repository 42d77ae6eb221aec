"""What a release says of its voice: who sings, whether words are heard, and when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.unit.release.release_samples import dossier, lyrics, track

from noktvrn.model.finding import Severity
from noktvrn.model.provenance import Provenance, Share, SourceType
from noktvrn.model.sound import TimedLine, TimedWord
from noktvrn.release import paths
from noktvrn.release.cases import Catalogue
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, text_parts
from noktvrn.release.metadata import credit_kind
from noktvrn.release.validator import validate_draft
from noktvrn.sound.files import lrc

VOICE = Provenance(engine="formant_singer", engine_version="1", seed=3)
LINES = (
    TimedLine(section="verse", words=(TimedWord(text="Hold", start_s=2.0, end_s=2.4),)),
    TimedLine(section="verse", words=(TimedWord(text="me", start_s=3.0, end_s=3.5),)),
)


def sung(*, words: bool) -> Dossier:
    language: dict[str, Any] = {"instrumental": not words, "language": "en" if words else "zxx"}
    heard = track(voice=VOICE, voice_words="sung" if words else "none", lines=LINES, **language)
    return dossier(track=heard, lyrics=lyrics())


def errors(case: Dossier) -> list[str]:
    report = validate_draft(draft_of(case), case, Catalogue(date(2026, 11, 21)))
    return [finding.rule for finding in report.findings if finding.severity is Severity.ERROR]


def test_a_voice_without_words_is_disclosed_and_credited_and_sings_no_lyrics() -> None:
    case = sung(words=False)
    draft = draft_of(case)
    assert (draft.language, draft.instrumental) == ("zxx", True)
    assert draft.disclosure.vocals.share is Share.ALL
    assert draft.disclosure.vocals.engine == "formant_singer"
    assert not draft.disclosure.lyrics.applies
    (credit,) = [one for one in draft.credits if one.role == "Vocalist"]
    assert credit_kind(credit) == "generative"
    assert not {paths.LYRICS, paths.TIMED_LYRICS} & set(text_parts(case))
    assert case.provenances["voice"] == VOICE
    assert errors(case) == []


def test_sung_words_come_with_their_times() -> None:
    case = sung(words=True)
    draft = draft_of(case)
    assert draft.language == "en" and not draft.instrumental
    assert draft.disclosure.lyrics.applies and draft.disclosure.vocals.engine == "formant_singer"
    text = text_parts(case)[paths.TIMED_LYRICS].decode()
    assert lrc.read(text) == ((2.0, "Hold"), (3.0, "me"), (3.5, ""))
    assert f"[ti:{case.track.title}]" in text
    assert errors(case) == []


def test_without_a_voice_nothing_is_said_of_one() -> None:
    draft = draft_of(dossier())
    assert not draft.disclosure.vocals.applies
    assert "Vocalist" not in {credit.role for credit in draft.credits}


@pytest.mark.parametrize(
    ("voice", "mark"),
    [
        (SourceType.ALGORITHMIC, SourceType.ALGORITHMIC),
        (SourceType.HUMAN, SourceType.ALGORITHMIC),
        (SourceType.TRAINED, SourceType.COMPOSITE),
    ],
)
def test_the_master_carries_the_mark_of_music_and_voice_together(voice: SourceType, mark: SourceType) -> None:
    case = dossier(track=track(voice=VOICE.model_copy(update={"source_type": voice})))
    assert (case.marks["track"], case.marks["voice"]) == (mark, voice)
    assert case.marks["cover"] is case.cover.provenance.source_type
