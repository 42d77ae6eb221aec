"""A real S3 server of the test run's own (moto's), and a door before it that can be shut for a while."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

KEY, SECRET = "house", "of-tests"
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\nContent-Length: 39\r\n"
    b"Connection: close\r\n\r\n<Error><Code>SlowDown</Code></Error>\r\n\r"
)


@contextmanager
def server() -> Iterator[int]:
    """Yields the port of an S3 server on loopback. It forgets everything at the end."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        yield moto.get_host_and_port()[1]
    finally:
        moto.stop()


def make_bucket(port: int, name: str) -> None:
    """Makes an empty bucket."""
    scope = f"Credential={KEY}/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request(
        "PUT",
        f"/{name}",
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 {scope}",
            "Content-Length": "0",
            "Host": "s3.us-east-1.amazonaws.com",
        },
    )
    answer = asking.getresponse()
    answer.read()
    asking.close()
    assert answer.status == 200, answer.status


class FaultyDoor:
    """A loopback proxy: passes everything on, or answers 503, or cuts every answer off in the middle."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.shut = False
        self.cut_after: int | None = None
        self.turned_away = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answers nobody any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self.shut:
                self.turned_away += 1
                client.recv(1 << 16)
                client.sendall(BUSY)
                return
            with socket.create_connection(("127.0.0.1", self._behind)) as server:
                back = threading.Thread(target=self._pass, args=(server, client, self.cut_after), daemon=True)
                back.start()
                self._pass(client, server, None)
                back.join()

    def _pass(self, source: socket.socket, target: socket.socket, most: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                if self.shut or (most is not None and passed + len(piece) > most):
                    break
                target.sendall(piece)
                passed += len(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
