"""The look at every byte: good files of every kind, cut ones, bombs, silence, and what only begins well."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.door import Checked, Door, Kind
from noktvrn.outbound.inspection import meter, picture
from noktvrn.outbound.inspection.ffmpeg import Limits, decoded
from noktvrn.outbound.inspection.unfit import Unfit
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.testing.fakes import media

SECONDS = 3.0


def check(path: Path, kind: Kind, duration_s: float | None = None) -> Checked:
    return Door(find_ffmpeg).check(path, kind=kind, duration_s=duration_s)


def refused(path: Path, kind: Kind, duration_s: float | None = None) -> str:
    """Why a file is not taken. It stays where it is."""
    with pytest.raises(LabelError) as caught:
        check(path, kind, duration_s)
    assert trouble_of(caught.value) is Trouble.CONTRACT
    assert str(path) not in caught.value.message
    assert caught.value.hint
    return caught.value.message


def made(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def by_ffmpeg(given: bytes, path: Path, *options: str) -> bytes:
    source = made(path.with_name("given"), given)
    command = [str(find_ffmpeg()), "-v", "error", "-y", "-i", str(source), *options, str(path)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path.read_bytes()


def as_picture(form: str, **options: Any) -> bytes:
    place = io.BytesIO()
    Image.open(io.BytesIO(media.picture(320, 240))).save(place, form, **options)
    return place.getvalue()


FILES = ["a.mp3", "a.wav", "a.flac", "a.m4a", "vorbis.ogg", "opus.ogg"]
FILES += ["p.png", "p.jpg", "scans.jpg", "p.webp", "lossless.webp", "f.mp4", "fast.mp4", "f.mov", "f.webm"]
KINDS: dict[str, Kind] = {"png": "picture", "jpg": "picture", "webp": "picture", "mp4": "film"}
KINDS |= {"mov": "film", "webm": "film", "mp3": "audio", "wav": "audio", "flac": "audio", "m4a": "audio"}
KINDS |= {"ogg": "audio", "aac": "audio"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A good file of every kind that is taken."""
    folder = tmp_path_factory.mktemp("shelf")
    song, shot = media.song(SECONDS, "WAV"), media.shot(SECONDS, 320, 180)
    turn: dict[str, tuple[bytes, tuple[str, ...]]] = {
        "a.m4a": (song, ("-c:a", "aac")),
        "a.aac": (song, ("-c:a", "aac")),
        "vorbis.ogg": (song, ("-c:a", "libvorbis")),
        "opus.ogg": (song, ("-c:a", "libopus")),
        "fast.mp4": (shot, ("-c", "copy", "-movflags", "+faststart")),
        "f.mov": (shot, ("-c", "copy")),
        "f.webm": (shot, ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8")),
    }
    files = {name: by_ffmpeg(given, folder / name, *options) for name, (given, options) in turn.items()}
    files |= {
        "a.mp3": media.song(SECONDS),
        "a.wav": song,
        "a.flac": media.song(SECONDS, "FLAC"),
        "f.mp4": shot,
    }
    files |= {"p.png": as_picture("PNG"), "p.jpg": as_picture("JPEG"), "p.webp": as_picture("WEBP")}
    return files | {
        "scans.jpg": as_picture("JPEG", progressive=True),
        "lossless.webp": as_picture("WEBP", lossless=True),
    }


def kind_of(name: str) -> Kind:
    return KINDS[name.rpartition(".")[2]]


@pytest.mark.parametrize("name", [*FILES, "a.aac"])
def test_good_files_are_taken_under_any_name(shelf: dict[str, bytes], tmp_path: Path, name: str) -> None:
    kind = kind_of(name)
    checked = check(made(tmp_path / "song.exe", shelf[name]), kind, None if kind == "picture" else SECONDS)
    if kind == "audio":
        assert checked.duration_s == pytest.approx(SECONDS, abs=0.1)
        assert checked.media_type.startswith("audio/")
    elif kind == "picture":
        assert (checked.width, checked.height, checked.duration_s) == (320, 240, None)
        assert checked.media_type.startswith("image/")
    else:
        assert (checked.width, checked.height) == (320, 180)
        assert checked.duration_s == pytest.approx(SECONDS, abs=0.1)
        assert checked.media_type.startswith("video/")


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("name", FILES)
def test_what_ends_in_the_middle_is_found(
    shelf: dict[str, bytes], tmp_path: Path, name: str, share: float
) -> None:
    body = shelf[name]
    refused(made(tmp_path / name, body[: int(len(body) * share)]), kind_of(name))


def test_streams_without_an_end_of_their_own_are_measured_by_what_was_told(
    shelf: dict[str, bytes], tmp_path: Path
) -> None:
    aac = made(tmp_path / "a.aac", shelf["a.aac"][: len(shelf["a.aac"]) // 2])
    assert "3.0 s were told" in refused(aac, "audio", SECONDS)
    bare = by_ffmpeg(media.song(SECONDS, "WAV"), tmp_path / "b.mp3", "-q:a", "9", "-write_xing", "0")
    assert check(made(tmp_path / "b", bare), "audio").duration_s == pytest.approx(SECONDS, abs=0.1)
    half = made(tmp_path / "c", bare[: len(bare) // 2])
    assert "3.0 s were told" in refused(half, "audio", SECONDS)
    assert "ends in the middle" in refused(half, "audio")


def test_two_songs_in_one_file_are_heard_to_the_end(shelf: dict[str, bytes], tmp_path: Path) -> None:
    """The first one's own count of frames is none of the file's."""
    checked = check(made(tmp_path / "a", shelf["a.mp3"] * 2), "audio", 2 * SECONDS)
    assert checked.duration_s == pytest.approx(2 * SECONDS, abs=0.2)


def test_other_kinds_are_refused(shelf: dict[str, bytes], tmp_path: Path) -> None:
    for name, kind in (("a.mp3", "picture"), ("p.png", "film"), ("f.webm", "audio"), ("a.m4a", "film")):
        assert "it is" in refused(made(tmp_path / name, shelf[name]), kind)  # type: ignore[arg-type]


def test_a_song_in_a_films_box_is_no_film(shelf: dict[str, bytes], tmp_path: Path) -> None:
    body = bytearray(shelf["a.m4a"])
    body[8:12] = b"isom"
    assert check(made(tmp_path / "a", bytes(body)), "audio").media_type == "audio/mp4"
    assert "cannot be decoded" in refused(made(tmp_path / "f", bytes(body)), "film")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    import os

    assert "not there" in refused(tmp_path / "nothing", "audio")
    assert "no file" in refused(tmp_path, "audio")
    os.mkfifo(tmp_path / "pipe")
    assert "no file" in refused(tmp_path / "pipe", "audio")
    assert "0 bytes" in refused(made(tmp_path / "empty", b""), "film")


def test_more_bytes_than_a_kind_may_have_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "p", b"\x89PNG\r\n\x1a\n")
    with path.open("r+b") as file:
        file.truncate(50_000_001)
    assert "50000001 bytes" in refused(path, "picture")


# -- sound


def wav(sound: np.ndarray[Any, Any], rate: int = 44_100, subtype: str = "PCM_16", form: str = "WAV") -> bytes:
    place = io.BytesIO()
    soundfile.write(place, sound, rate, subtype=subtype, format=form)
    return place.getvalue()


NOISE = np.random.Generator(np.random.PCG64(1)).uniform(-0.3, 0.3, (44_100, 2))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (wav(np.zeros((44_100, 2))), "silent"),
        (wav(NOISE * 1e-4), "silent"),
        (wav(np.repeat(NOISE, 4, axis=1)), "8 channels"),
        (wav(NOISE, rate=4_000), "4000 Hz"),
        (wav(NOISE, rate=400_000), "400000 Hz"),
        (wav(NOISE[:1_000]), "next to nothing"),
        (wav(np.where(NOISE > 0.2, np.nan, NOISE), subtype="FLOAT"), "no sound"),
        (wav(NOISE * 1e9, subtype="FLOAT"), "no sound"),
        (wav(NOISE)[:12] + b"LIST\xff\xff\xff\x7f", "no sound in it"),
    ],
)
def test_what_is_no_music_is_refused(tmp_path: Path, body: bytes, why: str) -> None:
    assert why in refused(made(tmp_path / "a.wav", body), "audio")


def test_a_small_file_of_endless_sound_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "LONGEST_S", 60.0)
    bomb = wav(np.full(44_100 * 61, 0.5, np.float32), form="FLAC")
    assert len(bomb) < 30_000
    assert "hours" in refused(made(tmp_path / "a.flac", bomb), "audio")


def test_a_wav_whose_writer_could_not_go_back_is_taken(tmp_path: Path) -> None:
    body = wav(NOISE)
    for told in (b"\xff\xff\xff\xff", b"\0\0\0\0"):
        at = body.index(b"data") + 4
        path = made(tmp_path / "a.wav", body[:at] + told + body[at + 4 :])
        if told == b"\0\0\0\0":
            refused(path, "audio")  # libsndfile takes it at its word
        else:
            assert check(path, "audio", 1.0).duration_s == pytest.approx(1.0, abs=0.01)


def test_a_tagged_song_is_measured_without_its_tags(tmp_path: Path) -> None:
    song = media.song(SECONDS)
    tag = b"ID3\x04\0\0" + bytes([0, 0, 8, 0]) + b"\0" * 1024
    tail = b"TAG" + b"x" * 125
    assert check(made(tmp_path / "a", tag + song + tail), "audio", SECONDS).media_type == "audio/mpeg"


# -- pictures


def png(width: int, height: int, rows: bytes = b"", *more: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """50,000 x 50,000 pixels in 6 kB: the first rows are there, and memory is wanted for all of them."""
    return png(50_000, 50_000, zlib.compress(bytes(6_251) * 1_000, 9))


def moving(form: str) -> bytes:
    place = io.BytesIO()
    frames = [Image.new("RGB", (128, 128), (n * 50, 60, 90)) for n in range(5)]
    frames[0].save(place, form, save_all=True, append_images=frames[1:], duration=40)
    return place.getvalue()


def huge_jpeg() -> bytes:
    body = bytearray(as_picture("JPEG"))
    at = body.index(b"\xff\xc0") + 5
    body[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(body)


def huge_webp() -> bytes:
    body = bytearray(as_picture("WEBP", lossless=True))
    body[21:25] = (int.from_bytes(body[21:25], "little") | 0x0FFF_FFFF).to_bytes(4, "little")
    return bytes(body)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (bomb, "50000 x 50000"),
        (lambda: png(2_000_000_000, 1), "2000000000 x 1"),
        (huge_jpeg, "65500 x 65500"),
        (huge_webp, "16384 x 16384"),
        (lambda: moving("PNG"), "no still picture"),
        (lambda: moving("WEBP"), "moves"),
        (lambda: moving("GIF"), "GIF"),
        (lambda: png(1, 1, zlib.compress(b"\0\0")), "1 x 1"),
        (lambda: png(64, 64, zlib.compress(bytes(9) * 64)), "one colour"),
        (lambda: png(64, 64, zlib.compress(b"\0")), "decoded"),
        (lambda: png(64, 64, b"\0" * 600), "decoded"),
        (lambda: as_picture("JPEG") + b"\xff\xda" * 200, "scans"),
        (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 50 + b"\xff\xd9", "size"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "SVG"),
    ],
)
def test_what_is_no_picture_is_refused_before_it_costs_anything(
    tmp_path: Path, make: Callable[[], bytes], why: str
) -> None:
    path = made(tmp_path / "p.png", make())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert why in refused(path, "picture")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_a_picture_that_tells_two_sizes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_size", lambda *_: (100, 100))
    assert "two sizes" in refused(made(tmp_path / "p", as_picture("PNG")), "picture")


def test_a_picture_with_packed_words_in_it_stays_small(tmp_path: Path) -> None:
    words = zlib.compress(b"\0" * 100_000_000, 1)
    chunk = b"zTXtComment\0\0" + words
    packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path = made(tmp_path / "p", png(64, 64, zlib.compress(bytes(range(9)) * 64), packed))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(path, "picture")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


# -- films


def lavfi(path: Path, source: str, *options: str) -> Path:
    command = [str(find_ffmpeg()), "-v", "error", "-y", "-f", "lavfi", "-i", source, *options, str(path)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path


def test_a_black_film_is_refused(tmp_path: Path) -> None:
    black = lavfi(tmp_path / "f.mp4", "color=black:size=320x180:rate=24:duration=1", "-c:v", "libx264")
    assert "black" in refused(black, "film")


def test_a_film_of_another_length_than_told_is_refused(tmp_path: Path) -> None:
    assert "9.0 s were told" in refused(made(tmp_path / "f", media.shot(SECONDS, 320, 180)), "film", 9.0)


def test_a_film_whose_pictures_end_long_before_its_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.mp4"
    given = made(tmp_path / "v.mp4", media.shot(SECONDS, 320, 180))
    command = [str(find_ffmpeg()), "-v", "error", "-i", str(given), "-f", "lavfi", "-i", "sine=duration=9"]
    subprocess.run([*command, "-c:v", "copy", "-c:a", "aac", str(path)], check=True, timeout=60)
    assert "pictures end after 3.0 of 9.0 s" in refused(path, "film")


def test_a_film_turned_on_its_side_is_measured_as_it_is_shown(tmp_path: Path) -> None:
    given = made(tmp_path / "v.mp4", media.shot(1.0, 320, 180))
    path = tmp_path / "f.mp4"
    command = [str(find_ffmpeg()), "-v", "error", "-display_rotation", "90", "-i", str(given), "-c", "copy"]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    checked = check(path, "film")
    assert (checked.width, checked.height) == (180, 320)


@pytest.mark.parametrize(
    "body",
    [
        b"\0\0\0\x14ftypisom" + b"\0" * 8 + b"\0\0\0\x08moov" + b"\0\0\0\x08mdat",
        b"\0\0\0\x14ftypisom" + b"\0" * 8 + b"\0\0\0\x00moov" + b"\xff" * 500,
        b"\0\0\0\x14ftypisom" + b"\0" * 8 + b"\0\0\0\x08mdat",
        b"\0\0\0\x14ftypisom" + b"\0" * 8 + b"\0\0\0\x01moov" + b"\xff" * 8,
        b"\x1a\x45\xdf\xa3\x84\x42\x82\x84webm" + b"\x18\x53\x80\x67\x80",
        b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67\xff" + b"\0" * 50,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_only_begins_like_a_film_is_refused(tmp_path: Path, body: bytes) -> None:
    refused(made(tmp_path / "f.mp4", body), "film")


def script(path: Path, words: str) -> Path:
    path.write_text(f"#!/bin/sh\n{words}\n", "utf-8")
    path.chmod(0o700)
    return path


def test_ffmpeg_runs_under_limits(tmp_path: Path) -> None:
    program = script(tmp_path / "ffmpeg", "sleep 0.3; ulimit -v; ulimit -t; ulimit -f")
    said: list[bytes] = []
    decoded(program, tmp_path / "f", "mov", (), Limits(7, 5.0, 1_000), said.append)
    memory, seconds, words = b"".join(said).split()
    assert int(memory) == 4 * 1024 * 1024
    assert int(seconds) == 7
    assert int(words) > 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("exec sleep 30", "decoded"),
        ("exec cat /dev/zero", "no end"),
        ("exit 1", "decoded"),
        ("kill -9 $$", "decoded"),
    ],
)
def test_ffmpeg_that_does_not_end_well_is_ended(tmp_path: Path, words: str, why: str) -> None:
    program = script(tmp_path / "ffmpeg", words)
    with pytest.raises(Unfit, match=why):
        decoded(program, tmp_path / "f", "mov", (), Limits(2, 0.5, 10_000_000), lambda _: None)
