"""Song plan: form, tempo, key and syllables, before a word or a note is written."""

from __future__ import annotations

from noktvrn.evolution.biases import brief_biases, tuned_tempo
from noktvrn.evolution.remarks import answered
from noktvrn.model.artist import Profile, TempoRange
from noktvrn.model.brief import Brief
from noktvrn.model.run import StageName
from noktvrn.music.planner import plan_song
from noktvrn.production.scene import Outcome, Scene
from noktvrn.reference import load


def song_plan(scene: Scene) -> Outcome:
    """A plan every engine and every lyric follows."""
    wanted = scene.result(StageName.BRIEF, Brief)
    profile = answered(scene.artist.profile, wanted.remarks)
    part = scene.brief.part
    plan = plan_song(
        genre=profile.genre,
        style=profile.sound.style,
        tempo=TempoRange(low=part.tempo_bpm, high=part.tempo_bpm) if part else leaning(profile),
        modes=(part.mode,) if part else load(scene.studio.settings).genre(profile.genre).modes,
        mood=wanted.mood,
        duration_s=wanted.duration_s,
        seed=scene.seed,
        energy=(profile.style.energy + part.energy) / 2 if part else profile.style.energy,
    )
    if part:
        asked = {"tonic": part.tonic, "opening": part.opening, "cell": part.cell}
        plan = plan.model_copy(update=asked)
    return Outcome(plan)


def leaning(profile: Profile) -> TempoRange:
    """The artist's tempo range, leaning the way its style has gone."""
    bias = brief_biases(profile)
    low, high = (
        round(tuned_tempo(profile.tempo, bias, end)) for end in (profile.tempo.low, profile.tempo.high)
    )
    return TempoRange(low=low, high=high)
