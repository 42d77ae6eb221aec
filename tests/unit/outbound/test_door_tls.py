"""The download door over TLS: never on to an address that is not encrypted, never on the wrong word."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError, NotAllowed
from noktvrn.outbound import pool
from noktvrn.outbound.door import Checked, Door
from noktvrn.outbound.loop import run
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.testing.fakes import media

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
HOST = "cdn.lan"


class Secure:
    """An HTTPS server on loopback that answers with `answer`, and counts."""

    def __init__(self, key: Path, certificate: Path) -> None:
        self.certificate = certificate
        self.answer = b""
        self.asked = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Of the one file it has."""
        assert self._server is not None
        return f"https://{HOST}:{self._server.sockets[0].getsockname()[1]}/a.mp3"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    words += ["-nodes", "-days", "2"]
    words += ["-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={HOST}"]
    subprocess.run([*words, "-addext", f"subjectAltName=DNS:{HOST}"], check=True, capture_output=True)
    it = Secure(key, certificate)
    run(it.open())
    yield it
    run(it.close())


@pytest.fixture
def trusted(server: Secure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secure]:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    pool._context.cache_clear()
    server.asked = 0
    yield server
    pool._context.cache_clear()


def fetch(url: str, into: Path) -> Checked:
    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1"]

    hosts = (HOST, "127.0.0.1", "localhost", "plain.lan")
    return Door(find_ffmpeg, resolver).fetch(
        url, into, kind="audio", named="Suno", private_hosts=hosts, deadline_s=10.0
    )


def test_a_song_comes_over_tls(trusted: Secure, tmp_path: Path) -> None:
    song = media.song(1.0)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(song)
    trusted.answer = head + song
    assert fetch(trusted.url, tmp_path / "clip").size == len(song)


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:1/a.mp3", "http://localhost/a.mp3", "HTTP://plain.lan/a.mp3"]
)
def test_a_step_on_to_plain_text_is_refused_even_to_a_named_host(
    trusted: Secure, tmp_path: Path, to: str
) -> None:
    trusted.answer = f"HTTP/1.1 302 On\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode()
    with pytest.raises(NotAllowed, match="not encrypted") as caught:
        fetch(trusted.url, tmp_path / "clip")
    assert caught.value.hint
    assert trusted.asked == 1


def test_a_certificate_nobody_knows_brings_nothing(server: Secure, tmp_path: Path) -> None:
    server.asked = 0
    with pytest.raises(LabelError, match="certificate") as caught:
        fetch(server.url, tmp_path / "clip")
    assert trouble_of(caught.value) is Trouble.TRANSIENT
    assert server.asked == 0
