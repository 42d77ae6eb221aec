"""Films cut from clips: what a clip must be, how it is played, and what the film says of its parts."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.integration.film.film_samples import look, request

from noktvrn.film.clips import Part, Projector, examine
from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.grading import grade_clip, lay_graded
from noktvrn.film.probe import probe
from noktvrn.film.renderer import Renderer, Script
from noktvrn.film.yuv import Frame
from noktvrn.kernel.errors import Refused
from noktvrn.model.provenance import Provenance, Rights, SourceType
from noktvrn.picture.type.faces import faces
from noktvrn.providers.procedural_video import filmmaker
from noktvrn.providers.procedural_video.filmmaker import ProceduralFilmmaker, script_of
from noktvrn.providers.procedural_video.footage import Reviewed, review
from noktvrn.roles.camera import Shot
from noktvrn.roles.filmmaker import Footage
from noktvrn.testing.fakes import media
from noktvrn.visuals.film_critic import examine_film

FFMPEG = find_ffmpeg()


def made(path: Path, source: str, *output: str) -> Path:
    """A clip from a source of ffmpeg's own."""
    command = [str(FFMPEG), "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
    command += ["-preset", "ultrafast", "-pix_fmt", "yuv420p", *output, str(path)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path


def clip(folder: Path, name: str, seed: int = 0, seconds: float = 3.0) -> Path:
    path = folder / name
    path.write_bytes(media.shot(seconds, 640, 360, seed))
    return path


def shot(path: Path, author: str, *, source: SourceType = SourceType.HUMAN, release: str = "yes") -> Shot:
    rights = Rights.model_validate(
        {"attribution": f"Video by {author}", "licence": f"{author}'s licence", "dsp_release": release}
    )
    provenance = Provenance(
        engine="shelf", engine_version="", licence_class="licensed", source_type=source, rights=rights
    )
    return Shot(
        path=path, width=640, height=360, duration_s=3.0, fps=24.0, author=author, provenance=provenance
    )


def film(folder: Path, shots: tuple[Shot, ...], seed: int = 3) -> Footage:
    wanted = request(folder, seconds=6.0, seed=seed).model_copy(update={"shots": shots})
    return ProceduralFilmmaker().film(wanted, lambda _share: None)


def test_a_film_from_footage_passes_and_says_whose_it_is(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film")
    shots = (
        shot(clip(tmp_path, "a.mp4", 1), "Ana"),
        shot(broken, "Nobody"),
        shot(clip(tmp_path, "b.mp4", 2), "Bo", release="unknown"),
    )
    footage = film(tmp_path, shots)
    report = examine_film(
        footage.path, kind="video", expected_duration_s=6.0, cues=(), ffmpeg=FFMPEG, size=(320, 180)
    )
    assert report.findings == ()
    assert [one.author for one in footage.used] == ["Ana", "Bo"]
    [left_out] = footage.findings
    assert left_out.rule == "film.shot_left_out"
    assert "broken.mp4" in left_out.message
    rights = footage.provenance.rights
    assert rights.attribution == "Video by Ana; Video by Bo"
    assert rights.dsp_release == "unknown"
    assert footage.provenance.licence_class == "licensed"
    assert footage.provenance.source_type is SourceType.ALGORITHMIC and footage.provenance.people


@pytest.mark.parametrize(("seconds", "left_out"), [(3.0, True), (0.4, False)])
def test_a_clip_with_a_watermark_is_left_out(tmp_path: Path, seconds: float, left_out: bool) -> None:
    """One that is lettered for a moment only is none: a sign may pass by."""
    sheet = Image.new("RGBA", (640, 360))
    font = ImageFont.truetype(str(faces()["inter-tight"].file), 34)
    ImageDraw.Draw(sheet).text((320, 300), "SAMPLE FOOTAGE", (255, 255, 255, 255), font, "mm")
    sheet.save(tmp_path / "mark.png")
    source = "gradients=size=640x360:rate=25:duration=3:seed=3"
    command = [str(FFMPEG), "-v", "error", "-f", "lavfi", "-i", source]
    command += ["-i", str(tmp_path / "mark.png"), "-filter_complex"]
    command += [f"overlay=enable='between(t,{1.5 - seconds / 2},{1.5 + seconds / 2})'", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, str(tmp_path / "a.mp4")], check=True, timeout=60)
    reviewed = review(FFMPEG, (shot(tmp_path / "a.mp4", "Ana"),))
    told = [(one.rule, "lettering" in one.message) for one in reviewed.findings]
    assert told == ([("film.shot_left_out", True)] if left_out else [])
    assert len(reviewed.clips) == (0 if left_out else 1)


def test_a_film_of_ones_own_clips_is_still_the_houses_work(tmp_path: Path) -> None:
    mine = shot(clip(tmp_path, "a.mp4"), "Jo")
    own = mine.model_copy(update={"provenance": Provenance.own_work_of("Jo")})
    told = film(tmp_path, (own,)).provenance
    assert told.licence_class == "procedural" and told.people


def test_the_film_carries_the_mark_of_a_shot_a_model_made(tmp_path: Path) -> None:
    footage = film(tmp_path, (shot(clip(tmp_path, "a.mp4"), "Ray", source=SourceType.TRAINED),))
    assert footage.provenance.source_type is SourceType.COMPOSITE and not footage.provenance.people
    assert SourceType.COMPOSITE.value in probe(FFMPEG, footage.path).tags["comment"]


def test_an_artist_of_paper_and_ink_has_footage_in_the_dark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ink on footage could not be read."""
    printed = look("press").model_copy(update={"ground": "day"})
    wanted = request(tmp_path, seconds=1.0).model_copy(update={"look": printed})
    assert script_of(wanted).palette.on_paper
    seen: list[bool] = []

    def renderer(script: Script, *rest: Any) -> Renderer:
        seen.append(script.palette.on_paper)
        return Renderer(script, *rest)

    monkeypatch.setattr(filmmaker, "Renderer", renderer)
    shots = (shot(clip(tmp_path, "a.mp4", 1), "Ana"),)
    for more in ((), shots):
        ProceduralFilmmaker().film(wanted.model_copy(update={"shots": more}), lambda _share: None)
    assert seen == [True, False]


def test_the_same_shots_give_the_same_bytes(tmp_path: Path) -> None:
    shots = (shot(clip(tmp_path, "a.mp4", 1), "Ana"), shot(clip(tmp_path, "b.mp4", 2), "Bo"))
    assert film(tmp_path, shots).path.read_bytes() == film(tmp_path, shots).path.read_bytes()


def test_without_a_clip_of_use_the_film_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"")
    footage = film(tmp_path, (shot(path, "Nobody"),))
    assert footage.used == ()
    assert footage.provenance.rights == Rights()
    assert len(footage.findings) == 1


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("testsrc2=size=640x360:rate=25:duration=1", "only 1.0 s"),
        ("testsrc2=size=320x180:rate=25:duration=3", "320x180"),
        ("color=c=navy:size=640x360:rate=25:duration=3", "nothing moves"),
        (
            "nullsrc=size=640x360:rate=25:duration=3,geq=lum='if(mod(floor(N/2),2),235,16)':cb=128:cr=128",
            "flashes",
        ),
    ],
)
def test_what_is_no_shot_is_refused_with_the_reason(tmp_path: Path, source: str, why: str) -> None:
    path = made(tmp_path / "x.mp4", source)
    with pytest.raises(Refused) as caught:
        examine(FFMPEG, path)
    assert why in caught.value.message
    assert caught.value.hint


def test_hdr_is_refused(tmp_path: Path) -> None:
    path = made(
        tmp_path / "x.mp4",
        "testsrc2=size=640x360:rate=25:duration=2,setparams=color_trc=smpte2084:color_primaries=bt2020",
        "-color_trc",
        "smpte2084",
        "-color_primaries",
        "bt2020",
        "-colorspace",
        "bt2020nc",
    )
    with pytest.raises(Refused, match="HDR"):
        examine(FFMPEG, path)


def test_names_are_only_names(tmp_path: Path) -> None:
    folder = tmp_path / "-i 'a':b;c 夜"
    folder.mkdir()
    found = examine(FFMPEG, clip(folder, "concat:x|y,z.mp4"))
    assert found.duration_s == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(("size", "speed"), [((320, 180), 1.0), ((180, 320), 1.0), ((320, 180), 0.5)])
def test_a_part_is_played_at_the_films_size_and_rate(
    tmp_path: Path, size: tuple[int, int], speed: float
) -> None:
    found = examine(FFMPEG, clip(tmp_path, "a.mp4"))
    frame, count = Frame(*size), 0
    with Projector(FFMPEG, found, Part(1.0, speed), width=size[0], height=size[1], fps=30) as projector:
        while projector.read(frame):
            count += 1
    assert count == pytest.approx(2.0 / speed * 30, abs=3)


def test_clips_of_other_light_come_into_one(tmp_path: Path) -> None:
    """The grade brings a dark and a bright clip nearer to one another, and leaves nothing out of range."""
    palette = script_of(request(tmp_path)).palette
    sources = {"dark": "lutyuv=y=16+(val-16)*0.3", "light": "lutyuv=y=235-(235-val)*0.35"}
    before, after = [], []
    for name, light_of in sources.items():
        path = made(tmp_path / f"{name}.mp4", f"testsrc2=size=640x360:rate=25:duration=2,{light_of}")
        found = examine(FFMPEG, path)
        frame = Frame(320, 180)
        with Projector(FFMPEG, found, Part(0.2), width=320, height=180, fps=30) as projector:
            assert projector.read(frame)
        before.append(float(frame.y.mean()))
        light = lay_graded(frame, grade_clip(found, palette, 0.5), 1.0)
        after.append(float(light.mean()))
        assert light.max() <= 219
        assert min(frame.u.min(), frame.v.min()) >= 16
        assert max(frame.u.max(), frame.v.max()) <= 240
    assert abs(after[0] - after[1]) < 0.5 * abs(before[0] - before[1])


def test_a_clip_that_ends_early_is_followed_by_a_drawn_scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was promised and what decodes can differ; the film is as long as it is to be all the same."""
    path = clip(tmp_path, "a.mp4", 1, seconds=4.0)

    def reviewed(ffmpeg: Path, shots: Sequence[Shot]) -> Reviewed:
        found = review(ffmpeg, shots)
        path.write_bytes(b"gone meanwhile")
        return found

    monkeypatch.setattr(filmmaker, "review", reviewed)
    footage = film(tmp_path, (shot(path, "Ana"),))
    report = examine_film(
        footage.path, kind="video", expected_duration_s=6.0, cues=(), ffmpeg=FFMPEG, size=(320, 180)
    )
    assert report.findings == ()
