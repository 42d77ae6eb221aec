"""Whole films through the embedded Filmmaker and the house's own critic."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.film.film_samples import look, moving_frame, reel, request, timeline, write_song

from noktvrn.film.captions import read_srt, read_vtt
from noktvrn.film.encoder import Encoder
from noktvrn.film.ffmpeg import choose_codec, find_ffmpeg
from noktvrn.film.styles import STYLES
from noktvrn.film.yuv import Frame
from noktvrn.model.film import Cue
from noktvrn.model.finding import Report
from noktvrn.picture.motifs import MOTIFS
from noktvrn.providers.procedural_video.filmmaker import ProceduralFilmmaker, script_of
from noktvrn.providers.procedural_video.look import STYLES_OF_MOTIF, style_of
from noktvrn.providers.procedural_video.type import typesetter
from noktvrn.visuals.film import FilmOrder
from noktvrn.visuals.film_critic import examine_film
from noktvrn.visuals.teaser import make_teaser
from noktvrn.visuals.video import make_video

FFMPEG = find_ffmpeg()


def judge(path: Path, *, seconds: float, size: tuple[int, int], cues: tuple[Cue, ...] = ()) -> Report:
    return examine_film(path, kind="video", expected_duration_s=seconds, cues=cues, ffmpeg=FFMPEG, size=size)


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def test_a_video_passes_its_critic_and_has_captions_beside_it(tmp_path: Path) -> None:
    shares: list[float] = []
    order = FilmOrder(
        audio=write_song(tmp_path / "song.flac", 12.0),
        timeline=timeline(12.0),
        look=look(),
        artist_name="Vesper Line",
        title="Afterglow",
        lines=["the city hums", "say my name in static"],
        seed=4,
        comment="Made by a virtual artist.",
        folder=tmp_path,
        progress=shares.append,
    )
    footage, cues = make_video(ProceduralFilmmaker(), order, size=(320, 180))
    report = examine_film(
        footage.path, kind="video", expected_duration_s=12.0, cues=cues, ffmpeg=FFMPEG, size=(320, 180)
    )
    assert report.findings == ()
    assert report.checked >= 8
    assert cues
    assert all(cue.end_s < 12 - 3 for cue in cues)
    assert read_srt(footage.path.with_suffix(".srt").read_text("utf-8")) == cues
    assert read_vtt(footage.path.with_suffix(".vtt").read_text("utf-8")) == cues
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert footage.provenance.seed == 4


def test_a_teaser_is_tall_short_and_passes(tmp_path: Path) -> None:
    song = timeline(24.0)
    order = FilmOrder(
        audio=write_song(tmp_path / "song.flac", 24.0),
        timeline=song,
        look=look("ribbon"),
        artist_name="Vesper Line",
        title="Afterglow",
        lines=["the city hums", "say my name"],
        seed=4,
        folder=tmp_path,
    )
    footage, cues = make_teaser(ProceduralFilmmaker(), order, energy=(), seconds=15, size=(180, 320))
    assert 15 <= footage.duration_s <= 17
    assert footage.start_s in song.downbeats
    report = examine_film(
        footage.path,
        kind="teaser",
        expected_duration_s=footage.duration_s,
        cues=cues,
        ffmpeg=FFMPEG,
        size=(180, 320),
    )
    assert report.findings == ()


def test_every_artist_keeps_one_style_and_all_styles_are_used() -> None:
    assert style_of(look("eclipse")) == "corona"
    seen = {style_of(look("unheard of").model_copy(update={"seed": seed})) for seed in range(60)}
    assert seen == set(STYLES)


def test_styles_that_print_stand_on_paper(tmp_path: Path) -> None:
    for ground, light in (("day", True), ("night", False)):
        own = look("press").model_copy(update={"ground": ground})
        printed = request(tmp_path).model_copy(update={"look": own})
        assert script_of(printed).palette.on_paper is light
    assert not script_of(request(tmp_path)).palette.on_paper


def film_of(folder: Path, frames: list[Frame], *, comment: str | None = None) -> Path:
    job = reel(folder / "film.mp4", write_song(folder / "a.flac", len(frames) / 30), frames=len(frames))
    if comment is not None:
        job = reel(job.path, job.audio, frames=job.frames, comment=comment)
    with Encoder(FFMPEG, choose_codec(FFMPEG), job) as encoder:
        for frame in frames:
            encoder.write(frame.view)
        return encoder.finish()


def test_the_critic_passes_a_plain_moving_film(tmp_path: Path) -> None:
    path = film_of(tmp_path, [moving_frame(index) for index in range(60)])
    assert judge(path, seconds=2, size=(64, 36)).findings == ()


def test_the_critic_sees_a_frozen_picture(tmp_path: Path) -> None:
    frames = [moving_frame(min(index, 10)) for index in range(130)]
    assert rules(judge(film_of(tmp_path, frames), seconds=130 / 30, size=(64, 36))) == {"film.frozen"}


def test_the_critic_sees_dangerous_flashing(tmp_path: Path) -> None:
    frames = [moving_frame(index) for index in range(60)]
    for index, frame in enumerate(frames):
        frame.y[...] = 220 if index % 6 < 3 else 20
    assert rules(judge(film_of(tmp_path, frames), seconds=2, size=(64, 36))) == {"film.flashes"}


def test_the_critic_wants_the_mark(tmp_path: Path) -> None:
    path = film_of(tmp_path, [moving_frame(index) for index in range(30)], comment="no mark")
    report = judge(path, seconds=1, size=(64, 36))
    assert rules(report) == {"film.mark"}
    assert not report.passed


def test_the_critic_measures_length_size_and_captions(tmp_path: Path) -> None:
    path = film_of(tmp_path, [moving_frame(index) for index in range(30)])
    late = (Cue(start_s=0.5, end_s=5.0, text="too late"),)
    found = rules(judge(path, seconds=1.5, size=(320, 180), cues=late))
    assert found == {"film.length", "film.size", "film.captions"}


def test_the_critic_rejects_a_truncated_file(tmp_path: Path) -> None:
    path = film_of(tmp_path, [moving_frame(index) for index in range(60)])
    path.write_bytes(path.read_bytes()[:-1500])
    assert not judge(path, seconds=2, size=(64, 36)).passed
    path.write_bytes(b"nothing")
    assert rules(judge(path, seconds=2, size=(64, 36))) == {"film.opens"}


def test_every_motif_of_the_house_has_its_styles_and_they_exist() -> None:
    assert set(STYLES_OF_MOTIF) >= set(MOTIFS)
    assert {style for styles in STYLES_OF_MOTIF.values() for style in styles} == set(STYLES)


@pytest.mark.parametrize("text", ["", "夜", "夜の声 Oriel", "🜁🜂", "Ночь", "שלום", "e" * 300])
def test_every_text_can_be_set_and_what_no_face_draws_leaves_no_boxes(text: str) -> None:
    setter = typesetter(look())
    mask = setter(text, "display", 40.0, 0.0)
    assert mask.shape[0] == 50
    assert (mask.max() > 200) == (text not in ("", "夜", "🜁🜂"))
    if text.endswith("Oriel"):
        assert mask.shape[1] >= setter("Oriel", "display", 40.0, 0.0).shape[1]
