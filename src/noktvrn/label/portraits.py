"""The asset folder of a new artist: avatar, banner and voice sample, made once and kept in the vault."""

from __future__ import annotations

from pathlib import Path

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist
from noktvrn.model.asset import Asset, AudioAsset
from noktvrn.model.picture import PictureKind
from noktvrn.production.scratch import fresh_folder
from noktvrn.production.studio import Studio

SIZES: dict[PictureKind, tuple[int, int]] = {"avatar": (1500, 1500), "banner": (2660, 1140)}


def portrayed(studio: Studio, artist: Artist) -> Artist:
    """The artist with its pictures and its voice sample. The same artist gets the same files.

    The embedded players make them, who close every chain: an artist costs nothing before it has a run to
    answer for the money. There is no sample where the label casts no singer.
    """
    with fresh_folder(studio.scratch) as folder:
        return artist.model_copy(
            update={
                "avatar": _paint(studio, artist, "avatar", folder),
                "banner": _paint(studio, artist, "banner", folder),
                "voice_sample": _sing(studio, artist, folder),
            }
        )


def _paint(studio: Studio, artist: Artist, kind: PictureKind, folder: Path) -> Asset:
    from noktvrn.roles.illustrator import PictureRequest

    width, height = SIZES[kind]
    place = folder / kind
    place.mkdir()
    painting = studio.cast.illustrators()[-1].paint(
        PictureRequest(
            kind=kind,
            look=artist.profile.look,
            artist_name=artist.profile.stage_name,
            mood=artist.profile.moods[0],
            width=width,
            height=height,
            seed=derive_seed(artist.seed, kind),
            folder=place,
        )
    )
    return studio.vault.put(
        painting.path,
        artist_id=artist.id,
        media_type=painting.media_type,
        name=f"{kind}{painting.path.suffix}",
    )


def _sing(studio: Studio, artist: Artist, folder: Path) -> AudioAsset | None:
    """By the embedded voice, which stands last in every cast: a person's voice would need their consent.

    None for an instrumental artist."""
    # The voice brings all of the sound with it; most commands never need it.
    from noktvrn.artist import voice_sample
    from noktvrn.production.vocals import voices
    from noktvrn.sound.score import RATE

    singers = voices(studio.cast, artist.profile)
    if not singers:
        return None
    sample = voice_sample.record(artist, singers[-1], folder, label_name=studio.settings.label_name)
    asset = studio.vault.put(
        sample.path, artist_id=artist.id, media_type="audio/flac", name="voice-sample.flac"
    )
    return AudioAsset(
        **asset.as_data(),
        pcm_sha256=sample.pcm_sha256,
        duration_s=sample.duration_s,
        sample_rate=RATE,
        bits=voice_sample.BITS,
    )
