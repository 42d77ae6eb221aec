"""Builds an artist from a sentence: the writer drafts, the validator judges, a bounded number of rounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from noktvrn.artist.validator import examine
from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, derive
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist, CreationReport, LifecycleState, Profile
from noktvrn.model.finding import Report, Severity
from noktvrn.reference import Reference
from noktvrn.roles.writer import ProfileRequest, Writer

ROUNDS = 8
NOTICE = "Notice: "
"""A writer marks what a person should know about a draft by a note that begins so."""


def build(
    writer: Writer,
    *,
    prompt: str,
    seed: int,
    taken_names: Collection[str],
    now: datetime,
    biographies: Collection[str] = (),
    reference: Reference | None = None,
) -> tuple[Artist, CreationReport]:
    """Version 1 of an artist, a candidate without pictures, and how it came to be.

    A draft that breaks a house rule (a name that is taken or known, a hidden persona, ...) is written anew
    with another sub-seed, at most `ROUNDS` times. Same writer, prompt, seed and roster: same artist.

    Raises:
        Invalid: nothing can be made of the prompt, or no draft passed.
        NotAllowed: the prompt asks for what the house refuses.
    """
    from noktvrn.words.prompt import clean

    cleaned = clean(prompt)
    avoid = set(taken_names)
    changes: list[str] = []
    for turn in range(ROUNDS):
        profile = writer.profile(_request(cleaned.text, seed, turn, avoid))
        report = examine(profile, taken_names=taken_names, biographies=biographies, reference=reference)
        if report.passed:
            notices = (*cleaned.notices, *changes, *_told(profile, report))
            return _assemble(writer, cleaned.text, seed, profile, now, notices, turn + 1)
        avoid.add(profile.stage_name)
        changes.append(_change(turn, report))
    raise Invalid(
        f"No draft of this artist passed the house rules in {ROUNDS} rounds. {changes[-1]}",
        code="artist.not_made",
        hint="Try another seed (--seed N) or describe the artist in other words.",
    )


def _request(prompt: str, seed: int, turn: int, avoid: Iterable[str]) -> ProfileRequest:
    own = seed if turn == 0 else derive_seed(seed, "round", turn)
    return ProfileRequest(prompt=prompt, seed=own, avoid_names=tuple(sorted(avoid)))


def _assemble(
    writer: Writer,
    prompt: str,
    seed: int,
    profile: Profile,
    now: datetime,
    notices: tuple[str, ...],
    rounds: int,
) -> tuple[Artist, CreationReport]:
    artist_id = ArtistId(derive("artist", prompt, seed))
    born = aware(now)
    artist = Artist(
        id=artist_id,
        version=1,
        state=LifecycleState.CANDIDATE,
        profile=profile,
        prompt=prompt,
        seed=seed,
        created_at=born,
        updated_at=born,
    )
    report = CreationReport(
        artist_id=artist_id, prompt=prompt, seed=seed, writer=writer.name, notices=notices, rounds=rounds
    )
    return artist, report


def _told(profile: Profile, report: Report) -> tuple[str, ...]:
    """What the writer guessed and what the validator only warned of."""
    guessed = (note.removeprefix(NOTICE) for note in profile.notes if note.startswith(NOTICE))
    warned = (found.message for found in report.findings if found.severity is Severity.WARNING)
    return (*(text[:1].upper() + text[1:] for text in guessed), *warned)


def _change(turn: int, report: Report) -> str:
    first = next(found for found in report.findings if found.severity is Severity.ERROR)
    return f"Draft {turn + 1} ({report.subject}) was written anew: {first.message}"
