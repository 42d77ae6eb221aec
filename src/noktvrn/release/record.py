"""What a record says of all its songs together: credits, disclosure, language, and the list of its tracks.

The disclosure of a whole follows that of its parts: a facet is All or None only where it is so for every song
that has it, which is ERN's rule for a release of several recordings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from noktvrn.model.provenance import FACETS, Disclosure, Facet
from noktvrn.model.release import Credit, ReleaseDraft, TrackDraft
from noktvrn.release.disclosure import roll_up
from noktvrn.release.dossier import Dossier


def track_of(draft: ReleaseDraft) -> TrackDraft:
    """A song of a record, drafted as a single would be, as one of its tracks."""
    return draft.tracks[0]


def together(songs: Sequence[Disclosure]) -> Disclosure:
    """The disclosure of several songs as one."""
    return Disclosure(
        **{name: _facet([song.facet(name) for song in songs]) for name in FACETS},
        ai_persona=any(song.ai_persona for song in songs),
    )


def _facet(facets: Sequence[Facet]) -> Facet:
    applying = [facet for facet in facets if facet.applies]
    if not applying:
        return facets[0]
    engines = dict.fromkeys(facet.engine for facet in applying if facet.engine)
    return Facet(share=roll_up(applying), engine=", ".join(engines))


def language_of(songs: Sequence[TrackDraft]) -> str:
    """The language most of the songs that have words are sung in; `zxx` where none has."""
    sung = Counter(song.language for song in songs if not song.instrumental)
    return sung.most_common(1)[0][0] if sung else songs[0].language


def credits_of(songs: Iterable[TrackDraft], films: Iterable[Credit]) -> tuple[Credit, ...]:
    """Everybody who is credited on any song, and the makers of the films, each once for each role."""
    return tuple(dict.fromkeys([*(credit for song in songs for credit in song.credits), *films]))


def starts_of(dossier: Dossier) -> tuple[float, ...]:
    """Where each song begins when the record is played from its beginning without a pause, in seconds."""
    lengths = [song.track.master.duration_s for song in dossier.tracks]
    return tuple(accumulate(lengths[:-1], initial=0.0))


def loudness_of(dossier: Dossier) -> float:
    """The loudness (LUFS) of the songs played one after the other: their powers, weighed by their lengths."""
    songs = [(song.track.figures.integrated_lufs, song.track.master.duration_s) for song in dossier.tracks]
    power = sum(seconds * 10 ** (lufs / 10) for lufs, seconds in songs) / sum(s for _, s in songs)
    return 10 * math.log10(power)


def track_list(dossier: Dossier) -> str:
    """The songs in their order: where each begins, how long it is, its tempo and key."""
    lines = [f"{dossier.artist.profile.stage_name} - {dossier.title}", ""]
    for number, (song, start) in enumerate(zip(dossier.tracks, starts_of(dossier), strict=True), start=1):
        line, length = song.track.timeline, song.track.master.duration_s
        facts = f"{_clock(length)}  {line.tempo_bpm:.0f} BPM  {line.key}"
        lines.append(f"{number:2d}. {_clock(start):>6}  {song.track.title}  ({facts})")
    whole = sum(song.track.master.duration_s for song in dossier.tracks)
    return "\n".join(
        [*lines, "", f"{len(dossier.tracks)} songs, {_clock(whole)}, to be played without a pause"]
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
