"""Video and teaser: filmed, judged, and put into the vault. Without a film encoder the release goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Refused, Unavailable
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.film import Cue, Film, FilmKind
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.run import StageName
from noktvrn.model.sound import TimedLine
from noktvrn.model.track import Track
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.roles.filmmaker import Footage
from noktvrn.visuals.film_critic import examine_film
from noktvrn.visuals.teaser import choose_window, make_teaser
from noktvrn.visuals.video import make_video

TRIES = 2

Shot = tuple[Footage, tuple[Cue, ...], float]
Shoot = Callable[[Scene, Track, Words, int], Shot]


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
        if error.code == "disk.full":
            raise
        missing = Finding(
            rule=f"{kind}.unavailable",
            severity=Severity.WARNING,
            message=f"The release goes on without its {kind}: {error.message}",
            hint=error.hint,
        )
        return Outcome(None, findings=[missing])


def _shoot_and_judge(scene: Scene, kind: FilmKind, shoot: Shoot, ffmpeg: Path) -> Outcome:
    take = scene.result(StageName.TRACK, Track)
    words = scene.result(StageName.LYRICS, Words)
    for attempt in range(1, TRIES + 1):
        seed = derive_seed(scene.seed, "try", attempt)
        footage, cues, start = shoot(scene, take, words, seed)
        report = examine_film(
            footage.path,
            kind=kind,
            expected_duration_s=footage.duration_s,
            cues=cues,
            ffmpeg=ffmpeg,
        )
        if report.passed:
            return _keep(scene, kind, (footage, cues, start), report, seed)
    found = "; ".join(finding.message for finding in report.findings)
    raise Refused(
        f"No {kind} out of {TRIES} passed: {found}",
        code=f"{kind}.refused",
        hint="`noktvrn run start ... --no-video` goes without.",
    )


def _shoot_video(scene: Scene, take: Track, words: Words, seed: int) -> Shot:
    footage, cues = make_video(
        scene.studio.cast.filmmaker(),
        audio=scene.file(take.master),
        timeline=take.timeline,
        look=scene.artist.profile.look,
        artist_name=scene.artist.profile.stage_name,
        title=take.title,
        lines=words.captions.film_lines,
        sung=_shown(take, words),
        seed=seed,
        comment=_comment(scene),
        folder=scene.folder,
        progress=scene.progress,
    )
    return footage, cues, 0.0


def _shoot_teaser(scene: Scene, take: Track, words: Words, seed: int) -> Shot:
    seconds = scene.result(StageName.BRIEF, Brief).teaser_s
    start, _ = choose_window(take.timeline, take.figures.energy_curve, seconds)
    footage, cues = make_teaser(
        scene.studio.cast.filmmaker(),
        audio=scene.file(take.master),
        timeline=take.timeline,
        energy=take.figures.energy_curve,
        look=scene.artist.profile.look,
        artist_name=scene.artist.profile.stage_name,
        title=take.title,
        lines=words.captions.film_lines,
        sung=_shown(take, words),
        seed=seed,
        comment=_comment(scene),
        folder=scene.folder,
        progress=scene.progress,
        seconds=seconds,
    )
    return footage, cues, start


def _shown(take: Track, words: Words) -> tuple[TimedLine, ...]:
    """The lyrics to show in time: what is heard; of a voice without words, what anybody may read."""
    return take.lines if not take.instrumental or not words.lyrics.explicit else ()


def _comment(scene: Scene) -> str:
    name = scene.artist.profile.stage_name
    if scene.result(StageName.TRACK, Track).provenance.licence_class == "human":
        return f"{name} is an AI persona; the pictures were generated, the music is a person's."
    return f"{name} is an AI persona; music and pictures were generated."


def _keep(scene: Scene, kind: FilmKind, shot: Shot, report: Report, seed: int) -> Outcome:
    footage, cues, start = shot
    made = Film(
        kind=kind,
        asset=scene.keep(footage.path, "video/mp4", f"{kind}.mp4"),
        width=footage.width,
        height=footage.height,
        fps=footage.fps,
        duration_s=footage.duration_s,
        start_s=start,
        cues=cues,
        srt=scene.keep(footage.path.with_suffix(".srt"), "application/x-subrip", f"{kind}.srt"),
        vtt=scene.keep(footage.path.with_suffix(".vtt"), "text/vtt", f"{kind}.vtt"),
        seed=seed,
        provenance=footage.provenance,
    )
    return Outcome(made, findings=report.findings, checked=report.checked)
