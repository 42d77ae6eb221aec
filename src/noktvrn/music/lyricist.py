"""The lyricist: asks a Writer for words, and lets none pass that do not fit the song or the house.

The song plan comes first; the words obey it. Words that fail a check are asked for again with another
sub-seed, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from noktvrn.kernel.errors import NotAllowed, Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.lyric_checks import examine
from noktvrn.roles.writer import LyricsRequest, TitlesRequest, Writer
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.names import near
from noktvrn.words.titling import title_problems

ROUNDS = 5


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

    A person's lines stand verbatim, but for the name of a known act: that is taken out and said so.

    Raises:
        NotAllowed: a person's line is hate or sexual content with minors.
        Invalid: there are more lines of a person than places in the plan.
        Refused: no round brought words that fit; the message names the rule that failed last.
    """
    own, taken_out = _freed(human_lines)
    others = tuple(catalogue)
    report = Report(subject="lyrics", checked=0)
    for number in range(ROUNDS):
        request = LyricsRequest(
            profile=profile,
            plan=plan,
            title=title,
            theme=theme,
            mood=mood,
            seed=_sub_seed(seed, number),
            human_lines=own,
            subject=subject,
        )
        lyrics = _flagged(writer.lyrics(request))
        report = examine(lyrics, plan, own, others)
        if report.passed:
            return lyrics, report.model_copy(update={"findings": taken_out + report.findings})
    raise Refused(
        f"{writer.name} wrote no words that fit in {ROUNDS} rounds: {_worst(report)}",
        code="lyrics.unfit",
        hint="Try another seed, theme or title, or cast another writer.",
    )


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


def _freed(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    refusal = advisory("\n".join(lines)).refusal
    if refusal:
        raise NotAllowed(
            f"Nothing is made of {refusal}.",
            code="lyrics.refused",
            hint="Take the lines out of the brief, or write others.",
        )
    freed = [without_names(line) for line in lines]
    findings = tuple(
        Finding(
            rule="lyrics.names",
            severity=Severity.WARNING,
            message=f"The name of a known act was taken out of a person's line {place}.",
            hint="The rest of the line stands as it was written.",
            source="store rule 21",
        )
        for place, (_, names) in enumerate(freed, start=1)
        if names
    )
    return tuple(line for line, _ in freed if line), findings


def _flagged(lyrics: Lyrics) -> Lyrics:
    """The explicit flag is the house's to set, whatever the writer says; it is never taken away."""
    explicit = lyrics.explicit or advisory(f"{lyrics.title}\n{lyrics.text}").explicit
    return lyrics.model_copy(update={"explicit": explicit})


def _worst(report: Report) -> str:
    return next((f.message for f in report.findings if f.severity is Severity.ERROR), "unknown")
