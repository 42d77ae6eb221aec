"""Plays the role Writer without any service: every word from grammars and word lists, by seed."""

from __future__ import annotations

from noktvrn.model.artist import Profile
from noktvrn.model.song import Lyrics
from noktvrn.providers.procedural_writer.profile import write_profile
from noktvrn.providers.procedural_writer.reading import Reader
from noktvrn.reference import Reference
from noktvrn.roles.writer import Captions, CaptionsRequest, LyricsRequest, ProfileRequest, TitlesRequest


class ProceduralWriter:
    """The embedded writer. Holds nothing but the tables it reads from, so it may be shared by threads."""

    name = "procedural_writer"

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._reader = Reader(reference)

    def profile(self, request: ProfileRequest) -> Profile:
        """A complete profile for a sentence; a note that begins "Notice: " tells what was guessed."""
        return write_profile(request, self._reference, self._reader)

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        """Titles, best first."""
        from noktvrn.providers.procedural_writer.titles import write_titles

        return write_titles(request)

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        """Words that fit the plan."""
        from noktvrn.providers.procedural_writer.lyrics import write_lyrics

        return write_lyrics(request)

    def captions(self, request: CaptionsRequest) -> Captions:
        """The words around a release."""
        from noktvrn.providers.procedural_writer.captions import write_captions

        return write_captions(request)
