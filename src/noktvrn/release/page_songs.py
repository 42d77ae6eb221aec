"""The songs of a record on its page: each with its energy, its sound, what is heard of it, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from noktvrn.model.release import ReleaseDraft
from noktvrn.release import paths
from noktvrn.release.dossier import Dossier
from noktvrn.release.page_wave import wave


def songs(draft: ReleaseDraft, dossier: Dossier) -> str:
    """An ordered list, one entry a song; empty for a single."""
    shown = "".join(_song(draft, song, number) for number, song in enumerate(dossier.songs, start=1))
    return f'<ol class="songs">{shown}</ol>' if shown else ""


def _song(draft: ReleaseDraft, song: Dossier, number: int) -> str:
    track = draft.tracks[number - 1]
    line = song.track.timeline
    facts = [clock(track.duration_s), f"{line.tempo_bpm:.0f} BPM", line.key]
    facts += ["instrumental"] if track.instrumental else []
    facts += ["explicit"] if track.advisory == "explicit" else []
    told = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<li><div class="song"><h3 dir="auto">{escape(track.title)}</h3><p class="meta">{told}</p></div>'
        f"{wave(song.track)}"
        f'<audio controls preload="none" src="{escape(paths.audio(draft.id, number))}"></audio>'
        f"{_words(song)}</li>\n"
    )


def _words(song: Dossier) -> str:
    lyrics = song.sung_lyrics
    if lyrics is None:
        return ""
    sung = ("\n".join(section.lines) for section in lyrics.sections if section.lines)
    return f"<details><summary>Lyrics</summary>{verses(sung)}</details>"


def verses(told: Iterable[str]) -> str:
    """Verses, each a paragraph."""
    shown = "".join(f'<p dir="auto">{escape(verse)}</p>' for verse in told)
    return f'<div class="words">{shown}</div>'


def clock(seconds: float) -> str:
    """Minutes and seconds: `2:54`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
