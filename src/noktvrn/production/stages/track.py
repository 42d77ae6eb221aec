"""Track: composed by the cast Composer, mixed and mastered by the house."""

from __future__ import annotations

from pathlib import Path

from noktvrn.evolution.biases import tuned_sound
from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Unavailable
from noktvrn.kernel.ids import TrackId, derive
from noktvrn.model.asset import AudioAsset
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Provenance, mixed
from noktvrn.model.run import StageName
from noktvrn.model.song import SongPlan
from noktvrn.model.track import Track
from noktvrn.music import encode, producer
from noktvrn.production import vocals
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.takes import plan_of_take
from noktvrn.roles.composer import CompositionRequest

FLAC, MP3, MIDI = "audio/flac", "audio/mpeg", "audio/midi"


def track(scene: Scene) -> Outcome:
    """One take: recorded, mastered, marked and put into the vault."""
    profile = scene.artist.profile
    words = scene.result(StageName.LYRICS, Words)
    sound = tuned_sound(profile)
    plan = plan_of_take(scene.result(StageName.PLAN, SongPlan), scene.attempt)
    recording = scene.studio.cast.composer().compose(
        CompositionRequest(
            plan=plan,
            identity=sound,
            lyrics=words.lyrics,
            title=words.title,
            prompt=profile.song_prompt_generator,
            seed=scene.seed,
            folder=scene.folder,
            singer=bool(scene.studio.cast.singers()),
            want_stems=scene.brief.stems,
        )
    )
    voice = vocals.sing(scene, recording, words.lyrics, plan, sound)
    heard = voice.heard_in(recording)
    wants = producer.Wants(stems=scene.brief.stems, instrumental=scene.brief.instrumental)
    target = producer.target_of(scene.result(StageName.PLAN, SongPlan).style, scene.studio.settings.loudness)
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
    producer.tag_master(take.path, _tags(scene, words, *heard_of))
    preview, findings = _preview(scene, take)
    made = Track(
        id=TrackId(derive("track", scene.run.id, scene.attempt)),
        artist_id=scene.artist.id,
        title=words.title,
        take=scene.attempt,
        seed=scene.seed,
        instrumental=not heard,
        language=words.lyrics.language if heard else "zxx",
        master=_audio(scene, take.path, FLAC, "master.flac", take, bits=24),
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
    return Outcome(made, findings=(*voice.findings, *findings))


def _tags(scene: Scene, words: Words, *parts: Provenance) -> dict[str, str]:
    return {
        "TITLE": words.title,
        "ARTIST": scene.artist.profile.stage_name,
        "LABEL": scene.studio.settings.label_name,
        "DIGITALSOURCETYPE": mixed(part.source_type for part in parts).value,
    }


def _audio(
    scene: Scene, path: Path, media_type: str, name: str, take: producer.MasteredTake, *, bits: int | None
) -> AudioAsset:
    asset = scene.keep(path, media_type, name)
    return AudioAsset(
        **asset.as_data(),
        pcm_sha256=take.pcm_sha256,
        duration_s=take.duration_s,
        sample_rate=producer.RATE,
        bits=bits,
    )


def _stems(
    scene: Scene, take: producer.MasteredTake, words: Words, music: Provenance, singer: Provenance | None
) -> tuple[AudioAsset, ...]:
    """Each stem marked by what made it: the voice's by the singer, the others by the engine."""
    return tuple(
        _beside(
            scene,
            take,
            words,
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
    return _beside(scene, take, words, music, take.instrumental, "instrumental.flac")


def _beside(
    scene: Scene,
    take: producer.MasteredTake,
    words: Words,
    made_by: Provenance,
    made: producer.MasteredStem,
    name: str,
) -> AudioAsset:
    """A file beside the master, tagged and kept."""
    tags = _tags(scene, words, made_by)
    producer.tag_master(made.path, tags | {"TITLE": f"{words.title} ({made.name})"})
    return AudioAsset(
        **scene.keep(made.path, FLAC, name).as_data(),
        pcm_sha256=made.pcm_sha256,
        duration_s=take.duration_s,
        sample_rate=producer.RATE,
        bits=24,
    )


def _preview(scene: Scene, take: producer.MasteredTake) -> tuple[AudioAsset | None, tuple[Finding, ...]]:
    try:
        ffmpeg = find_ffmpeg(scene.studio.settings.ffmpeg)
    except Unavailable as error:
        warning = Finding(
            rule="track.no_preview", severity=Severity.INFO, message=error.message, hint=error.hint
        )
        return None, (warning,)
    path = encode.lossy(take.path, scene.folder / "preview.mp3", ffmpeg)
    return _audio(scene, path, MP3, "preview.mp3", take, bits=None), ()
