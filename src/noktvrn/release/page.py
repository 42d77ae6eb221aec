"""The page of a release: one HTML file a person opens from the package folder.

It shows everything and asks nobody: no script, no request beyond the package, every text escaped. Captions
are embedded, because browsers refuse caption files beside a page opened from disk.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from importlib import resources

from noktvrn.model.film import Film
from noktvrn.model.finding import Report
from noktvrn.model.provenance import FACETS, Share
from noktvrn.model.release import ReleaseDraft
from noktvrn.release import disclosure as disclosed
from noktvrn.release import paths
from noktvrn.release.dossier import Dossier
from noktvrn.release.metadata import credit_kind
from noktvrn.release.page_colours import custom_properties
from noktvrn.release.page_songs import clock, songs, verses
from noktvrn.release.page_wave import wave
from noktvrn.release.sealing import Sealing

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; media-src 'self' file: data:"
)
"""Nothing from elsewhere: `file:` is the package opened from disk, `'self'` the package served."""

VERSE = 4
"""Lines of a film stand in groups, as verses do."""

Rows = Iterable[tuple[str, str]]


def write(sealing: Sealing, dossier: Dossier, checks: Iterable[Report], captions: Mapping[str, bytes]) -> str:
    """The page of a sealed release. `captions` is the WebVTT of each film by its kind."""
    draft = sealing.draft
    note = _TEST_NOTE if sealing.identifiers.test_range else ""
    facts = (*_facts(draft, dossier), f"out {sealing.release_on.isoformat()}")
    return _document(
        draft,
        dossier,
        _hero(draft, dossier, facts, note),
        _songs(draft, dossier),
        _films(draft, dossier, captions),
        _words(dossier),
        f'<div class="pair">{_credits(draft)}{_codes(sealing)}</div>',
        _disclosure(draft),
        _checks(checks, "sealed"),
        _files(draft),
    )


def write_preview(
    draft: ReleaseDraft, dossier: Dossier, checks: Iterable[Report], captions: Mapping[str, bytes]
) -> str:
    """The page a person looks at before the verdict: what is there, no codes and no dates yet."""
    return _document(
        draft,
        dossier,
        _hero(draft, dossier, tuple(_facts(draft, dossier)), _PREVIEW_NOTE),
        _songs(draft, dossier),
        _films(draft, dossier, captions),
        _words(dossier),
        f'<div class="pair">{_credits(draft)}{_disclosure(draft)}</div>',
        _checks(checks, "laid on the desk"),
    )


_TEST_NOTE = "ISRC and UPC are test codes: this package is for listening, not yet for stores."
_PREVIEW_NOTE = "A preview: nothing is released before a verdict."


def _document(draft: ReleaseDraft, dossier: Dossier, *sections: str) -> str:
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="color-scheme" content="dark">'
        f"<title>{escape(draft.title)} by {escape(draft.artist_name)}</title>"
        f"<style>:root{{{custom_properties(dossier.artist.profile.look)}}}\n{_style(dossier)}</style>"
    )
    body = "".join(sections) + _footer(draft)
    return (
        f'<!doctype html>\n<html lang="{escape(draft.title_language)}">\n<head>{head}</head>\n'
        f"<body><main>\n{body}</main></body>\n</html>\n"
    )


def _style(dossier: Dossier) -> str:
    return _sheet("page.css") + (_sheet("page_songs.css") if dossier.songs else "")


@cache
def _sheet(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hero(draft: ReleaseDraft, dossier: Dossier, facts: Iterable[str], note: str) -> str:
    cover = escape(paths.cover_of(draft))
    told = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    beside = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        '<header class="hero">'
        f'<img src="{cover}" width="1000" height="1000" alt="Cover of {escape(draft.title)}">'
        f'<div><p class="by" dir="auto">{escape(draft.artist_name)}</p>'
        f'<h1 dir="auto">{escape(draft.title)}</h1><p class="meta">{told}</p>'
        f"{_sound(draft, dossier)}"
        f"{beside}</div></header>\n"
    )


def _sound(draft: ReleaseDraft, dossier: Dossier) -> str:
    """The one song of a single; those of a record have a section of their own."""
    if dossier.songs:
        return ""
    audio = escape(paths.audio(draft.id))
    return f'{wave(dossier.track)}<audio controls preload="metadata" src="{audio}"></audio>'


def _songs(draft: ReleaseDraft, dossier: Dossier) -> str:
    return _section("Songs", songs(draft, dossier)) if dossier.songs else ""


def _facts(draft: ReleaseDraft, dossier: Dossier) -> Iterator[str]:
    timeline = dossier.track.timeline
    yield draft.subgenre or draft.genre
    if dossier.songs:
        yield {"ep": "EP", "album": "Album"}[dossier.kind]
        yield f"{len(dossier.songs)} songs"
        yield clock(draft.duration_s)
        return
    yield f"{timeline.tempo_bpm:.0f} BPM"
    yield timeline.key
    yield clock(draft.duration_s)


def _films(draft: ReleaseDraft, dossier: Dossier, captions: Mapping[str, bytes]) -> str:
    if not dossier.films:
        return ""
    poster = escape(paths.cover_of(draft))
    shown = "".join(_film(film, poster, captions.get(film.kind)) for film in dossier.films)
    single = " single" if len(dossier.films) == 1 else ""
    return _section("Film", f'<div class="films{single}">{shown}</div>')


def _film(film: Film, poster: str, captions: bytes | None) -> str:
    name = {"video": "Music video", "teaser": "Teaser"}[film.kind]
    track = ""
    if captions is not None:
        data = base64.b64encode(captions).decode()
        track = f'<track kind="captions" label="Captions" default src="data:text/vtt;base64,{data}">'
    return (
        f'<figure><video controls preload="metadata" playsinline poster="{poster}" '
        f'style="aspect-ratio:{film.width}/{film.height}" src="{film.kind}.mp4">{track}</video>'
        f"<figcaption>{name}, {clock(film.duration_s)}</figcaption></figure>"
    )


def _words(dossier: Dossier) -> str:
    if dossier.songs:
        return ""
    lyrics = dossier.sung_lyrics
    if lyrics is not None:
        sung = ("\n".join(section.lines) for section in lyrics.sections if section.lines)
        return _section("Lyrics", verses(sung))
    lines = dossier.captions.film_lines
    shown = ("\n".join(lines[start : start + VERSE]) for start in range(0, len(lines), VERSE))
    return _section("Lines", verses(shown)) if lines else ""


def _credits(draft: ReleaseDraft) -> str:
    rows = ((_spaced(credit.role), _value(credit.name, credit_kind(credit))) for credit in draft.credits)
    return _section("Credits", _table(rows))


def _codes(sealing: Sealing) -> str:
    draft, codes = sealing.draft, sealing.identifiers
    named = [f"ISRC {number}" for number, _ in enumerate(draft.songs, start=1)] or ["ISRC"]
    rows = [
        *((name, _value(isrc)) for name, isrc in zip(named, codes.recordings, strict=True)),
        ("UPC", _value(codes.upc)),
        ("Label", _value(draft.label)),
        ("Release", _value(draft.id)),
        ("Genre", _value(draft.genre)),
        ("Language", _value("instrumental" if draft.instrumental else draft.language)),
        ("Advisory", _value(draft.advisory.replace("_", " "))),
        ("Sealed", _value(sealing.sealed_at.strftime("%Y-%m-%d %H:%M %Z"))),
    ]
    return _section("Release", _table(rows))


def _disclosure(draft: ReleaseDraft) -> str:
    record = draft.disclosure
    rows = (
        (_spaced(name).capitalize(), _value(_SAID[facet.share], facet.engine))
        for name in FACETS
        if (facet := record.facet(name)).applies
    )
    said = f'<p class="said">{escape(disclosed.sentence(record))}</p>'
    return _section("How it was made", said + _table(rows))


_SAID = {Share.NONE: "by people", Share.PARTLY: "partly generated", Share.ALL: "generated"}


def _checks(checks: Iterable[Report], moment: str) -> str:
    findings = [finding for report in checks for finding in report.findings]
    told = "".join(
        f"<li>{_value(finding.message, f'{finding.severity.value}, {finding.rule}')}</li>"
        for finding in findings
    )
    noted = f"noted findings: {len(findings)}" if findings else "nothing stays noted"
    summary = f'<p class="said">The label checked this release before sealing it; {noted}.</p>'
    return _section("Checks", summary + (f'<ul class="plain">{told}</ul>' if told else ""))


def _files(draft: ReleaseDraft) -> str:
    names = [part.path for part in draft.parts]
    names += [paths.message(draft.id), *(path for path in paths.PAPERS if path != paths.PAGE)]
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in sorted(names))
    return _section("In this package", f'<ul class="plain files">{links}</ul>')


def _footer(draft: ReleaseDraft) -> str:
    lines = (f"℗ {draft.p_line}", f"© {draft.c_line}", f"{draft.artist_name} is an AI persona.")
    return "<footer>" + "".join(f"<span>{escape(line)}</span>" for line in lines) + "</footer>\n"


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{title}</h2>{inner}</section>\n"


def _table(rows: Rows) -> str:
    """`rows` are a plain name and a value that is HTML already."""
    return "<table>" + "".join(f"<tr><th>{escape(n)}</th><td>{v}</td></tr>" for n, v in rows) + "</table>"


def _value(text: str, beside: str = "") -> str:
    small = f" <small>{escape(beside)}</small>" if beside else ""
    return f"{escape(text)}{small}"


def _spaced(name: str) -> str:
    """`MainArtist` and `post_production` as people write them."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip().capitalize()
