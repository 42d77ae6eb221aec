"""From a dossier to the draft a person gives a verdict on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from noktvrn.kernel.ids import RunId
from noktvrn.model.artist import Artist
from noktvrn.model.asset import Asset
from noktvrn.model.film import Film
from noktvrn.model.picture import Picture
from noktvrn.model.provenance import Disclosure, Provenance
from noktvrn.model.release import Credit, Part, ReleaseDraft, ReleaseKind
from noktvrn.model.song import Lyrics
from noktvrn.model.track import Track
from noktvrn.release import paths, record
from noktvrn.release.disclosure import POST_PRODUCTION_ENGINE, disclose, film_facet
from noktvrn.release.dossier import Dossier
from noktvrn.roles.writer import Captions
from noktvrn.sound.files import lrc
from noktvrn.words.lexicon import advisory

NO_WORDS = "zxx"
"""ISO 639-3: no linguistic content."""


def draft_release(
    *,
    run_id: RunId,
    artist: Artist,
    track: Track,
    cover: Picture,
    video: Film | None,
    teaser: Film | None,
    lyrics: Lyrics | None,
    captions: Captions,
    genre: str,
    subgenre: str = "",
    label_name: str,
    year: int,
    kind: ReleaseKind = "single",
    title: str = "",
    songs: tuple[Dossier, ...] = (),
) -> ReleaseDraft:
    """The draft of a run. The same values always make the same draft (see `Dossier` for their meaning)."""
    return draft_of(
        Dossier(
            run_id=run_id,
            artist=artist,
            track=track,
            cover=cover,
            video=video,
            teaser=teaser,
            lyrics=lyrics,
            captions=captions,
            genre=genre,
            subgenre=subgenre,
            label_name=label_name,
            year=year,
            kind=kind,
            title=title,
            songs=songs,
        )
    )


def draft_of(dossier: Dossier) -> ReleaseDraft:
    """The draft a dossier leads to."""
    return _record(dossier) if dossier.songs else _single(dossier)


def _single(dossier: Dossier) -> ReleaseDraft:
    track = dossier.track
    return ReleaseDraft(
        id=dossier.release_id,
        artist_id=dossier.artist.id,
        run_id=dossier.run_id,
        track_id=track.id,
        artist_name=dossier.artist.profile.stage_name,
        title=track.title,
        genre=dossier.genre,
        subgenre=dossier.subgenre,
        language=NO_WORDS if track.instrumental else track.language,
        title_language=dossier.lyrics.language if dossier.lyrics else "en",
        advisory="explicit" if is_explicit(dossier) else "not_explicit",
        instrumental=track.instrumental,
        credits=tuple(_credits(dossier)),
        p_line=f"{dossier.year} {dossier.label_name}",
        c_line=f"{dossier.year} {dossier.label_name}",
        label=dossier.label_name,
        disclosure=facets(dossier),
        parts=tuple(_parts(dossier)),
        duration_s=track.master.duration_s,
    )


def _record(dossier: Dossier) -> ReleaseDraft:
    """The draft of an EP or album: each song is drafted as a single would be, then the whole rolled up."""
    drafts = [draft_of(song) for song in dossier.songs]
    songs = tuple(record.track_of(draft) for draft in drafts)
    lead = next(draft for draft in drafts if draft.track_id == dossier.track.id)
    whole = {
        "id": dossier.release_id,
        "run_id": dossier.run_id,
        "title": dossier.title,
        "language": record.language_of(songs),
        "advisory": "explicit" if is_explicit(dossier) else "not_explicit",
        "instrumental": all(song.instrumental for song in songs),
        "credits": record.credits_of(songs, _film_credits(dossier)),
        "disclosure": facets(dossier),
        "parts": tuple(_parts(dossier)),
        "duration_s": sum(song.duration_s for song in songs),
        "kind": dossier.kind,
        "songs": songs,
    }
    return lead.model_copy(update=whole)


def facets(dossier: Dossier) -> Disclosure:
    """What has to be disclosed, as the provenance of the parts has it."""
    if dossier.songs:
        films = [film.provenance for film in dossier.films]
        whole = record.together([facets(song) for song in dossier.songs])
        return whole.model_copy(update={"video": film_facet(films)})
    lyrics = dossier.sung_lyrics
    return disclose(
        music=dossier.track.provenance,
        artwork=dossier.cover.provenance,
        films=[film.provenance for film in dossier.films],
        lyrics_engine=lyrics.writer if lyrics else None,
        human_lines=bool(lyrics and lyrics.human_lines),
        human_words=bool(lyrics and lyrics.by_a_person),
        sung=not dossier.track.instrumental,
        voice=dossier.track.voice,
    )


def text_parts(dossier: Dossier) -> dict[str, bytes]:
    """The words of the package by path. They are approved with the rest and written again at sealing."""
    tags = " ".join(dossier.captions.hashtags)
    post = f"{dossier.captions.post}\n\n{tags}" if tags else dossier.captions.post
    texts = {paths.CAPTIONS: post}
    for number, song in enumerate(dossier.songs, start=1):
        texts |= {paths.of_song(path, number): text for path, text in _lyrics(song)}
    if dossier.songs:
        texts[paths.TRACK_LIST] = record.track_list(dossier)
    else:
        texts |= dict(_lyrics(dossier))
    return {path: (text.strip() + "\n").encode() for path, text in texts.items()}


def _lyrics(dossier: Dossier) -> Iterator[tuple[str, str]]:
    """The words of a song, and the same in time."""
    if dossier.sung_lyrics is not None:
        yield paths.LYRICS, dossier.sung_lyrics.text
        if dossier.track.lines:
            yield paths.TIMED_LYRICS, _timed(dossier)


def _timed(dossier: Dossier) -> str:
    """The lyrics as LRC, each line at the time it is sung."""
    track = dossier.track
    length = lrc.clock(track.master.duration_s).partition(".")[0]
    tags = {"ti": track.title, "ar": dossier.artist.profile.stage_name, "length": length}
    return lrc.write(track.lines, tags)


def is_explicit(dossier: Dossier) -> bool:
    """Whether strong words are sung or stand in the title; of a record, in any song's or its own."""
    if dossier.songs:
        return advisory(dossier.title).explicit or any(is_explicit(song) for song in dossier.songs)
    words = dossier.sung_lyrics
    heard = words is not None and (words.explicit or advisory(words.text).explicit)
    return heard or advisory(dossier.track.title).explicit


def _credits(dossier: Dossier) -> Iterator[Credit]:
    """Who did what. The persona is the main artist and nothing else: it is no legal person (rule 34)."""
    yield Credit(name=dossier.artist.profile.stage_name, role="MainArtist", generative=True)
    music = dossier.track.provenance
    yield Credit(name=music.engine, role="Composer", generative=_made(music))
    lyrics = dossier.sung_lyrics
    if lyrics is not None:
        yield Credit(name=lyrics.writer, role="Lyricist", generative=not lyrics.by_a_person)
    voice = dossier.track.voice
    if voice is not None:
        yield Credit(name=voice.engine, role="Vocalist", generative=_made(voice))
    if _made(music):  # what a person recorded has a producer already, and it is not the house
        yield Credit(name=POST_PRODUCTION_ENGINE, role="Producer", generative=True)
        yield Credit(name=POST_PRODUCTION_ENGINE, role="MasteringEngineer", generative=True)
    cover = dossier.cover.provenance
    yield Credit(name=cover.engine, role="Illustrator", generative=_made(cover))
    yield from _film_credits(dossier)


def _film_credits(dossier: Dossier) -> Iterator[Credit]:
    for engine, made in {film.provenance.engine: _made(film.provenance) for film in dossier.films}.items():
        yield Credit(name=engine, role="Filmmaker", generative=made)


def _made(provenance: Provenance) -> bool:
    return provenance.licence_class != "human"


def _parts(dossier: Dossier) -> Iterator[Part]:
    release_id = dossier.release_id
    for number, song in enumerate(dossier.tracks, start=1):
        yield Part(path=paths.audio(release_id, number), asset=song.track.master)
    cover = dossier.cover.asset
    yield Part(path=paths.cover(release_id, cover.media_type), asset=cover)
    for film in dossier.films:
        yield Part(path=f"{film.kind}.mp4", asset=film.asset)
        for suffix, captions in (("srt", film.srt), ("vtt", film.vtt)):
            if captions is not None:
                yield Part(path=f"{film.kind}.{suffix}", asset=captions)
    for path, text in text_parts(dossier).items():
        yield Part(path=path, asset=_text_asset(path, text))


def _text_asset(path: str, text: bytes) -> Asset:
    return Asset(sha256=hashlib.sha256(text).hexdigest(), size=len(text), media_type="text/plain", name=path)
