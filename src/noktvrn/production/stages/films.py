"""Video and teaser: filmed, judged, and put into the vault. Without a film encoder the release goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Refused, Unavailable
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.film import Cue, Film, FilmKind
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import SourceType
from noktvrn.model.run import StageName
from noktvrn.model.sound import TimedLine
from noktvrn.model.track import Track
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.shots import gather
from noktvrn.production.songs import track_shown, words_shown
from noktvrn.roles.camera import Shot
from noktvrn.roles.filmmaker import Footage
from noktvrn.storage.standing import FULL
from noktvrn.visuals.film import FilmOrder
from noktvrn.visuals.film_critic import examine_film
from noktvrn.visuals.teaser import make_teaser
from noktvrn.visuals.video import make_video

TRIES = 2

Made = tuple[Footage, tuple[Cue, ...]]
Shoot = Callable[[Scene, Track, FilmOrder], Made]


def video(scene: Scene) -> Outcome:
    """The film of the whole song."""
    return _film(scene, "video", _shoot_video)


def teaser(scene: Scene) -> Outcome:
    """The best part of the song for phones."""
    return _film(scene, "teaser", _shoot_teaser)


def _film(scene: Scene, kind: FilmKind, shoot: Shoot) -> Outcome:
    if not scene.result(StageName.BRIEF, Brief).with_video:
        asked = Finding(rule=f"{kind}.unasked", severity=Severity.INFO, message=f"No {kind} was asked for.")
        return Outcome(None, findings=[asked])
    try:
        ffmpeg = find_ffmpeg(scene.studio.settings.ffmpeg)
        return _shoot_and_judge(scene, kind, shoot, ffmpeg)
    except Unavailable as error:
        if error.code in ("disk.full", FULL):
            raise
        missing = Finding(
            rule=f"{kind}.unavailable",
            severity=Severity.WARNING,
            message=f"The release goes on without its {kind}: {error.message}",
            hint=error.hint,
        )
        return Outcome(None, findings=[missing])


def _shoot_and_judge(scene: Scene, kind: FilmKind, shoot: Shoot, ffmpeg: Path) -> Outcome:
    take, words = track_shown(scene), words_shown(scene)
    gathered = gather(scene, kind, take)
    for attempt in range(1, TRIES + 1):
        seed = derive_seed(scene.seed, "try", attempt)
        order = _order(scene, take, words, seed, gathered.shots)
        footage, cues = shoot(scene, take, order)
        report = examine_film(
            footage.path,
            kind=kind,
            expected_duration_s=footage.duration_s,
            cues=cues,
            ffmpeg=ffmpeg,
        )
        if report.passed:
            found = (*gathered.findings, *footage.findings, *report.findings)
            return _keep(scene, kind, (footage, cues), report.model_copy(update={"findings": found}), seed)
    found_wrong = "; ".join(finding.message for finding in report.findings)
    raise Refused(
        f"No {kind} out of {TRIES} passed: {found_wrong}",
        code=f"{kind}.refused",
        hint="`noktvrn run start ... --no-video` goes without.",
    )


def _order(scene: Scene, take: Track, words: Words, seed: int, shots: tuple[Shot, ...]) -> FilmOrder:
    profile = scene.artist.profile
    return FilmOrder(
        audio=scene.file(take.master),
        timeline=take.timeline,
        look=profile.look,
        artist_name=profile.stage_name,
        title=words.title,
        lines=words.captions.film_lines,
        sung=_shown(take, words),
        seed=seed,
        comment=_comment(scene, take, shots),
        folder=scene.folder,
        shots=shots,
        progress=scene.progress,
    )


def _shoot_video(scene: Scene, take: Track, order: FilmOrder) -> Made:
    del take
    return make_video(scene.studio.cast.filmmaker(), order)


def _shoot_teaser(scene: Scene, take: Track, order: FilmOrder) -> Made:
    seconds = scene.result(StageName.BRIEF, Brief).teaser_s
    energy = take.figures.energy_curve
    return make_teaser(scene.studio.cast.filmmaker(), order, energy=energy, seconds=seconds)


def _shown(take: Track, words: Words) -> tuple[TimedLine, ...]:
    """The lyrics to show in time: what is heard; of a voice without words, what anybody may read."""
    return take.lines if not take.instrumental or not words.lyrics.explicit else ()


def _comment(scene: Scene, take: Track, shots: Sequence[Shot]) -> str:
    name = scene.artist.profile.stage_name
    filmed = any(shot.provenance.source_type is SourceType.HUMAN for shot in shots)
    pictures = "the pictures were generated or cut from footage" if filmed else "the pictures were generated"
    if take.provenance.licence_class == "human":
        return f"{name} is an AI persona; {pictures}, the music is a person's."
    if filmed:
        return f"{name} is an AI persona; the music was generated, {pictures}."
    return f"{name} is an AI persona; music and pictures were generated."


def _keep(scene: Scene, kind: FilmKind, shot: Made, report: Report, seed: int) -> Outcome:
    footage, cues = shot
    made = Film(
        kind=kind,
        asset=scene.keep(footage.path, "video/mp4", f"{kind}.mp4"),
        width=footage.width,
        height=footage.height,
        fps=footage.fps,
        duration_s=footage.duration_s,
        start_s=footage.start_s,
        cues=cues,
        srt=scene.keep(footage.path.with_suffix(".srt"), "application/x-subrip", f"{kind}.srt"),
        vtt=scene.keep(footage.path.with_suffix(".vtt"), "text/vtt", f"{kind}.vtt"),
        seed=seed,
        provenance=footage.provenance,
        shots=tuple(shot.provenance for shot in footage.used),
    )
    return Outcome(made, findings=report.findings, checked=report.checked)
