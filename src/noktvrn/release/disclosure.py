"""One record of who or what made each part; every platform's disclosure is derived from it.

Sources: ERN 4.3.2 (`ContainsAI`, `AiContribution`, `GenerativeAI`), Apple Transparency Tags, the YouTube Data
API, IPTC digital source types. The embedded engines learn from no data, yet the label discloses them as
generative: nobody listening could tell, and a store would rather be told too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from noktvrn.model.noun import canonical_json
from noktvrn.model.provenance import FACETS, Disclosure, Facet, Provenance, Share

RECORDING_FACETS = ("lyrics", "composition", "vocals", "instrumentation", "post_production")
POST_PRODUCTION_ENGINE = "noktvrn.producer"

_ERN = {Share.NONE: "None", Share.PARTLY: "Partly", Share.ALL: "All"}
_NAMES = {
    "lyrics": "lyrics",
    "composition": "composition",
    "vocals": "vocals",
    "instrumentation": "instruments",
    "post_production": "mix and master",
    "artwork": "artwork",
    "video": "video",
}


@dataclass(frozen=True, slots=True)
class Generated:
    """A generative contributor of a DDEX message: role and instrument by AVS 9. Its own share is All."""

    role: str
    instrument: str = ""


def disclose(
    *,
    music: Provenance,
    artwork: Provenance,
    films: Iterable[Provenance],
    lyrics_engine: str | None,
    human_lines: bool,
    sung: bool,
    human_words: bool = False,
    voice: Provenance | None = None,
) -> Disclosure:
    """The facets as the provenance of the parts has them. No `lyrics_engine`: nobody wrote words.

    `voice` is a singer of its own beside the music; what it sings may have no words (`sung` is then false).
    `human_lines`: some lines are a person's; `human_words`: all are. Mastering what a person recorded is
    measuring and turning knobs by rule, which generates nothing.
    """
    made = _facet(music)
    return Disclosure(
        lyrics=_lyrics(lyrics_engine if sung else None, human_lines, human_words),
        composition=made,
        vocals=_facet(voice) if voice else made if sung else _absent(),
        instrumentation=made,
        post_production=Facet(share=made.share, engine=POST_PRODUCTION_ENGINE),
        artwork=_facet(artwork),
        video=film_facet(tuple(films)),
    )


def roll_up(facets: Iterable[Facet]) -> Share:
    """All if every facet that applies is All, None if every one is None, otherwise Partly."""
    shares = {facet.share for facet in facets if facet.applies}
    return shares.pop() if len(shares) == 1 else Share.PARTLY if shares else Share.NONE


def recording_share(disclosure: Disclosure) -> Share:
    """How much of the sound recording was generated."""
    return roll_up(disclosure.facet(name) for name in RECORDING_FACETS)


def release_share(disclosure: Disclosure) -> Share:
    """How much of the release (recording and artwork; the film is no part of the message) was generated."""
    return roll_up(disclosure.facet(name) for name in (*RECORDING_FACETS, "artwork"))


def contains_ai(share: Share) -> str:
    """The share in the words of ERN's `ContainsAI` and `AiContribution`."""
    return _ERN[share]


def recording_contributors(disclosure: Disclosure) -> tuple[Generated, ...]:
    """The `GenerativeAI` contributors of the recording, one for each role a generated facet stands for."""
    roles = {
        "composition": (Generated("Composer"),),
        "lyrics": (Generated("Lyricist"),),
        "vocals": (Generated("LeadVocalist"),),
        "instrumentation": (Generated("Musician", "Synthesizer"),),
        "post_production": (Generated("MixingEngineer"), Generated("MasteringEngineer")),
    }
    return tuple(one for name, ones in roles.items() if _generated(disclosure.facet(name)) for one in ones)


def apple_tags(disclosure: Disclosure) -> dict[str, bool]:
    """Apple's four Transparency Tags."""
    return {
        "artwork": _generated(disclosure.artwork),
        "track": any(
            _generated(disclosure.facet(name)) for name in ("vocals", "instrumentation", "post_production")
        ),
        "composition": _generated(disclosure.composition) or _generated(disclosure.lyrics),
        "music_video": _generated(disclosure.video),
    }


def youtube_flag(disclosure: Disclosure) -> bool:
    """`status.containsSyntheticMedia`. Declared for stylised films too, which YouTube does not ask for."""
    return any(_generated(disclosure.facet(name)) for name in FACETS)


def compact(disclosure: Disclosure) -> str:
    """The facets as one line of JSON for the `AI_DISCLOSURE` tag of a file."""
    return canonical_json(
        {name: facet.share.value for name in FACETS if (facet := disclosure.facet(name)).applies}
    )


def sentence(disclosure: Disclosure) -> str:
    """What a person is told, in a sentence or two: `Generated: composition, artwork. By people: lyrics.`"""
    told = ["The artist is an AI persona, not a person."] if disclosure.ai_persona else []
    for share, how in _SPOKEN.items():
        names = [_NAMES[name] for name in FACETS if _is(disclosure.facet(name), share)]
        told += [f"{how}: {', '.join(names)}."] if names else []
    return " ".join(told)


_SPOKEN = {Share.ALL: "Generated", Share.PARTLY: "Partly generated", Share.NONE: "By people"}


def _is(facet: Facet, share: Share) -> bool:
    return facet.applies and facet.share is share


def _facet(provenance: Provenance) -> Facet:
    """Of what a person made nothing is generated, of what was put together with a person's a part is."""
    made = Share.PARTLY if provenance.people else Share.ALL
    share = Share.NONE if provenance.licence_class == "human" else made
    return Facet(share=share, engine=provenance.engine)


def _lyrics(engine: str | None, human_lines: bool, human_words: bool) -> Facet:
    if engine is None:
        return _absent()
    if human_words:
        return Facet(share=Share.NONE, engine=engine)
    return Facet(share=Share.PARTLY if human_lines else Share.ALL, engine=engine)


def film_facet(films: Sequence[Provenance]) -> Facet:
    """The facet of the films of a release."""
    if not films:
        return _absent()
    return Facet(share=roll_up(_facet(film) for film in films), engine=films[0].engine)


def _absent() -> Facet:
    return Facet(share=Share.NONE, applies=False)


def _generated(facet: Facet) -> bool:
    return facet.applies and facet.share is not Share.NONE
