"""A sentence becomes an artist with a release: the whole label in one verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label.label import Label
from noktvrn.label.runs import STILL, Sight
from noktvrn.model.artist import Artist
from noktvrn.model.release import Release
from noktvrn.model.run import Run, RunState

Watcher = Callable[[Sight], None]
Judge = Callable[[Label, Run], None]
"""Asks somebody for a verdict and hands it to the desk; may leave the run on the desk."""


@dataclass(frozen=True, slots=True)
class Debut:
    """What the debut came to. `release` is None as long as nobody approved it."""

    artist: Artist
    run: Run
    release: Release | None
    existed: bool
    note: str = ""


def debut(
    label: Label,
    prompt: str,
    *,
    seed: int | None,
    duration_s: int | None,
    with_video: bool,
    autopilot: bool,
    watcher: Watcher,
    judge: Judge | None,
    actor: str,
) -> Debut:
    """Creates the artist, produces its first single, gets a verdict and has it sealed and delivered.

    The same prompt and seed find what they made before: a finished debut is returned as it is, one that was
    interrupted goes on from where it stands.
    """
    known = {artist.id for artist in label.artists.every()}
    artist = label.artists.create(prompt, seed=seed, actor=actor)
    run = label.runs.start(
        artist.id,
        name="debut",
        autopilot=autopilot,
        actor=actor,
        duration_s=duration_s,
        with_video=with_video,
        note="the artist's debut",
    )
    existed = artist.id in known and run.state in (RunState.COMPLETED, RunState.REJECTED)
    note = ""
    if run.state not in (RunState.COMPLETED, RunState.REJECTED):
        with label.working():
            run, note = _work(label, run, autopilot, watcher, judge, actor)
    label.house.seal_audit()
    return Debut(label.artists.get(artist.id), run, _release_of(label, run), existed, note)


def _work(
    label: Label, run: Run, autopilot: bool, watcher: Watcher, judge: Judge | None, actor: str
) -> tuple[Run, str]:
    if run.state in (RunState.FAILED, RunState.CANCELLED, RunState.EXPIRED):
        run = label.runs.resume(run.id, actor=actor)
    run = _watch(label, run, watcher)
    if run.state is not RunState.AWAITING_REVIEW:
        return run, ""
    note = _judge(label, run, autopilot, judge)
    return _watch(label, label.runs.get(run.id), watcher), note


def _judge(label: Label, run: Run, autopilot: bool, judge: Judge | None) -> str:
    try:
        if autopilot:
            label.desk.autopilot(run.id)
        elif judge is not None:
            judge(label, run)
    except NotAllowed as refusal:
        return f"{refusal.message} {refusal.hint}"
    return ""


def _watch(label: Label, run: Run, watcher: Watcher) -> Run:
    if run.state in STILL:
        return run
    for sight in label.runs.watch(run.id):
        watcher(sight)
        run = sight.run
    return run


def _release_of(label: Label, run: Run) -> Release | None:
    for release in label.releases.every(artist_id=run.artist_id):
        if release.draft.run_id == run.id:
            return release
    return None
