"""The voice of a take: the words laid on the tune and sung by whoever is cast, before anything is mixed."""

from __future__ import annotations

from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ConsentId
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.consent import VoiceConsent
from noktvrn.model.finding import Finding
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.model.sound import SoundIdentity, TimedLine
from noktvrn.music.vocals import align, timed_lines
from noktvrn.production import consents
from noktvrn.production.chain import Chain
from noktvrn.production.scene import Scene
from noktvrn.production.studio import Cast
from noktvrn.roles.composer import Recording
from noktvrn.roles.singer import Singer, SingingRequest, SungStem


@dataclass(frozen=True, slots=True)
class Vocals:
    """What was sung: the dry stem, the words in time, and what was found on the way."""

    stem: SungStem | None = None
    lines: tuple[TimedLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    consent: ConsentId | None = None

    def heard_in(self, recording: Recording) -> bool:
        """Whether words are heard, from this voice or the recording's own."""
        return recording.sung or (self.stem is not None and self.stem.words != "none")


def sing(scene: Scene, recording: Recording, lyrics: Lyrics, plan: SongPlan, sound: SoundIdentity) -> Vocals:
    """The voice of `recording`: none where an engine sings itself, knows no tune, or nobody is cast."""
    lines = timed_lines(lyrics, recording.melody, plan)
    singers = voices(scene.studio.cast, scene.artist.profile)
    sung = align(lyrics, recording.melody, plan)
    if recording.sung or not singers or not sung:
        return Vocals(lines=lines if recording.sung else ())
    folder = scene.folder / "voice"
    folder.mkdir(exist_ok=True)
    chain = Chain(scene, "voice", singers, rule="track.voice", did_not="sing", may_fail=(Invalid,))
    request = SingingRequest(
        lines=sung,
        language=lyrics.language,
        identity=sound,
        voice=called(scene.artist.profile),
        duration_s=recording.timeline.duration_s,
        seed=derive_seed(scene.seed, "voice"),
        folder=folder,
        errand=chain.errand(),
    )
    stem, _ = chain.played(lambda singer: singer.sing(request))
    consent = consents.require(scene, stem)
    if consent is None:
        return Vocals(stem, lines, chain.findings)
    return Vocals(_credited(stem, consent), lines, chain.findings, consent.id)


def voices(cast: Cast, profile: Profile) -> tuple[Singer, ...]:
    """Who may sing for an artist: nobody where it is an instrumental one."""
    return cast.singers() if profile.voice.sings else ()


def _credited(stem: SungStem, consent: VoiceConsent) -> SungStem:
    """A person who sings is credited by name; a model of their voice under its own."""
    if stem.provenance.licence_class != "human":
        return stem
    return stem.model_copy(
        update={"provenance": stem.provenance.model_copy(update={"engine": consent.person})}
    )


def called(profile: Profile) -> str:
    """How the profile calls its voice, in one line."""
    return f"{profile.voice.type}, {profile.voice.delivery}"
