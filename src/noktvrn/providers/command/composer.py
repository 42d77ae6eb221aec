"""Composer, played by a program of the person's own."""

from __future__ import annotations

from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.model.noun import canonical_digest
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.outbound.jobs.nouns import JobOrder, Quote
from noktvrn.providers._kit import Kit, in_words
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.command.arguments import template_of
from noktvrn.providers.command.brief import brief_of
from noktvrn.providers.command.orders import NAME, CommandService
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"
"""Rises with every change that makes the same request another order."""

USUAL_S = 120.0


class CommandComposer:
    """Hands the brief to the program and takes its file. It counts as a trained model: nobody here can tell
    what is in it."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit
        self._template = template_of(settings.composer_command or "")

    def compose(self, request: CompositionRequest) -> Recording:
        """The program's song as one mix, its time-line by ear.

        Raises:
            Unavailable: the program does not start.
            TimedOut, Refused: it took too long, failed, or what it wrote is no song.
        """
        delivery = self._kit.desk.done(self.order(request), CommandService(self._settings))
        song = outside_song(
            delivery.files[0].path, request.folder, lambda: find_ffmpeg(self._settings.ffmpeg), request.plan
        )
        return Recording(
            stems=(StemFile(name="mix", path=song.path),),
            timeline=song.timeline,
            sung=in_words.has_words(request),
            provenance=Provenance(
                engine=NAME,
                engine_version=VERSION,
                licence_class="licensed",
                source_type=SourceType.TRAINED,
                model=Path(self._template.program).name,
                seed=request.seed,
                prompt=in_words.prompt_of(request),
                lossy_source=song.lossy,
                rights=self._rights(),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )

    def order(self, request: CompositionRequest) -> JobOrder:
        """What is ordered: it costs nothing and may be repeated. The arguments stand in it as a hash only:
        there may be a key among them."""
        return JobOrder(
            provider=NAME,
            purpose="compose",
            errand=request.errand,
            request={
                "program": Path(self._template.program).name,
                "command": canonical_digest(self._template.words),
                "brief": brief_of(request).as_data(),
            },
            kind="audio",
            quote=Quote(usual_s=USUAL_S),
            free=True,
        )

    def _rights(self) -> Rights:
        """The setting's word where it has one, else what a person has recorded of the program's terms."""
        recorded = rights_of(self._kit, NAME)
        if self._settings.composer_rights == "unknown":
            return recorded
        return recorded.model_copy(update={"dsp_release": self._settings.composer_rights})
