"""A sentence becomes an artist with a release: the whole label in one verb."""

from __future__ import annotations

from dataclasses import dataclass

from noktvrn.label.casting import check_chains
from noktvrn.label.label import Label
from noktvrn.label.work import Judge, Watcher, see_through
from noktvrn.model.artist import Artist
from noktvrn.model.release import Release
from noktvrn.model.run import Run, RunState

ENDED = (RunState.COMPLETED, RunState.REJECTED)


@dataclass(frozen=True, slots=True)
class Debut:
    """What the debut came to. `release` is None as long as nobody approved it; `notices` say what the house
    made of the sentence where that is not plain."""

    artist: Artist
    run: Run
    release: Release | None
    existed: bool
    notices: tuple[str, ...] = ()
    note: str = ""


def debut(
    label: Label,
    prompt: str,
    *,
    seed: int | None,
    language: str = "",
    duration_s: int | None,
    with_video: bool,
    takes: int | None = None,
    autopilot: bool,
    watcher: Watcher,
    judge: Judge | None,
    actor: str,
) -> Debut:
    """Creates the artist, produces its first single, gets a verdict and has it sealed and delivered.

    The same prompt and seed find what they made before: a finished debut is returned as it is, one that was
    interrupted goes on from where it stands.
    """
    check_chains(label.settings)
    known = {artist.id for artist in label.artists.every()}
    artist = label.artists.create(prompt, seed=seed, language=language, actor=actor)
    run = label.runs.start(
        artist.id,
        name="debut",
        autopilot=autopilot,
        actor=actor,
        duration_s=duration_s,
        with_video=with_video,
        takes=takes,
        note="the artist's debut",
    )
    existed = artist.id in known and run.state in ENDED
    note = ""
    if run.state not in ENDED:
        with label.working():
            label.runs.resume(run.id, actor=actor)
            run, note = see_through(label, run.id, watcher, judge)
    label.house.seal_audit()
    report = label.artists.report(artist.id)
    notices = report.notices if report else ()
    return Debut(label.artists.get(artist.id), run, _release_of(label, run), existed, notices, note)


def _release_of(label: Label, run: Run) -> Release | None:
    for release in label.releases.every(artist_id=run.artist_id):
        if release.draft.run_id == run.id:
            return release
    return None
