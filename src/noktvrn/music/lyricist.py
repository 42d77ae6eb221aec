"""The lyricist: asks a Writer for words, and lets none pass that do not fit the song or the house.

The song plan comes first; the words obey it. Words that fail a check are asked for again with another
sub-seed, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from noktvrn.kernel.errors import Invalid, NotAllowed, Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.lyric_checks import NEAR, examine
from noktvrn.roles.writer import LyricsRequest, TitlesRequest, Writer
from noktvrn.words.catalogue import reused
from noktvrn.words.languages import called
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.names import near
from noktvrn.words.titling import title_problems
from noktvrn.words.tongue import base

ROUNDS = 5
DRAFTS, OWN_DRAFTS = 3, 10
"""How many drafts that fit are written at most for one that keeps clear of earlier songs: by a writer that
may cost money, and by the embedded one."""


def write(
    writer: Writer,
    *,
    profile: Profile,
    plan: SongPlan,
    theme: str,
    mood: str,
    title: str,
    seed: int,
    human_lines: Sequence[str] = (),
    catalogue: Iterable[tuple[str, str]] = (),
    subject: str = "",
) -> tuple[Lyrics, Report]:
    """Words that fit `plan`, and what was checked; `catalogue` is the label's (title, text) so far.

    A person's lines stand verbatim, to the byte. A draft that comes too near to an earlier song is written
    again, those lines barred, a bounded number of times; the findings say so.

    Raises:
        NotAllowed: a person's line is hate or sexual content with minors.
        Invalid: a person's line is empty or names a known act, or there are more of them than places.
        Refused: no round brought words that fit; the message names the rule that failed last.
    """
    own = _unharmed(human_lines)
    others = tuple(catalogue)
    drafts: list[tuple[Lyrics, Report]] = []
    barred: tuple[str, ...] = ()
    failed: list[Report] = []
    while len(failed) < ROUNDS:
        request = LyricsRequest(
            profile=profile,
            plan=plan,
            title=title,
            theme=theme,
            mood=mood,
            seed=_sub_seed(seed, len(failed)),
            human_lines=own,
            avoid_lines=barred,
            subject=subject,
        )
        lyrics = _flagged(writer.lyrics(request))
        report = examine(lyrics, plan, own, others)
        if report.passed:
            drafts.append((lyrics, report))
            if not _worth_another(drafts):
                break
        else:
            failed.append(report)
        barred = tuple(dict.fromkeys([*barred, *reused(lyrics.text, others, own)]))
    if not drafts:
        raise Refused(
            f"{writer.name} wrote no words that fit in {ROUNDS} rounds: {_worst(failed[-1])}",
            code="lyrics.unfit",
            hint="Try another seed, theme or title, or cast another writer.",
        )
    lyrics, report = drafts[-1]
    told = (*_rewritten(drafts), *_foreign(lyrics, profile))
    return lyrics, report.model_copy(update={"findings": (*told, *report.findings)})


def choose_title(
    writer: Writer,
    *,
    profile: Profile,
    theme: str,
    mood: str,
    seed: int,
    taken: Collection[str] = (),
    subject: str = "",
) -> str:
    """The first title that breaks no store rule and is near to none of `taken`.

    Raises:
        Refused: no round brought one.
    """
    for number in range(ROUNDS):
        request = TitlesRequest(
            profile=profile,
            theme=theme,
            mood=mood,
            seed=_sub_seed(seed, number),
            avoid=tuple(sorted(taken)),
            subject=subject,
        )
        for title in writer.titles(request):
            if not title_problems(title, (profile.stage_name,)) and near(title, taken) is None:
                return title
    raise Refused(
        f"{writer.name} found no free title in {ROUNDS} rounds.",
        code="titles.unfit",
        hint="Give the brief a title of your own, or another theme.",
    )


def _sub_seed(seed: int, number: int) -> int:
    return seed if number == 0 else derive_seed(seed, "words again", number)


def _unharmed(lines: Sequence[str]) -> tuple[str, ...]:
    """A person's lines as they are, to the byte, or a refusal: the house changes none of them."""
    refusal = advisory("\n".join(lines)).refusal
    if refusal:
        raise NotAllowed(
            f"Nothing is made of {refusal}.",
            code="lyrics.refused",
            hint="Take the lines out of the brief, or write others.",
        )
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            raise Invalid(f"Line {place} is empty.", code="lyrics.text", hint="Leave it out.")
        if without_names(line)[1]:
            raise Invalid(
                f"Line {place} names a known act.",
                code="lyrics.names",
                hint="Change the line; the house never rewrites a person's words.",
            )
    return tuple(lines)


def _worth_another(drafts: Sequence[tuple[Lyrics, Report]]) -> bool:
    """Whether the last draft is too near to an earlier song and its author may have other words for it."""
    lyrics, report = drafts[-1]
    said_before = len(drafts) > 1 and drafts[-2][0].text == lyrics.text
    most = OWN_DRAFTS if lyrics.writer == "procedural_writer" else DRAFTS
    return _near(report) and not said_before and len(drafts) < most


def _near(report: Report) -> bool:
    return any(found.rule == NEAR for found in report.findings)


def _rewritten(drafts: Sequence[tuple[Lyrics, Report]]) -> Iterator[Finding]:
    """What a person should know of drafts that came too near to earlier songs."""
    before = [found.message for _, report in drafts[:-1] for found in report.findings if found.rule == NEAR]
    if before:
        yield Finding(
            rule="lyrics.rewritten",
            severity=Severity.INFO,
            message=f"Written {len(before) + 1} times; the draft before came too near: {before[-1]}",
            hint="Nothing to do: the last draft is the song.",
            source="store rule 87",
        )


def _foreign(lyrics: Lyrics, profile: Profile) -> Iterator[Finding]:
    """A word on a song that is not in its artist's language."""
    if base(lyrics.language) == base(profile.language):
        return
    wanted, given = called(profile.language), called(lyrics.language)
    yield Finding(
        rule="lyrics.language",
        severity=Severity.WARNING,
        message=f"{profile.stage_name} sings in {wanted}, and no language model wrote: this is {given}.",
        hint=f"Set a model's key (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) or hand in words of your own: "
        f"songs in {wanted} need one or the other.",
        source="the artist's profile",
    )


def _flagged(lyrics: Lyrics) -> Lyrics:
    """The explicit flag is the house's to set, whatever the writer says; it is never taken away."""
    explicit = lyrics.explicit or advisory(f"{lyrics.title}\n{lyrics.text}").explicit
    return lyrics.model_copy(update={"explicit": explicit})


def _worst(report: Report) -> str:
    return next((f.message for f in report.findings if f.severity is Severity.ERROR), "unknown")
