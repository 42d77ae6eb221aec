"""The scripted server leaves nothing open, whenever it is closed."""

from __future__ import annotations

import gc
import socket
import warnings

from noktvrn.testing.loopback import Loopback


def test_a_connection_that_comes_in_the_last_moment_is_closed() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(100):
            server = Loopback(lambda _exchange: None)
            server.start()
            client = socket.create_connection(("127.0.0.1", server.port))
            server.close()
            client.close()
        gc.collect()
    assert [str(one.message) for one in told] == []
