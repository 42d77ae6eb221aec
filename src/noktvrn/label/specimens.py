"""Made-up requests of the size a production would really make, for asking what they would cost."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noktvrn.evolution.biases import tuned_sound
from noktvrn.kernel.ids import derive
from noktvrn.model.artist import Profile
from noktvrn.model.film import FilmKind
from noktvrn.model.song import Lyrics, LyricSection, SongPlan
from noktvrn.model.sound import MelodyNote
from noktvrn.music.planner import plan_song
from noktvrn.providers.registry import Role
from noktvrn.reference import load
from noktvrn.roles.camera import ShotRequest
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.roles.illustrator import PictureRequest
from noktvrn.roles.singer import SingingRequest, SungLine, SungSyllable
from noktvrn.roles.writer import CaptionsRequest, LyricsRequest, ProfileRequest, TitlesRequest
from noktvrn.settings import Settings
from noktvrn.visuals.cover import SIDE
from noktvrn.visuals.selector import CAMERA_SHOTS

if TYPE_CHECKING:
    from noktvrn.llm.job import Job

SYLLABLE_S = 0.4
SHOT_S = 5.0
WORD = "la"


class Specimen:
    """A song of `duration_s` seconds by an artist of this profile, as each role would be asked for it."""

    def __init__(self, profile: Profile, duration_s: int, folder: Path, settings: Settings) -> None:
        self.profile = profile
        self._duration_s = duration_s
        self._folder = folder
        self._settings = settings

    @property
    def shots(self) -> dict[FilmKind, int]:
        """How many shots cameras are asked for at most, by film."""
        return dict(CAMERA_SHOTS)

    def ask(self, role: Role, player: Any, number: int) -> None:
        """Asks a player for the specimen's piece number `number` (from 1)."""
        if role == "composer":
            player.compose(self._composition(number))
        elif role == "illustrator":
            player.paint(self._picture(number))
        elif role == "singer":
            player.sing(self._singing(number))
        else:
            player.shoot(self._shot(number))

    def writing(self, prompt: str = "") -> list[Job[Any, Any]]:
        """What a language model would be asked to write: the song's words, and the artist of a `prompt`."""
        from noktvrn.llm.captions import captions_job
        from noktvrn.llm.lyrics import lyrics_job
        from noktvrn.llm.profile import profile_job
        from noktvrn.llm.titles import titles_job

        profile = self.profile
        theme = {"profile": profile, "theme": profile.themes[0], "mood": profile.moods[0], "seed": 0}
        song = {**theme, "title": self._words.title}
        jobs: list[Job[Any, Any]] = [
            titles_job(TitlesRequest.model_validate(theme)),
            lyrics_job(LyricsRequest.model_validate({**song, "plan": self._plan})),
            captions_job(CaptionsRequest.model_validate(song)),
        ]
        if prompt:
            jobs.append(profile_job(ProfileRequest(prompt=prompt, seed=0), profile))
        return jobs

    @cached_property
    def _plan(self) -> SongPlan:
        profile = self.profile
        return plan_song(
            genre=profile.genre,
            style=profile.sound.style,
            tempo=profile.tempo,
            modes=load(self._settings).genre(profile.genre).modes,
            mood=profile.moods[0],
            duration_s=self._duration_s,
            seed=0,
            energy=profile.style.energy,
        )

    @cached_property
    def _words(self) -> Lyrics:
        sections = [
            LyricSection(
                label=section.label,
                lines=tuple(" ".join([WORD] * count) for count in section.syllables),
            )
            for section in self._plan.sections
            if section.syllables
        ]
        return Lyrics(title="Specimen", language=self.profile.language, sections=tuple(sections), hook=WORD)

    def _errand(self, stage: str, number: int) -> Errand:
        run = derive("run", "specimen", self._duration_s)
        return Errand(artist_id=derive("artist", "specimen"), run_id=run, stage=stage, attempt=number)

    def _composition(self, number: int) -> CompositionRequest:
        sings = self.profile.voice.sings
        return CompositionRequest(
            plan=self._plan,
            identity=tuned_sound(self.profile),
            lyrics=self._words if sings else None,
            title=self._words.title,
            prompt=self.profile.song_prompt_generator,
            seed=number,
            folder=self._folder,
            instrumental=not sings,
            errand=self._errand("track", number),
        )

    def _picture(self, number: int) -> PictureRequest:
        return PictureRequest(
            kind="cover",
            look=self.profile.look,
            artist_name=self.profile.stage_name,
            title=self._words.title,
            mood=self.profile.moods[0],
            prompt=self.profile.visual_identity_prompt,
            width=SIDE,
            height=SIDE,
            seed=number,
            folder=self._folder,
            errand=self._errand("cover", number),
        )

    def _shot(self, number: int) -> ShotRequest:
        return ShotRequest(
            prompt=self.profile.video_prompt_generator,
            look=self.profile.look,
            duration_s=SHOT_S,
            width=1920,
            height=1080,
            seed=number,
            errand=self._errand("video", number),
            folder=self._folder,
        )

    def _singing(self, number: int) -> SingingRequest:
        lines, begin = [], 0.0
        for text in (line for section in self._words.sections for line in section.lines):
            count = len(text.split())
            lines.append(_sung(text, count, begin))
            begin += count * SYLLABLE_S
        return SingingRequest(
            lines=tuple(lines),
            language=self.profile.language,
            identity=tuned_sound(self.profile),
            voice=self.profile.voice.type,
            duration_s=max(begin, float(self._duration_s)),
            seed=number,
            folder=self._folder,
            errand=self._errand("voice", number),
        )


def _sung(text: str, count: int, begin: float) -> SungLine:
    notes = [
        MelodyNote(
            start_s=begin + number * SYLLABLE_S,
            end_s=begin + (number + 1) * SYLLABLE_S,
            pitch=60,
            section=0,
            line=0,
            syllable=number,
        )
        for number in range(count)
    ]
    return SungLine(text=text, syllables=tuple(SungSyllable(text=WORD, notes=(note,)) for note in notes))
