"""The lyricist: asks a Writer for words, and lets none pass that do not fit the song or the house.

The song plan comes first; the words obey it. Words that fail a check are asked for again with another
sub-seed, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid, NotAllowed, Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.lyric_checks import NEAR, examine
from noktvrn.roles.writer import LyricsRequest, TitlesRequest, Writer
from noktvrn.words.catalogue import echoed, reused
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
    images: Sequence[str] = (),
    remarks: Sequence[str] = (),
    subject: str = "",
) -> tuple[Lyrics, Report]:
    """Words that fit `plan`, and what was checked; `catalogue` is the label's (title, text) so far, `remarks`
    why people turned down the artist's last songs.

    A person's lines stand verbatim, to the byte. A draft that comes too near to an earlier song is written
    again, those lines barred, a bounded number of times; the findings say so.

    Raises:
        NotAllowed: a person's line is hate or sexual content with minors.
        Invalid: a person's line is empty or names a known act, or there are more of them than places.
        Refused: no round brought words that fit; the message names the rule that failed last.
    """
    own = _unharmed(human_lines)
    request = LyricsRequest(
        profile=profile,
        plan=plan,
        title=title,
        theme=theme,
        mood=mood,
        seed=seed,
        human_lines=own,
        images=tuple(images),
        remarks=tuple(remarks),
        subject=subject,
    )
    drafts, failed = _drafted(writer, request, tuple(catalogue))
    if not drafts:
        raise Refused(
            f"{writer.name} wrote no words that fit in {ROUNDS} rounds: {_worst(failed[-1])}",
            code="lyrics.unfit",
            hint="Try another seed, theme or title, or cast another writer.",
        )
    chosen = min(reversed(drafts), key=lambda draft: len(draft.near))
    told = (*_rewritten(drafts), *_foreign(chosen.lyrics, profile))
    findings = (*told, *chosen.report.findings)
    return chosen.lyrics, chosen.report.model_copy(update={"findings": findings})


@dataclass(frozen=True, slots=True)
class _Draft:
    """Words that passed, what was found of them, the seed they were asked with, and their lines that come
    too near to earlier songs."""

    lyrics: Lyrics
    report: Report
    seed: int
    near: tuple[str, ...]


def _drafted(
    writer: Writer, request: LyricsRequest, others: Sequence[tuple[str, str]]
) -> tuple[list[_Draft], list[Report]]:
    """Drafts that fit, until one keeps clear of `others` or there is no use in another; what failed."""
    own = request.human_lines
    drafts: list[_Draft] = []
    failed: list[Report] = []
    barred: tuple[str, ...] = ()
    stale = 0
    while len(failed) < ROUNDS:
        asked = request.model_copy(
            update={"seed": _sub_seed(request.seed, len(failed) + stale), "avoid_lines": barred}
        )
        lyrics = _flagged(writer.lyrics(asked))
        report = examine(lyrics, request.plan, own, others)
        near = (*reused(lyrics.text, others, own), *echoed(lyrics.text, others, own))
        if report.passed:
            drafts.append(_Draft(lyrics, report, asked.seed, near))
            if not _worth_another(drafts):
                break
        else:
            failed.append(report)
        # Where there is nothing more to bar, the same seed would bring the same words.
        stale += set(near) <= set(barred)
        barred = tuple(dict.fromkeys([*barred, *near]))
    return drafts, failed


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


def _worth_another(drafts: Sequence[_Draft]) -> bool:
    """Whether the last draft is too near to an earlier song and its author may have other words for it."""
    last = drafts[-1]
    stubborn = any(last.lyrics.text == other.lyrics.text and last.seed != other.seed for other in drafts)
    most = OWN_DRAFTS if last.lyrics.writer == "procedural_writer" else DRAFTS
    return _near(last.report) and not stubborn and len(drafts) < most


def _near(report: Report) -> bool:
    return any(found.rule == NEAR for found in report.findings)


def _rewritten(drafts: Sequence[_Draft]) -> Iterator[Finding]:
    """What a person should know of drafts that came too near to earlier songs."""
    reports = [draft.report for draft in drafts[:-1]]
    before = [found.message for report in reports for found in report.findings if found.rule == NEAR]
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
