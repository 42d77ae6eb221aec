"""Brief: what is wanted, made complete from the artist's profile."""

from __future__ import annotations

from noktvrn.evolution.biases import brief_biases
from noktvrn.kernel.seeds import dice
from noktvrn.production.scene import Outcome, Scene

SHORTEST_S, LONGEST_S = 30, 720


def brief(scene: Scene) -> Outcome:
    """Theme, mood and length where the brief left them open."""
    wanted, profile = scene.brief, scene.artist.profile
    rng = dice(scene.brief.seed, "brief")
    theme = wanted.theme or rng.choice(profile.themes)
    mood = wanted.mood or rng.choice(profile.moods)
    length = wanted.duration_s
    if "duration_s" not in wanted.model_fields_set:
        length = round(length * brief_biases(profile).duration_factor)
    length = min(max(length, SHORTEST_S), LONGEST_S)
    return Outcome(wanted.model_copy(update={"theme": theme, "mood": mood, "duration_s": length}))
