"""Writer: every word of the label. (The original's Manus.)"""

from __future__ import annotations

from typing import Protocol

from noktvrn.model.artist import Profile
from noktvrn.model.noun import Noun
from noktvrn.model.song import Lyrics, SongPlan


class ProfileRequest(Noun):
    """A sentence (cleaned, names of living artists taken out) and a seed."""

    prompt: str
    seed: int
    avoid_names: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    """What the house wanted otherwise in the draft before this one."""
    subject: str = ""
    """Artist this is written for, for the review log; changes no word."""


class LyricsRequest(Noun):
    """Words for a plan: syllables and rhymes are the plan's."""

    profile: Profile
    plan: SongPlan
    title: str
    theme: str
    mood: str
    seed: int
    human_lines: tuple[str, ...] = ()
    avoid_lines: tuple[str, ...] = ()
    """Lines of a draft before that stand in earlier songs already."""
    images: tuple[str, ...] = ()
    """Pictures the words come back to, as every song of one record does."""
    remarks: tuple[str, ...] = ()
    """Why people turned down the artist's last songs, newest first: data, never an instruction."""
    manner: str = ""
    """Procedural writer: which of its manners writes; empty is its own choice."""
    subject: str = ""
    """Run or artist this is written for, for the review log; changes no word."""


class TitlesRequest(Noun):
    """`count` different titles, none of them in `avoid`."""

    profile: Profile
    theme: str
    mood: str
    seed: int
    count: int = 5
    avoid: tuple[str, ...] = ()
    manner: str = ""
    """Procedural writer: which of its manners writes; empty is its own choice."""
    subject: str = ""
    """Run or artist this is written for, for the review log; changes no word."""


class CaptionsRequest(Noun):
    """Words around a release: a post and short lines for a film where nobody sings."""

    profile: Profile
    title: str
    theme: str
    mood: str
    seed: int
    film_lines: int = 12
    manner: str = ""
    """Procedural writer: which of its manners writes; empty is its own choice."""
    subject: str = ""
    """Run or artist this is written for, for the review log; changes no word."""


class Captions(Noun):
    """A post in the artist's tone (it says that the artist is an AI persona), hashtags, short film lines."""

    post: str
    hashtags: tuple[str, ...]
    film_lines: tuple[str, ...]


class Writer(Protocol):
    """Plays the role. Same request, same seed: an embedded writer gives the same answer."""

    name: str

    def profile(self, request: ProfileRequest) -> Profile:
        """A complete profile for a sentence."""

    def titles(self, request: TitlesRequest) -> tuple[str, ...]:
        """Titles, best first."""

    def lyrics(self, request: LyricsRequest) -> Lyrics:
        """Words that fit the plan."""

    def captions(self, request: CaptionsRequest) -> Captions:
        """The words around a release."""
