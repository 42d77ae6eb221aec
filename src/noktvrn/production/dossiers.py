"""Gathers what a run's stages made into the dossier its release is drafted and sealed from."""

from __future__ import annotations

from pathlib import Path

from noktvrn.model.film import Film
from noktvrn.model.picture import Picture
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.results import Words
from noktvrn.production.retitling import retitled
from noktvrn.production.scene import Scene
from noktvrn.production.songs import arc_of, songs
from noktvrn.reference import load
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import text_parts


def dossier_of(scene: Scene) -> Dossier:
    """The dossier of a run whose films are done; of a record with one for each of its songs."""
    if not scene.brief.is_record:
        words, track = scene.result(StageName.LYRICS, Words), scene.result(StageName.TRACK, Track)
        track = track if track.title == words.title else retitled(scene, track, words.title)
        return _dossier(scene, words, track, scene.result(StageName.COVER, Picture))
    words, cover = scene.result(StageName.LYRICS, Words), scene.result(StageName.COVER, Picture)
    made = songs(scene)
    lead = made[arc_of(scene).lead - 1]
    whole = _dossier(scene, words, lead.track, cover)
    return whole.model_copy(
        update={
            "lyrics": lead.words.lyrics,
            "kind": arc_of(scene).kind,
            "title": words.title,
            "songs": tuple(_dossier(song.scene, song.words, song.track, cover) for song in made),
        }
    )


def _dossier(scene: Scene, words: Words, track: Track, cover: Picture) -> Dossier:
    profile = scene.artist.profile
    genre = load(scene.studio.settings).genre(profile.genre)
    return Dossier(
        run_id=scene.run.id,
        artist=scene.artist,
        track=track,
        cover=cover,
        video=scene.maybe(StageName.VIDEO, Film),
        teaser=scene.maybe(StageName.TEASER, Film),
        lyrics=words.lyrics,
        captions=words.captions,
        genre=genre.name,
        subgenre=profile.subgenres[0],
        label_name=scene.studio.settings.label_name,
        year=scene.run.created_at.year,
    )


def sources_of(scene: Scene, draft: ReleaseDraft, dossier: Dossier) -> dict[str, Path]:
    """The vault's file for every part of a draft that is not one of its texts."""
    texts = text_parts(dossier)
    return {part.path: scene.file(part.asset) for part in draft.parts if part.path not in texts}
