"""Track: composed by the cast Composer, mixed and mastered by the house."""

from __future__ import annotations

from noktvrn.evolution.biases import tuned_sound
from noktvrn.evolution.remarks import answered
from noktvrn.kernel.ids import TrackId, derive
from noktvrn.model.artist import Profile
from noktvrn.model.asset import AudioAsset
from noktvrn.model.brief import Brief
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import StageName
from noktvrn.model.song import SongPlan
from noktvrn.model.track import Track
from noktvrn.music import producer
from noktvrn.production import vocals
from noktvrn.production.chain import Chain
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.stages.pressing import kept_beside, kept_master, kept_preview, tags
from noktvrn.production.takes import plan_of_take, refused_takes
from noktvrn.roles.composer import Composer, CompositionRequest
from noktvrn.roles.errand import Errand

MIDI = "audio/midi"


def track(scene: Scene) -> Outcome:
    """One take: recorded, mastered, marked and put into the vault."""
    words = scene.result(StageName.LYRICS, Words)
    sound = tuned_sound(_profile(scene))
    plan = plan_of_take(scene.result(StageName.PLAN, SongPlan), scene.seeded)
    composers = _composers(scene)
    request = _request(scene, plan, words, composers.errand())
    recording, _ = composers.played(lambda composer: composer.compose(request))
    voice = vocals.sing(scene, recording, words.lyrics, plan, sound)
    heard = voice.heard_in(recording)
    wants = producer.Wants(stems=scene.brief.stems, instrumental=scene.brief.instrumental)
    target = producer.target_of(plan.style, scene.studio.settings.loudness)
    if scene.brief.part:
        target += scene.brief.part.level_lu
    take = producer.produce(
        recording,
        profile_sound=sound,
        folder=scene.folder,
        target_lufs=target,
        voice=voice.stem.stem if voice.stem else None,
        wants=wants,
    )
    singer = voice.stem.provenance if voice.stem else None
    heard_of = (recording.provenance, *([singer] if singer else []))
    producer.tag_master(take.path, tags(scene, words.title, *heard_of))
    preview, findings = kept_preview(scene, take)
    made = Track(
        id=TrackId(derive("track", scene.run.id, scene.attempt)),
        artist_id=scene.artist.id,
        title=words.title,
        take=scene.attempt,
        seed=scene.seed,
        instrumental=not heard,
        language=words.lyrics.language if heard else "zxx",
        master=kept_master(scene, take),
        preview=preview,
        instrumental_master=_without_voice(scene, take, words, recording.provenance),
        stems=_stems(scene, take, words, recording.provenance, singer),
        score=scene.keep(recording.score, MIDI, "score.mid") if recording.score else None,
        timeline=recording.timeline,
        voice=singer,
        voice_words=voice.stem.words if voice.stem else "none",
        voice_consent=voice.consent,
        lines=voice.lines,
        figures=take.figures,
        score_figures=recording.score_figures,
        target_lufs=target,
        provenance=recording.provenance,
    )
    return Outcome(made, findings=(*composers.findings, *voice.findings, *findings))


def _composers(scene: Scene) -> Chain[Composer]:
    """Who may compose this take: not who made one that did not pass, unless nobody else is left."""
    chain = Chain(scene, "track", scene.studio.cast.composers())
    with scene.studio.database.read() as connection:
        refused = refused_takes(connection, scene.run, before=scene.attempt)
    for composer in chain.players[:-1]:
        if numbers := [take.take for take in refused if take.provenance.made_by == composer.name]:
            chain.judged(composer, f"its take {numbers[0]} did not pass the house's own checks.")
    return chain


def _profile(scene: Scene) -> Profile:
    """The artist as it answers what people said of its last songs."""
    return answered(scene.artist.profile, scene.result(StageName.BRIEF, Brief).remarks)


def _request(scene: Scene, plan: SongPlan, words: Words, errand: Errand) -> CompositionRequest:
    profile = _profile(scene)
    return CompositionRequest(
        plan=plan,
        identity=tuned_sound(profile),
        lyrics=words.lyrics,
        title=words.title,
        prompt=profile.song_prompt_generator,
        seed=scene.seed,
        folder=scene.folder,
        singer=bool(vocals.voices(scene.studio.cast, profile)),
        instrumental=not profile.voice.sings,
        want_stems=scene.brief.stems,
        errand=errand,
    )


def _stems(
    scene: Scene, take: producer.MasteredTake, words: Words, music: Provenance, singer: Provenance | None
) -> tuple[AudioAsset, ...]:
    """Each stem marked by what made it: the voice's by the singer, the others by the engine."""
    return tuple(
        kept_beside(
            scene,
            take,
            words.title,
            singer if singer and stem.name == producer.VOICE else music,
            stem,
            f"stem-{stem.name}.flac",
        )
        for stem in take.stems
    )


def _without_voice(
    scene: Scene, take: producer.MasteredTake, words: Words, music: Provenance
) -> AudioAsset | None:
    if take.instrumental is None:
        return None
    return kept_beside(scene, take, words.title, music, take.instrumental, "instrumental.flac")
