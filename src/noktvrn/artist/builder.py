"""Builds an artist from a sentence: draft, mend, judge, review, and again with what was found wanting."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from noktvrn.artist.collisions import collisions
from noktvrn.artist.refiner import refine, with_presence
from noktvrn.artist.review import PASS, feedback, review, verdict
from noktvrn.artist.validator import examine
from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, derive
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist, CreationReport, DraftRecord, LifecycleState, Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.reference import Reference
from noktvrn.roles.writer import ProfileRequest, Writer

ROUNDS = 8
REVIEWS = 3
"""Drafts that are refused for their quality alone; then the best one is taken."""
NOTICE = "Notice: "
"""A writer marks what a person should know about a draft by a note that begins so."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that passed the house's rules, and what became of it."""

    profile: Profile
    report: Report
    record: DraftRecord


@dataclass(slots=True)
class Rounds:
    """What the rounds of drafting left behind."""

    avoid: set[str]
    records: list[DraftRecord] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    wanted: tuple[str, ...] = ()
    passed: list[Draft] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Roster:
    """The artists a new one is held against: their names, biographies and personas."""

    names: Collection[str] = ()
    biographies: Collection[str] = ()
    personas: Collection[str] = ()


def build(
    writer: Writer,
    *,
    prompt: str,
    seed: int,
    taken_names: Collection[str],
    now: datetime,
    biographies: Collection[str] = (),
    personas: Collection[str] = (),
    reference: Reference | None = None,
) -> tuple[Artist, CreationReport]:
    """Version 1 of an artist, a candidate without pictures, and how it came to be.

    What a draft lacks and no writer is needed for is mended. A draft that breaks a house rule (a name that is
    taken or known, a hidden persona, ...) is written anew with another sub-seed and told why, at most
    `ROUNDS` times; one that only reads badly at most `REVIEWS` times. The same writer, prompt, seed and
    roster give the same artist.

    Raises:
        Invalid: nothing can be made of the prompt, or no draft passed.
        NotAllowed: the prompt asks for what the house refuses.
    """
    from noktvrn.words.prompt import clean

    cleaned = clean(prompt)
    roster = Roster(taken_names, biographies, personas)
    artist_id = ArtistId(derive("artist", cleaned.text, seed))
    rounds = Rounds(set(taken_names))
    for turn in range(ROUNDS):
        request = _request(cleaned.text, seed, turn, artist_id, rounds)
        _judge(request, writer.profile(request), turn, roster, reference, rounds)
        if rounds.passed and (rounds.passed[-1].record.score >= PASS or len(rounds.passed) >= REVIEWS):
            break
    if not rounds.passed:
        raise Invalid(
            f"No draft of this artist passed the house rules in {ROUNDS} rounds. {rounds.changes[-1]}",
            code="artist.not_made",
            hint="Try another seed (--seed N) or describe the artist in other words.",
        )
    best = max(rounds.passed, key=lambda draft: draft.record.score)
    artist = _candidate(artist_id, cleaned.text, seed, best.profile, now)
    return artist, _report(artist, best, writer.name, cleaned.notices, rounds, roster)


def _report(
    artist: Artist, best: Draft, writer: str, notices: tuple[str, ...], rounds: Rounds, roster: Roster
) -> CreationReport:
    told = _told(best.profile)
    warned = tuple(one.message for one in best.report.findings if one.severity is Severity.WARNING)
    mended = tuple(f"Mended: {what}." for what in best.record.mended)
    changed = (*notices, *rounds.changes, *mended)
    return CreationReport(
        artist_id=artist.id,
        prompt=artist.prompt,
        seed=artist.seed,
        writer=writer,
        notices=(*changed, *told, *warned),
        rounds=len(rounds.records),
        guessed=told,
        changed=changed,
        rules_checked=best.report.checked,
        drafts=tuple(rounds.records),
        collisions=collisions(best.profile, roster.names, (*roster.biographies, *roster.personas)),
    )


def _request(prompt: str, seed: int, turn: int, artist_id: str, rounds: Rounds) -> ProfileRequest:
    return ProfileRequest(
        prompt=prompt,
        seed=seed if turn == 0 else derive_seed(seed, "round", turn),
        avoid_names=tuple(sorted(rounds.avoid)),
        feedback=rounds.wanted,
        subject=artist_id,
    )


def _judge(
    request: ProfileRequest,
    draft: Profile,
    turn: int,
    roster: Roster,
    reference: Reference | None,
    rounds: Rounds,
) -> None:
    """Mends, examines and reviews one draft, and notes what came of it in `rounds`."""
    profile, mended = refine(draft)
    profile = with_presence(profile)
    report = examine(
        profile,
        taken_names=roster.names,
        biographies=roster.biographies,
        personas=roster.personas,
        reference=reference,
    )
    scores = review(profile, prompt=request.prompt, biographies=roster.biographies)
    errors = [found for found in report.findings if found.severity is Severity.ERROR]
    record = DraftRecord(
        number=turn + 1,
        seed=request.seed,
        passed=report.passed,
        findings=tuple(dict.fromkeys(found.rule for found in report.findings)),
        mended=mended,
        scores=scores,
        score=verdict(scores),
    )
    rounds.records.append(record)
    rounds.avoid.add(profile.stage_name)
    if report.passed:
        rounds.passed.append(Draft(profile, report, record))
        rounds.wanted = feedback(scores)
        return
    rounds.changes.append(_change(turn, report.subject, errors))
    rounds.wanted = tuple(_plainly(found) for found in errors)


def _candidate(artist_id: ArtistId, prompt: str, seed: int, profile: Profile, now: datetime) -> Artist:
    born = aware(now)
    return Artist(
        id=artist_id,
        version=1,
        state=LifecycleState.CANDIDATE,
        profile=profile,
        prompt=prompt,
        seed=seed,
        created_at=born,
        updated_at=born,
    )


def _told(profile: Profile) -> tuple[str, ...]:
    """What the writer guessed."""
    guessed = (note.removeprefix(NOTICE) for note in profile.notes if note.startswith(NOTICE))
    return tuple(text[:1].upper() + text[1:] for text in guessed)


def _change(turn: int, name: str, errors: Iterable[Finding]) -> str:
    first = next(iter(errors))
    called = "" if first.rule == "artist.name.known_artist" else f" ({name})"
    return f"Draft {turn + 1}{called} was written anew: {_plainly(first)}"


def _plainly(found: Finding) -> str:
    """A finding without anybody's name: a report must not carry those of acts outside the label."""
    if found.rule == "artist.name.known_artist":
        return "The stage name is too near to a known act's."
    return "A text names a known act." if found.rule.startswith("artist.imitation") else found.message
