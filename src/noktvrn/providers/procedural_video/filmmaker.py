"""The embedded Filmmaker: joins the film craft to the picture craft, so cover and film are of one world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from noktvrn.film.encoder import Encoder, Reel
from noktvrn.film.ffmpeg import Codec, choose_codec, find_ffmpeg
from noktvrn.film.filmed import Stock
from noktvrn.film.renderer import Renderer, Script
from noktvrn.film.spectrum import analyse, read_mono
from noktvrn.kernel import checkpoint
from noktvrn.model.provenance import SourceType
from noktvrn.providers.procedural_video.footage import provenance_of, review
from noktvrn.providers.procedural_video.look import palette_of, style_of
from noktvrn.providers.procedural_video.still import paint_paper, paint_world
from noktvrn.providers.procedural_video.type import typesetter
from noktvrn.roles.filmmaker import FilmRequest, Footage, Progress

FADE_IN_S, FADE_OUT_S = 0.030, 0.400
_REPORT_EVERY = 15


class ProceduralFilmmaker:
    """Plays Filmmaker. `ffmpeg` is the setting; None searches PATH and the installed wheel."""

    name = "procedural_video"

    def __init__(self, ffmpeg: Path | None = None) -> None:
        self._ffmpeg = ffmpeg

    def film(self, request: FilmRequest, progress: Progress) -> Footage:
        """Renders and encodes the film, reporting the share done.

        Raises:
            Unavailable: no usable ffmpeg or encoder, or the disk is full.
            Refused, TimedOut: the encoder failed or stood still.
            Invalid: a size or length no film can have.
        """
        ffmpeg = find_ffmpeg(self._ffmpeg)
        codec = choose_codec(ffmpeg)
        reviewed = review(ffmpeg, request.shots)
        stock = Stock(ffmpeg, reviewed.clips) if reviewed.clips else None
        renderer = _renderer(request, stock)
        used = reviewed.seen(renderer.cuts)
        provenance = provenance_of(self.name, request, used)
        reel = _reel(request, provenance.source_type)
        _encode(ffmpeg, codec, reel, renderer, progress)
        return Footage(
            path=reel.path,
            width=request.width,
            height=request.height,
            fps=request.fps,
            duration_s=reel.duration_s,
            start_s=request.start_s,
            encoder=codec.name,
            used=used,
            findings=reviewed.findings,
            provenance=provenance,
        )


def _encode(ffmpeg: Path, codec: Codec, reel: Reel, renderer: Renderer, progress: Progress) -> None:
    with Encoder(ffmpeg, codec, reel) as encoder:
        for index, frame in enumerate(renderer.frames()):
            encoder.write(frame.view)
            if index % _REPORT_EVERY == 0:
                progress(encoder.encoded / reel.frames)
        encoder.finish()
    progress(1.0)


def script_of(request: FilmRequest) -> Script:
    """The script a request stands for."""
    return Script(
        kind=request.kind,
        width=request.width,
        height=request.height,
        fps=request.fps,
        frames=_frames(request),
        start_s=request.start_s,
        timeline=request.timeline,
        style=style_of(request.look),
        palette=palette_of(request.look),
        tracking=request.look.tracking,
        uppercase=request.look.uppercase,
        artist=request.artist_name,
        title=request.title,
        cues=request.cues,
        seed=request.seed,
    )


def _frames(request: FilmRequest) -> int:
    return max(1, round(request.duration_s * request.fps))


def _renderer(request: FilmRequest, stock: Stock | None) -> Renderer:
    mono, rate = read_mono(request.audio)
    checkpoint.reached()
    spectrum = analyse(mono, rate, fps=request.fps)
    checkpoint.reached()
    part = spectrum.part(round(request.start_s * request.fps), _frames(request))
    script = script_of(request)
    if stock is not None:
        # Footage is lit, never printed: ink on it could not be read, so its drawn scenes are lit as well.
        script = replace(script, palette=replace(script.palette, on_paper=False))
    if script.palette.on_paper:
        still = paint_paper(request.look, request.width, request.height, seed=request.seed)
    else:
        still = paint_world(request.look, request.width, request.height, seed=request.seed)
    return Renderer(script, part, still, typesetter(request.look), stock)


def _reel(request: FilmRequest, source: SourceType) -> Reel:
    cut = request.kind == "teaser"
    return Reel(
        path=request.folder.absolute() / f"{request.kind}.mp4",
        width=request.width,
        height=request.height,
        fps=request.fps,
        frames=_frames(request),
        audio=request.audio,
        audio_start_s=request.start_s,
        fade_in_s=FADE_IN_S if cut else 0.0,
        fade_out_s=FADE_OUT_S if cut else 0.0,
        tags=_tags(request, source),
    )


def _tags(request: FilmRequest, source: SourceType) -> dict[str, str]:
    """The disclosure and the IPTC mark go into the one tag every reader of MP4 files shows: the comment."""
    mark = f"DIGITALSOURCETYPE={source.value}"
    return {
        "title": request.title,
        "artist": request.artist_name,
        "comment": f"{request.comment} {mark}".strip() if mark not in request.comment else request.comment,
    }
