"""Composer, played by a person at an outside studio: it hands out the order and takes the song home."""

from __future__ import annotations

from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Fault
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.model.studio import DriverName, StudioSession
from noktvrn.providers.suno_session.books import SONGS, Books
from noktvrn.providers.suno_session.intake import look_in, waiting
from noktvrn.providers.suno_session.pack import pack_of
from noktvrn.providers.suno_session.rights import rights_of_session, terms_holder
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"


class SunoSession:
    """Never opens a browser, never waits: the song is here, or a person is told what to do next."""

    name = "suno_session"

    def __init__(self, books: Books, settings: Settings) -> None:
        self._books = books
        self._settings = settings

    def compose(self, request: CompositionRequest) -> Recording:
        """The song a person made for this order.

        Raises:
            NotReady: they have not yet (`studio.waiting`), or nobody has acknowledged the terms.
            Refused: the words are too long for the studio, or the song that came is none.
        """
        session = self._books.ordered(request.errand, pack_of(request), self._driver)
        nth = (max(request.errand.attempt, 1) - 1) % SONGS
        if len(session.files) <= nth:
            session = look_in(self._books, self._settings.studio_inbox, session)
        if len(session.files) <= nth:
            raise waiting(session, self._settings.studio_inbox)
        song = outside_song(self._books.song(session, nth), request.folder, self._ffmpeg, request.plan)
        return Recording(
            stems=(StemFile(name="mix", path=song.path),),
            timeline=song.timeline,
            sung=not session.pack.instrumental,
            provenance=self._provenance(session, lossy=song.lossy),
        )

    @property
    def _driver(self) -> DriverName:
        if self._settings.studio is None:
            raise Fault("The studio session was opened without NOKTVRN_STUDIO.")
        return self._settings.studio

    def _ffmpeg(self) -> Path:
        return find_ffmpeg(self._settings.ffmpeg)

    def _provenance(self, session: StudioSession, *, lossy: bool) -> Provenance:
        pack = session.pack
        return Provenance(
            engine="suno",
            engine_version=VERSION,
            licence_class="disputed",
            source_type=SourceType.TRAINED,
            model=f"at the studio by hand ({session.driver})",
            prompt="\n\n".join(part for part in (pack.style, pack.lyrics) if part),
            lossy_source=lossy,
            rights=rights_of_session(self._books.rights(self.name), session),
            provider=terms_holder(session),
        )
