"""Song plan: form, tempo, key and syllables, before a word or a note is written."""

from __future__ import annotations

from noktvrn.evolution.biases import brief_biases, tuned_tempo
from noktvrn.model.brief import Brief
from noktvrn.model.run import StageName
from noktvrn.music.planner import plan_song
from noktvrn.production.scene import Outcome, Scene
from noktvrn.reference import load


def song_plan(scene: Scene) -> Outcome:
    """A plan every engine and every lyric follows."""
    profile = scene.artist.profile
    wanted = scene.result(StageName.BRIEF, Brief)
    bias = brief_biases(profile)
    plan = plan_song(
        genre=profile.genre,
        style=profile.sound.style,
        tempo=profile.tempo,
        modes=load(scene.studio.settings).genre(profile.genre).modes,
        mood=wanted.mood,
        duration_s=wanted.duration_s,
        seed=scene.seed,
        energy=profile.style.energy,
    )
    return Outcome(plan.model_copy(update={"tempo_bpm": tuned_tempo(profile.tempo, bias, plan.tempo_bpm)}))
