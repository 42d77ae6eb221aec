"""Where a request may go: by its words, and by every address its name leads to."""

from __future__ import annotations

import asyncio

import pytest

from noktvrn.kernel.errors import NotAllowed, Unavailable
from noktvrn.outbound.address import Resolver, addresses, look_up, place_of

SECRET = "t0ken-in-the-path"


def leads_to(*found: str) -> Resolver:
    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return list(found)

    return resolver


def reached(url: str, *found: str, private_hosts: tuple[str, ...] = ()) -> list[str]:
    place = place_of(url, named="THE_URL", private_hosts=private_hosts)
    return asyncio.run(
        addresses(place, named="THE_URL", private_hosts=private_hosts, resolver=leads_to(*found))
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/v1",
        "ftp://example.com",
        "file:///etc/passwd",
        "example.com",
        "https://",
        "https://user:pw@example.com/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://exämple.com/",
        "",
    ],
)
def test_addresses_that_are_refused_by_their_words(url: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        place_of(f"{url}?{SECRET}" if url else url, named="THE_URL")
    assert SECRET not in str(caught.value)
    assert "THE_URL" in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port"),
    [
        ("https://api.example.com/v1", "https", "api.example.com", 443),
        ("HTTPS://API.Example.com.:8443", "https", "api.example.com", 8443),
        ("http://127.0.0.1:11434/v1", "http", "127.0.0.1", 11434),
        ("http://localhost/v1", "http", "localhost", 80),
        ("http://[::1]:8000/v1", "http", "::1", 8000),
    ],
)
def test_places_are_read_whole(url: str, scheme: str, host: str, port: int) -> None:
    place = place_of(url, named="THE_URL")
    assert (place.scheme, place.host, place.port) == (scheme, host, port)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "172.16.9.9",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "224.0.0.1",
        "240.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "::",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:0a00:0001::1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_a_public_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(NotAllowed):
        reached("https://models.example/v1", address)
    with pytest.raises(NotAllowed):
        reached("https://models.example/v1", "93.184.216.34", address)


def test_a_public_name_is_reached() -> None:
    assert reached("https://models.example/v1", "93.184.216.34", "2606:2800:220:1::1") == [
        "93.184.216.34",
        "2606:2800:220:1::1",
    ]


def test_a_private_server_is_reached_only_where_a_setting_names_it() -> None:
    for url, address in (("http://192.168.1.5:8000/v1", ""), ("http://gpu.lan/v1", "192.168.1.5")):
        host = place_of(url.replace("http:", "https:"), named="THE_URL").host
        with pytest.raises(NotAllowed):
            reached(url, address)
        assert reached(url, address, private_hosts=(host,)) == ["192.168.1.5"]
    with pytest.raises(NotAllowed):
        reached("https://192.168.1.5/v1")


def test_a_setting_never_opens_the_way_to_link_local_addresses() -> None:
    with pytest.raises(NotAllowed):
        reached("https://meta.lan/", "169.254.169.254", private_hosts=("meta.lan",))


def test_a_name_nobody_knows_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        reached("https://models.example/v1")


def test_the_resolver_finds_this_machine() -> None:
    assert set(asyncio.run(look_up("localhost", 80))) & {"127.0.0.1", "::1"}
