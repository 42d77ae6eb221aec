"""Lyrics: 200 songs of 20 artists, and 60 in Spanish, made as the label makes them: fit, rhyme and likeness.

A song is written by the lyricist with everything before it as its catalogue. Shared are lines of four words
or more, and runs of five words that carry meaning, the refrain's returns counted once. The share across
artists should be near nothing; within an artist pictures return (`motifs`), lines do not.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.lyricist import choose_title, write
from noktvrn.music.planner import plan_song
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings
from noktvrn.words.scansion import Fit, measure
from noktvrn.words.tokens import words_of

ARTISTS, SONGS = 20, 10
SPANISH_ARTISTS = 6
PROMPTS = (
    "Neon techno from a sleepless city",
    "A shy folk singer of long winters",
    "Bright disco pop for summer rooftops",
    "Dub reggae by the sea",
    "Slow piano ballads about letters nobody sent",
    "Desert rock with dust and long roads",
    "Synthwave about machines that learn to love",
    "Epic metal of a people rising",
    "Dream pop from the edge of sleep",
    "Country songs about home and kitchens",
)
WORDS_OF_MEANING = 4
"""Letters from which a word is taken to carry meaning."""


@dataclass(frozen=True, slots=True)
class Song:
    """One song of the bench."""

    artist: str
    plan: SongPlan
    lyrics: Lyrics
    drafts: int


def catalogue(artists: int, songs: int, language: str) -> list[Song]:
    """The songs, in the order of the calendar: every artist's first, then every artist's second ..."""
    reference = load(Settings())
    writer = ProceduralWriter(reference)
    profiles = [
        writer.profile(ProfileRequest(prompt=PROMPTS[n % len(PROMPTS)], seed=n)).model_copy(
            update={"language": language}
        )
        for n in range(artists)
    ]
    made: list[Song] = []
    for number in range(songs):
        for place, profile in enumerate(profiles):
            made.append(_song(writer, profile, derive_seed(7, "bench", place, number), made))
    return made


def _song(writer: ProceduralWriter, profile: Profile, seed: int, before: list[Song]) -> Song:
    theme, mood = profile.themes[seed % len(profile.themes)], profile.moods[seed % len(profile.moods)]
    own = [song.lyrics.title for song in before if song.artist == profile.stage_name]
    plan = plan_song(
        genre=profile.genre,
        style=profile.sound.style,
        tempo=profile.tempo,
        modes=(),
        mood=mood,
        duration_s=170,
        seed=seed,
    )
    title = choose_title(writer, profile=profile, theme=theme, mood=mood, seed=seed, taken=own)
    lyrics, report = write(
        writer,
        profile=profile,
        plan=plan,
        theme=theme,
        mood=mood,
        title=title,
        seed=seed,
        catalogue=[(song.lyrics.title, song.lyrics.text) for song in before],
    )
    told = next((found.message for found in report.findings if found.rule == "lyrics.rewritten"), "Written 1")
    return Song(profile.stage_name, plan, lyrics, int(told.split()[1]))


def figures(songs: list[Song]) -> dict[str, float]:
    """Shares of songs and of lines; see the module."""
    fit = sum((measure(song.plan, song.lyrics) for song in songs), Fit())
    across, within = _shared(songs)
    told = [list(dict.fromkeys(song.lyrics.text.split("\n"))) for song in songs]
    hooked = [song for song in songs if any(s.label == "chorus" and s.lines for s in song.lyrics.sections)]
    titled = [song for song in hooked if song.lyrics.title.casefold() in song.lyrics.text.casefold()]
    repeats = sum(_repeated(song.lyrics) for song in songs)
    return {
        "songs": len(songs),
        "lines": fit.planned,
        "within_one_syllable": round(fit.syllable_share, 4),
        "rhyme_pairs": fit.pairs,
        "pairs_that_rhyme": round(fit.rhyme_share, 4),
        "songs_sharing_a_line_across_artists": across["line"],
        "songs_sharing_a_5_gram_across_artists": across["run"],
        "songs_sharing_a_line_with_own_earlier": within["line"],
        "lines_said_twice_outside_refrains": repeats,
        "choruses_with_the_title": round(len(titled) / max(1, len(hooked)), 3),
        "motifs_an_artist_returns_to": _motifs(songs),
        "written_more_than_once": round(sum(song.drafts > 1 for song in songs) / len(songs), 3),
        "lines_a_song": round(sum(map(len, told)) / len(songs), 1),
    }


def _shared(songs: list[Song]) -> tuple[dict[str, float], dict[str, float]]:
    owners: dict[tuple[str, object], list[int]] = defaultdict(list)
    for place, song in enumerate(songs):
        for mark in _marks(song.lyrics):
            owners[mark].append(place)
    across, within = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for (kind, _), places in owners.items():
        artists = {songs[place].artist for place in places}
        if len(artists) > 1:
            across[kind].update(places)
        if len(places) > len(artists):
            within[kind].update(places)
    share = {kind: round(len(across[kind]) / len(songs), 3) for kind in ("line", "run")}
    return share, {kind: round(len(within[kind]) / len(songs), 3) for kind in ("line", "run")}


def _marks(lyrics: Lyrics) -> Iterable[tuple[str, object]]:
    lines = [words_of(line) for line in dict.fromkeys(lyrics.text.split("\n")) if line]
    marks: set[tuple[str, object]] = {("line", tuple(line)) for line in lines if len(line) >= 4}
    content = [[word for word in line if len(word) >= WORDS_OF_MEANING] for line in lines]
    flat = [word for line in content for word in line]
    marks.update(("run", tuple(flat[at : at + 5])) for at in range(len(flat) - 4))
    return marks


def _repeated(lyrics: Lyrics) -> int:
    told = [line for part in lyrics.sections if part.label in ("verse", "bridge") for line in part.lines]
    return len(told) - len(set(told))


def _motifs(songs: list[Song]) -> float:
    """Content words an artist has in at least half of its songs, on average."""
    by_artist: dict[str, list[set[str]]] = defaultdict(list)
    for song in songs:
        by_artist[song.artist].append({word for word in words_of(song.lyrics.text) if len(word) > 4})
    counts = [
        sum(sum(word in told for told in texts) * 2 >= len(texts) for word in set[str]().union(*texts))
        for texts in by_artist.values()
    ]
    return round(sum(counts) / len(counts), 1)


def main() -> None:
    """Prints the figures of both languages as JSON."""
    found: dict[str, object] = {}
    for language, artists in (("en", ARTISTS), ("es", SPANISH_ARTISTS)):
        begun = time.process_time()
        songs = catalogue(artists, SONGS, language)
        spent = time.process_time() - begun
        found[language] = figures(songs) | {"cpu_ms_a_song": round(1000 * spent / len(songs), 1)}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
