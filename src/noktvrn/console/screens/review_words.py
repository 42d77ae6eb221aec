"""What a sheet says in words. Every text of others is plain before it stands here, and nothing is markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from textwrap import wrap

from textual.content import Content

from noktvrn.console.cells import cut, plain
from noktvrn.console.screens.review_sheet import Sheet, Song
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import FACETS, Provenance, Share
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.song import Lyrics
from noktvrn.model.take import RankedTake
from noktvrn.model.verdict import Verdict
from noktvrn.release import disclosure

MUTED = "$text-muted"
LONGEST_TITLE = 120
MOST_LINES = 300
NAMES = 16
"""Columns of a name with its value beside it."""
SIGNS = {
    Severity.ERROR: ("✗ error", "bold $error"),
    Severity.WARNING: ("! warning", "$warning"),
    Severity.INFO: ("· info", MUTED),
}
"""A finding's severity is a sign and a word before it is a colour."""
SHARES = {Share.NONE: "by people", Share.PARTLY: "partly generated", Share.ALL: "generated"}
STORES = {"yes": "may go to stores", "no": "✗ may not go to stores", "unknown": "? stores not settled"}
KINDS = {"single": "single", "ep": "EP", "album": "album"}

Lines = Iterator[Content]


def clock(seconds: float) -> str:
    """Minutes and seconds: `2:54`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def left_until(end: datetime, now: datetime) -> str:
    """How long it is until then, in the largest unit: `6 d`, `23 h`, `5 min`, `over`."""
    left = end - now
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if left >= unit:
            return f"{left // unit} {name}"
    return "1 min" if left > timedelta() else "over"


def by_whom(verdict: Verdict) -> str:
    """`approved by Ada (telegram)`."""
    return f"{verdict.decision} by {plain(verdict.by).removeprefix('person:')} ({verdict.door})"


def head(sheet: Sheet, now: datetime) -> Content:
    """Whose, what, how long, how loud, until when."""
    item = sheet.item
    lines = [
        Content.styled(cut(item.title, LONGEST_TITLE) or "(no title)", "bold $accent"),
        Content(cut(item.artist_name, LONGEST_TITLE)),
        Content(""),
    ]
    if sheet.verdict is not None:
        lines.append(Content.styled(by_whom(sheet.verdict).capitalize(), "bold"))
    if sheet.draft is not None:
        lines += list(_form(sheet, sheet.draft))
    until = f"{item.expires_at:%Y-%m-%d %H:%M} UTC"
    lines += [
        Content(f"waits {left_until(item.expires_at, now)} more, until {until}"),
        Content.styled(f"approval {sheet.approval_hash[:12]}  {item.run_id}", MUTED),
    ]
    return _joined(lines)


def _form(sheet: Sheet, draft: ReleaseDraft) -> Lines:
    kind = KINDS.get(draft.kind, draft.kind)
    songs = [f"{len(draft.songs)} songs"] if draft.songs else []
    yield Content(_dotted([kind, *songs, draft.subgenre or draft.genre, clock(draft.duration_s)]))
    first = sheet.songs[0].track if sheet.songs else None
    if first is not None and not draft.songs:
        tempo = f"{first.timeline.tempo_bpm:.0f} BPM"
        yield Content(_dotted([tempo, first.timeline.key]))
    sung = "instrumental" if draft.instrumental else f"sung ({plain(draft.language)})"
    explicit = draft.advisory == "explicit"
    yield Content.assemble(sung, (" · ! explicit", "bold $warning") if explicit else " · not explicit")


def loudness_line(song: Song | None) -> str:
    """What the meters read of a song's master."""
    if song is None or song.track is None:
        return ""
    read = song.track.figures
    figures = (
        f"{read.integrated_lufs:.1f} LUFS",
        f"peak {read.true_peak_dbtp:.1f} dBTP",
        f"range {read.loudness_range_lu:.1f} LU",
    )
    return _dotted([clock(song.track.master.duration_s), *figures])


def words_of(sheet: Sheet, width: int) -> Content:
    """The songs of a record and what is sung. In so many columns."""
    blocks: list[Content] = []
    if sheet.draft is not None and sheet.draft.songs:
        blocks.append(_block("Songs", _song_list(sheet, width)))
    for song in sheet.songs:
        heading = f"{song.number} {cut(song.title, 60)}" if len(sheet.songs) > 1 else "Lyrics"
        if song.lyrics is not None:
            blocks.append(_block(heading, _lyrics(song.lyrics)))
    if not any(song.lyrics for song in sheet.songs):
        blocks.append(_block("Lyrics", [Content.styled("No words are sung.", MUTED)]))
    return _apart(blocks)


def checks_of(sheet: Sheet, width: int) -> Content:
    """Findings, takes, disclosure, rights and credits: what the package will state. In so many columns."""
    blocks = [_block("Checks", _findings(sheet, width))]
    if sheet.takes:
        blocks.append(
            _block("Takes", (take_line(one.take, one.chosen, one.ranked, width) for one in sheet.takes))
        )
    if sheet.films:
        blocks.append(_block("Films", _films(sheet)))
    if sheet.draft is not None:
        blocks += [
            _block("How it was made", _disclosed(sheet.draft, width)),
            _block("Rights", _rights(sheet, sheet.draft, width)),
            _block("Credits", _credits(sheet.draft)),
        ]
    return _apart(blocks)


def take_line(take: int, chosen: bool, ranked: RankedTake | None, width: int) -> Content:
    """One take: whether it is the chosen one, its score, and why it stands where it does."""
    score = "  - " if ranked is None or ranked.score is None else f"{ranked.score:.2f}"
    why = plain(ranked.why) if ranked is not None else "the critic has not heard it yet"
    refused = [("✗ does not pass", "$error")] if ranked is not None and not ranked.passed else []
    lead = Content.assemble(
        ("▸ " if chosen else "  ", "bold $accent"), (f"take {take}", "bold" if chosen else ""), f"  {score}  "
    )
    return _hung(lead, [*refused, (why, MUTED)], width)


def _song_list(sheet: Sheet, width: int) -> Lines:
    tracks = sheet.draft.tracks if sheet.draft is not None else ()
    for number, track in enumerate(tracks, start=1):
        beside = [clock(track.duration_s)]
        beside += ["instrumental"] if track.instrumental else []
        beside += ["! explicit"] if track.advisory == "explicit" else []
        yield _hung(Content(f"{number:>2}  "), [(cut(track.title, 48), ""), (_dotted(beside), MUTED)], width)


def _lyrics(lyrics: Lyrics) -> Lines:
    told = [line for section in lyrics.sections if section.lines for line in ("", *section.lines)][1:]
    for line in told[:MOST_LINES]:
        yield Content(plain(line))
    if len(told) > MOST_LINES:
        yield Content.styled(f"… {len(told) - MOST_LINES} lines more: o opens the page", MUTED)


def _findings(sheet: Sheet, width: int) -> Lines:
    told = [("", finding) for finding in sheet.findings]
    told += [(f"{song.number}: ", finding) for song in sheet.songs for finding in song.findings]
    order = list(SIGNS)
    for where, finding in sorted(told, key=lambda one: order.index(one[1].severity)):
        yield _finding(where, finding, width)
    if not told:
        yield Content.styled("✓ nothing stays noted", "$success")


def _finding(where: str, finding: Finding, width: int) -> Content:
    sign, style = SIGNS[finding.severity]
    parts = [(f"{where}{plain(finding.message)}", ""), (plain(finding.hint), MUTED)]
    return _hung(Content.styled(f"{sign:<11}", style), parts, width)


def _films(sheet: Sheet) -> Lines:
    names = {"video": "music video", "teaser": "teaser"}
    told = (f"{names[film.kind]} {clock(film.duration_s)}" for film in sheet.films)
    yield Content.assemble(_dotted(told), ("  o opens the page that shows them", MUTED))


def _disclosed(draft: ReleaseDraft, width: int) -> Lines:
    record = draft.disclosure
    yield Content(disclosure.sentence(record))
    for name in FACETS:
        facet = record.facet(name)
        if facet.applies:
            engine = cut(facet.engine, 40)
            yield Content.assemble(
                (f"{_spaced(name):<16}", MUTED), f"{SHARES[facet.share]:<17}", (engine, MUTED)
            )
    tags = [name.replace("_", " ") for name, on in disclosure.apple_tags(record).items() if on]
    share = disclosure.contains_ai(disclosure.release_share(record))
    yield _told("stores", f"contains AI: {share}; AI tags: {', '.join(tags) or 'none'}", width)
    yield _told("YouTube", "synthetic media" if disclosure.youtube_flag(record) else "not synthetic", width)


def _rights(sheet: Sheet, draft: ReleaseDraft, width: int) -> Lines:
    for what, made in _sources(sheet):
        rights = made.rights
        yield _told(what, f"{STORES[rights.dsp_release]}, {_commercial(rights.commercial)}", width)
        beside = [made.licence_class.replace("_", " "), rights.licence, rights.attribution]
        beside += ["! watermark"] if rights.watermark else []
        yield _told("", _dotted(plain(one) for one in beside if one), width, MUTED)
    yield _told("recording", f"℗ {plain(draft.p_line)}", width)
    yield _told("cover, words", f"© {plain(draft.c_line)}", width)
    for deal in draft.deals:
        models = _dotted(map(_spaced, deal.commercial_models))
        yield _told("offered", f"{plain(', '.join(deal.territories))}: {models}", width)


def _commercial(allowed: bool) -> str:
    return "commercial use" if allowed else "✗ no commercial use"


def _sources(sheet: Sheet) -> Iterator[tuple[str, Provenance]]:
    """What each part comes from; the same source of several songs once."""
    seen: list[tuple[str, Provenance]] = []
    for song in sheet.songs:
        if song.track is not None:
            seen.append(("music", song.track.provenance))
            seen += [("voice", song.track.voice)] if song.track.voice is not None else []
    seen += [("artwork", sheet.picture.provenance)] if sheet.picture is not None else []
    for film in sheet.films:  # one cut from footage goes by the terms of each of its shots
        seen += [("footage", shot) for shot in film.shots] or [("film", film.provenance)]
    told: set[tuple[str, str, str]] = set()
    for what, made in seen:
        key = (what, made.made_by, made.rights.digest())
        if key not in told:
            told.add(key)
            yield what, made


def _credits(draft: ReleaseDraft) -> Lines:
    for credit in draft.credits:
        machine = ("  generative", MUTED) if credit.generative else ""
        yield Content.assemble((f"{_spaced(credit.role):<20}", MUTED), cut(credit.name, 60), machine)


def _told(name: str, value: str, width: int, style: str = "") -> Content:
    return _hung(Content.styled(f"{name:<{NAMES}}", MUTED), [(value, style)], width)


def _hung(lead: Content, parts: Iterable[tuple[str, str]], width: int) -> Content:
    """Texts with their styles below one another beside a lead, each on as many lines as it needs."""
    room = max(10, width - lead.cell_length)
    lines = [Content.styled(line, style) for text, style in parts for line in wrap(text, room)]
    return Content.assemble(lead, Content("\n" + " " * lead.cell_length).join(lines))


def _spaced(name: str) -> str:
    """`MainArtist` and `post_production` as people write them."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in plain(name))
    return words.replace("_", " ").strip()


def _dotted(parts: Iterable[str]) -> str:
    return " · ".join(plain(part) for part in parts if part)


def _block(heading: str, lines: Iterable[Content]) -> Content:
    return _joined([Content.styled(heading, "bold $primary"), *lines])


def _joined(lines: Iterable[Content]) -> Content:
    return Content("\n").join(lines)


def _apart(blocks: Iterable[Content]) -> Content:
    return Content("\n\n").join(blocks)
