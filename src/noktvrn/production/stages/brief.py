"""Brief: what is wanted, made complete from the artist's profile."""

from __future__ import annotations

from noktvrn.evolution.biases import brief_biases
from noktvrn.kernel.seeds import dice
from noktvrn.model.finding import Finding, Severity
from noktvrn.production.scene import Outcome, Scene
from noktvrn.storage.ledger import desk

SHORTEST_S, LONGEST_S = 32, 685
"""A plan meets its length within 5 %: these still end between the 30 and 720 s a track may last."""

MOST_REMARKS, LONGEST_REMARK = 5, 300

OWN_THEMES = 3
"""The first of an artist's themes are what its prompt names; those behind them are its genre's."""


def brief(scene: Scene) -> Outcome:
    """Theme, mood and length where the brief left them open."""
    wanted, profile = scene.brief, scene.artist.profile
    rng = dice(scene.brief.seed, "brief") if scene.seeded == 1 else dice(scene.seed, "brief")
    theme = wanted.theme or rng.choice(profile.themes[:OWN_THEMES])
    mood = wanted.mood or rng.choice(profile.moods)
    length = wanted.duration_s
    if "duration_s" not in wanted.model_fields_set:
        length = round(length * brief_biases(profile).duration_factor)
    # A person's recording is as long as it is.
    held = length if wanted.own_track is not None else min(max(length, SHORTEST_S), LONGEST_S)
    told = {"theme": theme, "mood": mood, "duration_s": held, "remarks": _remarks(scene)}
    complete = wanted.model_copy(update=told)
    return Outcome(complete, findings=_told(length, held))


def _remarks(scene: Scene) -> tuple[str, ...]:
    """What people said of the songs they turned down. It stands in the brief, so that a repeated stage
    reads what it read before."""
    with scene.studio.database.read() as connection:
        said = desk.remarks(connection, scene.artist.id, limit=MOST_REMARKS)
    return tuple(" ".join(remark.reason.split())[:LONGEST_REMARK] for remark in said)


def _told(wanted_s: int, held_s: int) -> tuple[Finding, ...]:
    if wanted_s == held_s:
        return ()
    message = f"{wanted_s} s were asked for; {held_s} s are planned, so that the song cannot miss its limits."
    return (Finding(rule="brief.length", severity=Severity.INFO, message=message),)
