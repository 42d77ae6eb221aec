"""Another title for what is there: the words and the recording stay, only what they are called changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from noktvrn.model.asset import AudioAsset
from noktvrn.model.track import Track
from noktvrn.production.results import Words
from noktvrn.production.scene import Scene
from noktvrn.roles.writer import Captions
from noktvrn.sound.files import flac, id3
from noktvrn.words.hashtag import tag

Tags = Mapping[str, str]


def renamed(words: Words, title: str) -> Words:
    """The same words under another title; it takes the old one's place in post, hashtags and film lines."""
    return Words(
        title=title,
        lyrics=words.lyrics.model_copy(update={"title": title}),
        captions=_called(words.captions, words.title, title),
    )


def _called(captions: Captions, before: str, after: str) -> Captions:
    swapped = {tag(before).casefold(): tag(after)}
    return captions.model_copy(
        update={
            "post": _put(captions.post, before, after),
            "hashtags": tuple(swapped.get(one.casefold(), one) for one in captions.hashtags),
            "film_lines": tuple(_put(line, before, after) for line in captions.film_lines),
        }
    )


def _put(text: str, before: str, after: str) -> str:
    """The old title where it stands as words of its own."""
    return re.sub(rf"(?<!\w){re.escape(before)}(?!\w)", lambda _found: after, text)


def retitled(scene: Scene, track: Track, title: str) -> Track:
    """The recording under another title: its samples are the same, the tags of master and preview say so.
    The same recording and title give the same files."""
    master = _tagged(scene, track.master, title, flac.read_tags, flac.write_tags)
    preview = _tagged(scene, track.preview, title, id3.read_id3, id3.write_id3) if track.preview else None
    return track.model_copy(update={"title": title, "master": master, "preview": preview})


def _tagged(
    scene: Scene,
    asset: AudioAsset,
    title: str,
    read: Callable[[Path], Tags],
    write: Callable[[Path, Tags], None],
) -> AudioAsset:
    path = scene.folder / f"retitled-{asset.name}"
    shutil.copyfile(scene.file(asset), path)
    write(path, {**read(path), "TITLE": title})
    kept = scene.keep(path, asset.media_type, asset.name)
    return asset.model_copy(update=dict(kept))
