"""Bytes, cuts and headers nobody thought of: the door says no in its own words, and never breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError, NotAllowed
from noktvrn.outbound.door import Door
from noktvrn.outbound.inspection.inspector import inspected
from noktvrn.outbound.inspection.mpeg_audio import frames_of
from noktvrn.outbound.inspection.sniff import Kind, is_layer3, sniff
from noktvrn.outbound.inspection.unfit import Found, Unfit
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.testing.fakes import media
from noktvrn.testing.loopback import Exchange, Loopback

STARTS = [
    b"ID3",
    b"\xff\xfb",
    b"RIFF",
    b"fLaC",
    b"OggS",
    b"\0\0\0\x18ftyp",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1a\x45\xdf\xa3",
]
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def no_ffmpeg() -> Path:
    raise Unfit("this needs ffmpeg")


def looked(path: Path, body: bytes, kind: Kind) -> Found | None:
    path.write_bytes(body or b"\0")
    try:
        return inspected(path, kind, None, no_ffmpeg)[1]
    except Unfit:
        return None


# -- the first bytes


@given(st.binary(max_size=80), st.sampled_from([b"", *STARTS]))
def test_any_bytes_are_something_or_nothing(rest: bytes, start: bytes) -> None:
    seen = sniff(start + rest)
    assert seen.what
    for kind, media_type in seen.media.items():
        assert media_type.split("/")[0] == {"audio": "audio", "picture": "image", "film": "video"}[kind]


@given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
@example("<html>", "utf-16")
@example("\ufeff{}", "utf-8")
@example("\xff\xfb\x90", "latin-1")
def test_no_text_of_words_passes_for_a_file(text: str, encoding: str) -> None:
    body = (text if encoding.startswith("utf") else "<p>" + text).encode(encoding, "replace")
    words = "<?xml version='1.0'?>" + text
    assert not sniff(words.encode(encoding, "replace")).media
    if encoding == "utf-8" and text.isprintable():
        assert not sniff(body).media


@given(st.binary(min_size=4, max_size=4))
def test_a_frame_of_layer_three_is_told_as_the_standard_does(header: bytes) -> None:
    bits = int.from_bytes(header, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate, frequency, emphasis = bits >> 12 & 15, bits >> 10 & 3, bits & 3
    good = bits >> 21 == 0x7FF and version != 1 and layer == 1 and rate not in (0, 15)
    assert is_layer3(header) == (good and frequency != 3 and emphasis != 2)


# -- files with a wound


def wounded(body: bytes) -> st.SearchStrategy[bytes]:
    """The file with some of its bytes changed, some missing, some doubled, and cut somewhere."""
    places = st.integers(0, len(body) - 1)
    changes = st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)

    def spoilt(told: tuple[list[tuple[int, int]], int, int, int]) -> bytes:
        changed, start, length, end = told
        new = bytearray(body)
        for place, value in changed:
            new[place] = value
        del new[start : start + length]
        return bytes(new[: max(1, end)])

    ends = st.just(len(body)) | places
    return st.tuples(changes, places, st.integers(0, 40), ends).map(spoilt)


SONG, WAV, FLAC = (media.song(0.6, form) for form in ("MP3", "WAV", "FLAC"))


@pytest.mark.parametrize("body", [SONG, WAV, FLAC], ids=["mp3", "wav", "flac"])
@given(data=st.data())
@QUICK
def test_a_wounded_song_is_heard_or_refused(tmp_path: Path, body: bytes, data: st.DataObject) -> None:
    found = looked(tmp_path / "a", data.draw(wounded(body)), "audio")
    assert found is None or (found.duration_s is not None and 0.1 <= found.duration_s < 7_200)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@given(data=st.data())
@QUICK
def test_a_wounded_picture_is_seen_or_refused(tmp_path: Path, form: str, data: st.DataObject) -> None:
    found = looked(tmp_path / "p", data.draw(wounded(pictures()[form])), "picture")
    assert found is None or (found.width is not None and found.width <= 16_384)


def pictures() -> dict[str, bytes]:
    if not _pictures:
        import io

        from PIL import Image

        for form in ("PNG", "JPEG", "WEBP"):
            place = io.BytesIO()
            Image.open(io.BytesIO(media.picture(96, 80))).save(place, form)
            _pictures[form] = place.getvalue()
    return _pictures


_pictures: dict[str, bytes] = {}


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_wounded_film_is_watched_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "f"
    path.write_bytes(data.draw(wounded(media.shot(0.5, 96, 64))))
    try:
        _, found = inspected(path, "film", None, find_ffmpeg)
    except Unfit:
        return
    assert found.duration_s is not None and found.duration_s < 60


@given(st.binary(max_size=3_000))
def test_frames_are_counted_in_anything(body: bytes) -> None:
    try:
        frames = frames_of(SONG[:2_000] + body)
    except Unfit:
        return
    assert frames.count >= 1


@given(st.integers(0, len(SONG) - 1))
def test_no_cut_of_a_song_passes_for_whole(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "a"
    found = looked(path, SONG[:end], "audio")
    assert found is None or (found.duration_s or 0.0) > 0.95 * 0.6


# -- headers


class Teller:
    """A server that answers as it was last told."""

    def __init__(self) -> None:
        self.head = b""
        self.server = Loopback(self._play)

    def _play(self, exchange: Exchange) -> None:
        exchange.write(self.head + b"content-length: 3\r\n\r\nabc")
        exchange.close()


@pytest.fixture(scope="module")
def teller() -> Iterator[Teller]:
    it = Teller()
    it.server.start()
    yield it
    it.server.close()


VALUE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=60)
NAMES = st.sampled_from(
    ["location", "etag", "content-range", "content-type", "content-disposition", "retry-after"]
)


@given(
    st.sampled_from([200, 206, 301, 302, 307, 308, 404, 416, 503]),
    st.lists(st.tuples(NAMES, VALUE), max_size=5),
)
@example(302, [("location", "http://[")])
@example(302, [("location", "//")])
@example(302, [("location", "/\x7f")])
@example(302, [("location", "http://127.0.0.1:99999/")])
@example(206, [("content-range", "bytes 0-2/3")])
@example(206, [("content-range", f"bytes 0-{'9' * 30}/*")])
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_breaks_the_door(
    teller: Teller, tmp_path: Path, status: int, headers: list[tuple[str, str]]
) -> None:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers)
    teller.head = f"HTTP/1.1 {status} X\r\n{told}".encode("latin-1")
    url = f"http://127.0.0.1:{teller.server.port}/a"
    with pytest.raises(LabelError) as caught:
        Door(find_ffmpeg).fetch(
            url, tmp_path / "clip", kind="audio", named="it", private_hosts=("127.0.0.1",), deadline_s=5.0
        )
    kinds = (Trouble.CONTRACT, Trouble.EXPIRED, Trouble.TRANSIENT)
    assert isinstance(caught.value, NotAllowed) or trouble_of(caught.value) in kinds
    assert not (tmp_path / "clip").exists()
