"""The download door against servers that attack it: addresses, sizes, cuts, changes of mind."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError, NotAllowed
from noktvrn.outbound.address import Resolver, asset_hosts
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.door import Checked, Door
from noktvrn.outbound.spool import done_of, part_of, spooled
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.testing.fakes import media
from noktvrn.testing.loopback import Exchange, Loopback

HERE = ("127.0.0.1",)
SIGNED = "/clips/a.mp3?signature=s3cr3t-signature"
Handler = Callable[[Exchange], Any]
EXPIRED_XML = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'


def song() -> bytes:
    return media.song(4.0)


class Served:
    """A server, and what it was asked."""

    def __init__(self, handler: Handler) -> None:
        self.asked: list[Exchange] = []
        self._handler = handler
        self.server = Loopback(self._play)

    def _play(self, exchange: Exchange) -> Any:
        self.asked.append(exchange)
        return self._handler(exchange)

    def url(self, path: str = SIGNED, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.port}{path}"


@contextmanager
def served(handler: Handler) -> Iterator[Served]:
    it = Served(handler)
    it.server.start()
    try:
        yield it
    finally:
        it.server.close()


def fetch(url: str, into: Path, *, resolver: Resolver | None = None, **more: Any) -> Checked:
    told = {"kind": "audio", "named": "Suno", "private_hosts": HERE, "deadline_s": 5.0, **more}
    return Door(find_ffmpeg, resolver).fetch(url, into, **told)


def caught(it: Served, into: Path, path: str = SIGNED, **more: Any) -> LabelError:
    """The error of a fetch that leaves nothing with a name behind, and tells nothing of the address."""
    with pytest.raises(LabelError) as error:
        fetch(it.url(path), into, **more)
    assert not into.exists()
    assert not done_of(into).exists()
    assert "s3cr3t" not in f"{error.value!r} {error.value.hint} {error.value.__context__!r}"
    assert error.value.hint
    return error.value


def gives(body: bytes, kind: str = "audio/mpeg", **headers: str) -> Handler:
    def answer(exchange: Exchange) -> None:
        exchange.send(200, body, kind, {name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def leads_to(*found: str) -> Resolver:
    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return list(found)

    return resolver


# -- the good ones


def test_a_song_is_fetched_checked_and_named(tmp_path: Path) -> None:
    into = tmp_path / "clip"
    with served(gives(song())) as it:
        checked = fetch(it.url(), into, duration_s=4.2)
        again = fetch(it.url("/clips/a.mp3?signature=another"), into)
    assert again == checked
    assert len(it.asked) == 1, "a file that is here is not fetched again"
    assert into.read_bytes() == song()
    assert checked.sha256 == hashlib.sha256(song()).hexdigest()
    assert (checked.path, checked.size, checked.media_type) == (into, len(song()), "audio/mpeg")
    assert checked.duration_s == pytest.approx(4.0, abs=0.1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip", "clip.done"]


def test_another_file_for_the_same_place_is_fetched(tmp_path: Path) -> None:
    with served(
        lambda exchange: gives(song() if "a.mp3" in exchange.path else media.song(5.0))(exchange)
    ) as it:
        fetch(it.url("/a.mp3"), tmp_path / "clip")
        assert fetch(it.url("/b.mp3"), tmp_path / "clip").size == len(media.song(5.0))


def test_nothing_of_the_house_goes_along(tmp_path: Path) -> None:
    with served(gives(song())) as it:
        fetch(it.url(), tmp_path / "clip")
    assert set(it.asked[0].headers) == {"host", "accept", "accept-encoding", "user-agent"}


def badge(it: Served, path: str = "") -> Badge:
    return Badge(it.url(path), SecretStr("Bearer planted-secret-5f2c"))


def shown(it: Served) -> list[bool]:
    """Whether each request had the key."""
    return ["authorization" in one.headers for one in it.asked]


def test_a_services_key_is_shown_at_its_own_address(tmp_path: Path) -> None:
    with served(gives(song())) as it:
        fetch(it.url("/api/v1/audio?path=%2Fout%2Fa.flac"), tmp_path / "clip", badge=badge(it, "/api/"))
    assert it.asked[0].headers["authorization"] == "Bearer planted-secret-5f2c"
    assert not [file for file in tmp_path.iterdir() if b"planted" in file.read_bytes()]


def test_a_services_key_follows_no_step_elsewhere_nor_back(tmp_path: Path) -> None:
    """A stranger who is asked on the way would choose what the key opens."""

    def on(exchange: Exchange) -> None:
        to = {"/v1/a": "/v1/b", "/v1/b": stranger.url("/x")}.get(exchange.path, "")
        exchange.send(302, b"", headers={"location": to}) if to else gives(song())(exchange)

    def back(exchange: Exchange) -> None:
        exchange.send(302, b"", headers={"location": it.url("/v1/c")})

    with served(back) as stranger, served(on) as it:
        fetch(it.url("/v1/a"), tmp_path / "clip", badge=badge(it))
        assert (shown(it), shown(stranger)) == ([True, True, False], [False])


@pytest.mark.parametrize(
    "path", ["/v2/a.mp3", "/v1x/a.mp3", "/v1/../a.mp3", "/v1/%2e%2e/a.mp3", "/v1/..%2fa.mp3", "/v1/.%2E/a"]
)
def test_a_services_key_is_shown_nowhere_beside_its_path(tmp_path: Path, path: str) -> None:
    with served(gives(song())) as it:
        fetch(it.url(path), tmp_path / "clip", badge=badge(it, "/v1"))
        assert shown(it) == [False]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example:8443/v1/a",
        "http://api.example/v1/a",
        "https://api.example.evil.example/v1/a",
        "https://evil@api.example/v1/a",
        "https://[/v1/a",
    ],
)
def test_another_origin_is_another_place(url: str) -> None:
    own = Badge("https://api.example/v1", SecretStr("Bearer x"))
    assert own.fits("https://API.example:443/v1/a?b=c")
    assert not own.fits(url, ["api.example"])


def test_three_steps_on_are_taken_and_every_one_is_asked_plainly(tmp_path: Path) -> None:
    def on(exchange: Exchange) -> None:
        step = int(exchange.path[1:])
        if step < 3:
            exchange.send(302, b"", headers={"location": f"/{step + 1}"})
        else:
            exchange.send(200, song(), "application/octet-stream")

    with served(on) as it:
        assert fetch(it.url("/0"), tmp_path / "clip").media_type == "audio/mpeg"
    assert [one.path for one in it.asked] == ["/0", "/1", "/2", "/3"]


def test_a_picture_and_a_film_are_told_by_their_bytes(tmp_path: Path) -> None:
    with served(gives(media.picture(320, 200), "video/mp4")) as it:
        seen = fetch(it.url(), tmp_path / "p", kind="picture")
    assert (seen.media_type, seen.width, seen.height) == ("image/png", 320, 200)
    with served(gives(media.shot(2.0), "image/png")) as it:
        seen = fetch(it.url(), tmp_path / "f", kind="film", duration_s=2.0)
    assert (seen.media_type, seen.width, seen.height) == ("video/mp4", 640, 360)
    assert seen.duration_s == pytest.approx(2.0, abs=0.1)


# -- where it does not go


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_names_that_lead_inside_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotAllowed):
        fetch("https://cdn.example/a.mp3", tmp_path / "clip", resolver=leads_to(address))
    with pytest.raises(NotAllowed):
        fetch("https://cdn.example/a.mp3", tmp_path / "clip", resolver=leads_to("93.184.216.34", address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.mp3",
        "http://localhost:{port}/a.mp3",
        "http://2130706433:{port}/a.mp3",
        "http://0x7f.1:{port}/a.mp3",
        "http://[::ffff:127.0.0.1]:{port}/a.mp3",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/latest/",
        "http://cdn.example/a.mp3",
        "ftp://cdn.example/a.mp3",
        "file:///etc/passwd",
        "https://user:pw@cdn.example/a.mp3",
        "data:audio/mpeg;base64,SUQz",
    ],
)
def test_addresses_nobody_named_are_refused(tmp_path: Path, url: str) -> None:
    with served(gives(song())) as it, pytest.raises(NotAllowed):
        fetch(url.format(port=it.server.port), tmp_path / "clip", private_hosts=())
    assert it.asked == []
    assert list(tmp_path.iterdir()) == [] or not (tmp_path / "clip").exists()


def test_no_setting_opens_the_way_to_metadata(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        fetch("http://169.254.169.254/latest/", tmp_path / "clip", private_hosts=("169.254.169.254",))


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://localhost:1/a.mp3",
        "http://10.0.0.1/a.mp3",
        "https://10.0.0.1/a.mp3",
        "file:///etc/passwd",
        "ftp://cdn.example/a.mp3",
        "//169.254.169.254/a.mp3",
        "http://cdn.example/a.mp3",
    ],
)
def test_a_step_on_to_where_it_does_not_go_is_refused(tmp_path: Path, to: str) -> None:
    def on(exchange: Exchange) -> None:
        exchange.send(302, b"", headers={"location": to})

    with served(on) as it:
        error = caught(it, tmp_path / "clip")
    assert isinstance(error, NotAllowed)
    assert len(it.asked) == 1


def test_a_name_that_changes_its_mind_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, this machine when it is gone to. There is one look-up."""
    looked, gone = [], []

    async def resolver(host: str, port: int) -> list[str]:
        looked.append((host, port))
        return ["93.184.216.34"] if len(looked) == 1 else ["127.0.0.1"]

    async def connect(_place: object, address: str, *_: object) -> None:
        gone.append(address)
        raise OSError("tests go nowhere")

    monkeypatch.setattr("noktvrn.outbound.pool.connect", connect)
    with pytest.raises(LabelError) as error:
        fetch("https://rebind.example/b.mp3", tmp_path / "clip", resolver=resolver)
    assert trouble_of(error.value) is Trouble.TRANSIENT
    assert len(looked) == 1
    assert set(gone) == {"93.184.216.34"}


def test_steps_on_without_end_are_cut_off(tmp_path: Path) -> None:
    def on(exchange: Exchange) -> None:
        exchange.send(307, b"", headers={"location": exchange.path})

    with served(on) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.CONTRACT
    assert len(it.asked) == 4


@pytest.mark.parametrize("to", ["", "https://[::1", "http://"])
def test_a_step_on_to_nowhere_is_none(tmp_path: Path, to: str) -> None:
    with served(lambda exchange: exchange.send(302, b"", headers={"location": to})) as it:
        error = caught(it, tmp_path / "clip")
    assert isinstance(error, NotAllowed) or trouble_of(error) is Trouble.CONTRACT


def test_a_local_engine_may_hand_out_files_and_nobody_else_may_send_us_to_it() -> None:
    assert asset_hosts("http://127.0.0.1:8001", ("gpu.lan",)) == ("gpu.lan", "127.0.0.1")
    assert asset_hosts("https://api.suno.example/v1", ("gpu.lan",)) == ("gpu.lan",)
    assert asset_hosts("", ()) == ()


# -- sizes and times


def test_half_a_gigabyte_is_refused_by_its_word(tmp_path: Path) -> None:
    def huge(exchange: Exchange) -> None:
        exchange.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 500000000\r\n\r\n" + song()
        )

    started = time.monotonic()
    with served(huge) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.CONTRACT
    assert time.monotonic() - started < 3
    assert list(tmp_path.iterdir()) == []


def test_more_than_is_taken_is_cut_off_while_it_comes(tmp_path: Path) -> None:
    async def endless(exchange: Exchange) -> None:
        exchange.begin(200, "audio/mpeg")
        while not exchange.gone.is_set():
            exchange.chunk(b"\xff" * 100_000)
            await exchange.drained()

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with served(endless) as it:
        error = caught(it, tmp_path / "clip", max_bytes=5_000_000)
    assert trouble_of(error) is Trouble.CONTRACT
    assert list(tmp_path.iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_a_refusal_with_an_endless_body_is_a_refusal(tmp_path: Path) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 404 No\r\ncontent-length: 900000000\r\n\r\n")

    with served(endless) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.EXPIRED


def test_a_drip_ends_by_the_deadline(tmp_path: Path) -> None:
    async def drip(exchange: Exchange) -> None:
        exchange.begin(200, "audio/mpeg")
        while not exchange.gone.is_set():
            exchange.chunk(b"\xff")
            await asyncio.sleep(0.01)

    started = time.monotonic()
    with served(drip) as it:
        assert trouble_of(caught(it, tmp_path / "clip", deadline_s=0.5)) is Trouble.TRANSIENT
    assert time.monotonic() - started < 3
    assert list(tmp_path.iterdir()) == []


def test_compressed_bodies_are_not_unpacked(tmp_path: Path) -> None:
    with served(gives(b"\x1f\x8b" + b"\0" * 100, content_encoding="gzip")) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.CONTRACT


# -- what comes instead


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!doctype html><html><body>Sign in</body></html>", "HTML"),
        (b"\xef\xbb\xbf\n <HTML>", "HTML"),
        (EXPIRED_XML, "XML"),
        (b'{"error": "not ready"}', "JSON"),
        (b"PK\x03\x04" + b"\0" * 50, "zip"),
        (b"\x1f\x8b\x08" + b"\0" * 50, "gzip"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://169.254.169.254/", "playlist"),
        (b"None", "text"),
        (b"", "0 bytes"),
        (b"\0" * 5000, "nothing that is known"),
        (media.picture(64, 64), "PNG"),
        (b"\xff\xfb\x90D" + b"\0" * 100_000, "next to nothing"),
        (b"ID3\x04\0\0\0\0\0\0" + b"<html></html>" * 50, "no MP3"),
        (song() + b"\0" * 2_000_000, "no MP3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_song_is_refused_whatever_it_is_called(tmp_path: Path, body: bytes, what: str) -> None:
    with served(gives(body, "audio/mpeg", content_disposition='attachment; filename="song.mp3"')) as it:
        error = caught(it, tmp_path / "clip.mp3")
    assert trouble_of(error) is Trouble.CONTRACT
    assert what in error.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_has_expired_says_so(tmp_path: Path, status: int) -> None:
    def denied(exchange: Exchange) -> None:
        exchange.send(status, EXPIRED_XML, "audio/mpeg")

    with served(denied) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.EXPIRED


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again(tmp_path: Path, status: int) -> None:
    with served(lambda exchange: exchange.send(status, b"no")) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.TRANSIENT
    assert len(it.asked) == 1


@pytest.mark.parametrize("status", [201, 204, 206, 304])
def test_another_success_is_no_file(tmp_path: Path, status: int) -> None:
    with served(
        lambda exchange: exchange.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status)
    ) as it:
        assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.CONTRACT


def test_names_from_outside_are_no_paths(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    tricks = {"content_disposition": "attachment; filename=\"../../evil.sh\"; filename*=UTF-8''%2e%2e%2fevil"}
    with served(gives(song(), **tricks)) as it:
        fetch(it.url("/..%2f..%2fevil/../../etc/passwd\\..\\a.mp3"), folder / "clip")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["clip", "clip.done", "spool"]


def test_half_a_song_under_the_right_length_is_found(tmp_path: Path) -> None:
    with served(gives(song()[: len(song()) // 2])) as it:
        assert "ends in the middle" in caught(it, tmp_path / "clip").message


def test_another_length_than_told_is_found(tmp_path: Path) -> None:
    with served(gives(song())) as it:
        assert "4.0 s where 198.4 s were told" in caught(it, tmp_path / "clip", duration_s=198.4).message
        assert fetch(it.url(), tmp_path / "clip", duration_s=4.9).size == len(song())
        assert fetch(it.url(), tmp_path / "clip", duration_s=0.0).size == len(song())


def test_nobody_there_may_be_asked_again(tmp_path: Path) -> None:
    with served(gives(song())) as it:
        pass
    assert trouble_of(caught(it, tmp_path / "clip")) is Trouble.TRANSIENT
    with pytest.raises(LabelError) as error:
        fetch("https://no.example/a.mp3", tmp_path / "clip", resolver=leads_to())
    assert trouble_of(error.value) is Trouble.TRANSIENT


# -- going on with what came


class Ranged:
    """Serves ranges of `body` under `etag`, and breaks off the first answer in the middle."""

    def __init__(self, body: bytes, etag: str) -> None:
        self.body, self.etag, self.breaks = body, etag, True

    def __call__(self, exchange: Exchange) -> None:
        start = 0
        told = exchange.headers.get("range", "")
        if told and exchange.headers.get("if-range") == self.etag:
            start = int(told.removeprefix("bytes=").removesuffix("-"))
        rest, size = self.body[start:], len(self.body)
        span = f"content-range: bytes {start}-{size - 1}/{size}\r\n" if start else ""
        status = b"206" if start else b"200"
        head = f"etag: {self.etag}\r\n{span}content-length: {len(rest)}\r\n\r\n".encode()
        exchange.write(b"HTTP/1.1 " + status + b" X\r\n" + head)
        if self.breaks:
            self.breaks = False
            exchange.write(rest[: len(rest) // 2])
            exchange.close()
        else:
            exchange.write(rest)


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    into, ranged = tmp_path / "clip", Ranged(song(), '"v1"')
    with served(ranged) as it:
        assert trouble_of(caught(it, into)) is Trouble.TRANSIENT
        came = part_of(into).stat().st_size
        assert 0 < came < len(song())
        assert (
            fetch(it.url("/clips/a.mp3?signature=renewed"), into).sha256 == hashlib.sha256(song()).hexdigest()
        )
    assert it.asked[1].headers["range"] == f"bytes={came}-"
    assert it.asked[1].headers["if-range"] == '"v1"'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip", "clip.done"]


@pytest.mark.parametrize("change", ["etag", "path"])
def test_other_bytes_are_never_put_behind_what_came(tmp_path: Path, change: str) -> None:
    into, ranged, other = tmp_path / "clip", Ranged(song(), '"v1"'), media.song(4.0, seed=5)
    with served(ranged) as it:
        caught(it, into)
        ranged.body = other
        ranged.etag = '"v2"' if change == "etag" else '"v1"'
        path = SIGNED if change == "etag" else "/clips/b.mp3"
        assert fetch(it.url(path), into).sha256 == hashlib.sha256(other).hexdigest()
    assert into.read_bytes() == other


def test_after_a_restart_of_the_machine_it_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What had not reached the disk may be zeros."""
    into = tmp_path / "clip"
    with served(Ranged(song(), '"v1"')) as it:
        caught(it, into)
        monkeypatch.setattr("noktvrn.outbound.download._boot", lambda: "another")
        fetch(it.url(), into)
    assert "range" not in it.asked[1].headers


@pytest.mark.parametrize("etag", ['W/"v1"', "v1", ""])
def test_without_a_strong_etag_it_begins_anew(tmp_path: Path, etag: str) -> None:
    into = tmp_path / "clip"
    with served(Ranged(song(), etag)) as it:
        caught(it, into)
        assert list(tmp_path.iterdir()) == []
        fetch(it.url(), into)
    assert "range" not in it.asked[1].headers


@pytest.mark.parametrize(
    "lie",
    [
        b'HTTP/1.1 206 X\r\netag: "v2"\r\ncontent-range: bytes %d-9/10\r\ncontent-length: 1\r\n\r\nx',
        b'HTTP/1.1 206 X\r\netag: "v1"\r\ncontent-range: bytes 0-9/10\r\ncontent-length: 1\r\n\r\nx',
        b'HTTP/1.1 206 X\r\netag: "v1"\r\ncontent-length: 1\r\n\r\nx',
        b"HTTP/1.1 416 X\r\ncontent-length: 0\r\n\r\n",
    ],
)
def test_a_part_that_does_not_fit_makes_it_begin_anew(tmp_path: Path, lie: bytes) -> None:
    into, ranged = tmp_path / "clip", Ranged(song(), '"v1"')

    def lying(exchange: Exchange) -> None:
        if "range" in exchange.headers:
            exchange.write(lie % part_of(into).stat().st_size if b"%d" in lie else lie)
        else:
            ranged(exchange)

    with served(lying) as it:
        caught(it, into)
        assert fetch(it.url(), into).sha256 == hashlib.sha256(song()).hexdigest()
    assert len(it.asked) == 3


def test_parts_that_make_no_whole_are_refused(tmp_path: Path) -> None:
    into, ranged = tmp_path / "clip", Ranged(song(), '"v1"')

    def short(exchange: Exchange) -> None:
        if "range" not in exchange.headers:
            return ranged(exchange)
        came = part_of(into).stat().st_size
        span = b"content-range: bytes %d-%d/%d\r\n" % (came, came + 9, len(song()))
        exchange.write(b'HTTP/1.1 206 X\r\netag: "v1"\r\n' + span + b"content-length: 10\r\n\r\n0123456789")
        return None

    with served(short) as it:
        caught(it, into)
        assert trouble_of(caught(it, into)) is Trouble.CONTRACT
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_came_whole_before_a_crash_is_known(tmp_path: Path) -> None:
    """Killed between the two renames: the note has not its name yet."""
    into = tmp_path / "clip"
    with served(gives(song())) as it:
        fetch(it.url(), into)
        done_of(into).rename(part_of(done_of(into)))
        into.rename(part_of(into))
        assert fetch(it.url(), into).size == len(song())
    assert len(it.asked) == 1
    assert spooled(into) is not None


def test_a_disk_that_takes_no_more_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("noktvrn.outbound.spool.Pouring.take", full)
    with served(gives(song())) as it:
        assert "No space left" in caught(it, tmp_path / "clip").message
