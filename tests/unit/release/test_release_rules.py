"""Every rule about a draft has a case that passes it and a case that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from tests.unit.release.release_samples import artist, cover, dossier, figures, lyrics, provenance, track

from noktvrn.model.asset import Asset
from noktvrn.model.finding import Severity
from noktvrn.model.provenance import Facet, Rights, Share
from noktvrn.model.release import Credit, Part
from noktvrn.model.song import LyricSection
from noktvrn.release.cases import DRAFT, Catalogue, DraftCase
from noktvrn.release.draft import draft_of
from noktvrn.release.rulebook import Rulebook
from noktvrn.release.validator import validate_draft
from noktvrn.roles.writer import Captions

TODAY = date(2026, 11, 21)
SUNG: dict[str, Any] = {"track": track(instrumental=False, language="en"), "lyrics": lyrics()}


@dataclass(frozen=True)
class Change:
    """A case: values of the dossier, of the draft and of the catalogue that differ from the sample."""

    dossier: dict[str, Any] = field(default_factory=dict)
    draft: dict[str, Any] = field(default_factory=dict)
    catalogue: dict[str, Any] = field(default_factory=dict)

    def case(self) -> DraftCase:
        source = dossier(**self.dossier)
        draft = draft_of(source).model_copy(update=self.draft)
        return DraftCase(draft, source, Catalogue(TODAY, **self.catalogue))


def title(text: str) -> Change:
    return Change(draft={"title": text})


def sound(**more: Any) -> Change:
    return Change(dossier={"track": track(figures=figures(**more))})


def painted(**more: Any) -> Change:
    return Change(dossier={"cover": cover(**more)})


def rights(**more: Any) -> Change:
    return Change(dossier={"cover": cover(provenance=provenance("art", rights=Rights(**more)))})


def master(**more: Any) -> Change:
    return Change(dossier={"track": track(master=track().master.model_copy(update=more))})


def credited(*more: Credit) -> Change:
    return Change(draft={"credits": (*draft_of(dossier()).credits, *more)})


def facet(name: str, value: Facet) -> Change:
    return Change(draft={"disclosure": draft_of(dossier()).disclosure.model_copy(update={name: value})})


def part(path: str) -> Change:
    extra = Part(path=path, asset=Asset(sha256="c" * 64, size=1, media_type="text/plain", name="x"))
    return Change(draft={"parts": (*draft_of(dossier()).parts, extra)})


def words(text: str) -> Change:
    section = LyricSection(label="verse", lines=tuple(text.split("/")))
    return Change(dossier=SUNG | {"lyrics": lyrics().model_copy(update={"sections": (section,)})})


BREAKS: dict[str, list[Change]] = {
    "release.title.form": [title(" "), title("Cafe\u0301"), title("a\u200bb"), title("Glass  Hours")],
    "release.title.length": [title("a" * 256)],
    "release.title.symbols": [title("Glass ⭐"), title("Night 🌙")],
    "release.title.casing": [title("GLASS HOURS"), title("gLass Hours")],
    "release.title.brackets": [title("Glass (Hours"), title("It's ‘so’"), title("Glass,")],
    "release.title.two_titles": [title("Glass / Hours")],
    "release.title.advisory_mark": [title("Glass (Explicit)"), title("Glass [clean version]")],
    "release.title.featuring": [title("Glass (feat. Nobody)"), title("Glass ft Nobody")],
    "release.title.credit": [title("Glass (prod. by Nobody)"), title("Glass produced by Nobody")],
    "release.title.version": [title("Glass (Original Mix)")],
    "release.title.advertising": [title("Glass (Official Audio)"), title("Glass out now")],
    "release.title.address": [
        title("glass.com"),
        title("Glass @me"),
        title("Call +49 30 1234567"),
        title("$5"),
    ],
    "release.title.placeholder": [title("Untitled"), title("Track 01"), title("{title}"), title("TBD")],
    "release.title.bait": [title("Glass in the style of rain"), title("Night Type Beat"), title("Rihanna")],
    "release.title.artist": [title("Vesper Quill - Glass")],
    "release.title.repeated": [Change(catalogue={"earlier_titles": ("glass hours",)})],
    "release.artist.main": [Change(dossier={"artist": artist("Unknown")}), Change(draft={"credits": ()})],
    "release.artist.known": [Change(dossier={"artist": artist("The Weekend")})],
    "release.artist.single": [Change(dossier={"artist": artist("Night & Day")})],
    "release.artist.spelling": [Change(catalogue={"artist_names": ("VESPER Quill",)})],
    "release.credits.authors": [
        credited(Credit(name="Vesper Quill", role="Lyricist", generative=True)),
        credited(Credit(name="Jo", role="Producer", generative=False)),
        Change(dossier=SUNG, draft={"credits": draft_of(dossier()).credits}),
    ],
    "release.lines": [Change(draft={"p_line": "© 2026 noktvrn"}), Change(dossier={"year": 2031})],
    "release.rights.licence": [rights(licence="")],
    "release.rights.unknown": [
        rights(dsp_release="unknown"),
        rights(dsp_release="no"),
        rights(commercial=False),
    ],
    "release.rights.watermark": [rights(watermark=True)],
    "release.rights.claim": [Change()],
    "release.ai.declared": [
        facet("artwork", Facet(share=Share.ALL)),
        facet("composition", Facet(share=Share.NONE, applies=False)),
    ],
    "release.ai.credits": [
        credited(Credit(name="Jo Doe", role="Composer", generative=False)),
        facet("artwork", Facet(share=Share.NONE, engine="x")),
    ],
    "release.ai.facts": [facet("composition", Facet(share=Share.PARTLY, engine="other"))],
    "release.language.codes": [
        Change(draft={"title_language": "english"}),
        Change(draft={"language": "en"}),
    ],
    "release.language.script": [title("Стекло"), Change(draft={"title_language": "ru"})],
    "release.genre": [Change(dossier={"genre": ""}), Change(dossier={"genre": "Soundtrack"})],
    "release.advisory": [
        Change(draft={"advisory": "explicit"}),
        Change(dossier={"track": track("Fuck the Rain")}, draft={"advisory": "not_explicit"}),
    ],
    "release.refused": [
        title("kill all foreigners"),
        Change(dossier={"captions": Captions(post="gas the jews", hashtags=(), film_lines=())}),
    ],
    "release.instrumental": [
        part("lyrics.txt"),
        credited(Credit(name="machine", role="Lyricist", generative=True)),
        Change(dossier=SUNG | {"lyrics": None}),
    ],
    "release.lyrics.text": [words("[Chorus]/glass hours"), words("written by nobody")],
    "release.lyrics.repeated": [
        Change(dossier=SUNG, catalogue={"earlier_lyrics": ("glass hours over me rain showers on the sea",)})
    ],
    "release.post.repeated": [
        Change(catalogue={"earlier_posts": ("Out of the quiet. An AI persona speaking.",)})
    ],
    "release.audio.format": [master(media_type="audio/mpeg"), master(sample_rate=22_050), master(bits=8)],
    "release.audio.duration": [sound(duration_s=100.0)],
    "release.audio.length": [Change(draft={"duration_s": 20.0})],
    "release.audio.silence": [
        sound(leading_silence_s=3.0),
        sound(trailing_silence_s=11.0),
        sound(longest_inner_silence_s=12.0),
    ],
    "release.audio.level": [sound(true_peak_dbtp=0.1), sound(integrated_lufs=-24.0), sound(clipped_runs=60)],
    "release.audio.image": [sound(dc_offset=0.05), sound(correlation=1.0), sound(balance_db=9.0)],
    "release.audio.lossy": [Change(dossier={"track": track(provenance=provenance(lossy_source=True))})],
    "release.cover.one": [painted(kind="avatar"), Change(draft={"parts": ()})],
    "release.cover.size": [
        painted(width=2000, height=2000),
        painted(height=2999),
        painted(picture=Asset(sha256="d" * 64, size=20_000_000, media_type="image/png", name="c.png")),
    ],
    "release.cover.words": [painted(shown_text=("noktvrn.com",)), painted(shown_text=("Explicit",))],
    "release.cover.text": [painted(shown_text=("Something else",))],
    "release.form.single": [Change(draft={"duration_s": 700.0})],
    "release.form.paths": [
        part("../x"),
        part("a b.txt"),
        part("/x"),
        part("captions.txt"),
        part("index.html"),
    ],
    "release.form.pace": [Change(catalogue={"other_releases": (TODAY - timedelta(days=3),)})],
}

HUMAN = Change(dossier=SUNG | {"lyrics": lyrics(human_lines=("my own line",))})
PASSES: dict[str, Change] = {
    "release.rights.claim": HUMAN,
    "release.lyrics.text": Change(dossier=SUNG),
    "release.lyrics.repeated": Change(
        dossier=SUNG, catalogue={"earlier_lyrics": ("quite other words here now",)}
    ),
    "release.form.pace": Change(catalogue={"other_releases": (TODAY - timedelta(days=8),)}),
    "release.title.artist": Change(draft={"title": "Vesper Quill"}),
}


def found(change: Change) -> set[str]:
    case = change.case()
    report = validate_draft(case.draft, case.dossier, case.catalogue)
    assert report.checked == len(BREAKS)
    return {finding.rule for finding in report.findings}


def test_no_rule_is_without_a_case() -> None:
    assert {rule.id for rule in DRAFT.rules()} == set(BREAKS)


@pytest.mark.parametrize("rule", BREAKS)
def test_rule_passes_what_is_right(rule: str) -> None:
    assert rule not in found(PASSES.get(rule, Change()))


@pytest.mark.parametrize(
    ("rule", "change"), [(rule, change) for rule, changes in BREAKS.items() for change in changes]
)
def test_rule_finds_what_is_wrong(rule: str, change: Change) -> None:
    assert rule in found(change)


@pytest.mark.parametrize("change", [Change(), Change(dossier=SUNG), HUMAN], ids=["plain", "sung", "human"])
def test_an_honest_draft_has_no_finding_that_blocks_or_warns(change: Change) -> None:
    assert found(change) <= {"release.rights.claim"}


@pytest.mark.parametrize(
    "text", ["Glass Hours", "7 rings of rain", "Ночь", "Café del Sur", "AM", "Hello, World", "Rain (Reprise)"]
)
def test_ordinary_titles_are_not_blocked(text: str) -> None:
    case = title(text).case()
    report = validate_draft(case.draft, case.dossier, case.catalogue)
    assert report.passed, report.findings


def test_findings_say_how_to_mend_them_and_where_the_rule_comes_from() -> None:
    case = title("Untitled").case()
    finding = next(
        f
        for f in validate_draft(case.draft, case.dossier, case.catalogue).findings
        if "placeholder" in f.rule
    )
    assert finding.severity is Severity.ERROR
    assert finding.hint and finding.source == "store rule 20"


def test_two_rules_cannot_share_an_id() -> None:
    book: Rulebook[DraftCase] = Rulebook()
    book.rule("a", Severity.INFO, 1)(lambda _: ())
    with pytest.raises(ValueError, match="two rules"):
        book.rule("a", Severity.INFO, 1)(lambda _: ())
